/**
 * Files of SQL cases with what real Spark answers (written by goldens.py), one blank line between cases:
 *
 *   # answers: Spark 4.3.0, Java 17
 *   # feature: projection
 *
 *   # a comment
 *   query zone=UTC ansi=false conf.spark.sql.caseSensitive=true params={"p":1}
 *   CREATE TEMPORARY VIEW v AS SELECT 1 AS a
 *   ;
 *   SELECT a, 'x' AS b FROM v
 *   ---- ordered
 *   [["a","int"],["b","string"]]
 *   ["1","x"]
 *
 * A feature's name holds for the cases after it. Statements stand between lines of `;`, and the last one's answer is compared.
 * Options: the time zone, ANSI mode, settings, and arguments for markers: `params` by name or `args` by position, as JSON without spaces.
 * An answer is columns with their types, then rows as texts (binary in hex), or `error CONDITION SQLSTATE`; `ordered` where the
 * query orders its rows.
 */
import { createHash } from 'node:crypto';

export interface SltFile {
  /** What the answers were made by: `Spark 4.3.0, Java 17`. */
  readonly answeredBy: string | undefined;
  readonly cases: readonly SltCase[];
}

export interface SltCase {
  /** The file's stem and a hash of options and SQL: it stays where cases around it change. */
  readonly id: string;
  readonly feature: string;
  readonly line: number;
  readonly options: ReadonlyMap<string, string>;
  /** Run before the last one, their answers are not looked at. */
  readonly setup: readonly string[];
  readonly sql: string;
  /** The rows come in the order given. */
  readonly isOrdered: boolean;
  readonly expected: readonly string[];
}

const HEADER = /^query((?: [\w.]+=\S+)*)$/;
const SEPARATOR = /^----( ordered)?$/;

/** @param stem the file's name without its ending. @param text its content */
export function parseFile(stem: string, text: string): SltFile {
  const cases: SltCase[] = [];
  let feature = '';
  let line = 1;
  for (const block of text.split('\n\n')) {
    const lines = block.split('\n');
    feature = lines.map((l) => /^# feature: (.+)$/.exec(l)?.[1]).findLast((name) => name !== undefined) ?? feature;
    const found = caseOf(lines, { stem, feature, firstLine: line });
    if (found !== undefined) cases.push(found);
    line += lines.length + 1;
  }
  return { answeredBy: /^# answers: (.+)$/m.exec(text)?.[1], cases };
}

interface Place {
  readonly stem: string;
  readonly feature: string;
  readonly firstLine: number;
}

function caseOf(lines: readonly string[], { stem, feature, firstLine }: Place): SltCase | undefined {
  const at = lines.findIndex((text) => text.startsWith('query'));
  if (at < 0) return undefined;
  const line = firstLine + at;
  const header = HEADER.exec(lines[at] ?? '');
  const end = lines.findIndex((text) => SEPARATOR.test(text));
  if (header === null || end < 0) throw new Error(`${stem}.slt:${line}: not a case: ${lines[at] ?? ''}`);
  const options = new Map((header[1] ?? '').split(' ').slice(1).map(keyAndValue));
  const body = lines.slice(at + 1, end).join('\n');
  const statements = body.split('\n;\n');
  return {
    id: `${stem}/${hashOf(options, body)}`,
    feature,
    line,
    options,
    setup: statements.slice(0, -1),
    sql: statements.at(-1) ?? '',
    isOrdered: lines[end] === '---- ordered',
    expected: lines.slice(end + 1).filter((text) => text !== ''),
  };
}

function keyAndValue(part: string): readonly [string, string] {
  const at = part.indexOf('=');
  return [part.slice(0, at), part.slice(at + 1)];
}

function hashOf(options: ReadonlyMap<string, string>, body: string): string {
  const key = JSON.stringify([[...options].sort(([a], [b]) => (a < b ? -1 : 1)), body]);
  return createHash('sha256').update(key).digest('hex').slice(0, 10);
}

/** The statements of a case without differences that mean nothing, for finding a case written twice. */
export function normalised(test: SltCase): string {
  const text = [...test.setup, test.sql].map((sql) => sql.replace(/\s+/g, ' ').replace(/ ?;? ?$/, '')).join(';');
  return JSON.stringify([[...test.options].sort(([a], [b]) => (a < b ? -1 : 1)), text]);
}
