/** Strings. Lengths and positions count characters (code points), from 1. */
import { typeName, Types, type DataType } from '../arrow/types.ts';
import { present } from '../core/assert.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import type { ScalarFunction, ScalarImplementation } from './contract.ts';
import { defineFunction, type Param, type RowFunction, type ScalarDefinition } from './define.ts';
import { bytesOperand, columnsOf, hasNullConstant } from './operands.ts';
import { allocateBytes, asColumn, commonValidity, nullColumn, writerOf } from './vectors.ts';

const FAMILY = 'string';
const text = (value: LiteralValue | undefined): string => String(value ?? '');
const hasPairs = (value: string): boolean => /[\ud800-\udbff]/.test(value);
const characters = (value: string): readonly string[] => (hasPairs(value) ? Array.from(value) : value.split(''));
const lengthOf = (value: string): number => (hasPairs(value) ? Array.from(value).length : value.length);

function define(
  name: string,
  params: readonly Param[],
  summary: string,
  example: readonly [string, string],
  row: RowFunction,
  rest: Partial<ScalarDefinition> = {},
) {
  const names = ['str', 'arg2', 'arg3', 'arg4'].slice(0, params.length);
  const definition: ScalarDefinition = {
    name,
    usage: `${name}(${names.join(', ')})`,
    summary,
    examples: [example],
    params,
    returns: Types.string,
    row: () => row,
    ...rest,
  };
  const entry = defineFunction(FAMILY, definition);
  return OF_BYTES.has(name) ? { ...entry, resolve: refusingBytes(name, entry) } : entry;
}

/** Spark cuts and turns binaries byte by byte; read as text they would give something else. */
const OF_BYTES: ReadonlySet<string> = new Set(['substring', 'left', 'right', 'lpad', 'rpad', 'reverse', 'repeat']);

function refusingBytes(name: string, entry: ScalarFunction): ScalarFunction['resolve'] {
  return (args, context) => {
    const [first] = args;
    if (first?.type.kind === 'binary' || first?.type.kind === 'array') {
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `${name}(${typeName(first.type)})`,
        remedy: 'Cast binaries to string first, or work on their hex().',
      });
    }
    return entry.resolve(args, context);
  };
}

/** By bytes in wasm: starts with, ends with, contains. */
function predicate(
  name: string,
  kernel: 'bytes_starts_with' | 'bytes_ends_with' | 'bytes_contains',
  summary: string,
  example: readonly [string, string],
) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(left, right)`,
    summary,
    examples: [example],
    params: [Types.string, Types.string],
    returns: Types.boolean,
    vector: (): ScalarImplementation => ({
      engine: `wasm:${kernel}`,
      evaluate(args, length, { arena, kernels }) {
        if (hasNullConstant(args)) return nullColumn(Types.boolean, length, arena);
        const a = bytesOperand(present(args[0], 'left'), arena);
        const b = bytesOperand(present(args[1], 'right'), arena);
        const values = allocateBytes(arena, (length + 7) >> 3);
        kernels[kernel](a.offsets, a.data, a.step, b.offsets, b.data, b.step, length, values.byteOffset);
        return {
          layout: 'bits',
          type: Types.boolean,
          length,
          values,
          validity: commonValidity(columnsOf(args), length, arena),
        };
      },
    }),
  });
}

/** ASCII by wasm, everything else by JavaScript, whose rules are Unicode's as Java's are. */
function changeCase(name: 'upper' | 'lower', alias: string, summary: string, example: readonly [string, string]) {
  const kernel = `ascii_${name}` as const;
  return defineFunction(FAMILY, {
    name,
    aliases: [alias],
    usage: `${name}(str)`,
    summary,
    examples: [example],
    params: [Types.string],
    returns: Types.string,
    vector: (): ScalarImplementation => ({
      engine: `wasm:${kernel}`,
      evaluate(args, length, { arena, kernels }) {
        const column = asColumn(present(args[0], 'text'), length, arena);
        if (column.layout !== 'bytes') return nullColumn(Types.string, length, arena);
        const start = column.offsets[0] ?? 0;
        const bytes = (column.offsets[length] ?? 0) - start;
        const data = allocateBytes(arena, bytes);
        if (start === 0 && kernels[kernel](column.data.byteOffset, bytes, data.byteOffset) === 1)
          return { ...column, data };
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
        const writer = writerOf(Types.string, length, arena);
        for (let row = 0; row < length; row++) {
          if (column.validity !== undefined && !(((column.validity[row >> 3] ?? 0) >> (row & 7)) & 1)) continue;
          const value = decoder.decode(column.data.subarray(column.offsets[row], column.offsets[row + 1]));
          writer.set(row, name === 'upper' ? value.toUpperCase() : value.toLowerCase());
        }
        return writer.finish();
      },
    }),
  });
}

function lengthFunction(
  name: string,
  aliases: readonly string[],
  kernel: 'utf8_length' | 'bytes_length',
  summary: string,
  example: readonly [string, string],
) {
  return defineFunction(FAMILY, {
    name,
    aliases,
    usage: `${name}(str)`,
    summary,
    examples: [example],
    params: ['text'],
    returns: Types.int,
    vector: ([type = Types.string]): ScalarImplementation => {
      const isBytes = kernel === 'bytes_length' || type.kind === 'binary';
      return {
        engine: `wasm:${isBytes ? 'bytes_length' : kernel}`,
        evaluate(args, length, { arena, kernels }) {
          const column = asColumn(present(args[0], 'text'), length, arena);
          if (column.layout !== 'bytes') return nullColumn(Types.int, length, arena);
          const values = new Int32Array(arena.memory.buffer, arena.allocate(Math.max(8, length * 4)), length);
          if (isBytes) kernels.bytes_length(column.offsets.byteOffset, length, values.byteOffset);
          else kernels.utf8_length(column.offsets.byteOffset, column.data.byteOffset, length, values.byteOffset);
          return { layout: 'fixed', type: Types.int, length, values, validity: column.validity };
        },
      };
    },
  });
}

function trimmed(value: string, set: string, sides: 'left' | 'right' | 'both'): string {
  const strip = new Set(characters(set));
  const all = characters(value);
  let start = 0;
  let end = all.length;
  if (sides !== 'right') while (start < end && strip.has(all[start] ?? '')) start++;
  if (sides !== 'left') while (end > start && strip.has(all[end - 1] ?? '')) end--;
  return all.slice(start, end).join('');
}

/** The parser writes `TRIM(BOTH x FROM s)` as trim(s, x). */
function trim(
  name: string,
  aliases: readonly string[],
  sides: 'left' | 'right' | 'both',
  summary: string,
  example: readonly [string, string],
) {
  return define(
    name,
    [Types.string, Types.string],
    summary,
    example,
    (value, set) => trimmed(text(value), set === undefined ? ' ' : text(set), sides),
    {
      aliases,
      optional: 1,
      usage: `${name}(str[, characters])`,
    },
  );
}

/** One letter may become two, of which only the first is large: `Ss` for ß. */
/** The titlecase letters that are not the first sign of the large ones. */
const TITLECASE: Readonly<Record<string, string>> = { Ǆ: 'ǅ', Ǉ: 'ǈ', Ǌ: 'ǋ', Ǳ: 'ǲ' };

function titleCase(letter: string): string {
  const [first = '', ...rest] = letter.toUpperCase();
  return (TITLECASE[first] ?? first) + rest.join('').toLowerCase();
}

/** What stands before the n-th delimiter. */
function before(value: string, delimiter: string, n: number): string {
  let end = -1;
  for (let i = 0; i < n; i++) {
    end = value.indexOf(delimiter, end + 1);
    if (end < 0) return value;
  }
  return value.slice(0, end);
}

/** What stands after the n-th delimiter from the end; delimiters may overlap. */
function after(value: string, delimiter: string, n: number): string {
  let start = value.length - delimiter.length + 1;
  for (let i = 0; i < n; i++) {
    start = start === 0 ? -1 : value.lastIndexOf(delimiter, start - 1);
    if (start < 0) return value;
  }
  return value.slice(start + delimiter.length);
}

function substring(value: string, position: number, count: number): string {
  const all = characters(value);
  const start = position > 0 ? position - 1 : position < 0 ? all.length + position : 0;
  const end = count < 0 ? start : start + count;
  return all.slice(Math.max(0, start), Math.max(0, end)).join('');
}

function pad(value: string, length: number, fill: string, side: 'left' | 'right'): string {
  const all = characters(value);
  if (length <= all.length) return all.slice(0, Math.max(0, length)).join('');
  if (fill === '') return value;
  const missing = length - all.length;
  const filler = characters(fill.repeat(Math.ceil(missing / lengthOf(fill))))
    .slice(0, missing)
    .join('');
  return side === 'left' ? filler + value : value + filler;
}

function padding(name: 'lpad' | 'rpad', summary: string, example: readonly [string, string]) {
  return define(
    name,
    [Types.string, Types.int, Types.string],
    summary,
    example,
    (value, length, fill) =>
      pad(text(value), Number(length), fill === undefined ? ' ' : text(fill), name === 'lpad' ? 'left' : 'right'),
    { optional: 1, usage: `${name}(str, length[, pad])` },
  );
}

/** %s %d %f %x and their widths; others are refused. */
function format(pattern: string, values: readonly LiteralValue[]): string {
  let next = 0;
  return pattern.replace(
    /%(?:(\d+)\$)?([-0+, ]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_whole, index: string | undefined, flags: string, width: string, digits: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      if (kind === 'n') return '\n';
      const value = values[index === undefined ? next++ : Number(index) - 1] ?? null;
      const body = value === null ? 'null' : formatted(kind, value, digits);
      const signed = flags.includes('+') && !body.startsWith('-') ? `+${body}` : body;
      const fill = flags.includes('0') && !flags.includes('-') ? '0' : ' ';
      return flags.includes('-') ? signed.padEnd(Number(width)) : signed.padStart(Number(width), fill);
    },
  );
}

function formatted(kind: string, value: LiteralValue, digits: string | undefined): string {
  switch (kind) {
    case 's':
      return digits === undefined ? text(value) : text(value).slice(0, Number(digits));
    case 'd':
      return text(value);
    case 'f':
      return Number(value).toFixed(Number(digits ?? 6));
    case 'e':
      return Number(value)
        .toExponential(Number(digits ?? 6))
        .replace(/e([+-])(\d)$/, 'e$10$2');
    case 'x':
      return BigInt(Number(value)).toString(16);
    default:
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `%${kind} in format_string`,
        remedy: 'Use %s, %d, %f, %e or %x.',
      });
  }
}

/** Any atomic argument is cast to text; concat of arrays is another function. */
function concatTypes(args: readonly { readonly type: DataType }[]): readonly DataType[] {
  if (args.every((arg) => arg.type.kind === 'binary')) return args.map(() => Types.binary);
  if (args.some((arg) => arg.type.kind === 'array')) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'concat of arrays',
      remedy: 'Concatenate their texts with concat_ws.',
    });
  }
  return args.map(() => Types.string);
}

export const STRINGS = [
  changeCase('upper', 'ucase', 'All letters large.', ["upper('Spark')", 'SPARK']),
  changeCase('lower', 'lcase', 'All letters small.', ["lower('Spark')", 'spark']),
  lengthFunction(
    'length',
    ['char_length', 'character_length', 'len'],
    'utf8_length',
    'The number of characters; of bytes for binaries.',
    ["length('Spark ')", '6'],
  ),
  lengthFunction('octet_length', [], 'bytes_length', 'The number of bytes.', ["octet_length('é')", '2']),
  predicate('startswith', 'bytes_starts_with', 'Whether the text starts with the other.', [
    "startswith('Spark', 'Sp')",
    'true',
  ]),
  predicate('endswith', 'bytes_ends_with', 'Whether the text ends with the other.', [
    "endswith('Spark', 'rk')",
    'true',
  ]),
  predicate('contains', 'bytes_contains', 'Whether the text contains the other.', ["contains('Spark', 'ar')", 'true']),
  trim('trim', ['btrim'], 'both', 'Without spaces (or the given characters) at both ends.', ["trim('  a ')", 'a']),
  trim('ltrim', [], 'left', 'Without spaces (or the given characters) at the start.', ["ltrim('  a')", 'a']),
  trim('rtrim', [], 'right', 'Without spaces (or the given characters) at the end.', ["rtrim('a  ')", 'a']),
  define(
    'substring',
    [Types.string, Types.int, Types.int],
    'Characters from a position, counted from 1, or from the end where negative.',
    ["substring('Spark SQL', 5, 1)", 'k'],
    (value, position, count) =>
      substring(text(value), Number(position), count === undefined ? Infinity : Number(count)),
    { aliases: ['substr'], optional: 1, usage: 'substring(str, position[, length])' },
  ),
  define('left', [Types.string, Types.int], 'The first characters.', ["left('Spark', 3)", 'Spa'], (value, count) =>
    substring(text(value), 1, Number(count)),
  ),
  define('right', [Types.string, Types.int], 'The last characters.', ["right('Spark', 3)", 'ark'], (value, count) =>
    Number(count) <= 0 ? '' : characters(text(value)).slice(-Number(count)).join(''),
  ),
  define(
    'concat',
    [Types.string],
    'All arguments put together; null where one is.',
    ["concat('Spark', 'SQL')", 'SparkSQL'],
    (...values) => values.map(text).join(''),
    {
      usage: 'concat(str1, str2, …)',
      resolve(args) {
        const argTypes = concatTypes(args);
        return { argTypes, type: argTypes[0] ?? Types.string, nullable: args.some((arg) => arg.nullable) };
      },
      row: (_types, type) =>
        type.kind === 'binary'
          ? (...values) => Uint8Array.from(values.flatMap((value) => (value instanceof Uint8Array ? [...value] : [])))
          : (...values) => values.map(text).join(''),
    },
  ),
  define(
    'concat_ws',
    [Types.string, Types.string],
    'The arguments with a separator between them, nulls left out.',
    ["concat_ws(' ', 'Spark', 'SQL')", 'Spark SQL'],
    (separator, ...values) =>
      separator === null
        ? null
        : values
            .filter((value) => value !== null)
            .map(text)
            .join(text(separator)),
    { variadic: 0, nulls: 'lenient', usage: 'concat_ws(separator, str1, …)' },
  ),
  define(
    'replace',
    [Types.string, Types.string, Types.string],
    'Every occurrence of the search text replaced.',
    ["replace('ABCabc', 'abc', 'DEF')", 'ABCDEF'],
    (value, search, by) =>
      text(search) === ''
        ? text(value)
        : text(value).replaceAll(text(search), () => (by === undefined ? '' : text(by))),
    { optional: 1, usage: 'replace(str, search[, replacement])' },
  ),
  define(
    'instr',
    [Types.string, Types.string],
    'The position of the first occurrence, from 1; 0 where there is none.',
    ["instr('SparkSQL', 'SQL')", '6'],
    (value, search) => {
      const at = text(value).indexOf(text(search));
      return at < 0 ? 0 : lengthOf(text(value).slice(0, at)) + 1;
    },
    { returns: Types.int },
  ),
  define(
    'locate',
    [Types.string, Types.string, Types.int],
    'The position of the search text, from 1; 0 where there is none.',
    ["locate('bar', 'foobarbar')", '4'],
    (search, value, from = 1) => {
      if (from === null) return 0;
      if (search === null || value === null) return null;
      const all = characters(text(value));
      const start = Math.max(0, Number(from) - 1);
      const rest = all.slice(start).join('');
      const at = rest.indexOf(text(search));
      return at < 0 || Number(from) < 1 ? 0 : start + lengthOf(rest.slice(0, at)) + 1;
    },
    {
      aliases: ['position', 'charindex'],
      returns: Types.int,
      optional: 1,
      nulls: 'lenient',
      usage: 'locate(search, str[, from])',
    },
  ),
  padding('lpad', 'Filled at the start, or cut, to a length.', ["lpad('hi', 5, '?')", '???hi']),
  padding('rpad', 'Filled at the end, or cut, to a length.', ["rpad('hi', 5, '?')", 'hi???']),
  define('repeat', [Types.string, Types.int], 'The text so many times.', ["repeat('ab', 2)", 'abab'], (value, count) =>
    text(value).repeat(Math.max(0, Number(count))),
  ),
  define('reverse', [Types.string], 'The characters from last to first.', ["reverse('abc')", 'cba'], (value) =>
    Array.from(text(value)).reverse().join(''),
  ),
  define(
    'initcap',
    [Types.string],
    'The first letter of each word large, the others small.',
    ["initcap('sPark sql')", 'Spark Sql'],
    (value) =>
      text(value)
        .toLowerCase()
        .replace(/(^| )(\S)/g, (_whole, gap: string, letter: string) => gap + titleCase(letter)),
  ),
  define(
    'translate',
    [Types.string, Types.string, Types.string],
    'Characters replaced one by one.',
    ["translate('AaBbCc', 'abc', '123')", 'A1B2C3'],
    (value, from, to) => {
      const target = characters(text(to));
      const map = new Map(
        characters(text(from))
          .map((character, i) => [character, target[i] ?? ''] as const)
          .reverse(),
      );
      return characters(text(value))
        .map((character) => map.get(character) ?? character)
        .join('');
    },
  ),
  define(
    'ascii',
    [Types.string],
    'The code of the first character; 0 for an empty text.',
    ["ascii('A')", '65'],
    (value) => text(value).codePointAt(0) ?? 0,
    { returns: Types.int },
  ),
  define(
    'chr',
    [Types.long],
    'The character of a code.',
    ['chr(65)', 'A'],
    (code) => (Number(code) < 0 ? '' : String.fromCharCode(Number(code) % 256)),
    { aliases: ['char'] },
  ),
  define('space', [Types.int], 'So many spaces.', ["concat('a', space(2), 'b')", 'a  b'], (count) =>
    ' '.repeat(Math.max(0, Number(count))),
  ),
  define(
    'substring_index',
    [Types.string, Types.string, Types.int],
    'What stands before the n-th delimiter (after it, counted from the end, where negative).',
    ["substring_index('www.apache.org', '.', 2)", 'www.apache'],
    (value, delimiter, count) => {
      if (text(delimiter) === '' || Number(count) === 0) return '';
      return Number(count) > 0
        ? before(text(value), text(delimiter), Number(count))
        : after(text(value), text(delimiter), -Number(count));
    },
  ),
  define(
    'split_part',
    [Types.string, Types.string, Types.int],
    'The n-th part between delimiters, from the end where negative; empty where there is none.',
    ["split_part('11.12.13', '.', 3)", '13'],
    (value, delimiter, index) => {
      if (Number(index) === 0) throw new MillraceError('INVALID_INDEX_OF_ZERO', {});
      const parts = text(delimiter) === '' ? [text(value)] : text(value).split(text(delimiter));
      return parts.at(Number(index) > 0 ? Number(index) - 1 : Number(index)) ?? '';
    },
    { usage: 'split_part(str, delimiter, index)' },
  ),
  define(
    'bit_length',
    ['text'],
    'The number of bits of a text in UTF-8, or of a binary.',
    ["bit_length('Spark SQL')", '72'],
    (value) => 8 * (value instanceof Uint8Array ? value : new TextEncoder().encode(text(value))).length,
    { returns: Types.int },
  ),
  define(
    'format_string',
    [Types.string, 'any'],
    'Text after a printf pattern.',
    ["format_string('%s has %d', 'a', 3)", 'a has 3'],
    (pattern, ...values) =>
      pattern === null
        ? null
        : format(
            text(pattern),
            values.map((value) => value ?? null),
          ),
    { aliases: ['printf'], variadic: 0, nulls: 'lenient', usage: 'format_string(pattern, value1, …)' },
  ),
];
