/** Rows in and out of Arrow IPC streams. */
import { tableFromIPC, type Table } from 'apache-arrow';
import type { RecordBatch } from '../arrow/column.ts';
import { batchFromRows } from '../arrow/from-rows.ts';
import { fromIpc, toIpc } from '../arrow/ipc.ts';
import type { Schema } from '../arrow/types.ts';

/** The batches of a stream, in ordinary memory, with the types of `schema`. */
export function readIpc(ipc: Uint8Array, schema: Schema): readonly RecordBatch[] {
  return fromIpc(ipc).batches.map((batch) => ({ ...batch, schema }));
}

/** Rows of the program, checked against the schema. @throws INVALID_ROW */
export function rowsToIpc(rows: readonly unknown[], schema: Schema): Uint8Array {
  return toIpc([batchFromRows(rows, schema)], schema);
}

/** The stream as a table of apache-arrow. */
export function ipcTable(ipc: Uint8Array): Table {
  return tableFromIPC(ipc);
}

export type { Table };
