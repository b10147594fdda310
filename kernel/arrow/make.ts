/** New columns with room for `length` rows, content undefined unless said otherwise, in an arena or on the heap. */
import type { BitsColumn, BytesColumn, Column, FixedColumn, FixedValues, RecordBatch } from './column.ts';
import type { Arena } from './memory.ts';
import { layoutOf } from './column.ts';
import { MillraceError } from '../core/errors.ts';
import { assert } from '../core/assert.ts';
import { Types, fixedWidth, type DataType, type Schema, type StructType } from './types.ts';

/** Where columns are put: engine memory, or ordinary buffers for what leaves the engine or was made by a user. */
export type Space = Arena | 'heap';

/** Limit of a column's bytes and of its rows: offsets are i32. */
const OFFSET_MAX = 2 ** 31 - 1;

interface Block {
  readonly buffer: ArrayBufferLike;
  readonly offset: number;
}

function allocateBlock(bytes: number, space: Space): Block {
  if (space === 'heap') return { buffer: new ArrayBuffer(bytes), offset: 0 };
  return { buffer: space.memory.buffer, offset: space.allocate(bytes) };
}

export function bitmapBytes(length: number): number {
  return (length + 7) >> 3;
}

/** A bitmap of `length` bits, all `bit`. */
export function allocateBitmap(length: number, space: Space, bit: 0 | 1): Uint8Array {
  return allocateBytes(bitmapBytes(length), space).fill(bit === 1 ? 255 : 0);
}

export function allocateBytes(bytes: number, space: Space): Uint8Array {
  const { buffer, offset } = allocateBlock(bytes, space);
  return new Uint8Array(buffer, offset, bytes);
}

export function allocateInt32(length: number, space: Space): Int32Array {
  const { buffer, offset } = allocateBlock(length * 4, space);
  return new Int32Array(buffer, offset, length);
}

/** The typed array that `type`'s fixed layout has over a block; a decimal has two words a row. */
export function fixedView(type: DataType, buffer: ArrayBufferLike, offset: number, length: number): FixedValues {
  switch (type.kind) {
    case 'byte':
      return new Int8Array(buffer, offset, length);
    case 'short':
      return new Int16Array(buffer, offset, length);
    case 'int':
    case 'date':
      return new Int32Array(buffer, offset, length);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
      return new BigInt64Array(buffer, offset, length);
    case 'float':
      return new Float32Array(buffer, offset, length);
    case 'double':
      return new Float64Array(buffer, offset, length);
    case 'decimal':
      return new BigInt64Array(buffer, offset, length * 2);
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return assertNever(type);
  }
}

function assertNever(type: DataType): never {
  assert(false, `${type.kind} has no fixed layout`);
}

export function allocateFixed(type: DataType, length: number, space: Space, validity?: Uint8Array): FixedColumn {
  const { buffer, offset } = allocateBlock(length * (fixedWidth(type) ?? 0), space);
  return { layout: 'fixed', type, length, validity, values: fixedView(type, buffer, offset, length) };
}

/** A boolean column over fresh bits. */
export function allocateBits(length: number, space: Space, validity?: Uint8Array): BitsColumn {
  const values = allocateBytes(bitmapBytes(length), space);
  return { layout: 'bits', type: Types.boolean, length, validity, values };
}

/** A bytes column with room for `dataBytes` bytes; its offsets are to be written. @throws NOT_SUPPORTED beyond 2 GiB */
export function allocateBytesColumn(
  type: DataType,
  length: number,
  dataBytes: number,
  space: Space,
  validity?: Uint8Array,
): BytesColumn {
  requireOffsets(dataBytes);
  const offsets = allocateInt32(length + 1, space);
  return { layout: 'bytes', type, length, validity, offsets, data: allocateBytes(dataBytes, space) };
}

/** @throws NOT_SUPPORTED where `total` does not fit i32 offsets; kernels say so by -1 */
export function requireOffsets(total: number): void {
  if (total >= 0 && total <= OFFSET_MAX) return;
  throw new MillraceError('NOT_SUPPORTED', {
    feature: 'A column of more than 2 GiB in one batch',
    remedy: 'Process fewer rows at once.',
  });
}

/** A column of nulls (or, with `length` 0, an empty one). */
export function nullColumn(type: DataType, length: number, space: Space): Column {
  const layout = layoutOf(type);
  const validity = allocateBitmap(length, space, 0);
  switch (layout) {
    case 'null':
      return { layout, type, length, validity: undefined };
    case 'bits':
      return { layout, type, length, validity, values: allocateBitmap(length, space, 0) };
    case 'fixed': {
      const column = allocateFixed(type, length, space, validity);
      new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength).fill(0);
      return column;
    }
    case 'bytes':
      return { layout, type, length, validity, offsets: zeroOffsets(length, space), data: allocateBytes(0, space) };
    case 'list':
      return {
        layout,
        type,
        length,
        validity,
        offsets: zeroOffsets(length, space),
        child: nullColumn(childType(type), 0, space),
      };
    case 'struct': {
      assert(type.kind === 'struct', 'a struct layout has a struct type');
      return { layout, type, length, validity, children: type.fields.map((f) => nullColumn(f.type, length, space)) };
    }
  }
}

function zeroOffsets(length: number, space: Space): Int32Array {
  return allocateInt32(length + 1, space).fill(0);
}

/** The type of a list layout's child: an array's element, a map's struct(key, value). */
export function childType(type: DataType): DataType {
  if (type.kind === 'array') return type.element;
  assert(type.kind === 'map', 'a list layout is an array or a map');
  return mapEntryType(type);
}

export function mapEntryType(type: Extract<DataType, { kind: 'map' }>): StructType {
  return Types.struct([
    { name: 'key', type: type.key, nullable: false },
    { name: 'value', type: type.value, nullable: type.valueContainsNull },
  ]);
}

/** A batch of checked shape: a column per field, each with `length` rows. */
export function makeBatch(schema: Schema, columns: readonly Column[], length: number): RecordBatch {
  assert(columns.length === schema.fields.length, 'a batch has a column per field');
  for (const column of columns) assert(column.length === length, 'the columns of a batch have its length');
  return { schema, columns, length };
}

export function emptyBatch(schema: Schema, space: Space): RecordBatch {
  return makeBatch(
    schema,
    schema.fields.map((f) => nullColumn(f.type, 0, space)),
    0,
  );
}

/** The same rows with another validity bitmap. */
export function withValidity<C extends Column>(column: C, validity: Uint8Array | undefined): C {
  return column.layout === 'null' ? column : { ...column, validity };
}
