/**
 * SQL text → tokens, Spark's lexical rules: case-insensitive words, `` `quoted names` ``, 'strings' and "strings" (both
 * are strings) with backslash escapes and doubled quotes, raw strings r'…', numbers with type suffixes, `--` and nested
 * bracketed comments, `:name` parameters.
 *
 * @see https://spark.apache.org/docs/latest/sql-ref-literals.html
 */
import { MillraceError, type SourcePosition } from '../core/errors.ts';

export type Token =
  /** `upper` is the text in upper case, to compare with keywords. */
  | {
      readonly kind: 'word';
      readonly text: string;
      readonly upper: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'quotedName'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'string'; readonly text: string; readonly start: number; readonly end: number }
  /** `suffix` is L, S, Y, D, F, BD in upper case, or empty. */
  | {
      readonly kind: 'number';
      readonly text: string;
      readonly suffix: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'parameter'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly text: ''; readonly start: number; readonly end: number };

/** Longest first. `>` is always a token of its own, so that `array<array<int>>` needs no special case. */
const SYMBOLS = ['<=>', '||', '::', '<>', '!=', '==', '<=', '>=', '=>', '->', '<<', '|>'] as const;

const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z0-9_\u0080-\uffff]*/y;
const NUMBER = /(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?/y;
const NUMBER_SUFFIX = /(?:BD|[LSYDF])(?![A-Za-z0-9_])/iy;

/** @throws PARSE_SYNTAX_ERROR at an unfinished string, comment or name, or at a character that begins nothing */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = skipBlank(sql, at);
    if (at >= sql.length) break;
    const token = readToken(sql, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: sql.length, end: sql.length });
  return tokens;
}

export function positionAt(sql: string, offset: number): SourcePosition {
  const before = sql.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { offset, line: before.split('\n').length, column: offset - lineStart + 1 };
}

export function syntaxError(sql: string, offset: number, error: string, hint: string): MillraceError {
  return new MillraceError('PARSE_SYNTAX_ERROR', { error, hint }, { position: positionAt(sql, offset) });
}

function skipBlank(sql: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < sql.length && /\s/.test(sql.charAt(at))) at++;
    if (sql.startsWith('--', at)) {
      const newline = sql.indexOf('\n', at);
      at = newline < 0 ? sql.length : newline + 1;
    } else if (sql.startsWith('/*', at)) {
      at = skipBracketedComment(sql, at);
    } else {
      return at;
    }
  }
}

function skipBracketedComment(sql: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < sql.length) {
    if (sql.startsWith('/*', at)) {
      depth++;
      at += 2;
    } else if (sql.startsWith('*/', at)) {
      depth--;
      at += 2;
      if (depth === 0) return at;
    } else {
      at++;
    }
  }
  throw syntaxError(sql, start, "'/*'", 'The comment is not closed: add */.');
}

function readToken(sql: string, start: number): Token {
  const first = sql.charAt(start);
  const next = sql.charAt(start + 1);
  if (first === "'" || first === '"') return readString(sql, start, { quoteAt: start, raw: false });
  if ((first === 'r' || first === 'R') && (next === "'" || next === '"')) {
    return readString(sql, start, { quoteAt: start + 1, raw: true });
  }
  if (first === '`') return readQuotedName(sql, start);
  if (/\d/.test(first) || (first === '.' && /\d/.test(next))) return readNumber(sql, start);
  if (WORD_START.test(first)) return readWord(sql, start);
  if (first === ':' && WORD_START.test(next)) {
    WORD.lastIndex = start + 1;
    const text = WORD.exec(sql)?.[0] ?? '';
    return { kind: 'parameter', text, start, end: start + 1 + text.length };
  }
  const symbol = SYMBOLS.find((s) => sql.startsWith(s, start)) ?? first;
  if (symbol === first && !'+-*/%=<>()[]{},.;:~&|^!?@$'.includes(first)) {
    throw syntaxError(sql, start, `'${first}'`, 'This character has no meaning here.');
  }
  return { kind: 'symbol', text: symbol, start, end: start + symbol.length };
}

function readWord(sql: string, start: number): Token {
  WORD.lastIndex = start;
  const text = WORD.exec(sql)?.[0] ?? '';
  return { kind: 'word', text, upper: text.toUpperCase(), start, end: start + text.length };
}

function readNumber(sql: string, start: number): Token {
  NUMBER.lastIndex = start;
  const text = NUMBER.exec(sql)?.[0] ?? '';
  NUMBER_SUFFIX.lastIndex = start + text.length;
  const suffix = NUMBER_SUFFIX.exec(sql)?.[0] ?? '';
  const end = start + text.length + suffix.length;
  if (WORD_START.test(sql.charAt(end))) {
    throw syntaxError(
      sql,
      start,
      `'${text}${suffix}${sql.charAt(end)}'`,
      'A name cannot begin with a digit; quote it with backticks.',
    );
  }
  return { kind: 'number', text, suffix: suffix.toUpperCase(), start, end };
}

function readQuotedName(sql: string, start: number): Token {
  let text = '';
  let at = start + 1;
  while (at < sql.length) {
    const char = sql.charAt(at);
    if (char === '`') {
      if (sql.charAt(at + 1) !== '`') return { kind: 'quotedName', text, start, end: at + 1 };
      at++;
    }
    text += char;
    at++;
  }
  throw syntaxError(sql, start, "'`'", 'The quoted name is not closed: add a backtick.');
}

function readString(
  sql: string,
  start: number,
  { quoteAt, raw }: { readonly quoteAt: number; readonly raw: boolean },
): Token {
  const quote = sql.charAt(quoteAt);
  let text = '';
  let at = quoteAt + 1;
  while (at < sql.length) {
    const char = sql.charAt(at);
    if (char === quote) {
      if (raw || sql.charAt(at + 1) !== quote) return { kind: 'string', text, start, end: at + 1 };
      text += quote;
      at += 2;
    } else if (char === '\\' && !raw) {
      const escape = readEscape(sql, at);
      text += escape.text;
      at = escape.end;
    } else {
      text += char;
      at++;
    }
  }
  throw syntaxError(sql, start, quote, `The string is not closed: add ${quote}.`);
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001a', '0': '\0' };

function readEscape(sql: string, at: number): { readonly text: string; readonly end: number } {
  const hex16 = /\\u([0-9a-fA-F]{4})/y;
  const hex32 = /\\U([0-9a-fA-F]{8})/y;
  const octal = /\\([0-3][0-7]{2})/y;
  hex16.lastIndex = hex32.lastIndex = octal.lastIndex = at;
  const unit = hex16.exec(sql)?.[1];
  if (unit !== undefined) return { text: String.fromCharCode(parseInt(unit, 16)), end: at + 6 };
  const point = hex32.exec(sql)?.[1];
  if (point !== undefined && parseInt(point, 16) <= 0x10ffff)
    return { text: String.fromCodePoint(parseInt(point, 16)), end: at + 10 };
  const code = octal.exec(sql)?.[1];
  if (code !== undefined) return { text: String.fromCharCode(parseInt(code, 8)), end: at + 4 };
  const char = sql.charAt(at + 1);
  // `\%` and `\_` stay as they are: they are for LIKE patterns.
  if (char === '%' || char === '_') return { text: `\\${char}`, end: at + 2 };
  return { text: SIMPLE_ESCAPES[char] ?? char, end: at + 2 };
}
