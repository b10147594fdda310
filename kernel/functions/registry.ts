/** All functions by name. SQL, the DataFrame functions, completion and the reference pages read it. */
import { AGGREGATES } from './aggregates.ts';
import { ARITHMETIC, BITWISE } from './arithmetic.ts';
import { COLLECTIONS } from './collections.ts';
import { COMPARISON } from './comparison.ts';
import { CONDITIONAL } from './conditional.ts';
import type { AggregateFunction, FunctionEntry, ScalarFunction } from './contract.ts';
import { DATE_FORMAT } from './date-format.ts';
import { DATE_TIME } from './date-time.ts';
import { DATE_TIME_MORE } from './date-time-more.ts';
import { HASHES } from './hashes.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LOGIC } from './logic.ts';
import { MATH } from './math.ts';
import { MATH_MORE } from './math-more.ts';
import { MISC } from './misc.ts';
import { PATTERNS } from './patterns.ts';
import { STRINGS } from './strings.ts';

export const FUNCTIONS: readonly FunctionEntry[] = [
  ...ARITHMETIC,
  ...BITWISE,
  ...COMPARISON,
  ...LOGIC,
  ...CONDITIONAL,
  ...MATH,
  ...STRINGS,
  ...PATTERNS,
  ...DATE_TIME,
  ...DATE_FORMAT,
  ...COLLECTIONS,
  ...JSON_FUNCTIONS,
  ...HASHES,
  ...MATH_MORE,
  ...DATE_TIME_MORE,
  ...MISC,
  ...AGGREGATES,
];

const BY_NAME: ReadonlyMap<string, FunctionEntry> = new Map(
  FUNCTIONS.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry] as const)),
);

/** Case-insensitive, aliases included. */
export function lookupFunction(name: string): FunctionEntry | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** Every name and alias, for suggestions and completion. */
export function functionNames(): readonly string[] {
  return [...BY_NAME.keys()];
}

export function lookupScalar(name: string): ScalarFunction | undefined {
  const entry = lookupFunction(name);
  return entry?.kind === 'scalar' ? entry : undefined;
}

export function lookupAggregate(name: string): AggregateFunction | undefined {
  const entry = lookupFunction(name);
  return entry?.kind === 'aggregate' ? entry : undefined;
}
