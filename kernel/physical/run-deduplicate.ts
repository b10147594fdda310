/** Deduplication of a batch: the first row of each key. */
import type { RecordBatch } from '../arrow/column.ts';
import { present } from '../core/assert.ts';
import type { EvalContext } from '../functions/contract.ts';

import { rowKeys } from './operators/row-keys.ts';
import { takeBatch } from './take.ts';

export function keepFirst(batch: RecordBatch, keys: readonly number[], context: EvalContext): RecordBatch {
  const keyOf = rowKeys(
    keys.map((ordinal) => present(batch.columns[ordinal], 'key column')),
    { nulls: 'equal' },
  );
  const seen = new Set<unknown>();
  const rows = new Uint32Array(batch.length);
  let count = 0;
  for (let row = 0; row < batch.length; row++) {
    const key = keyOf(row);
    if (seen.has(key)) continue;
    seen.add(key);
    rows[count++] = row;
  }
  return count === batch.length ? batch : takeBatch(batch, rows.subarray(0, count), context);
}
