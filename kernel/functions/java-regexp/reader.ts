/** Where the translation of a pattern stands: the place in it, the flags that hold there, and the groups so far. */
import { MillraceError } from '../../core/errors.ts';

/** A piece of the translation; groups get their numbers at the end. Java's count from 1, ours from -1 down. */
export type Part = string | { readonly open: number } | { readonly refer: number };

export interface Reader {
  readonly pattern: string;
  at: number;
  /** Java's: i ignores case, u of all letters; m lines; s a dot is any sign; d only \n ends a line; x comments; U Unicode classes. */
  flags: ReadonlySet<string>;
  /** How many groups of Java's and of ours are open or done. */
  groupCount: number;
  ownCount: number;
  /** How many lookbehinds stand around: JavaScript reads what is inside from right to left. */
  lookbehinds: number;
  readonly names: Map<string, number>;
}

/** The sign at the place, without passing it; with the flag x after spaces and comments. Undefined at the end. */
export function peek(reader: Reader): string | undefined {
  if (reader.flags.has('x')) match(reader, /(?:[ \t\n\v\f\r]|#[^\n\r\u0085\u2028\u2029]*)*/y);
  return reader.pattern[reader.at];
}

/** Passes what `sticky`, a regular expression with the flag y, finds at the place. */
export function match(reader: Reader, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = reader.at;
  const found = sticky.exec(reader.pattern) ?? undefined;
  if (found !== undefined) reader.at += found[0].length;
  return found;
}

/** Passes one character. @returns its code point */
export function take(reader: Reader): number {
  const code = reader.pattern.codePointAt(reader.at);
  if (code === undefined) throw malformed(reader.pattern);
  reader.at += code > 0xffff ? 2 : 1;
  return code;
}

/** The pattern is no regular expression in Java either. */
export function malformed(pattern: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'INVALID_PARAMETER_VALUE',
    { parameter: `the pattern '${pattern}'`, function: 'a regular expression', problem: 'check brackets and escapes' },
    { cause },
  );
}

/** Java knows it and JavaScript does not. */
export function unknown(what: string, pattern: string): MillraceError {
  return new MillraceError('NOT_SUPPORTED', {
    feature: `${what} in the regular expression '${pattern}'`,
    remedy: 'Write it with other means.',
  });
}
