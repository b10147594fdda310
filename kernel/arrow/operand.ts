/** Columns and constants as the kernels take operands: pointer and step (see wasm/abi/kernels.ts). */
import type { Column } from './column.ts';
import type { Arena } from './memory.ts';
import type { DataType } from './types.ts';
import { createBuilder } from './builder.ts';
import { assert } from '../core/assert.ts';

/** `step` 1: one value per row; 0: the same for every row. */
export interface FixedOperand {
  readonly pointer: number;
  readonly step: 0 | 1;
}

const CONSTANT_BYTES = 16;

/** @param column a fixed column in engine memory */
export function fixedOperand(column: Column): FixedOperand {
  assert(column.layout === 'fixed', 'a fixed column');
  return { pointer: column.values.byteOffset, step: 1 };
}

/**
 * A constant of a fixed type, repeated over 16 bytes.
 * @param value not null, as in a row (see types.ts); dates and timestamps also as days and µs
 */
export function constantBlock(type: DataType, value: unknown, arena: Arena): FixedOperand {
  const column = constantColumn(type, value);
  assert(column.layout === 'fixed', 'a constant of a fixed type');
  const { values } = column;
  const one = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const pointer = arena.allocate(CONSTANT_BYTES);
  const block = new Uint8Array(arena.memory.buffer, pointer, CONSTANT_BYTES);
  for (let at = 0; at < CONSTANT_BYTES; at += one.length) block.set(one, at);
  return { pointer, step: 0 };
}

function constantColumn(type: DataType, value: unknown): Column {
  const isRaw = typeof value === 'bigint' || typeof value === 'number';
  if (isRaw && type.kind === 'date') return constantColumn({ kind: 'int' }, value);
  if (isRaw && (type.kind === 'timestamp' || type.kind === 'timestamp_ntz'))
    return constantColumn({ kind: 'long' }, value);
  const builder = createBuilder(type);
  builder.append(value);
  return builder.finish('heap');
}
