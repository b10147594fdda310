/** Rows of batches in engine memory. */
import { concatBatches } from '../arrow/concat.ts';
import type { RecordBatch } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import { present } from '../core/assert.ts';

/** Room for `count` row numbers, content undefined. */
export function allocateRowNumbers(count: number, arena: Arena): Uint32Array {
  return new Uint32Array(arena.memory.buffer, arena.allocate(count * 4), count);
}

/** The rows of at least one batch in order; where only one of them has rows, that batch as it is. */
export function joinBatches(batches: readonly RecordBatch[], arena: Arena): RecordBatch {
  const first = present(batches[0], 'the first batch');
  const filled = batches.filter(({ length }) => length > 0);
  return filled.length === 0 ? first : concatBatches(first.schema, filled, arena);
}
