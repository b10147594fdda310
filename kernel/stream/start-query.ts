/** Starts a streaming query from its resolved parts. */
import type { EngineMemory } from '../arrow/memory.ts';
import type { Sink, StreamSource } from '../connectors/contract.ts';
import type { Clock } from '../core/clock.ts';
import type { Executor, PreparedPlan } from '../physical/ports.ts';
import type { Conf, OutputMode, Trigger } from '../plan/runner-port.ts';
import type { Checkpoint } from './checkpoint.ts';
import { fingerprintOf } from './fingerprint.ts';
import { MicroBatchExecution, type OpenTable, type Position, type SourceEntry } from './micro-batch.ts';
import type { QueryListener, StateStoreFactory, StatefulStore } from './ports.ts';
import { checkRecordedProgram, initialOffsets, readRecoveryPlan } from './restore.ts';
import { RunningQuery } from './running-query.ts';
import { readStreamConf, withPinnedConf, type StreamConf } from './stream-conf.ts';
import { WatermarkTracker } from './watermark.ts';

export interface StartQueryOptions {
  /** Opened by `openCheckpoint`; the query closes it. */
  readonly checkpoint: Checkpoint;
  readonly runId: string;
  readonly name: string | undefined;
  readonly trigger: Trigger;
  readonly outputMode: OutputMode;
  readonly prepared: PreparedPlan;
  /** The optimised plan as text without ids, to tell a changed program on restart; empty: not compared. */
  readonly program: string;
  /** By the plan's `sourceId`; the query stops them. */
  readonly sources: ReadonlyMap<number, StreamSource>;
  /** Tables that the plan reads in batch; none by default. */
  readonly tables?: ReadonlyMap<number, OpenTable>;
  readonly executor: Executor;
  readonly memory: EngineMemory;
  /** The query stops it. */
  readonly sink: Sink;
  readonly stateStores: StateStoreFactory;
  readonly clock: Clock;
  readonly conf: Conf;
  readonly listener: QueryListener;
}

/**
 * Returns at once; what goes wrong later is the query's exception.
 * @throws INVALID_CONF_VALUE
 */
export function startQuery(options: StartQueryOptions): RunningQuery {
  const { checkpoint, runId, name, trigger, clock, listener } = options;
  const sources = [...options.sources]
    .map(([sourceId, source]) => ({ sourceId, source }))
    .sort((a, b) => a.sourceId - b.sourceId);
  const conf = readStreamConf(options.conf);
  const stores = new Map<number, StatefulStore>();
  const bounded = sources.map((entry) => (trigger.kind === 'availableNow' ? boundedEntry(entry) : entry));
  return new RunningQuery({
    identity: { id: checkpoint.id, runId, name },
    trigger,
    clock,
    conf,
    listener,
    open: (onStatus) => openExecution(options, bounded, stores, onStatus),
    fixEnds: async () => {
      for (const { source } of bounded) await source.prepareForAvailableNow?.();
    },
    onRows: (wake) => {
      for (const { source } of sources) source.onRows?.(wake);
    },
    close: () => closeAll(options, sources, stores),
  });
}

async function openExecution(
  options: StartQueryOptions,
  sources: readonly SourceEntry[],
  stores: Map<number, StatefulStore>,
  onStatus: (message: string, isDataAvailable: boolean) => void,
): Promise<MicroBatchExecution> {
  const { checkpoint, prepared, outputMode, program, listener } = options;
  const plan = await readRecoveryPlan(checkpoint, sources.length);
  const conf: StreamConf = readStreamConf(
    plan.kind === 'fresh' ? options.conf : withPinnedConf(options.conf, plan.conf),
  );
  const descriptions = sources.map(({ source }) => source.description);
  const fingerprint = fingerprintOf(prepared, { sources: descriptions, outputMode, program });
  const checked = await checkRecordedProgram(checkpoint, plan, fingerprint);
  for (const notice of checked.notices) listener.onNotice?.(`Going on from ${checkpoint.store.location}: ${notice}.`);
  const version = plan.kind === 'fresh' ? 0 : plan.batchId;
  for (const spec of prepared.stateful) {
    const open = { version, partitionCount: conf.shufflePartitions, outputMode };
    stores.set(spec.stateId, await options.stateStores.open(spec, open));
  }
  await checked.record();
  const initial = await initialOffsets(
    checkpoint,
    sources.map(({ source }) => source),
    plan,
  );
  const watermarkMs = plan.kind === 'fresh' ? 0 : plan.watermarkMs;
  const watermarkIds = prepared.watermarks.map(({ watermarkId }) => watermarkId);
  const position: Position = {
    batchId: version,
    starts: plan.kind === 'fresh' ? [] : (plan.starts ?? []),
    lateWatermarkMs: plan.kind === 'fresh' ? 0 : plan.lateWatermarkMs,
    logged:
      plan.kind !== 'replay'
        ? undefined
        : {
            batchWatermarkMs: plan.watermarkMs,
            batchTimestampMs: plan.batchTimestampMs,
            conf: plan.conf,
            ends: plan.ends,
          },
  };
  const { executor, memory, sink, clock } = options;
  return new MicroBatchExecution(
    {
      ...{ checkpoint, prepared, executor, memory, sink, clock, outputMode, listener, conf, sources, stores, onStatus },
      tables: options.tables ?? new Map(),
      initialOffsets: initial,
      tracker: new WatermarkTracker(conf.watermarkPolicy, watermarkIds, watermarkMs),
    },
    position,
  );
}

/** For availableNow: a source that cannot fix its end itself is read in one batch up to its end at the start. */
function boundedEntry({ sourceId, source }: SourceEntry): SourceEntry {
  return { sourceId, source: source.prepareForAvailableNow === undefined ? readInOneBatch(source) : source };
}

function readInOneBatch(source: StreamSource): StreamSource {
  let asked: ReturnType<StreamSource['latestOffset']> | undefined;
  return {
    description: source.description,
    initialOffset: () => source.initialOffset(),
    latestOffset: (start) => (asked ??= source.latestOffset(start, { kind: 'all' })),
    scan: (start, end, arena) => source.scan(start, end, arena),
    commit: (end) => source.commit(end),
    reportLatest: () => source.reportLatest?.(),
    stop: () => source.stop(),
  };
}

/** Closes everything, also where some of it fails, and raises the first error. */
async function closeAll(
  options: StartQueryOptions,
  sources: readonly SourceEntry[],
  stores: ReadonlyMap<number, StatefulStore>,
): Promise<void> {
  const closing = [
    ...sources.map(
      ({ source }) =>
        () =>
          source.stop(),
    ),
    () => options.sink.stop(),
    ...[...stores.values()].map((store) => () => store.close()),
  ];
  const outcomes = await Promise.allSettled(closing.map(async (close) => close()));
  await options.checkpoint.close();
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
