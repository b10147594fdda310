/** Whether two contestants found the same, and where they first differ. */
import type { Answer } from './contract.ts';

/** Sums of doubles in another order differ in their last digits; engines that answer another question differ by more. */
export const ANSWER_TOLERANCE = 1e-6;

/**
 * The first part in which `b` is not `a`; undefined where they agree.
 * @param rounding by how much numbers may differ besides, where an engine rounds what it gives
 */
export function firstDifference(a: Answer, b: Answer, rounding = 0): string | undefined {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (!sameValue(a[name], b[name], rounding)) return name;
  }
  return undefined;
}

function sameValue(a: string | number | undefined, b: string | number | undefined, rounding: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  if (Object.is(a, b)) return true;
  return Math.abs(a - b) <= Math.max(rounding, ANSWER_TOLERANCE * Math.max(Math.abs(a), Math.abs(b)));
}

/** `{ rows: 100, sum: 4.5 }` as `rows 100, sum 4.5`. */
export function answerText(answer: Answer): string {
  return Object.entries(answer)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
