/** Streaming queries on the engine thread: from a start request to a running query that reports to the main thread. */
import type { RecordBatch } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import { toIpc } from '../arrow/ipc.ts';
import type { Schema } from '../arrow/types.ts';
import type { Sink, SinkProvider, StreamSource } from '../connectors/contract.ts';
import { createConsoleSink } from '../connectors/sinks/console.ts';
import { createForeachSink } from '../connectors/sinks/foreach-batch.ts';
import { MillraceError } from '../core/errors.ts';
import { optimize } from '../optimizer/optimize.ts';
import { showBatches } from '../output/batch-table.ts';
import { createGroupTable } from '../physical/group-table/group-table.ts';
import { prepare } from '../physical/planner.ts';
import type { EngineInstance } from '../physical/ports.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import type { QueryResult } from '../plan/runner-port.ts';
import type { StreamStart } from '../session/engine/protocol.ts';
import { checksumOf } from '../state/disk-checksum.ts';
import { openDiskLogStore } from '../state/disk-log-store.ts';
import { createMemoryLogStore } from '../state/memory-log-store.ts';
import { createStateStores } from '../state/state-stores.ts';
import { openCheckpoint, type Checkpoint } from '../stream/checkpoint.ts';
import type { OpenTable } from '../stream/micro-batch.ts';
import type { QueryListener } from '../stream/ports.ts';
import type { RunningQuery } from '../stream/running-query.ts';
import { startQuery } from '../stream/start-query.ts';
import { openBatchScan, type BatchEngine } from './batch-queries.ts';
import { collectSources, planOptions } from './plan-sources.ts';

export interface StreamEngine extends BatchEngine {
  readonly instance: EngineInstance;
}

export interface StreamPorts {
  /** Hands a batch to the program's closure; resolves once it has returned. */
  readonly deliver: (batchId: number, rows: QueryResult) => Promise<void>;
  readonly print: (text: string) => void;
  /** Made once the query's id is known. */
  readonly listener: (identity: { readonly id: string; readonly runId: string }) => QueryListener;
}

/** @throws what planning and the checkpoint find; what sources find later is the query's exception */
export async function startStreamQuery(
  engine: StreamEngine,
  start: StreamStart,
  ports: StreamPorts,
): Promise<RunningQuery> {
  const optimized = optimize(start.plan);
  const prepared = prepare(optimized, planOptions(start.conf));
  const store =
    start.checkpointLocation === undefined ? createMemoryLogStore() : openDiskLogStore(start.checkpointLocation);
  const runId = crypto.randomUUID();
  const checkpoint = await openCheckpoint(store, { owner: start.name ?? runId, newId: () => crypto.randomUUID() });
  try {
    const listener = ports.listener({ id: checkpoint.id, runId });
    await explainMemoryTable(engine, start, checkpoint, listener);
    const sources = await openSources(engine, optimized, start.checkpointLocation);
    const sink = await openSink(engine, start, prepared.schema, checkpoint, ports);
    return startQuery({
      checkpoint,
      runId,
      name: start.name,
      trigger: start.trigger,
      outputMode: start.outputMode,
      prepared,
      program: prepared.text,
      sources,
      tables: openTables(engine, optimized),
      executor: engine.executor,
      memory: engine.memory,
      sink,
      stateStores: createStateStores({
        instance: engine.instance,
        createGroupTable,
        store,
        checksum: checksumOf,
        clock: engine.clock,
      }),
      clock: engine.clock,
      conf: start.conf,
      listener,
    });
  } catch (error) {
    await checkpoint.close();
    throw error;
  }
}

/** A memory table ends with its process: one that is not the whole result on a restart must not look so. */
async function explainMemoryTable(
  engine: StreamEngine,
  { sink, name, outputMode }: StreamStart,
  { id, offsets, store }: Checkpoint,
  listener: QueryListener,
): Promise<void> {
  if (sink.format !== 'memory' || outputMode === 'complete' || name === undefined) return;
  if (engine.connectors.memoryTables.get(name)?.queryId === id || (await offsets.batchIds()).length === 0) return;
  listener.onNotice?.(
    `Going on from ${store.location}: the rows that the table ${name} had in another process are not in it; use complete mode, or a lasting sink.`,
  );
}

async function openSources(
  engine: BatchEngine,
  plan: LogicalPlan,
  checkpointLocation: string | undefined,
): Promise<ReadonlyMap<number, StreamSource>> {
  const sources = new Map<number, StreamSource>();
  const streams = collectSources(plan).filter(({ streaming }) => streaming);
  for (const [index, source] of streams.entries()) {
    const metadataPath = checkpointLocation === undefined ? undefined : `${checkpointLocation}/sources/${index}`;
    sources.set(source.sourceId, await openSource(engine, source, metadataPath));
  }
  return sources;
}

/** The plan's sources that are no streams: each micro-batch reads them whole. */
function openTables(engine: BatchEngine, plan: LogicalPlan): ReadonlyMap<number, OpenTable> {
  const tables = collectSources(plan).filter(({ streaming }) => !streaming);
  return new Map(tables.map((table) => [table.sourceId, (arena: Arena) => openBatchScan(engine, table, arena)]));
}

function openSource(
  engine: BatchEngine,
  source: PlanOf<'dataSource'>,
  metadataPath: string | undefined,
): Promise<StreamSource> {
  const { format, options, paths, schema } = source;
  const provider = engine.connectors.source(format);
  if (provider.stream === undefined) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `Reading ${format} as a stream`,
      remedy: 'Read it in batch with spark.read.',
    });
  }
  return provider.stream({ options, paths, schema, streaming: true }, schema, {
    memory: engine.memory,
    clock: engine.clock,
    metadataPath,
  });
}

function openSink(
  engine: BatchEngine,
  start: StreamStart,
  schema: Schema,
  checkpoint: Checkpoint,
  ports: StreamPorts,
): Promise<Sink> {
  const { format, options, paths } = start.sink;
  const provider = sinkProvider(engine, format, start, ports);
  return provider.create(
    { options: { ...options, functionId: checkpoint.id }, paths, schema },
    { clock: engine.clock, queryName: start.name, queryId: checkpoint.id, outputMode: start.outputMode },
  );
}

/** The sinks that lead back to the main thread are made per query, since each has its own way there. */
function sinkProvider(engine: BatchEngine, format: string, start: StreamStart, ports: StreamPorts): SinkProvider {
  const { timeZone } = planOptions(start.conf);
  if (format === 'foreachBatch' || format === 'foreach') {
    return createForeachSink(format, async (_functionId, batchId, schema, batches) => {
      try {
        await ports.deliver(batchId, resultOf(schema, batches));
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new MillraceError('FOREACH_USER_FUNCTION_ERROR', { format, batchId, reason }, { cause });
      }
    });
  }
  if (format === 'console') {
    return createConsoleSink(
      (schema, batches, layout) => showBatches(schema, batches, { ...layout, timeZone }),
      ports.print,
    );
  }
  return engine.connectors.sink(format);
}

function resultOf(schema: Schema, batches: readonly RecordBatch[]): QueryResult {
  return { schema, rowCount: batches.reduce((rows, batch) => rows + batch.length, 0), ipc: toIpc(batches, schema) };
}
