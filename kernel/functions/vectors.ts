/**
 * Reading and writing columns value by value, for functions that run in JavaScript. A value is a `LiteralValue`: numbers
 * for byte to int, float, double and date (days); bigint for long, timestamps (µs) and decimals (unscaled).
 */
import { isValid, type Column, type FixedColumn } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import type { DataType } from '../arrow/types.ts';
import { AssertionError } from '../core/assert.ts';
import type { LiteralValue } from '../expr/expr.ts';
import type { Argument } from './contract.ts';

/** The value of a row, null included. */
export type ReadValue = (row: number) => LiteralValue;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** @returns the reader of an argument's rows; a constant reads the same everywhere */
export function readerOf(argument: Argument): ReadValue {
  if (argument.kind === 'constant') {
    const { value } = argument;
    return () => value;
  }
  return columnReader(argument.column);
}

export function columnReader(column: Column): ReadValue {
  const read = validReader(column);
  const { validity } = column;
  if (validity === undefined) return read;
  return (row) => (((validity[row >> 3] ?? 0) >> (row & 7)) & 1 ? read(row) : null);
}

function validReader(column: Column): ReadValue {
  switch (column.layout) {
    case 'null':
      return () => null;
    case 'bits': {
      const { values } = column;
      return (row) => (((values[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
    }
    case 'bytes': {
      const { offsets, data } = column;
      if (column.type.kind === 'binary') return (row) => data.slice(offsets[row] ?? 0, offsets[row + 1] ?? 0);
      return (row) => shortText(data, offsets[row] ?? 0, offsets[row + 1] ?? 0);
    }
    case 'fixed':
      return fixedReader(column);
    case 'list':
    case 'struct':
      throw new AssertionError(`a ${column.layout} column has no single values`);
  }
}

/** Short ASCII is put together by hand: three times as fast as a TextDecoder call. */
function shortText(data: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return decoder.decode(data.subarray(start, end));
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = data[i] ?? 0;
    if (byte > 127) return decoder.decode(data.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

function fixedReader(column: FixedColumn): ReadValue {
  const { values } = column;
  if (column.type.kind === 'decimal' && values instanceof BigInt64Array) {
    return (row) => ((values[2 * row + 1] ?? 0n) << 64n) | BigInt.asUintN(64, values[2 * row] ?? 0n);
  }
  return (row) => values[row] ?? 0;
}

/** Writes a column's rows in any order, each at most once; rows never written are null. */
export interface ColumnWriter {
  set(row: number, value: LiteralValue): void;
  finish(): Column;
}

export function allocateBytes(arena: Arena, bytes: number): Uint8Array {
  return new Uint8Array(arena.memory.buffer, arena.allocate(Math.max(bytes, 8)), bytes);
}

/** All rows null at first. */
export function newValidity(arena: Arena, length: number): Uint8Array {
  return allocateBytes(arena, (length + 7) >> 3).fill(0);
}

export function newFixed(type: DataType, length: number, arena: Arena): FixedColumn['values'] {
  const { buffer } = arena.memory;
  const at = (bytes: number): number => arena.allocate(Math.max(bytes, 8));
  switch (type.kind) {
    case 'byte':
      return new Int8Array(buffer, at(length), length);
    case 'short':
      return new Int16Array(buffer, at(length * 2), length);
    case 'int':
    case 'date':
      return new Int32Array(buffer, at(length * 4), length);
    case 'float':
      return new Float32Array(buffer, at(length * 4), length);
    case 'double':
      return new Float64Array(buffer, at(length * 8), length);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
      return new BigInt64Array(buffer, at(length * 8), length);
    case 'decimal':
      return new BigInt64Array(buffer, at(length * 16), length * 2);
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      throw new AssertionError(`${type.kind} has no fixed layout`);
  }
}

/** A writer for an atomic type. Nested ones are put together by the functions that make them. */
export function writerOf(type: DataType, length: number, arena: Arena): ColumnWriter {
  switch (type.kind) {
    case 'void':
      return { set: () => undefined, finish: () => ({ layout: 'null', type, length, validity: undefined }) };
    case 'boolean':
      return bitsWriter(type, length, arena);
    case 'string':
    case 'binary':
      return bytesWriter(type, length, arena);
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return fixedWriter(type, length, arena);
    case 'array':
    case 'map':
    case 'struct':
      throw new AssertionError(`a ${type.kind} column has no single values`);
  }
}

function bitsWriter(type: DataType, length: number, arena: Arena): ColumnWriter {
  const values = newValidity(arena, length);
  const valid = validityWriter(length, arena);
  return {
    set(row, value) {
      if (value === null) return;
      valid.set(row);
      if (value === true) values[row >> 3] = (values[row >> 3] ?? 0) | (1 << (row & 7));
    },
    finish: () => ({ layout: 'bits', type, length, values, validity: valid.finish() }),
  };
}

function fixedWriter(type: DataType, length: number, arena: Arena): ColumnWriter {
  const values = newFixed(type, length, arena);
  const valid = validityWriter(length, arena);
  const finish = (): Column => ({ layout: 'fixed', type, length, values, validity: valid.finish() });
  if (type.kind === 'decimal' && values instanceof BigInt64Array) {
    return {
      set(row, value) {
        if (typeof value !== 'bigint') return;
        valid.set(row);
        values[2 * row] = value;
        values[2 * row + 1] = value >> 64n;
      },
      finish,
    };
  }
  if (values instanceof BigInt64Array) {
    return {
      set(row, value) {
        if (typeof value !== 'bigint') return;
        valid.set(row);
        values[row] = value;
      },
      finish,
    };
  }
  return {
    set(row, value) {
      if (typeof value !== 'number') return;
      valid.set(row);
      values[row] = value;
    },
    finish,
  };
}

function bytesWriter(type: DataType, length: number, arena: Arena): ColumnWriter {
  const rows = new Array<string | Uint8Array | undefined>(length).fill(undefined);
  const valid = validityWriter(length, arena);
  return {
    set(row, value) {
      if (typeof value !== 'string' && !(value instanceof Uint8Array)) return;
      valid.set(row);
      rows[row] = value;
    },
    finish() {
      const encoded = rows.map((value) => (typeof value === 'string' ? encoder.encode(value) : value));
      return { ...bytesColumn(type, encoded, arena), validity: valid.finish() };
    },
  };
}

/** Undefined rows are empty; the caller says which are null. */
export function bytesColumn(
  type: DataType,
  rows: readonly (Uint8Array | undefined)[],
  arena: Arena,
): Extract<Column, { layout: 'bytes' }> {
  const offsets = new Int32Array(arena.memory.buffer, arena.allocate((rows.length + 1) * 4), rows.length + 1);
  let bytes = 0;
  offsets[0] = 0;
  rows.forEach((row, i) => {
    bytes += row?.length ?? 0;
    offsets[i + 1] = bytes;
  });
  const data = allocateBytes(arena, bytes);
  rows.forEach((row, i) => {
    if (row !== undefined) data.set(row, offsets[i]);
  });
  return { layout: 'bytes', type, length: rows.length, offsets, data, validity: undefined };
}

/** Collects which rows are not null; no bitmap at all where every row is. */
export function validityWriter(
  length: number,
  arena: Arena,
): { set(row: number): void; finish(): Uint8Array | undefined } {
  const bits = newValidity(arena, length);
  let count = 0;
  return {
    set(row) {
      bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
      count++;
    },
    finish: () => (count >= length ? undefined : bits),
  };
}

/** The rows in which every column is valid; undefined where that is all. Trailing bits are undefined, as in columns. */
export function commonValidity(columns: readonly Column[], length: number, arena: Arena): Uint8Array | undefined {
  const bitmaps = columns.flatMap((column) => (column.validity === undefined ? [] : [column.validity]));
  const [head, ...rest] = bitmaps;
  if (head === undefined || rest.length === 0) return head;
  const result = allocateBytes(arena, (length + 7) >> 3);
  for (let i = 0; i < result.length; i++) {
    let byte = head[i] ?? 0;
    for (const bitmap of rest) byte &= bitmap[i] ?? 0;
    result[i] = byte;
  }
  return result;
}

/** A column of `length` equal rows. Atomic types only. */
export function constantColumn(value: LiteralValue, type: DataType, length: number, arena: Arena): Column {
  const writer = writerOf(type, length, arena);
  for (let row = 0; row < length; row++) writer.set(row, value);
  return writer.finish();
}

/** The argument as a column, a constant expanded: for functions that take columns apart, such as `struct`. */
export function asColumn(argument: Argument, length: number, arena: Arena): Column {
  if (argument.kind === 'column') return argument.column;
  return argument.value === null && isNested(argument.type)
    ? nullColumn(argument.type, length, arena)
    : constantColumn(argument.value, argument.type, length, arena);
}

export function isNested(type: DataType): boolean {
  return type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';
}

/** All rows null, of any type. */
export function nullColumn(type: DataType, length: number, arena: Arena): Column {
  const validity = newValidity(arena, length);
  switch (type.kind) {
    case 'struct':
      return {
        layout: 'struct',
        type,
        length,
        validity,
        children: type.fields.map((f) => nullColumn(f.type, length, arena)),
      };
    case 'array':
    case 'map': {
      const offsets = new Int32Array(arena.memory.buffer, arena.allocate((length + 1) * 4), length + 1).fill(0);
      const childType: DataType = type.kind === 'array' ? type.element : entriesOf(type);
      return { layout: 'list', type, length, validity, offsets, child: nullColumn(childType, 0, arena) };
    }
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return writerOf(type, length, arena).finish();
  }
}

/** The struct(key, value) of a map's child. */
export function entriesOf(type: Extract<DataType, { kind: 'map' }>): Extract<DataType, { kind: 'struct' }> {
  return {
    kind: 'struct',
    fields: [
      { name: 'key', type: type.key, nullable: false },
      { name: 'value', type: type.value, nullable: type.valueContainsNull },
    ],
  };
}

/**
 * Picks rows into a new column: row i is `column[indices[i]]`, null where the index is negative. Any type.
 * Used by functions over lists; the engine's own hot paths gather in wasm.
 */
export function takeRows(column: Column, indices: Int32Array, arena: Arena): Column {
  const { length } = indices;
  const validRow = (i: number): boolean => {
    const index = indices[i] ?? -1;
    return index >= 0 && isValid(column, index);
  };
  switch (column.layout) {
    case 'struct': {
      const valid = validityWriter(length, arena);
      for (let i = 0; i < length; i++) if (validRow(i)) valid.set(i);
      const children = column.children.map((child) => takeRows(child, indices, arena));
      return { ...column, length, validity: valid.finish(), children };
    }
    case 'list': {
      const valid = validityWriter(length, arena);
      const offsets = new Int32Array(arena.memory.buffer, arena.allocate((length + 1) * 4), length + 1);
      const childIndices: number[] = [];
      offsets[0] = 0;
      for (let i = 0; i < length; i++) {
        if (validRow(i)) {
          valid.set(i);
          const index = indices[i] ?? 0;
          const end = column.offsets[index + 1] ?? 0;
          for (let at = column.offsets[index] ?? 0; at < end; at++) childIndices.push(at);
        }
        offsets[i + 1] = childIndices.length;
      }
      const child = takeRows(column.child, Int32Array.from(childIndices), arena);
      return { ...column, length, validity: valid.finish(), offsets, child };
    }
    case 'bits':
    case 'bytes':
    case 'fixed':
    case 'null': {
      const read = columnReader(column);
      const writer = writerOf(column.type, length, arena);
      for (let i = 0; i < length; i++) {
        const index = indices[i] ?? -1;
        if (index >= 0) writer.set(i, read(index));
      }
      return writer.finish();
    }
  }
}
