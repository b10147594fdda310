/**
 * Cases of SQL with what real Spark answers (written by goldens.py), one blank line between them:
 *
 *   # a comment
 *   query zone=UTC ansi=false skip why it is not compared
 *   SELECT 1 AS a, 'x' AS b
 *   ----
 *   [["a","int"],["b","string"]]
 *   ["1","x"]
 *
 * Columns with their types, then rows as texts (binary in hex); or `error CONDITION SQLSTATE`.
 */
export interface SltCase {
  readonly sql: string;
  readonly line: number;
  readonly timeZone: string;
  readonly ansi: string;
  /** Why the case is not required to agree yet. */
  readonly skip: string | undefined;
  readonly expected: readonly string[];
}

const HEADER = /^query((?: \w+=\S+)*)(?: skip (.+))?$/;

/** @param text a file's content */
export function parseCases(text: string): readonly SltCase[] {
  const cases: SltCase[] = [];
  let line = 1;
  for (const block of text.split(/\n\n/)) {
    const found = caseOf(block.split('\n'), line);
    if (found !== undefined) cases.push(found);
    line += block.split('\n').length + 1;
  }
  return cases;
}

function caseOf(lines: readonly string[], firstLine: number): SltCase | undefined {
  const at = lines.findIndex((text) => text.startsWith('query'));
  if (at < 0) return undefined;
  const header = HEADER.exec(lines[at] ?? '');
  const end = lines.indexOf('----');
  if (header === null || end < 0) throw new Error(`line ${firstLine + at}: not a case: ${lines[at] ?? ''}`);
  const options = new Map((header[1] ?? '').split(' ').map((part) => part.split('=', 2) as [string, string]));
  return {
    sql: lines.slice(at + 1, end).join('\n'),
    line: firstLine + at,
    timeZone: options.get('zone') ?? 'America/Los_Angeles',
    ansi: options.get('ansi') ?? 'true',
    skip: header[2],
    expected: lines.slice(end + 1).filter((text) => text !== ''),
  };
}
