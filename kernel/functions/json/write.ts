/**
 * Columns to JSON text, as Spark's to_json writes them: null fields of structs left out unless asked for, doubles as Java
 * prints them, NaN and infinities in quotes, binaries in base64, timestamps in the session's zone with milliseconds.
 */
import { isValid, type BytesColumn, type Column, type FixedColumn } from '../../arrow/column.ts';
import { allocateBitmap, allocateBytesColumn, type Space } from '../../arrow/make.ts';
import { Types, type DataType } from '../../arrow/types.ts';
import { readBytes, readDecimal, readText } from '../../arrow/values.ts';
import { assert } from '../../core/assert.ts';
import { dateText, decimalText } from '../../expr/values.ts';
import { zoneOf, type Zone } from '../timezone.ts';
import { javaDouble, javaFloat } from './java-number.ts';
import type { JsonOptions } from './options.ts';
import { compilePattern, type TimePattern } from './time-pattern.ts';

const TIMESTAMP_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";
const TIMESTAMP_NTZ_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSS";

// eslint-disable-next-line no-control-regex -- exactly what JSON must escape
const ESCAPED = /["\\\u0000-\u001f]/g;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** The text of a valid cell. */
type CellWriter = (row: number) => string;

interface Formats {
  readonly zone: Zone;
  readonly utc: Zone;
  readonly timestamp: TimePattern;
  readonly timestampNtz: TimePattern;
  readonly date: TimePattern | undefined;
  readonly ignoreNullFields: boolean;
}

/**
 * @param column a struct, array or map
 * @returns a string per row, null where the row is null
 * @throws NOT_SUPPORTED for a date-time pattern that is not known
 */
export function writeJson(column: Column, options: JsonOptions, space: Space = 'heap'): BytesColumn {
  const formats: Formats = {
    zone: zoneOf(options.timeZone),
    utc: zoneOf('UTC'),
    timestamp: compilePattern(options.timestampFormat ?? TIMESTAMP_FORMAT),
    timestampNtz: compilePattern(options.timestampNtzFormat ?? TIMESTAMP_NTZ_FORMAT),
    date: options.dateFormat === undefined ? undefined : compilePattern(options.dateFormat),
    ignoreNullFields: options.ignoreNullFields,
  };
  const write = cellWriter(column, formats);
  const texts: string[] = [];
  let units = 0;
  for (let row = 0; row < column.length; row++) {
    const text = isValid(column, row) ? write(row) : '';
    units += text.length;
    texts.push(text);
  }
  return textColumn(texts, units, column, space);
}

function textColumn(texts: readonly string[], units: number, source: Column, space: Space): BytesColumn {
  const { length } = source;
  const validity = source.layout === 'null' ? allocateBitmap(length, space, 0) : source.validity;
  const encoded = new Uint8Array(units * 3);
  const encoder = new TextEncoder();
  const ends: number[] = [];
  let written = 0;
  for (const text of texts) {
    written += encoder.encodeInto(text, encoded.subarray(written)).written;
    ends.push(written);
  }
  const result = allocateBytesColumn(Types.string, length, written, space, validity);
  result.data.set(encoded.subarray(0, written));
  result.offsets[0] = 0;
  ends.forEach((end, i) => {
    result.offsets[i + 1] = end;
  });
  return result;
}

function cellWriter(column: Column, formats: Formats): CellWriter {
  switch (column.layout) {
    case 'null':
      return () => 'null';
    case 'bits':
      return (row) => (((column.values[row >> 3] ?? 0) >> (row & 7)) & 1 ? 'true' : 'false');
    case 'bytes':
      if (column.type.kind === 'string') return (row) => quote(readText(column, row));
      return (row) => `"${base64(readBytes(column, row))}"`;
    case 'fixed':
      return fixedWriter(column, column.type, formats);
    case 'list':
      return column.type.kind === 'map' ? mapWriter(column, formats) : arrayWriter(column, formats);
    case 'struct':
      return structWriter(column, formats);
  }
}

function fixedWriter(column: FixedColumn, type: DataType, formats: Formats): CellWriter {
  const { values } = column;
  const number = (row: number): number => Number(values[row] ?? 0);
  const micros = (row: number): bigint => BigInt(values[row] ?? 0);
  switch (type.kind) {
    case 'float':
      return (row) => finite(number(row)) ?? javaFloat(number(row));
    case 'double':
      return (row) => finite(number(row)) ?? javaDouble(number(row));
    case 'decimal':
      return (row) => decimalText(readDecimal(column, row), type.scale);
    case 'date': {
      const { date, utc } = formats;
      if (date === undefined) return (row) => `"${dateText(number(row))}"`;
      return (row) => quote(date.format(BigInt(number(row)) * 86_400_000_000n, utc));
    }
    case 'timestamp':
      return (row) => quote(formats.timestamp.format(micros(row), formats.zone));
    case 'timestamp_ntz':
      return (row) => quote(formats.timestampNtz.format(micros(row), formats.utc));
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return (row) => String(values[row] ?? 0);
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      assert(false, `${type.kind} has no fixed layout`);
  }
}

/** Numbers that JSON has no word for, in quotes; undefined for the others. */
function finite(value: number): string | undefined {
  return Number.isFinite(value) ? undefined : `"${value}"`;
}

function arrayWriter(column: Extract<Column, { layout: 'list' }>, formats: Formats): CellWriter {
  const { child, offsets } = column;
  const write = cellWriter(child, formats);
  return (row) => {
    const items: string[] = [];
    for (let i = offsets[row] ?? 0; i < (offsets[row + 1] ?? 0); i++) items.push(isValid(child, i) ? write(i) : 'null');
    return `[${items.join(',')}]`;
  };
}

/** Keys of any type are written as their text, null values are kept. */
function mapWriter(column: Extract<Column, { layout: 'list' }>, formats: Formats): CellWriter {
  const { child, offsets } = column;
  assert(child.layout === 'struct', "a map's child is a struct");
  const [keys, values] = child.children;
  assert(keys !== undefined && values !== undefined, 'a map has keys and values');
  const writeKey = cellWriter(keys, formats);
  const write = cellWriter(values, formats);
  return (row) => {
    const items: string[] = [];
    for (let i = offsets[row] ?? 0; i < (offsets[row + 1] ?? 0); i++) {
      const key = writeKey(i);
      items.push(`${key.startsWith('"') ? key : quote(key)}:${isValid(values, i) ? write(i) : 'null'}`);
    }
    return `{${items.join(',')}}`;
  };
}

function structWriter(column: Extract<Column, { layout: 'struct' }>, formats: Formats): CellWriter {
  const fields = column.children.map((child, i) => ({
    child,
    name: `${quote(column.type.fields[i]?.name ?? '')}:`,
    write: cellWriter(child, formats),
  }));
  return (row) => {
    const items: string[] = [];
    for (const { child, name, write } of fields) {
      if (isValid(child, row)) items.push(name + write(row));
      else if (!formats.ignoreNullFields) items.push(`${name}null`);
    }
    return `{${items.join(',')}}`;
  };
}

function quote(text: string): string {
  return `"${text.replace(ESCAPED, escape)}"`;
}

function escape(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return SHORT_ESCAPES[character] ?? `\\u${code}`;
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
