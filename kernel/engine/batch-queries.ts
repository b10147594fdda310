/** Batch queries on the engine thread: optimise, plan, read the sources, run, copy the result out. */
import type { Arena, EngineMemory } from '../arrow/memory.ts';
import type { ScanLease } from '../arrow/scan.ts';
import { toIpc } from '../arrow/ipc.ts';
import type { Connectors } from '../connectors/registry.ts';
import type { Clock } from '../core/clock.ts';
import { MillraceError } from '../core/errors.ts';
import { optimize } from '../optimizer/optimize.ts';
import { prepare } from '../physical/planner.ts';
import type { Executor, ExecutionResult } from '../physical/ports.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import type { Conf, QueryResult } from '../plan/runner-port.ts';
import { collectSources, planOptions } from './plan-sources.ts';

export interface BatchEngine {
  readonly memory: EngineMemory;
  readonly executor: Executor;
  readonly connectors: Connectors;
  readonly clock: Clock;
}

/** Runs an analysed batch plan. @throws what planning, reading and computing find */
export async function runBatchQuery(
  engine: BatchEngine,
  plan: LogicalPlan,
  conf: Conf,
  signal: AbortSignal,
): Promise<QueryResult> {
  const optimized = optimize(plan);
  const prepared = prepare(optimized, planOptions(conf));
  const arena = engine.memory.createArena('scan');
  try {
    const scans = new Map(
      collectSources(optimized).map((source) => [source.sourceId, openBatchScan(engine, source, arena)] as const),
    );
    const result = await engine.executor.run(prepared, scans, new Map(), {
      ...planOptions(conf),
      batchTimestampMicros: BigInt(engine.clock.nowMs()) * 1000n,
      signal,
    });
    return takeResult(result);
  } finally {
    arena.release();
  }
}

/** Copies a result out of engine memory, and frees it there. */
export function takeResult(result: ExecutionResult): QueryResult {
  try {
    return { schema: result.schema, rowCount: result.rowCount, ipc: toIpc(result.batches, result.schema) };
  } finally {
    result.release();
  }
}

/** Begins to read a source in batch; what it reads lies in the arena. @throws NOT_SUPPORTED */
export function openBatchScan(
  engine: BatchEngine,
  source: PlanOf<'dataSource'>,
  arena: Arena,
): AsyncIterable<ScanLease> {
  const { format, options, paths, schema } = source;
  const provider = engine.connectors.source(format);
  if (provider.batch === undefined) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `Reading ${format} in batch`,
      remedy: 'Use spark.readStream.',
    });
  }
  const context = { memory: engine.memory, clock: engine.clock, metadataPath: undefined };
  return provider.batch({ options, paths, schema, streaming: false }, schema, context, arena);
}
