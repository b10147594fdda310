/** Columns under construction in engine memory: an arena's blocks as typed arrays, and columns over them. */
import type { BytesColumn, FixedColumn, StructColumn } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import type { DataType, StructType } from '../arrow/types.ts';

export function bytesBlock(arena: Arena, bytes: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(arena.memory.buffer, arena.allocate(bytes), bytes);
}

export function int32Block(arena: Arena, count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(arena.memory.buffer, arena.allocate(count * 4), count);
}

/** A 64-bit integer column filled through 32-bit halves, so that no bigint is made per value. */
export interface LongBuilder {
  /** @param value an integer that a double holds exactly */
  set(row: number, value: number): void;
  finish(length: number): FixedColumn;
}

const TWO_TO_32 = 4_294_967_296;

export function longBuilder(arena: Arena, type: DataType, rowsMax: number): LongBuilder {
  const pointer = arena.allocate(rowsMax * 8);
  const halves = new Int32Array(arena.memory.buffer, pointer, rowsMax * 2);
  return {
    set(row, value) {
      halves[row * 2] = value; // ToInt32: the value modulo 2^32
      halves[row * 2 + 1] = Math.floor(value / TWO_TO_32);
    },
    finish: (length) => ({
      layout: 'fixed',
      type,
      length,
      validity: undefined,
      values: new BigInt64Array(arena.memory.buffer, pointer, length),
    }),
  };
}

/** Strings or binaries of a size known beforehand; nulls by `setNull`. */
export interface BytesBuilder {
  readonly data: Uint8Array<SharedArrayBuffer>;
  /** Ends row `row` at byte `end` of `data`. Rows are ended in order. */
  end(row: number, end: number): void;
  setNull(row: number): void;
  finish(length: number): BytesColumn;
}

export function bytesBuilder(
  arena: Arena,
  type: DataType,
  size: { readonly rowsMax: number; readonly bytesMax: number },
): BytesBuilder {
  const data = bytesBlock(arena, size.bytesMax);
  const offsets = int32Block(arena, size.rowsMax + 1);
  offsets[0] = 0;
  let validity: Uint8Array<SharedArrayBuffer> | undefined;
  return {
    data,
    end(row, end) {
      offsets[row + 1] = end;
    },
    setNull(row) {
      validity ??= allValid(arena, size.rowsMax);
      validity[row >> 3] = (validity[row >> 3] ?? 0) & ~(1 << (row & 7));
      offsets[row + 1] = offsets[row] ?? 0;
    },
    finish: (length) => ({
      layout: 'bytes',
      type,
      length,
      validity: validity?.subarray(0, (length + 7) >> 3),
      offsets: offsets.subarray(0, length + 1),
      data: data.subarray(0, offsets[length] ?? 0),
    }),
  };
}

/** The same text in every row. */
export function constantText(arena: Arena, type: DataType, text: string, length: number): BytesColumn {
  const encoded = new TextEncoder().encode(text);
  const builder = bytesBuilder(arena, type, { rowsMax: length, bytesMax: encoded.length * length });
  for (let row = 0, at = 0; row < length; row++) {
    builder.data.set(encoded, at);
    at += encoded.length;
    builder.end(row, at);
  }
  return builder.finish(length);
}

export function constantInt(arena: Arena, type: DataType, value: number, length: number): FixedColumn {
  return { layout: 'fixed', type, length, validity: undefined, values: int32Block(arena, length).fill(value) };
}

export function allValid(arena: Arena, rows: number): Uint8Array<SharedArrayBuffer> {
  return bytesBlock(arena, (rows + 7) >> 3).fill(0xff);
}

export function structColumn(type: StructType, length: number, children: StructColumn['children']): StructColumn {
  return { layout: 'struct', type, length, validity: undefined, children };
}
