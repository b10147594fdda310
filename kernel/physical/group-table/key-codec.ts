/** Key columns ↔ dense ids. Equal keys (nulls equal, NaNs equal, -0.0 = 0.0) have equal ids; ids count up from 0. */
import type { Column } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { EngineInstance } from '../ports.ts';
import { allocateBytes, bitmapBytes } from '../../arrow/make.ts';

/** Rows are taken in blocks of at most this many, which start at multiples of 8: scratch buffers have this size. */
export const BLOCK_ROWS = 8192;

export interface KeyCodec {
  /** Ids given so far: all are below. */
  readonly count: number;
  readonly memoryBytes: number;
  /** Writes the u32 ids of rows `from .. from + length`, `length` <= BLOCK_ROWS, `from` a multiple of 8. */
  encode(column: Column, from: number, length: number, ids: number): void;
  /** The keys of `count` ids, as a column in `arena`. */
  decode(ids: number, count: number, arena: Arena): Column;
  release(): void;
}

/** The pointer of a validity bitmap from row `from` (a multiple of 8), 0 where there are no nulls. */
export function validityFrom(column: Column, from: number): number {
  return column.validity === undefined ? 0 : column.validity.byteOffset + from / 8;
}

/** Validity of decoded keys: not null where the id is not null's. */
export function decodeValidity(
  nullMark: number,
  ids: number,
  count: number,
  instance: EngineInstance,
  arena: Arena,
): Uint8Array | undefined {
  if (nullMark === 0) return undefined;
  const validity = allocateBytes(bitmapBytes(count), arena);
  const nulls = instance.kernels.ids_differ(ids, nullMark, count, validity.byteOffset);
  return nulls === 0 ? undefined : validity;
}
