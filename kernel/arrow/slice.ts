/** A range of rows. Buffers are shared; bitmaps are copied unless the range starts at a whole byte. */
import type { Column, RecordBatch } from './column.ts';
import { assert } from '../core/assert.ts';
import { allocateBytes, bitmapBytes, makeBatch, type Space } from './make.ts';

/** Rows `from .. to`. @param space where bitmaps go that must be copied */
export function sliceBatch(batch: RecordBatch, from: number, to: number, space: Space): RecordBatch {
  const columns = batch.columns.map((column) => sliceColumn(column, from, to, space));
  return makeBatch(batch.schema, columns, to - from);
}

export function sliceColumn(column: Column, from: number, to: number, space: Space): Column {
  assert(from >= 0 && from <= to && to <= column.length, `rows ${from} to ${to} of ${column.length}`);
  const length = to - from;
  const validity = column.validity === undefined ? undefined : sliceBitmap(column.validity, from, length, space);
  switch (column.layout) {
    case 'null':
      return { ...column, length };
    case 'fixed': {
      const perRow = column.type.kind === 'decimal' ? 2 : 1;
      return { ...column, length, validity, values: column.values.subarray(from * perRow, to * perRow) };
    }
    case 'bits':
      return { ...column, length, validity, values: sliceBitmap(column.values, from, length, space) };
    case 'bytes':
    case 'list':
      return { ...column, length, validity, offsets: column.offsets.subarray(from, to + 1) };
    case 'struct':
      return {
        ...column,
        length,
        validity,
        children: column.children.map((child) => sliceColumn(child, from, to, space)),
      };
  }
}

function sliceBitmap(bits: Uint8Array, from: number, length: number, space: Space): Uint8Array {
  if (from % 8 === 0) return bits.subarray(from / 8, from / 8 + bitmapBytes(length));
  const out = allocateBytes(bitmapBytes(length), space);
  copyBits(bits, from, out, 0, length);
  return out;
}

/** Copies `length` bits; bits of `out` outside the range are kept. */
export function copyBits(source: Uint8Array, sourceBit: number, out: Uint8Array, outBit: number, length: number): void {
  if (sourceBit % 8 === 0 && outBit % 8 === 0) {
    const whole = length >> 3;
    out.set(source.subarray(sourceBit / 8, sourceBit / 8 + whole), outBit / 8);
    sourceBit += whole * 8;
    outBit += whole * 8;
    length &= 7;
  }
  for (let i = 0; i < length; i++) {
    const bit = ((source[(sourceBit + i) >> 3] ?? 0) >> ((sourceBit + i) & 7)) & 1;
    const at = (outBit + i) >> 3;
    const mask = 1 << ((outBit + i) & 7);
    out[at] = bit === 1 ? (out[at] ?? 0) | mask : (out[at] ?? 0) & ~mask;
  }
}
