/** Batches on the heap (a user's rows, a table in memory) as scans: copied into engine memory one at a time. */
import type { RecordBatch } from '../../arrow/column.ts';
import type { EngineMemory } from '../../arrow/memory.ts';
import { referenceBatch } from '../../arrow/open.ts';
import type { ScanLease } from '../../arrow/scan.ts';
import { copyBatch } from '../../arrow/transfer.ts';
import { scanOf } from './scan-of.ts';

export function leaseBatches(batches: Iterable<RecordBatch>, memory: EngineMemory): AsyncIterable<ScanLease> {
  return scanOf(copies(batches, memory));
}

function* copies(batches: Iterable<RecordBatch>, memory: EngineMemory): Generator<ScanLease> {
  for (const batch of batches) {
    if (batch.length === 0) continue;
    const arena = memory.createArena('rows of a table in memory');
    const payload = referenceBatch(copyBatch(batch, arena));
    yield {
      task: { reader: 'columns', payload, bytes: arena.allocatedBytes },
      release: () => {
        arena.release();
      },
    };
  }
}
