/** Rows picked by number, in wasm. Columns lie in engine memory. */
import type { Column, FixedColumn, RecordBatch } from '../../arrow/column.ts';
import {
  allocateBits,
  allocateBytes,
  allocateBytesColumn,
  allocateFixed,
  allocateInt32,
  bitmapBytes,
  makeBatch,
  requireOffsets,
} from '../../arrow/make.ts';
import type { Arena } from '../../arrow/memory.ts';
import { pointerOf, validityPointer } from '../../arrow/open.ts';
import { fixedWidth } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';
import type { EvalContext } from '../../functions/contract.ts';

type Space = Pick<EvalContext, 'arena' | 'kernels'>;

/** Row i of the result is row `rows[i]`; a negative number gives a null. */
export function takeColumn(column: Column, rows: Int32Array, space: Space): Column {
  return gather(column, inEngine(rows, space.arena), space, { nulls: hasNegative(rows) });
}

export function takeBatch(batch: RecordBatch, rows: Int32Array, space: Space): RecordBatch {
  const indices = inEngine(rows, space.arena);
  const nulls = hasNegative(indices);
  const columns = batch.columns.map((column) => gather(column, indices, space, { nulls }));
  return makeBatch(batch.schema, columns, rows.length);
}

function inEngine(rows: Int32Array, arena: Arena): Int32Array {
  if (rows.buffer === arena.memory.buffer) return rows;
  const copy = allocateInt32(rows.length, arena);
  copy.set(rows);
  return copy;
}

function hasNegative(rows: Int32Array): boolean {
  for (const row of rows) if (row < 0) return true;
  return false;
}

function gather(column: Column, rows: Int32Array, space: Space, options: { readonly nulls: boolean }): Column {
  const { length } = rows;
  if (column.layout === 'null') return { ...column, length };
  const { arena, kernels } = space;
  const indices = pointerOf(rows);
  let validity: Uint8Array | undefined;
  if (options.nulls || column.validity !== undefined) {
    validity = allocateBytes(bitmapBytes(length), arena);
    kernels.gather_bits(validityPointer(column), indices, length, pointerOf(validity));
  }
  switch (column.layout) {
    case 'fixed':
      return gatherFixed(column, rows, validity, space);
    case 'bits': {
      const bits = allocateBits(length, arena, validity);
      kernels.gather_bits(pointerOf(column.values), indices, length, pointerOf(bits.values));
      return bits;
    }
    case 'bytes': {
      const offsets = pointerOf(column.offsets);
      const outOffsets = allocateInt32(length + 1, arena);
      const total = kernels.gather_offsets(offsets, indices, length, pointerOf(outOffsets));
      requireOffsets(total);
      const out = allocateBytesColumn(column.type, 0, total, arena);
      kernels.gather_bytes(offsets, pointerOf(column.data), indices, length, pointerOf(outOffsets), pointerOf(out.data));
      return { layout: 'bytes', type: column.type, length, validity, offsets: outOffsets, data: out.data };
    }
    case 'list': {
      const offsets = pointerOf(column.offsets);
      const outOffsets = allocateInt32(length + 1, arena);
      const total = kernels.gather_offsets(offsets, indices, length, pointerOf(outOffsets));
      requireOffsets(total);
      const childRows = allocateInt32(total, arena);
      kernels.gather_list_indices(offsets, indices, length, pointerOf(childRows));
      const child = gather(column.child, childRows, space, { nulls: false });
      return { ...column, length, validity, offsets: outOffsets, child };
    }
    case 'struct': {
      const children = column.children.map((child) => gather(child, rows, space, options));
      return { ...column, length, validity, children };
    }
  }
}

function gatherFixed(column: FixedColumn, rows: Int32Array, validity: Uint8Array | undefined, space: Space): FixedColumn {
  const width = fixedWidth(column.type);
  assert(width !== undefined, 'a fixed column has a width');
  const out = allocateFixed(column.type, rows.length, space.arena, validity);
  space.kernels[`gather_fixed${width}`](pointerOf(column.values), pointerOf(rows), rows.length, pointerOf(out.values));
  return out;
}
