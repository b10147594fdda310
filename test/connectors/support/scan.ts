/** Reading scans as a compute worker does, for tests of sources. */
import type { RecordBatch } from '../../../kernel/arrow/column.ts';
import { openBatch as openBatchReference } from '../../../kernel/arrow/open.ts';
import type { BatchReference } from '../../../kernel/arrow/reference.ts';
import type { ScanLease, TaskReader } from '../../../kernel/arrow/scan.ts';
import type { Schema } from '../../../kernel/arrow/types.ts';
import { rowsOf, type RowObject } from '../../../kernel/arrow/values.ts';
import type {
  ScanRequest,
  SinkContext,
  SourceContext,
  SourceProvider,
  StreamSource,
} from '../../../kernel/connectors/contract.ts';
import { createTaskReaders } from '../../../kernel/connectors/readers.ts';
import { present } from '../../../kernel/core/assert.ts';
import { ManualClock, type Clock } from '../../../kernel/core/clock.ts';
import { createEngineMemory, instantiate, type SharedEngineMemory } from '../../../kernel/workers/instance.ts';
import { compiledKernels } from '../../support/engine.ts';

const sharedMemory = createEngineMemory({ maximumBytes: 512 * 1024 ** 2 });
const engine = instantiate(await compiledKernels(), sharedMemory);

/** As the physical layer's, without cutting into vectors. */
const columnsReader: TaskReader = {
  *read({ payload }, { schema, arena }) {
    const batch = openBatchReference(payload as BatchReference, arena.memory);
    const columns = schema.fields.map(({ name }) => {
      const index = batch.schema.fields.findIndex((offered) => offered.name === name);
      return present(batch.columns[index], `column ${name}`);
    });
    yield { schema, length: batch.length, columns };
  },
};
const readers = new Map([...createTaskReaders(engine.kernels), ['columns', columnsReader] as const]);

/** The memory of this test process, which its readers work in. */
export const testMemory = (): SharedEngineMemory => sharedMemory;

export function sourceContext(
  memory: SharedEngineMemory,
  more: { readonly clock?: Clock; readonly metadataPath?: string } = {},
): SourceContext {
  return { memory, clock: more.clock ?? new ManualClock(), metadataPath: more.metadataPath };
}

export function sinkContext(more: Partial<SinkContext> = {}): SinkContext {
  return { clock: new ManualClock(), queryName: 'q', queryId: 'id', outputMode: 'append', ...more };
}

export function openStream(
  provider: SourceProvider,
  request: ScanRequest,
  context: SourceContext,
): Promise<StreamSource> {
  const schema = provider.schema(request);
  return present(provider.stream?.(request, schema, context), `stream of ${provider.format}`);
}

/** A batch read, with the schema of its rows. */
export function openBatch(
  provider: SourceProvider,
  request: ScanRequest,
  context: SourceContext,
): { readonly schema: Schema; readonly scan: AsyncIterable<ScanLease> } {
  const schema = provider.schema(request);
  const arena = context.memory.createArena('batch');
  return { schema, scan: present(provider.batch?.(request, schema, context, arena), `batch of ${provider.format}`) };
}

/** All rows of a scan as plain objects; every lease is released, and so is what the readers allocated. */
export async function readRows(
  scan: AsyncIterable<ScanLease>,
  schema: Schema,
  memory: SharedEngineMemory,
  batchRowsMax = 1000,
): Promise<RowObject[]> {
  const rows: RowObject[] = [];
  await forEachBatch(scan, schema, memory, batchRowsMax, (batch) => rows.push(...rowsOf(batch)));
  return rows;
}

export async function forEachBatch(
  scan: AsyncIterable<ScanLease>,
  schema: Schema,
  memory: SharedEngineMemory,
  batchRowsMax: number,
  visit: (batch: RecordBatch) => void,
): Promise<void> {
  const arena = memory.createArena('test');
  for await (const lease of scan) {
    const reader = present(readers.get(lease.task.reader), `reader ${lease.task.reader}`);
    for (const batch of reader.read(lease.task, { schema, arena, batchRowsMax, timeZone: 'UTC' })) visit(batch);
    arena.release();
    lease.release();
  }
}
