/** Tables of apache-arrow as rows of a plan. The program may have a copy of apache-arrow of its own: no `instanceof`. */
import { tableFromIPC, type RecordBatch, type Table } from 'apache-arrow';
import { fromArrowTable, toIpc } from '../arrow/ipc.ts';
import type { Schema } from '../arrow/types.ts';
import type { InlineRows } from '../plan/logical-plan.ts';

/** A table, a batch, or the bytes of an Arrow IPC stream or file. */
export type ArrowSource = Table | RecordBatch | Uint8Array;

export function isArrowSource(value: unknown): value is ArrowSource {
  if (value instanceof Uint8Array) return true;
  if (typeof value !== 'object' || value === null || !('schema' in value && 'numRows' in value)) return false;
  return 'batches' in value || 'data' in value;
}

/** @throws NOT_SUPPORTED for Arrow types without a counterpart */
export function arrowRows(source: ArrowSource): { readonly schema: Schema; readonly rows: InlineRows } {
  const table = source instanceof Uint8Array ? tableFromIPC(source) : source;
  const { schema: arrowSchema, numRows } = table;
  const batches = 'batches' in table ? table.batches : [table];
  const { schema, batches: rows } = fromArrowTable({ schema: arrowSchema, batches });
  const ipc = source instanceof Uint8Array ? source : toIpc(rows, schema);
  return { schema, rows: { ipc, rowCount: numRows } };
}
