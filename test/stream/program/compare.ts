/** Where an answer first differs from the expected one, in words. */
import { isDeepStrictEqual } from 'node:util';
import type { Answer, BatchLine, ErrorLine, Line } from './log.ts';

/**
 * For a case in which Millrace refuses on purpose what Spark does: both agree up to an error of the given condition.
 *
 * @returns undefined where it does so
 */
export function differenceBut(error: string, expected: Answer, actual: Answer): string | undefined {
  const at = actual.log.findIndex((line) => 'error' in line && line.error === error);
  if (at < 0) return both('the refusal', `(Millrace is meant to refuse with ${error})`, actual.log.at(-1) ?? 'nothing');
  const before = (answer: Answer): Answer => ({ ...answer, log: answer.log.slice(0, at) });
  return difference(before(expected), before(actual));
}

/** @returns undefined where both agree */
export function difference(expected: Answer, actual: Answer): string | undefined {
  // Where the program itself is refused there may be no result to describe, or there may.
  const isComparable = expected.columns !== null && actual.columns !== null;
  if (isComparable && !isDeepStrictEqual(expected.columns, actual.columns)) {
    return both('the columns', expected.columns, actual.columns);
  }
  const count = Math.max(expected.log.length, actual.log.length);
  for (let i = 0; i < count; i += 1) {
    const before = actual.log.slice(0, i);
    const found = lineDifference(expected.log[i], actual.log[i], { isFirst: isRunsFirst(before) });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether no batch of the present run has been told. */
function isRunsFirst(before: readonly Line[]): boolean {
  const last = before.at(-1);
  return last === undefined || 'restart' in last || 'end' in last;
}

function lineDifference(
  wanted: Line | undefined,
  given: Line | undefined,
  position: { readonly isFirst: boolean },
): string | undefined {
  if (wanted === undefined || given === undefined || kindOf(wanted) !== kindOf(given)) {
    return both(place(wanted ?? given), wanted ?? 'nothing', given ?? 'nothing');
  }
  if ('batch' in wanted && 'batch' in given) return batchDifference(wanted, given);
  if ('error' in wanted && 'error' in given) return errorDifference(wanted, given, position);
  if ('offsets' in wanted && !isDeepStrictEqual(wanted, given)) return both(place(wanted), wanted, given);
  return undefined;
}

function kindOf(line: Line): string {
  if ('batch' in line) return 'batch';
  if ('error' in line) return 'error';
  if ('end' in line) return 'end';
  return 'restart' in line ? 'restart' : 'logs';
}

function place(line: Line | undefined): string {
  if (line === undefined) return 'the end';
  if ('batch' in line) return `batch ${line.batch}`;
  if ('error' in line) return `the error at ${line.at}`;
  if ('end' in line) return 'the end of a run';
  return 'restart' in line ? 'the restart' : 'the checkpoint’s logs';
}

const FIELDS = ['batch', 'in', 'watermark', 'rows', 'state', 'progress'] as const;

/** The answers are pyspark's, which has names of its own for the operators of state functions. */
const operator = (state: string): string =>
  state
    .replace(/^applyInPandasWithState /, 'flatMapGroupsWithState ')
    .replace(/^transformWithStateInPySparkExec /, 'transformWithStateExec ');

/** In which order operators are told is no part of `state`; `progress` tells it. */
function batchDifference(wanted: BatchLine, given: BatchLine): string | undefined {
  const isEqual = (name: (typeof FIELDS)[number]): boolean =>
    name === 'state'
      ? isDeepStrictEqual(wanted.state?.map(operator).toSorted(), given.state?.toSorted())
      : isDeepStrictEqual(wanted[name], given[name]);
  const field = FIELDS.find((name) => !isEqual(name));
  if (field === undefined) return undefined;
  return both(`batch ${wanted.batch}, ${field}`, wanted[field] ?? 'nothing', given[field] ?? 'nothing');
}

/**
 * Conditions agree by their main class. Where Spark has no condition but a class or a legacy number, any that Millrace has will
 * do, but not that something is missing. Millrace may tell at the start what Spark tells in the first batch of a run.
 */
function errorDifference(
  wanted: ErrorLine,
  given: ErrorLine,
  { isFirst }: { readonly isFirst: boolean },
): string | undefined {
  const isSamePlace = wanted.at === given.at || (given.at === 'start' && isFirst);
  const isNamed =
    wanted.sqlState !== null && !wanted.error.startsWith('_LEGACY') && wanted.error !== 'PYTHON_EXCEPTION';
  const isSameError = isNamed
    ? wanted.error.split('.')[0] === given.error.split('.')[0]
    : given.sqlState !== null && !MISSING.includes(given.error);
  return isSamePlace && isSameError ? undefined : both(`the error at ${wanted.at}`, wanted, given);
}

const MISSING: readonly string[] = ['NOT_SUPPORTED', 'INTERNAL_ERROR'];

function both(what: string, wanted: unknown, given: unknown): string {
  return `${what}\n  Spark:    ${shown(wanted)}\n  Millrace: ${shown(given)}`;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
