/**
 * Columns: Arrow's memory layouts, as typed-array views.
 *
 * ```
 * validity  bit i (LSB first) = 1: row i is not null; absent: no nulls.   ceil(length / 8) bytes, trailing bits undefined
 * fixed     values[i]; content under a null is undefined
 * bits      bit i of values
 * bytes     row i = data[offsets[i] .. offsets[i + 1]); offsets[0] need not be 0; length + 1 offsets
 * list      row i = child rows offsets[i] .. offsets[i + 1); a map's child is a struct(key, value)
 * struct    children[k] has the same length; a null struct's children are undefined there
 * null      no buffers
 * ```
 * A column starts at row 0 of its buffers. `slice` at multiples of 8 rows shares buffers, otherwise it copies bitmaps.
 * The views lie over engine memory (shared, given to wasm kernels by their byteOffset) or over ordinary buffers (rows that
 * a user made, results copied out); `toEngine` in transfer.ts moves the latter into an arena.
 */
import type { DataType, StructType } from './types.ts';

export type FixedValues = Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

interface ColumnBase {
  readonly type: DataType;
  readonly length: number;
  /** Absent: no row is null. */
  readonly validity: Uint8Array | undefined;
}

/** byte short int long float double date timestamp timestamp_ntz; for decimal `values` holds two i64 a row, low first. */
export interface FixedColumn extends ColumnBase {
  readonly layout: 'fixed';
  readonly values: FixedValues;
}

export interface BitsColumn extends ColumnBase {
  readonly layout: 'bits';
  readonly values: Uint8Array;
}

export interface BytesColumn extends ColumnBase {
  readonly layout: 'bytes';
  readonly offsets: Int32Array;
  readonly data: Uint8Array;
}

export interface ListColumn extends ColumnBase {
  readonly layout: 'list';
  readonly offsets: Int32Array;
  readonly child: Column;
}

export interface StructColumn extends ColumnBase {
  readonly layout: 'struct';
  readonly type: StructType;
  readonly children: readonly Column[];
}

export interface NullColumn extends ColumnBase {
  readonly layout: 'null';
}

export type Column = FixedColumn | BitsColumn | BytesColumn | ListColumn | StructColumn | NullColumn;
export type ColumnLayout = Column['layout'];

/** Rows `0 .. length` of some columns. Invariant: every column has `length` rows and the type of its schema field. */
export interface RecordBatch {
  readonly schema: StructType;
  readonly length: number;
  readonly columns: readonly Column[];
}

export function isValid(column: Column, row: number): boolean {
  if (column.layout === 'null') return false;
  const { validity } = column;
  return validity === undefined || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}

export function layoutOf(type: DataType): ColumnLayout {
  switch (type.kind) {
    case 'void':
      return 'null';
    case 'boolean':
      return 'bits';
    case 'string':
    case 'binary':
      return 'bytes';
    case 'array':
    case 'map':
      return 'list';
    case 'struct':
      return 'struct';
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
      return 'fixed';
  }
}
