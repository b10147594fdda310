/** The rows of one partition of their keys, by wasm hashes. */
import type { Column, FixedColumn, RecordBatch } from '../arrow/column.ts';
import { gatherBatch, selectionOf } from '../arrow/gather.ts';
import { allocateBytes, allocateFixed, allocateInt32, bitmapBytes } from '../arrow/make.ts';
import type { Arena } from '../arrow/memory.ts';
import { pointerOf, validityPointer } from '../arrow/open.ts';
import { constantBlock } from '../arrow/operand.ts';
import { fixedWidth, Types } from '../arrow/types.ts';
import { assert, present } from '../core/assert.ts';
import type { Kernels } from '../../wasm/abi/kernels.ts';

export interface Partition {
  /** Ordinals of the key columns. */
  readonly keys: readonly number[];
  readonly partition: number;
  readonly partitions: number;
}

/** Equal keys are of one partition, on every thread. */
export function partitionOf(batch: RecordBatch, by: Partition, kernels: Kernels, arena: Arena): RecordBatch {
  const { length } = batch;
  const hashes = allocateFixed(Types.long, length, arena);
  assert(hashes.values instanceof BigInt64Array, 'hashes are 64 bits wide');
  hashes.values.fill(0n);
  for (const key of by.keys) hashColumn(present(batch.columns[key], 'key column'), pointerOf(hashes.values), kernels);
  const numbers = allocateInt32(length, arena);
  kernels.hash_partition(pointerOf(hashes.values), length, by.partitions, pointerOf(numbers));
  const wanted = constantBlock(Types.int, by.partition, arena);
  const bits = allocateBytes(bitmapBytes(length), arena);
  kernels.eq_i32(pointerOf(numbers), 1, wanted.pointer, wanted.step, length, pointerOf(bits));
  return gatherBatch(batch, selectionOf(bits, length, kernels, arena), kernels, arena);
}

function hashColumn(column: Column, hashes: number, kernels: Kernels): void {
  const { length } = column;
  const validity = validityPointer(column);
  switch (column.layout) {
    case 'fixed':
      hashFixed(column, hashes, kernels);
      break;
    case 'bits':
      kernels.hash_bits(pointerOf(column.values), validity, length, hashes);
      break;
    case 'bytes':
      kernels.hash_bytes(pointerOf(column.offsets), pointerOf(column.data), validity, length, hashes);
      break;
    case 'null':
      break;
    case 'list':
    case 'struct':
      assert(false, 'keys are flat');
  }
}

function hashFixed(column: FixedColumn, hashes: number, kernels: Kernels): void {
  const { length, type } = column;
  const values = pointerOf(column.values);
  const validity = validityPointer(column);
  const width = fixedWidth(type);
  assert(width !== undefined, 'a fixed column has a width');
  if (type.kind === 'double') kernels.hash_f64(values, validity, length, hashes);
  else if (type.kind === 'float') kernels.hash_f32(values, validity, length, hashes);
  else kernels[`hash_fixed${width}`](values, validity, length, hashes);
}
