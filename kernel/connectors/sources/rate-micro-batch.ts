/**
 * `rate-micro-batch`: `timestamp, value`, exactly `rowsPerBatch` rows in every batch, whose time advances by
 * `advanceMillisPerBatch` from `startTimestamp`: independent of the clock.
 */
import { assert } from '../../core/assert.ts';
import type { ConnectorOptions, SourceProvider, StreamSource } from '../contract.ts';
import { optionReader } from '../options.ts';
import { leaseRows } from './generated.ts';
import { fixedSchema, RATE_SCHEMA } from './rate.ts';

interface MicroBatchOptions {
  readonly rowsPerBatch: number;
  readonly partitionCount: number;
  readonly startMs: number;
  readonly advanceMs: number;
}

function microBatchOptions(options: ConnectorOptions): MicroBatchOptions {
  const reader = optionReader('rate-micro-batch', options);
  reader.required('rowsPerBatch', 'Give the number of rows of a batch.');
  return {
    rowsPerBatch: reader.integer('rowsPerBatch', { min: 1 }) ?? 1,
    partitionCount: reader.integer('numPartitions', { min: 1 }) ?? 1,
    startMs: reader.integer('startTimestamp', { min: 0 }) ?? 0,
    advanceMs: reader.integer('advanceMillisPerBatch', { min: 0 }) ?? 1000,
  };
}

export const rateMicroBatchSource: SourceProvider = {
  format: 'rate-micro-batch',
  schema({ options, schema }) {
    microBatchOptions(options);
    if (schema !== undefined) throw fixedSchema('rate-micro-batch');
    return RATE_SCHEMA;
  },
  stream: ({ options }) => Promise.resolve(microBatchStream(microBatchOptions(options))),
};

function microBatchStream({ rowsPerBatch, partitionCount, startMs, advanceMs }: MicroBatchOptions): StreamSource {
  const first = { offset: 0, timestamp: startMs };
  return {
    description: `RatePerMicroBatchStream[rowsPerBatch=${rowsPerBatch}, numPartitions=${partitionCount}, startTimestamp=${startMs}, advanceMsPerBatch=${advanceMs}]`,
    initialOffset: () => Promise.resolve(JSON.stringify(first)),
    latestOffset(start) {
      const { offset, timestamp } = start === null ? first : parseOffset(start);
      return Promise.resolve(JSON.stringify({ offset: offset + rowsPerBatch, timestamp: timestamp + advanceMs }));
    },
    scan(start, end) {
      const { offset: from, timestamp } = start === null ? first : parseOffset(start);
      const { offset: to } = parseOffset(end);
      // All rows of a batch have the time at which it starts, as in Spark.
      const same = { base: from, baseMs: timestamp, msPerRow: 0 };
      return leaseRows('rate', { from, to }, 16, (part) => ({ ...part, ...same }));
    },
    commit: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

function parseOffset(text: string): { readonly offset: number; readonly timestamp: number } {
  const parsed: unknown = JSON.parse(text);
  assert(
    typeof parsed === 'object' && parsed !== null && 'offset' in parsed && 'timestamp' in parsed,
    'an offset of rate-micro-batch has offset and timestamp',
  );
  return { offset: Number(parsed.offset), timestamp: Number(parsed.timestamp) };
}
