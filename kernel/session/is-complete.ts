/**
 * Whether a cell is ready to run, for consoles that ask before they send. Code is incomplete where the parser stopped at
 * its end, or inside a template or a comment that was never closed.
 */
import { transformSync } from 'oxc-transform';
import type { IsComplete } from './contract.ts';

const INDENT = '  ';

export function isComplete(code: string): IsComplete {
  if (code.trim() === '') return { status: 'complete' };
  if (/^\s*%/.test(code)) return isMagicComplete(code);
  // The semantic checks of `transform` (a name declared twice) come after those of the parser, so the first one decides.
  const [error] = transformSync('cell.ts', code, { lang: 'ts', sourceType: 'module' }).errors;
  if (error === undefined) return { status: 'complete' };
  const label = error.labels[0];
  const atEnd = label !== undefined && isAtEnd(code, label.start);
  const openTemplate =
    error.message.startsWith('Unterminated string') && label !== undefined && isTemplate(code, label.start);
  const openComment = error.message.startsWith('Unterminated multiline comment');
  const continuedString = error.message.startsWith('Unterminated string') && /\\\r?\n?$/.test(code);
  return atEnd || openTemplate || openComment || continuedString
    ? { status: 'incomplete', indent: indentAfter(code) }
    : { status: 'invalid' };
}

/** A line magic always; a cell magic once something stands below its line or, for one-liners, after its name. */
function isMagicComplete(code: string): IsComplete {
  const cellMagic = /^\s*%%\S*([^\n]*)\n?([\s\S]*)$/.exec(code);
  if (cellMagic === null) return { status: 'complete' };
  return cellMagic.slice(1).some((part) => part.trim() !== '')
    ? { status: 'complete' }
    : { status: 'incomplete', indent: '' };
}

function isAtEnd(code: string, offset: number): boolean {
  return offset >= code.trimEnd().length;
}

function isTemplate(code: string, offset: number): boolean {
  return code[offset] === '`' || code[offset] === '}';
}

function indentAfter(code: string): string {
  const lastLine = code.slice(code.lastIndexOf('\n') + 1);
  const indent = /^\s*/.exec(lastLine)?.[0] ?? '';
  return /[{([]\s*$/.test(lastLine) || /=>\s*$/.test(lastLine) ? indent + INDENT : indent;
}
