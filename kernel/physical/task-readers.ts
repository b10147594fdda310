/** Readers of tasks that need no source: rows that are in engine memory already, and ranges of numbers. */
import type { Column, RecordBatch } from '../arrow/column.ts';
import { allocateFixed, makeBatch } from '../arrow/make.ts';
import { openBatch } from '../arrow/open.ts';
import type { BatchReference } from '../arrow/reference.ts';
import type { ReadRequest, ScanTask, TaskReader } from '../arrow/scan.ts';
import { sliceBatch } from '../arrow/slice.ts';
import type { Schema } from '../arrow/types.ts';
import { assert, present } from '../core/assert.ts';
import type { Kernels } from '../../wasm/abi/kernels.ts';
import { type Partition, partitionOf } from './partition.ts';

/** `columns`: payload a BatchReference into engine memory, cut into vectors without a copy. */
const columnsReader: TaskReader = {
  *read(task, request) {
    const whole = openBatch(task.payload as BatchReference, request.arena.memory);
    const batch = project(whole, request.schema);
    for (let start = 0; start < batch.length; start += request.batchRowsMax) {
      const length = Math.min(request.batchRowsMax, batch.length - start);
      yield length === batch.length ? batch : sliceBatch(batch, start, start + length, request.arena);
    }
  },
};

/** The wanted columns: by position where the schemas agree (names may repeat), else by name. */
function project(batch: RecordBatch, schema: Schema): RecordBatch {
  const { fields } = batch.schema;
  if (fields.length === schema.fields.length && schema.fields.every((f, i) => f.name === fields[i]?.name)) return batch;
  const columns = schema.fields.map((wanted): Column => {
    const index = fields.findIndex((f) => f.name === wanted.name);
    return present(batch.columns[index], `the column ${wanted.name}`);
  });
  return makeBatch(schema, columns, batch.length);
}

/** Numbers `first + i * step`, `count` of them. */
export interface RangePayload {
  readonly first: bigint;
  readonly step: bigint;
  readonly count: number;
}

const rangeReader: TaskReader = {
  *read(task: ScanTask, request: ReadRequest) {
    const { first, step, count } = task.payload as RangePayload;
    for (let start = 0; start < count; start += request.batchRowsMax) {
      const length = Math.min(request.batchRowsMax, count - start);
      yield rangeBatch(first + step * BigInt(start), step, length, request);
    }
  },
};

function rangeBatch(first: bigint, step: bigint, length: number, { schema, arena }: ReadRequest): RecordBatch {
  const [column] = schema.fields;
  if (column === undefined) return makeBatch(schema, [], length);
  const values = allocateFixed(column.type, length, arena);
  assert(values.values instanceof BigInt64Array, 'a range is of longs');
  let value = first;
  for (let i = 0; i < length; i++, value += step) values.values[i] = value;
  return makeBatch(schema, [values], length);
}

/** Partial results of a stage, of which a task takes one partition. */
export interface PartitionPayload extends Partition {
  readonly batches: readonly BatchReference[];
}

function createPartitionReader(kernels: Kernels): TaskReader {
  return {
    *read(task, { arena }) {
      const { batches, ...by } = task.payload as PartitionPayload;
      for (const reference of batches) yield partitionOf(openBatch(reference, arena.memory), by, kernels, arena);
    },
  };
}

/** Those that need no wasm instance. */
export const BUILT_IN_READERS: ReadonlyMap<string, TaskReader> = new Map([
  ['columns', columnsReader],
  ['range', rangeReader],
]);

export function builtInReader(name: string, kernels: Kernels): TaskReader | undefined {
  return name === 'partition' ? createPartitionReader(kernels) : BUILT_IN_READERS.get(name);
}
