/** Which condition an error of Millrace carries, however deep it lies. */
import type { ErrorLine } from './log.ts';

interface Condition {
  readonly condition: string;
  readonly sqlState: string | null;
  readonly message: string;
}

export function errorLine(error: unknown, at: string): ErrorLine {
  const found = causes(error).map(conditionOf);
  const told = found.filter(({ condition, sqlState }) => sqlState !== null && condition !== 'STREAM_FAILED');
  const { condition, sqlState, message } = told.at(-1) ?? found.at(-1) ?? conditionOf(error);
  return { error: condition, sqlState, message: message.split('\n')[0] ?? '', at };
}

/** The error and what caused it, outermost first. */
function causes(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let one = error; one !== undefined && !chain.includes(one); one = one instanceof Error ? one.cause : undefined) {
    chain.push(one);
  }
  return chain;
}

function conditionOf(error: unknown): Condition {
  if (!(error instanceof Error)) return { condition: 'unknown', sqlState: null, message: String(error) };
  const { message } = error;
  if (!('condition' in error && 'sqlState' in error)) return { condition: error.name, sqlState: null, message };
  return { condition: String(error.condition), sqlState: String(error.sqlState), message };
}
