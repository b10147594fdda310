/** Says where an answer differs from Spark's. Both are lines in the form of a case's expected part. */
import type { SltCase } from './case-file.ts';

type Answered = Pick<SltCase, 'sql' | 'isOrdered' | 'expected'>;

/** Spark's failures that have no condition of their own agree with every refusal that is not one of these. */
const NO_REASON = /^error (?:NOT_SUPPORTED|PARSE_SYNTAX_ERROR|INTERNAL_ERROR)\b/;
const CONDITION = /^error ([A-Z][A-Z_0-9.]*) (\w{5})(?: |$)/;

/** @returns undefined where both agree, else both as text */
export function difference(test: Answered, actual: readonly string[]): string | undefined {
  return agrees(test, actual) ? undefined : both(test, actual);
}

function agrees({ expected, isOrdered }: Answered, actual: readonly string[]): boolean {
  const [wanted = '', ...wantedRows] = expected;
  const [given = '', ...givenRows] = actual;
  if (wanted.startsWith('error ')) return isSameError(wanted, given);
  if (wanted !== given || wantedRows.length !== givenRows.length) return false;
  const [left, right] = isOrdered ? [wantedRows, givenRows] : [wantedRows.toSorted(), givenRows.toSorted()];
  return left.every((row, i) => row === right[i]);
}

/** The same condition and SQLSTATE; a subclass, such as `.WITH_SUGGESTION`, only where both name one. */
function isSameError(wanted: string, given: string): boolean {
  if (wanted.startsWith('error _LEGACY')) return CONDITION.test(given) && !NO_REASON.test(given);
  const [, wantedName = '', wantedState] = CONDITION.exec(wanted) ?? [];
  const [, givenName = '', givenState] = CONDITION.exec(given) ?? [];
  const [wantedMain, wantedSub] = wantedName.split('.');
  const [givenMain, givenSub] = givenName.split('.');
  return (
    wantedMain !== '' &&
    wantedMain === givenMain &&
    wantedState === givenState &&
    (wantedSub === givenSub || wantedSub === undefined || givenSub === undefined)
  );
}

function both(test: Answered, actual: readonly string[]): string {
  const indent = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join('\n');
  return `${test.sql}\n  Spark:\n${indent(test.expected)}\n  Millrace:\n${indent(actual)}`;
}
