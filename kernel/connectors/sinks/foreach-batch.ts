/** `foreachBatch` and `foreach`: the rows go to a program's function, a batch at a time, with the batch's id. */
import type { RecordBatch } from '../../arrow/column.ts';
import type { Schema } from '../../arrow/types.ts';
import type { SinkProvider } from '../contract.ts';
import { optionReader } from '../options.ts';

/**
 * Delivers one batch to the function registered as `functionId`; resolves once it has returned. The batches are valid until
 * then. Called again with the same `batchId` after a crash.
 */
export type ForeachBatch = (
  functionId: string,
  batchId: number,
  schema: Schema,
  batches: readonly RecordBatch[],
) => Promise<void>;

export function createForeachSink(format: 'foreachBatch' | 'foreach', deliver: ForeachBatch): SinkProvider {
  return {
    format,
    outputModes: ['append', 'complete', 'update'],
    create({ options }) {
      const functionId = optionReader(format, options).required('functionId', `Use writeStream.${format}(...).`);
      return Promise.resolve({
        description: format === 'foreach' ? 'ForeachWriterTable' : 'ForeachBatchSink',
        addBatch: ({ batchId, schema, batches }) => deliver(functionId, batchId, schema, batches),
        stop: () => Promise.resolve(),
      });
    },
  };
}
