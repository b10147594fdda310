/**
 * JSON read sign by sign, where its spelling matters: of equal keys each is seen, and a value is written as Spark writes it again,
 * without spaces, with doubles as Java prints them. Strings may stand in single quotes and hold control characters.
 */
import { doubleText } from '../../expr/values.ts';

/** As deep as Spark's reader goes. */
const DEPTH_MAX = 1000;
const SPACES = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?![\w.+-])/y;
const WORD = /(?:true|false|null)(?!\w)/y;
const ESCAPED = /\\(?:u([0-9a-fA-F]{4})|([\s\S]?))/g;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export class MalformedJson extends Error {
  override readonly name = 'MalformedJson';
}

export interface JsonText {
  readonly text: string;
  at: number;
  depth: number;
}

/** The first sign of what comes next, after spaces; empty at the end. */
export function ahead(json: JsonText): string {
  SPACES.lastIndex = json.at;
  SPACES.test(json.text);
  json.at = SPACES.lastIndex;
  return json.text[json.at] ?? '';
}

/** Passes `sign` if it is next. */
export function passes(json: JsonText, sign: string): boolean {
  if (ahead(json) !== sign) return false;
  json.at++;
  return true;
}

/** Calls `item` at each element of the array that is next. */
export function eachElement(json: JsonText, item: () => void): void {
  within(json, '[', ']', item);
}

/** Calls `field` at the value of each field of the object that is next. */
export function eachField(json: JsonText, field: (name: string) => void): void {
  within(json, '{', '}', () => {
    const name = stringNext(json);
    expect(json, ':');
    field(name);
  });
}

function within(json: JsonText, open: string, close: string, item: () => void): void {
  expect(json, open);
  if (++json.depth > DEPTH_MAX) throw new MalformedJson(`more than ${DEPTH_MAX} levels`);
  if (!passes(json, close)) {
    do item();
    while (passes(json, ','));
    expect(json, close);
  }
  json.depth--;
}

function expect(json: JsonText, sign: string): void {
  if (!passes(json, sign)) throw new MalformedJson(`no ${sign} at ${json.at}`);
}

/** Passes a string. @returns what it means */
export function stringNext(json: JsonText): string {
  const quote = ahead(json);
  if (quote !== '"' && quote !== "'") throw new MalformedJson(`no string at ${json.at}`);
  const start = json.at + 1;
  let end = json.text.indexOf(quote, start);
  while (end >= 0 && isEscaped(json.text, end)) end = json.text.indexOf(quote, end + 1);
  if (end < 0) throw new MalformedJson('a string without an end');
  json.at = end + 1;
  const content = json.text.slice(start, end);
  return content.includes('\\') ? unescaped(content) : content;
}

/** Whether an odd number of backslashes stands before the place. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}

function unescaped(content: string): string {
  return content.replace(ESCAPED, (_whole, hex: string | undefined, letter: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    if (letter === undefined || !'"\\/bfnrt'.includes(letter) || letter === '') throw new MalformedJson('an escape');
    return ESCAPES[letter] ?? letter;
  });
}

/** Passes a value. @returns it as Spark writes it */
export function valueNext(json: JsonText): string {
  const first = ahead(json);
  const items: string[] = [];
  switch (first) {
    case '{':
      eachField(json, (name) => items.push(`${quoted(name)}:${valueNext(json)}`));
      return `{${items.join(',')}}`;
    case '[':
      eachElement(json, () => items.push(valueNext(json)));
      return `[${items.join(',')}]`;
    case '"':
    case "'":
      return quoted(stringNext(json));
  }
  return scalarNext(json);
}

/** Passes a value without writing it. */
export function skipValue(json: JsonText): void {
  switch (ahead(json)) {
    case '{':
      eachField(json, () => {
        skipValue(json);
      });
      return;
    case '[':
      eachElement(json, () => {
        skipValue(json);
      });
      return;
    case '"':
    case "'":
      stringNext(json);
      return;
  }
  scalarNext(json);
}

function scalarNext(json: JsonText): string {
  NUMBER.lastIndex = WORD.lastIndex = json.at;
  const [text, fraction, exponent] = NUMBER.exec(json.text) ?? WORD.exec(json.text) ?? [];
  if (text === undefined) throw new MalformedJson(`no value at ${json.at}`);
  json.at += text.length;
  if (fraction !== undefined || exponent !== undefined) return doubleText(Number(text));
  return text === '-0' ? '0' : text;
}

/** JSON.stringify differs in the hexadecimal digits of control characters. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\\\|\\u00[01][a-f]/g, (whole) =>
    whole === '\\\\' ? whole : `\\u${whole.slice(2).toUpperCase()}`,
  );
}
