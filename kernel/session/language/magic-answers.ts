/** Completion and inspection of the magic that a line begins with. */
import type { Completion, Inspection } from '../contract.ts';
import { MAGICS } from '../magics.ts';

interface MagicPlace {
  readonly start: number;
  /** From the `%` to the cursor. */
  readonly typed: string;
  readonly word: string;
}

/** undefined: the cursor is in no magic's name. */
export function completeMagic(code: string, cursor: number): Completion | undefined {
  const place = magicAt(code, cursor);
  if (place === undefined) return undefined;
  const { start, typed } = place;
  const found = MAGICS.filter(({ name }) => name.startsWith(typed));
  return {
    matches: found.map(({ name }) => name),
    cursorStart: start,
    cursorEnd: cursor,
    types: found.map(({ name, usage }) => ({ text: name, type: 'magic', signature: usage })),
  };
}

export function inspectMagic(code: string, cursor: number): Inspection | undefined {
  const place = magicAt(code, cursor);
  if (place === undefined) return undefined;
  const magic = MAGICS.find(({ name }) => name === place.word);
  if (magic === undefined) return { found: false, data: {} };
  return {
    found: true,
    data: {
      'text/plain': `${magic.usage}\n\n${magic.summary}`,
      'text/markdown': `\`${magic.usage}\`\n\n${magic.summary}`,
    },
  };
}

function magicAt(code: string, cursor: number): MagicPlace | undefined {
  const lineStart = code.lastIndexOf('\n', cursor - 1) + 1;
  const before = /^[ \t]*(%%?\w*)$/.exec(code.slice(lineStart, cursor));
  // A % further down is the operator of an expression that began above.
  const isAtTop = code
    .slice(0, lineStart)
    .split('\n')
    .every((line) => /^\s*(%[^%].*|\/\/.*)?$/.test(line));
  const typed = before?.[1];
  if (typed === undefined || !isAtTop) return undefined;
  const rest = /^\w*/.exec(code.slice(cursor))?.[0] ?? '';
  return { start: cursor - typed.length, typed, word: typed + rest };
}
