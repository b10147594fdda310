/** Completion and inspection of a `%%sql` cell: keywords, tables, columns, functions. */
import type { CatalogSnapshot, Completion, Inspection } from '../contract.ts';

/** What SQL knows of a function. */
export interface FunctionHelp {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly { readonly sql: string; readonly result: string }[];
}

export interface SqlVocabulary {
  readonly keywords: readonly string[];
  readonly functions: readonly FunctionHelp[];
}

interface Candidate {
  readonly text: string;
  readonly type: string;
  readonly signature?: string;
}

/** Places after which a table is named. */
const BEFORE_TABLE = /\b(?:FROM|JOIN|TABLE|DESCRIBE|DESC|VIEW)\s+(?:[\w.]+\s*,\s*)*$/i;

export function isSqlCell(code: string): boolean {
  return /^\s*%%sql\b/.test(code);
}

export function completeSql(
  vocabulary: SqlVocabulary,
  catalog: CatalogSnapshot,
  code: string,
  cursor: number,
): Completion {
  const cursorStart = wordStart(code, cursor);
  const typed = code.slice(cursorStart, cursor).toLowerCase();
  const before = code.slice(0, cursorStart);
  const matching = candidates(vocabulary, catalog, code, before).filter(({ text }) =>
    text.toLowerCase().startsWith(typed),
  );
  const unique = [...new Map(matching.map((candidate) => [candidate.text.toLowerCase(), candidate])).values()];
  return { matches: unique.map(({ text }) => text), cursorStart, cursorEnd: cursor, types: unique };
}

/** Columns of the tables that the query names come first, then functions, tables and keywords. */
function candidates(
  vocabulary: SqlVocabulary,
  catalog: CatalogSnapshot,
  code: string,
  before: string,
): readonly Candidate[] {
  const qualifier = /([\w`]+)\.$/.exec(before)?.[1]?.replaceAll('`', '');
  if (qualifier !== undefined)
    return columnsOf(catalog, (table) => table === resolveAlias(code, qualifier).toLowerCase());
  const tables = catalog.tables.map(({ name }): Candidate => ({ text: name, type: 'class' }));
  if (BEFORE_TABLE.test(before)) return tables;
  const named = new Set(
    [...code.matchAll(/\b(?:FROM|JOIN|,)\s*([\w`]+)/gi)].map((match) =>
      (match[1] ?? '').replaceAll('`', '').toLowerCase(),
    ),
  );
  const functions = vocabulary.functions.map(({ name, usage }): Candidate => ({
    text: name,
    type: 'function',
    signature: usage,
  }));
  const keywords = vocabulary.keywords.map((text): Candidate => ({ text, type: 'keyword' }));
  return [...columnsOf(catalog, (table) => named.has(table)), ...functions, ...tables, ...keywords];
}

function columnsOf(catalog: CatalogSnapshot, wanted: (table: string) => boolean): readonly Candidate[] {
  return catalog.tables
    .filter(({ name }) => wanted(name.toLowerCase()))
    .flatMap(({ columns }) =>
      columns.map(({ name, type }): Candidate => ({ text: name, type: 'property', signature: type })),
    );
}

/** `FROM clicks AS c` makes `c` mean `clicks`. */
function resolveAlias(code: string, name: string): string {
  const alias = new RegExp(`\\b(?:FROM|JOIN|,)\\s*([\\w\`]+)\\s+(?:AS\\s+)?\`?${escapeRegExp(name)}\`?\\b`, 'i').exec(
    code,
  )?.[1];
  return alias === undefined ? name : alias.replaceAll('`', '');
}

export function inspectSql(
  vocabulary: SqlVocabulary,
  catalog: CatalogSnapshot,
  code: string,
  cursor: number,
): Inspection {
  const start = wordStart(code, cursor);
  const word = (/^\w*/.exec(code.slice(start))?.[0] ?? '').toLowerCase();
  const known = vocabulary.functions.find(({ name }) => name === word);
  if (known !== undefined)
    return shown(known.usage, [known.summary, ...known.examples.map(({ sql, result }) => `> ${sql}\n${result}`)]);
  const table = catalog.tables.find(({ name }) => name.toLowerCase() === word);
  if (table !== undefined)
    return shown(table.name, [table.columns.map(({ name, type }) => `${name} ${type}`).join('\n')]);
  const column = catalog.tables.flatMap(({ name, columns }) =>
    columns.filter((c) => c.name.toLowerCase() === word).map((c) => `${name}.${c.name} ${c.type}`),
  );
  return column.length === 0 ? { found: false, data: {} } : shown(column.join('\n'), []);
}

function shown(title: string, parts: readonly string[]): Inspection {
  return {
    found: true,
    data: {
      'text/plain': [title, ...parts].join('\n\n'),
      'text/markdown': [`\`\`\`sql\n${title}\n\`\`\``, ...parts.map((part) => part.replaceAll('\n', '  \n'))].join(
        '\n\n',
      ),
    },
  };
}

function wordStart(code: string, cursor: number): number {
  let start = cursor;
  while (start > 0 && /\w/.test(code.charAt(start - 1))) start--;
  return start;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
