/** Rows that users make, until kernel/arrow/ipc.ts reads them. */
import type { RecordBatch } from '../arrow/column.ts';
import { MillraceError } from '../core/errors.ts';

export function openIpc(_ipc: Uint8Array): { readonly batches: readonly RecordBatch[] } {
  throw new MillraceError('NOT_SUPPORTED', { feature: 'Reading rows in memory', remedy: 'Read them from a file.' });
}
