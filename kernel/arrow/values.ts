/** Cells as JavaScript values, by the table in types.ts. */
import type { BytesColumn, Column, FixedColumn, ListColumn, RecordBatch, StructColumn } from './column.ts';
import { isValid } from './column.ts';
import { assert } from '../core/assert.ts';
import { Decimal } from './decimal.ts';
import { SqlDate, Timestamp } from './temporal.ts';

/** A cell. `unknown` is what every caller must narrow; the schema says to what. */
export type CellValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | SqlDate
  | Timestamp
  | readonly CellValue[]
  | ReadonlyMap<CellValue, CellValue>
  | { readonly [field: string]: CellValue };

export type RowObject = Readonly<Record<string, CellValue>>;

/** The value of a cell, null for a null. */
export function readValue(column: Column, row: number): CellValue {
  assert(row >= 0 && row < column.length, `row ${row} of ${column.length}`);
  return read(column, row);
}

function read(column: Column, row: number): CellValue {
  if (!isValid(column, row)) return null;
  switch (column.layout) {
    case 'null':
      return null;
    case 'bits':
      return (((column.values[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
    case 'fixed':
      return readFixed(column, row);
    case 'bytes':
      return column.type.kind === 'string' ? readText(column, row) : readBytes(column, row).slice();
    case 'list':
      return column.type.kind === 'map' ? readMap(column, row) : readArray(column, row);
    case 'struct':
      return readStruct(column, row);
  }
}

function readFixed(column: FixedColumn, row: number): CellValue {
  const { type, values } = column;
  if (type.kind === 'decimal') return new Decimal(readDecimal(column, row), type.scale);
  const value = values[row] ?? 0;
  switch (type.kind) {
    case 'date':
      return new SqlDate(Number(value));
    case 'timestamp':
    case 'timestamp_ntz':
      return new Timestamp(BigInt(value));
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return value;
  }
}

/** The unscaled value of a decimal cell. */
export function readDecimal(column: FixedColumn, row: number): bigint {
  const { values } = column;
  assert(values instanceof BigInt64Array, 'decimals have two i64 a row');
  return ((values[row * 2 + 1] ?? 0n) << 64n) | BigInt.asUintN(64, values[row * 2] ?? 0n);
}

/** A view of the cell's bytes. */
export function readBytes(column: BytesColumn, row: number): Uint8Array {
  return column.data.subarray(column.offsets[row] ?? 0, column.offsets[row + 1] ?? 0);
}

const SHORT_TEXT_BYTES = 24;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a cell; short ASCII, the common case, without the cost of a decoder call. */
export function readText(column: BytesColumn, row: number): string {
  const begin = column.offsets[row] ?? 0;
  const end = column.offsets[row + 1] ?? begin;
  if (end - begin > SHORT_TEXT_BYTES) return decoder.decode(column.data.subarray(begin, end));
  let text = '';
  for (let i = begin; i < end; i++) {
    const byte = column.data[i] ?? 0;
    if (byte > 127) return decoder.decode(column.data.subarray(begin, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

function readArray(column: ListColumn, row: number): CellValue[] {
  const values: CellValue[] = [];
  for (let i = column.offsets[row] ?? 0; i < (column.offsets[row + 1] ?? 0); i++) values.push(read(column.child, i));
  return values;
}

function readMap(column: ListColumn, row: number): Map<CellValue, CellValue> {
  assert(column.child.layout === 'struct', "a map's child is a struct");
  const [keys, values] = column.child.children;
  assert(keys !== undefined && values !== undefined, 'a map has keys and values');
  const map = new Map<CellValue, CellValue>();
  for (let i = column.offsets[row] ?? 0; i < (column.offsets[row + 1] ?? 0); i++)
    map.set(read(keys, i), read(values, i));
  return map;
}

function readStruct(column: StructColumn, row: number): RowObject {
  const entries = column.children.map((child, k) => [column.type.fields[k]?.name ?? '', read(child, row)] as const);
  return Object.fromEntries(entries);
}

/** The rows as objects with the schema's fields in order; of fields with one name the last wins. */
export function rowsOf(batch: RecordBatch): RowObject[] {
  const names = batch.schema.fields.map((f) => f.name);
  return Array.from({ length: batch.length }, (_, row) => {
    const object: Record<string, CellValue> = {};
    batch.columns.forEach((column, k) => {
      object[names[k] ?? ''] = read(column, row);
    });
    return object;
  });
}

/** The rows as arrays of cells. */
export function valuesOf(batch: RecordBatch): CellValue[][] {
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map((column) => read(column, row)));
}
