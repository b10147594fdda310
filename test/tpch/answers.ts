/** What a query of TPC-H must give, and the comparison of an answer with it. */
import { readFileSync } from 'node:fs';
import type { TextRow, TextTable } from '../support/cells.ts';

/**
 * An answer of expected/*.json, in the order of the query's ORDER BY. Where rows that tie with the last one of a LIMIT were cut off, they are
 * here too: which of the tied rows an engine gives is its own choice.
 */
export interface TpchAnswer extends TextTable {
  /** Names of the columns that the query orders by; none where it does not order. */
  readonly orderBy: readonly string[];
  /** How many rows the query gives: fewer than are listed where rows tie at its LIMIT. */
  readonly rowCount: number;
}

const RELATIVE_ERROR_MAX = 1e-9;

export function readTpchAnswer(id: string): TpchAnswer {
  return JSON.parse(readFileSync(new URL(`expected/${id}.json`, import.meta.url), 'utf8')) as TpchAnswer;
}

/**
 * Names, types and rows: in the order of the query's keys, rows that tie in any order. Doubles to a relative 1e-9, all else exactly.
 * @returns the first difference
 */
export function tpchDifference(expected: TpchAnswer, actual: TextTable): string | undefined {
  const [wanted, given] = [expected.columns, actual.columns].map((columns) => JSON.stringify(columns));
  if (wanted !== given) return `columns\n  expected ${wanted}\n  given    ${given}`;
  if (actual.rows.length !== expected.rowCount) {
    return `${actual.rows.length} rows instead of ${expected.rowCount}`;
  }
  const keys = expected.orderBy.map((name) => expected.columns.findIndex(([column]) => column === name));
  for (let begin = 0; begin < expected.rowCount;) {
    const end = endOfTie(expected.rows, begin, keys);
    const left = expected.rows.slice(begin, end);
    for (const [i, row] of actual.rows.slice(begin, end).entries()) {
      const found = left.findIndex((candidate) => isSameRow(expected, candidate, row));
      if (found < 0) {
        return `row ${begin + i + 1}\n  expected ${left.map((r) => JSON.stringify(r)).join(' or ')}\n  given    ${JSON.stringify(row)}`;
      }
      left.splice(found, 1);
    }
    begin = end;
  }
  return undefined;
}

/** @returns the index after the rows that have the keys of the row at `begin`; all rows tie where there are no keys */
function endOfTie(rows: readonly TextRow[], begin: number, keys: readonly number[]): number {
  const isTied = (row: TextRow): boolean => keys.every((key) => row[key] === rows[begin]?.[key]);
  const end = rows.findIndex((row, i) => i > begin && !isTied(row));
  return end < 0 ? rows.length : end;
}

function isSameRow({ columns }: TpchAnswer, left: TextRow, right: TextRow): boolean {
  return columns.every(([, type], i) => {
    const [a, b] = [left[i], right[i]];
    if (a === b || type !== 'double' || a == null || b == null) return a === b;
    return Math.abs(Number(a) - Number(b)) <= RELATIVE_ERROR_MAX * Math.abs(Number(a));
  });
}
