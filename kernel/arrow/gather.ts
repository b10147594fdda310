/** Rows taken by number, or by a bitmap, with wasm kernels. Inputs and outputs lie in engine memory. */
import type { Kernels } from '../../wasm/abi/kernels.ts';
import type { Column, RecordBatch } from './column.ts';
import type { Arena } from './memory.ts';
import { assert } from '../core/assert.ts';
import {
  allocateBits,
  allocateBytes,
  allocateFixed,
  allocateInt32,
  bitmapBytes,
  makeBatch,
  requireOffsets,
} from './make.ts';
import { pointerOf, validityPointer } from './open.ts';
import { fixedWidth } from './types.ts';

/** Row numbers in engine memory. Of an Int32Array negative ones give a row of nulls, as an outer join needs. */
export type Indices = Int32Array | Uint32Array;

/** Row i is row `indices[i]` of the batch. */
export function gatherBatch(batch: RecordBatch, indices: Indices, kernels: Kernels, arena: Arena): RecordBatch {
  const columns = batch.columns.map((column) => gatherColumn(column, indices, kernels, arena));
  return makeBatch(batch.schema, columns, indices.length);
}

export function gatherColumn(column: Column, indices: Indices, kernels: Kernels, arena: Arena): Column {
  const length = indices.length;
  const at = pointerOf(indices);
  if (column.layout === 'null') return { ...column, length };
  const validity = gatherValidity(column, indices, kernels, arena);
  switch (column.layout) {
    case 'fixed': {
      const out = allocateFixed(column.type, length, arena, validity);
      gatherFixed(fixedWidth(column.type), column.values.byteOffset, at, length, out.values.byteOffset, kernels);
      return out;
    }
    case 'bits': {
      const out = allocateBits(length, arena, validity);
      kernels.gather_bits(column.values.byteOffset, at, length, out.values.byteOffset);
      return out;
    }
    case 'bytes': {
      const source = column.offsets.byteOffset;
      const offsets = allocateInt32(length + 1, arena);
      const total = kernels.gather_offsets(source, at, length, offsets.byteOffset);
      requireOffsets(total);
      const data = allocateBytes(total, arena);
      kernels.gather_bytes(source, column.data.byteOffset, at, length, offsets.byteOffset, data.byteOffset);
      return { ...column, length, validity, offsets, data };
    }
    case 'list': {
      const offsets = allocateInt32(length + 1, arena);
      const total = kernels.gather_offsets(column.offsets.byteOffset, at, length, offsets.byteOffset);
      requireOffsets(total);
      const children = allocateInt32(total, arena);
      kernels.gather_list_indices(column.offsets.byteOffset, at, length, children.byteOffset);
      return { ...column, length, validity, offsets, child: gatherColumn(column.child, children, kernels, arena) };
    }
    case 'struct': {
      const children = column.children.map((child) => gatherColumn(child, indices, kernels, arena));
      return { ...column, length, validity, children };
    }
  }
}

function gatherValidity(column: Column, indices: Indices, kernels: Kernels, arena: Arena): Uint8Array | undefined {
  const mayAddNulls = indices instanceof Int32Array;
  if (column.validity === undefined && !mayAddNulls) return undefined;
  const validity = allocateBytes(bitmapBytes(indices.length), arena);
  kernels.gather_bits(validityPointer(column), pointerOf(indices), indices.length, validity.byteOffset);
  return kernels.bitmap_count(validity.byteOffset, indices.length) === indices.length ? undefined : validity;
}

function gatherFixed(
  width: ReturnType<typeof fixedWidth>,
  values: number,
  indices: number,
  count: number,
  out: number,
  kernels: Kernels,
): void {
  switch (width) {
    case 1: {
      kernels.gather_fixed1(values, indices, count, out);
      return;
    }
    case 2: {
      kernels.gather_fixed2(values, indices, count, out);
      return;
    }
    case 4: {
      kernels.gather_fixed4(values, indices, count, out);
      return;
    }
    case 8: {
      kernels.gather_fixed8(values, indices, count, out);
      return;
    }
    case 16: {
      kernels.gather_fixed16(values, indices, count, out);
      return;
    }
    case undefined: {
      assert(false, 'a fixed column has a width');
      return;
    }
  }
}

/** The numbers of the rows whose bit is set. @param bits a bitmap of `length` bits in engine memory */
export function selectionOf(bits: Uint8Array, length: number, kernels: Kernels, arena: Arena): Uint32Array {
  const pointer = arena.allocate(length * 4);
  const count = kernels.bits_to_selection(pointerOf(bits), length, pointer);
  return new Uint32Array(arena.memory.buffer, pointer, count);
}

/** The rows whose bit is set; the batch itself where all are. */
export function filterBatch(batch: RecordBatch, bits: Uint8Array, kernels: Kernels, arena: Arena): RecordBatch {
  if (kernels.bitmap_count(pointerOf(bits), batch.length) === batch.length) return batch;
  return gatherBatch(batch, selectionOf(bits, batch.length, kernels, arena), kernels, arena);
}

/** The rows of a boolean column that are true: neither false nor null, as a WHERE takes them. */
export function trueBits(condition: Column, kernels: Kernels, arena: Arena): Uint8Array {
  if (condition.layout === 'null') return allocateBytes(bitmapBytes(condition.length), arena).fill(0);
  assert(condition.layout === 'bits', 'a condition is boolean');
  if (condition.validity === undefined) return condition.values;
  const bits = allocateBytes(bitmapBytes(condition.length), arena);
  kernels.bitmap_and(condition.values.byteOffset, condition.validity.byteOffset, bits.byteOffset, condition.length);
  return bits;
}
