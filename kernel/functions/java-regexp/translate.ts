/** Groups, quantifiers, places and references of a pattern. */
import { characterText, classText, escapeOf } from './characters.ts';
import { malformed, match, peek, take, unknown, type Part, type Reader } from './reader.ts';

const START = '(?<![\\s\\S])';
const END = '(?![\\s\\S])';
const LINE_END = '[\\n\\r\\x85\\u2028\\u2029]';
/** No line ends between \r and \n. */
const NOT_INSIDE_CRLF = '(?<!\\r(?=\\n))';

/** Java 17 takes letters and digits of all scripts for words at a boundary, though `\w` is of ASCII. */
const WORD = '[_\\p{L}\\p{Nd}]';
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;

/** What a quantifier may follow. */
interface Atom {
  readonly parts: readonly Part[];
  /** Whether it is a place, which JavaScript repeats only in a group. */
  readonly isPlace?: boolean;
}

/** The translation up to the end or a closing bracket. */
export function alternatives(reader: Reader): readonly Part[] {
  const parts: Part[] = [];
  for (let sign = peek(reader); sign !== undefined && sign !== ')'; sign = peek(reader)) {
    if (sign === '|') {
      reader.at++;
      parts.push('|');
    } else if (!changesFlags(reader)) parts.push(...quantified(reader, atomOf(reader, sign)));
  }
  return parts;
}

/** `(?i)`, `(?s-m)`: for the rest of the group. */
function changesFlags(reader: Reader): boolean {
  const change = match(reader, /\(\?([imsxudU]*)(?:-([imsxudU]+))?\)/y);
  if (change === undefined) return false;
  reader.flags = changed(reader.flags, change);
  return true;
}

function changed(flags: ReadonlySet<string>, [, on = '', off = '']: RegExpExecArray): ReadonlySet<string> {
  return new Set([...flags, ...Array.from(on)].filter((flag) => !off.includes(flag)));
}

function quantified(reader: Reader, atom: Atom): readonly Part[] {
  peek(reader);
  const [, times, mode] = match(reader, /([*+?]|\{\d+(?:,\d*)?\})([?+]?)/y) ?? [];
  if (times === undefined) return atom.parts;
  const repeated: readonly Part[] = [...(atom.isPlace ? ['(?:', ...atom.parts, ')'] : atom.parts), times];
  return mode === '+' ? ['(?:', ...atomic(reader, repeated), ')'] : [...repeated, mode ?? ''];
}

/** What was found once is not given back: a lookahead does not go back into itself. */
function atomic(reader: Reader, parts: readonly Part[]): readonly Part[] {
  if (reader.lookbehinds > 0) throw unknown('an atomic group in a lookbehind', reader.pattern);
  const group = -++reader.ownCount;
  return ['(?=', { open: group }, ...parts, '))', { refer: group }];
}

function atomOf(reader: Reader, sign: string): Atom {
  switch (sign) {
    case '(':
      return groupOf(reader);
    case '[':
      reader.at++;
      return { parts: [classText(reader)] };
    case '\\':
      reader.at++;
      return placeOf(reader) ?? referenceOf(reader) ?? escaped(reader);
    case '*':
    case '+':
    case '?':
    case '{':
      throw malformed(reader.pattern);
    case '.':
      reader.at++;
      return { parts: [dot(reader.flags)] };
    case '^':
      reader.at++;
      return { parts: [lineStart(reader.flags)], isPlace: true };
    case '$':
      reader.at++;
      return { parts: [lineEnd(reader.flags)], isPlace: true };
  }
  return { parts: [characterText(take(reader), reader.flags)] };
}

function dot(flags: ReadonlySet<string>): string {
  if (flags.has('s')) return '[\\s\\S]';
  return flags.has('d') ? '[^\\n]' : `[^${LINE_END}]`;
}

function lineStart(flags: ReadonlySet<string>): string {
  if (!flags.has('m')) return START;
  return `(?=[\\s\\S])${flags.has('d') ? '(?<![^\\n])' : `(?:${START}|(?<=${LINE_END})${NOT_INSIDE_CRLF})`}`;
}

function lineEnd(flags: ReadonlySet<string>): string {
  const one = flags.has('d') ? '\\n' : LINE_END;
  const place = flags.has('m') ? `(?=${one}|${END})` : `(?=(?:${flags.has('d') ? '' : '\\r\\n|'}${one})?${END})`;
  return flags.has('d') ? place : NOT_INSIDE_CRLF + place;
}

/** @param reader stands at the bracket */
function groupOf(reader: Reader): Atom {
  const { flags } = reader;
  const scoped = match(reader, /\(\?([imsxudU]*)(?:-([imsxudU]+))?:/y);
  if (scoped !== undefined) {
    reader.flags = changed(flags, scoped);
    return { parts: ['(?:', ...inside(reader, flags), ')'] };
  }
  const around = match(reader, /\(\?<?[=!]/y)?.[0];
  if (around !== undefined) {
    const step = around.includes('<') ? 1 : 0;
    reader.lookbehinds += step;
    const parts = [around, ...inside(reader, flags), ')'];
    reader.lookbehinds -= step;
    return { parts, isPlace: true };
  }
  if (match(reader, /\(\?>/y) !== undefined) return { parts: ['(?:', ...atomic(reader, inside(reader, flags)), ')'] };
  const name = match(reader, /\(\?<([A-Za-z][A-Za-z0-9]*)>/y)?.[1];
  if (name === undefined && match(reader, /\((?!\?)/y) === undefined) throw malformed(reader.pattern);
  const group = ++reader.groupCount;
  if (name !== undefined) {
    if (reader.names.has(name)) throw malformed(reader.pattern);
    reader.names.set(name, group);
  }
  return { parts: [{ open: group }, ...inside(reader, flags), ')'] };
}

/** What a group holds, up to and with its closing bracket; flags that it set end there. */
function inside(reader: Reader, outer: ReadonlySet<string>): readonly Part[] {
  const parts = alternatives(reader);
  if (match(reader, /\)/y) === undefined) throw malformed(reader.pattern);
  reader.flags = outer;
  return parts;
}

/** Escapes of a place. @param reader stands after the backslash */
function placeOf(reader: Reader): Atom | undefined {
  if (match(reader, /b\{/y) !== undefined) throw unknown('\\b{g}', reader.pattern);
  const sign = match(reader, /[bBAzZ]/y)?.[0];
  if (sign === undefined) return undefined;
  const places: Readonly<Record<string, string>> = {
    b: BOUNDARY,
    B: `(?!${BOUNDARY})`,
    A: START,
    z: END,
    Z: lineEnd(new Set([...reader.flags].filter((flag) => flag !== 'm'))),
  };
  return { parts: [places[sign] ?? ''], isPlace: true };
}

/** `\1` takes as many digits as there are groups; `\k<name>`. */
function referenceOf(reader: Reader): Atom | undefined {
  const digits = match(reader, /[1-9]\d*/y)?.[0];
  const name = match(reader, /k<([A-Za-z][A-Za-z0-9]*)>/y)?.[1];
  if (digits === undefined && name === undefined) return undefined;
  let group = name === undefined ? Number(digits?.[0]) : reader.names.get(name);
  if (group === undefined) throw malformed(reader.pattern);
  if (digits !== undefined) {
    let used = 1;
    while (used < digits.length && Number(digits.slice(0, used + 1)) <= reader.groupCount) used++;
    reader.at -= digits.length - used;
    group = Number(digits.slice(0, used));
  }
  if (group > reader.groupCount) throw unknown(`the later group \\${group}`, reader.pattern);
  if (reader.flags.has('i')) throw unknown(`\\${name ?? group} without regard to case`, reader.pattern);
  if (reader.lookbehinds > 0) throw unknown(`\\${name ?? group} in a lookbehind`, reader.pattern);
  return { parts: [{ refer: group }] };
}

function escaped(reader: Reader): Atom {
  if (match(reader, /R/y) !== undefined) return { parts: ['(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])'] };
  const escape = escapeOf(reader);
  return { parts: [escape.kind === 'class' ? escape.text : characterText(escape.code, reader.flags)] };
}
