/** Ranges of rows as views over the same memory. */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import { bitmapBytes, makeBatch } from '../../arrow/make.ts';
import { assert } from '../../core/assert.ts';

/** @param start a multiple of 8, since bitmaps are shared too */
export function sliceBatch(batch: RecordBatch, start: number, length: number): RecordBatch {
  const columns = batch.columns.map((column) => sliceColumn(column, start, length));
  return makeBatch(batch.schema, columns, length);
}

export function sliceColumn(column: Column, start: number, length: number): Column {
  assert((start & 7) === 0, 'slices start at a byte of the bitmaps');
  const validity = column.validity === undefined ? undefined : sliceBits(column.validity, start, length);
  switch (column.layout) {
    case 'null':
      return { ...column, length };
    case 'fixed': {
      const perRow = column.type.kind === 'decimal' ? 2 : 1;
      return { ...column, length, validity, values: column.values.subarray(start * perRow, (start + length) * perRow) };
    }
    case 'bits':
      return { ...column, length, validity, values: sliceBits(column.values, start, length) };
    case 'bytes':
    case 'list':
      return { ...column, length, validity, offsets: column.offsets.subarray(start, start + length + 1) };
    case 'struct': {
      const children = column.children.map((child) => sliceColumn(child, start, length));
      return { ...column, length, validity, children };
    }
  }
}

function sliceBits(bits: Uint8Array, start: number, length: number): Uint8Array {
  return bits.subarray(start >> 3, (start >> 3) + bitmapBytes(length));
}
