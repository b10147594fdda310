/** Whether two contestants found the same, and where they first differ. */
import type { Answer } from './contract.ts';

/** Sums of doubles in another order differ in their last digits; engines that answer another question differ by more. */
export const ANSWER_TOLERANCE = 1e-6;

/** The first part in which `b` is not `a`; undefined where they agree. */
export function firstDifference(a: Answer, b: Answer): string | undefined {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (!sameValue(a[name], b[name])) return name;
  }
  return undefined;
}

function sameValue(a: string | number | undefined, b: string | number | undefined): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= ANSWER_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** `{ rows: 100, sum: 4.5 }` as `rows 100, sum 4.5`. */
export function answerText(answer: Answer): string {
  return Object.entries(answer)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
