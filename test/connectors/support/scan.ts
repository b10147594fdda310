/** Reading scans as a compute worker does, for tests of sources. */
import type { RecordBatch } from '../../../kernel/arrow/column.ts';
import type { ScanLease } from '../../../kernel/arrow/scan.ts';
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
import { BUILT_IN_READERS } from '../../../kernel/physical/task-readers.ts';
import { createEngineMemory, instantiate, type SharedEngineMemory } from '../../../kernel/workers/instance.ts';
import { compiledKernels } from '../../support/engine.ts';

const sharedMemory = createEngineMemory({ maximumBytes: 512 * 1024 ** 2 });
const engine = instantiate(await compiledKernels(), sharedMemory);
const readers = new Map([...BUILT_IN_READERS, ...createTaskReaders(engine.kernels)]);

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
