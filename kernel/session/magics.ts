/**
 * Lines that begin with `%` at the top of a cell, and cells that begin with `%%`. A magic is one entry of the table; it
 * gets its text with everything else of the cell blanked out, so that places in errors are the cell's own.
 */
import { MillraceError } from '../core/errors.ts';
import { nearestNames } from './nearest-names.ts';

export type MagicName = (typeof MAGICS)[number]['name'];

interface MagicEntry {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
}

export const MAGICS = [
  {
    name: '%%sql',
    usage: '%%sql [--output NAME]',
    summary: 'Runs the cell as SQL; ${expression} is bound as a parameter.',
  },
  { name: '%%html', usage: '%%html', summary: 'Shows the cell as HTML.' },
  { name: '%%markdown', usage: '%%markdown', summary: 'Shows the cell as Markdown.' },
  { name: '%%latex', usage: '%%latex', summary: 'Shows the cell as LaTeX.' },
  { name: '%%time', usage: '%%time', summary: 'Runs the cell and says how long it took.' },
  { name: '%time', usage: '%time EXPRESSION', summary: 'Evaluates the expression and says how long it took.' },
  { name: '%page', usage: '%page EXPRESSION', summary: 'Shows the value in the pager.' },
  { name: '%%page', usage: '%%page EXPRESSION', summary: 'The same as %page.' },
  { name: '%env', usage: '%env [NAME[=VALUE]]', summary: 'Shows or sets environment variables.' },
  { name: '%who', usage: '%who', summary: 'Lists the names that cells have defined.' },
  { name: '%help', usage: '%help', summary: 'Shows what the kernel offers.' },
  { name: '%magics', usage: '%magics', summary: 'Lists the magics.' },
] as const satisfies readonly MagicEntry[];

export interface MagicCall {
  readonly name: MagicName;
  readonly usage: string;
  /** What follows the name in its line. */
  readonly rest: string;
  /** The cell's text with all but `rest` (of a line) or the cell's body (of a cell) blanked out. */
  readonly code: string;
}

export interface ParsedCell {
  readonly cellMagic: MagicCall | undefined;
  readonly lineMagics: readonly MagicCall[];
  /** The cell's text without its magics, lines and columns as they were. */
  readonly code: string;
}

/** @throws UNKNOWN_MAGIC */
export function parseMagics(code: string): ParsedCell {
  if (!/^\s*%/.test(code)) return { cellMagic: undefined, lineMagics: [], code };
  const lines = code.split('\n');
  const lineMagics: MagicCall[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('//')) continue;
    if (text.startsWith('%%')) {
      const magic = readMagic(text);
      const body = lines.map((other, at) => (at <= index ? '' : other)).join('\n');
      return { cellMagic: { ...magic, code: body }, lineMagics, code: '' };
    }
    if (!text.startsWith('%')) break;
    lineMagics.push({ ...readMagic(text), code: keepRest(lines, index) });
    lines[index] = '';
  }
  return { cellMagic: undefined, lineMagics, code: lines.join('\n') };
}

/** Only what follows the magic's name in its line, at its place. */
function keepRest(lines: readonly string[], index: number): string {
  const line = lines[index] ?? '';
  const start = /^\s*%\S*\s*/.exec(line)?.[0].length ?? 0;
  return '\n'.repeat(index) + ' '.repeat(start) + line.slice(start);
}

function readMagic(line: string): Omit<MagicCall, 'code'> {
  const [, word = '', rest = ''] = /^(%%?\S*)\s*(.*)$/.exec(line) ?? [];
  const entry = MAGICS.find(({ name }) => name === word);
  if (entry !== undefined) return { name: entry.name, usage: entry.usage, rest };
  const names = MAGICS.map(({ name }) => name);
  const near = nearestNames(word, names);
  throw new MillraceError('UNKNOWN_MAGIC', {
    magic: word,
    suggestion: near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `,
    known: names.join(', '),
  });
}

export function magicsText(): string {
  const width = Math.max(...MAGICS.map(({ usage }) => usage.length));
  return MAGICS.map(({ usage, summary }) => `${usage.padEnd(width)}  ${summary}`).join('\n');
}

export function magicsMarkdown(): string {
  return [
    '| magic | what it does |',
    '|---|---|',
    ...MAGICS.map(({ usage, summary }) => `| \`${usage}\` | ${summary} |`),
  ].join('\n');
}
