/** Rows by number, whether the numbers lie in engine memory or were made in JavaScript. */
import type { Column, RecordBatch } from '../arrow/column.ts';
import { gatherBatch, gatherColumn, type Indices } from '../arrow/gather.ts';
import { allocateInt32 } from '../arrow/make.ts';
import type { EvalContext } from '../functions/contract.ts';

type Space = Pick<EvalContext, 'arena' | 'kernels'>;

/** Row i of the result is row `rows[i]`; a negative number of an Int32Array gives a null. */
export function takeColumn(column: Column, rows: Indices, { arena, kernels }: Space): Column {
  return gatherColumn(column, inEngine(rows, arena), kernels, arena);
}

export function takeBatch(batch: RecordBatch, rows: Indices, { arena, kernels }: Space): RecordBatch {
  return gatherBatch(batch, inEngine(rows, arena), kernels, arena);
}

function inEngine(rows: Indices, arena: Space['arena']): Indices {
  if (rows.buffer === arena.memory.buffer) return rows;
  const copy = allocateInt32(rows.length, arena);
  copy.set(rows);
  return rows instanceof Int32Array ? copy : new Uint32Array(copy.buffer, copy.byteOffset, copy.length);
}
