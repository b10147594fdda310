/** Characters, escapes and classes of a pattern. */
import { propertyClass } from './properties.ts';
import { malformed, match, peek, take, unknown, type Reader } from './reader.ts';

/** What an escape means wherever it stands: one character, or a class. */
export type Escape =
  { readonly kind: 'character'; readonly code: number } | { readonly kind: 'class'; readonly text: string };

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, f: 12, r: 13, a: 7, e: 27 };

/** Letters of classes; the large letter means all the others. */
const LETTERS: Readonly<Record<string, string>> = {
  d: '0-9',
  h: ' \\t\\xA0\\u1680\\u180E\\u2000-\\u200A\\u202F\\u205F\\u3000',
  s: ' \\t-\\r',
  v: '\\n-\\r\\x85\\u2028\\u2029',
  w: 'A-Za-z0-9_',
};
const UNICODE_LETTERS: Readonly<Record<string, string>> = {
  ...LETTERS,
  d: '\\p{Nd}',
  s: '\\p{White_Space}',
  w: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}',
};

/** A character outside of a class, with its other cases where case is ignored. */
export function characterText(code: number, flags: ReadonlySet<string>): string {
  const codes = casesOf(code, flags);
  return codes.length === 1 ? quoted(code) : `[${codes.map(quoted).join('')}]`;
}

/** An escape that is neither a place nor a reference. @param reader stands after the backslash */
export function escapeOf(reader: Reader): Escape {
  const hex = match(reader, /x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})/y);
  if (hex !== undefined) return character(reader, joined(reader, parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16)));
  const octal = match(reader, /0([0-3][0-7]{2}|[0-7]{1,2})/y)?.[1];
  if (octal !== undefined) return character(reader, parseInt(octal, 8));
  const control = match(reader, /c([\0-\x7f])/y)?.[1];
  if (control !== undefined) return character(reader, control.charCodeAt(0) ^ 64);
  const property = match(reader, /([pP])(?:\{([\w=]+)\}|([A-Z]))/y);
  if (property !== undefined) {
    const text = propertyClass(reader, property[2] ?? property[3] ?? '');
    return { kind: 'class', text: property[1] === 'P' ? `[^${text}]` : text };
  }
  const code = take(reader);
  const sign = String.fromCodePoint(code);
  const letters = reader.flags.has('U') ? UNICODE_LETTERS : LETTERS;
  const inside = letters[sign.toLowerCase()];
  if (inside !== undefined && /[a-z]/i.test(sign)) {
    return { kind: 'class', text: `[${sign === sign.toLowerCase() ? '' : '^'}${inside}]` };
  }
  if (Object.hasOwn(CONTROLS, sign)) return character(reader, CONTROLS[sign] ?? 0);
  if (sign === 'N' || sign === 'X' || sign === 'G') throw unknown(`\\${sign}`, reader.pattern);
  if (/[A-Za-z0-9]/.test(sign)) throw malformed(reader.pattern);
  return character(reader, code);
}

function character(reader: Reader, code: number): Escape {
  if (code > 0x10ffff) throw malformed(reader.pattern);
  return { kind: 'character', code };
}

/** Two escapes of the halves of a character are that character. */
function joined(reader: Reader, code: number): number {
  if (code < 0xd800 || code > 0xdbff) return code;
  const low = match(reader, /\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})/y)?.[1];
  return low === undefined ? code : 0x10000 + (code - 0xd800) * 0x400 + (parseInt(low, 16) - 0xdc00);
}

/** A class; `]` at its start is a character, `&&` the common part. @param reader stands after the bracket */
export function classText(reader: Reader): string {
  const isNegated = match(reader, /\^/y) !== undefined;
  const operands: string[] = [];
  let items = '';
  for (;;) {
    const sign = peek(reader);
    if (sign === undefined) throw malformed(reader.pattern);
    if (sign === ']' && items !== '') break;
    if (match(reader, /&&/y) !== undefined) {
      operands.push(items);
      items = '';
    } else if (sign === '[') {
      reader.at++;
      items += classText(reader);
    } else items += itemText(reader);
  }
  reader.at++;
  if (operands.includes('')) throw malformed(reader.pattern);
  const inside = operands.length === 0 ? items : [...operands, items].map((each) => `[${each}]`).join('&&');
  return `[${isNegated ? '^' : ''}${inside}]`;
}

/** A character, a range or a class by an escape. */
function itemText(reader: Reader): string {
  const first = memberOf(reader);
  if (first.kind === 'class') return first.text;
  if (peek(reader) !== '-' || /[[\]]/.test(reader.pattern[reader.at + 1] ?? ']'))
    return rangeText(reader, first.code, first.code);
  reader.at++;
  peek(reader);
  const last = memberOf(reader);
  if (last.kind === 'class' || last.code < first.code) throw malformed(reader.pattern);
  return rangeText(reader, first.code, last.code);
}

function memberOf(reader: Reader): Escape {
  if (reader.pattern[reader.at] !== '\\') return character(reader, take(reader));
  reader.at++;
  return escapeOf(reader);
}

function rangeText(reader: Reader, first: number, last: number): string {
  let others = '';
  if (reader.flags.has('i')) {
    const end = ignoresAllCases(reader.flags) ? last : Math.min(last, 0x7f);
    for (let code = first; code <= end; code++) {
      for (const each of casesOf(code, reader.flags)) if (each < first || each > last) others += quoted(each);
    }
  }
  return (first === last ? quoted(first) : `${quoted(first)}-${quoted(last)}`) + others;
}

function ignoresAllCases(flags: ReadonlySet<string>): boolean {
  return flags.has('u') || flags.has('U');
}

/** Without the flag u only ASCII has cases. */
function casesOf(code: number, flags: ReadonlySet<string>): readonly number[] {
  if (!flags.has('i') || (code > 0x7f && !ignoresAllCases(flags))) return [code];
  const sign = String.fromCodePoint(code);
  const upper = sign.toUpperCase();
  const others = [sign, sign.toLowerCase(), upper, upper.toLowerCase()].filter((each) => Array.from(each).length === 1);
  return [...new Set(others.map((each) => each.codePointAt(0) ?? code))];
}

/** The same inside and outside of a class. */
function quoted(code: number): string {
  return /\w/.test(String.fromCodePoint(code)) ? String.fromCodePoint(code) : `\\u{${code.toString(16)}}`;
}
