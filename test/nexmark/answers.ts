/** What a query of Nexmark must give, and the comparison of an answer with it. Rows come in any order. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TextRow, TextTable } from '../support/cells.ts';

/** An answer of expected/*.json, on which DuckDB, Spark's batch and, where it can, Spark's stream agree. */
export interface NexmarkAnswer {
  readonly columns: TextTable['columns'];
  readonly rowCount: number;
  /** Of the rows' texts in their order: see `digestOf`. */
  readonly digest: string;
  /** Whether all rows are listed, or the first in the order of their texts. */
  readonly isComplete: boolean;
  readonly rows: readonly TextRow[];
}

export function readNexmarkAnswer(id: string): NexmarkAnswer {
  return JSON.parse(readFileSync(new URL(`expected/${id}.json`, import.meta.url), 'utf8')) as NexmarkAnswer;
}

/** Each row as JSON, sorted: every order of the rows gives the same. */
export function sortedLines(rows: readonly TextRow[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

export function digestOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Names, types and rows, exactly. @returns what differs, with a row that shows it where one is known */
export function nexmarkDifference(expected: NexmarkAnswer, actual: TextTable): string | undefined {
  const [wanted, given] = [expected.columns, actual.columns].map((columns) => JSON.stringify(columns));
  if (wanted !== given) return `columns\n  expected ${wanted}\n  given    ${given}`;
  const lines = sortedLines(actual.rows);
  if (digestOf(lines) === expected.digest) return undefined;
  const known = expected.rows.map((row) => JSON.stringify(row));
  const at = known.findIndex((line, i) => line !== lines[i]);
  const counts = `${actual.rows.length} rows, expected ${expected.rowCount}`;
  if (at < 0 && expected.isComplete) return `${counts}\n  too much: ${lines[known.length] ?? ''}`;
  if (at < 0) return `${counts}; the first ${known.length} in the order of their texts are right`;
  return `${counts}; the first that differs in the order of their texts\n  expected ${known[at]}\n  given    ${lines[at] ?? 'nothing'}`;
}
