/**
 * Runs micro-batches one after the other. Order of writes of a batch (SEMANTICS.md 22), each durable before the next:
 *
 * ```
 * offsets/N → run → sink → state version N+1 → commits/N
 * ```
 * A crash anywhere leaves N either unlogged or logged and not committed; then it is run again with the same ends,
 * watermark and time, and replaces what it wrote to the sink and to the state.
 */
import type { Arena, EngineMemory } from '../arrow/memory.ts';
import type { ScanLease } from '../arrow/scan.ts';
import type { Offset, ReadLimit, Sink, StreamSource } from '../connectors/contract.ts';
import { present } from '../core/assert.ts';
import type { Clock } from '../core/clock.ts';
import { faultPoint } from '../core/fault.ts';
import type { ExecutionResult, Executor, PreparedPlan, StatefulSpec } from '../physical/ports.ts';
import type { OutputMode } from '../plan/runner-port.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { OffsetLogEntry } from './offset-log.ts';
import type { QueryListener, StatefulStore } from './ports.ts';
import { PhaseTimer, type TriggerReport } from './progress.ts';
import { pinnedConf, type StreamConf } from './stream-conf.ts';
import type { WatermarkTracker } from './watermark.ts';

export interface SourceEntry {
  readonly sourceId: number;
  readonly source: StreamSource;
}

/** Begins to read a table; what it reads lies in the arena. */
export type OpenTable = (arena: Arena) => AsyncIterable<ScanLease>;

/** What a query is made of, all of it opened. */
export interface MicroBatchParts {
  readonly checkpoint: Checkpoint;
  readonly prepared: PreparedPlan;
  readonly executor: Executor;
  readonly memory: EngineMemory;
  readonly sources: readonly SourceEntry[];
  /** Tables that are read in batch, anew in each micro-batch, by the plan's `sourceId`. */
  readonly tables: ReadonlyMap<number, OpenTable>;
  readonly initialOffsets: readonly (Offset | null)[];
  readonly sink: Sink;
  readonly stores: ReadonlyMap<number, StatefulStore>;
  readonly tracker: WatermarkTracker;
  readonly clock: Clock;
  readonly conf: StreamConf;
  readonly outputMode: OutputMode;
  readonly listener: QueryListener;
  readonly onStatus: (message: string, isDataAvailable: boolean) => void;
}

/** Where the query stands between two batches. */
export interface Position {
  readonly batchId: number;
  /** null: the source's initial offset. */
  readonly starts: readonly (Offset | null)[];
  /** The watermark of the last batch; 0 before the first. */
  readonly lateWatermarkMs: number;
  /** A batch that is in the offset log already. */
  readonly logged: OffsetLogEntry | undefined;
}

export interface StepOptions {
  readonly limit: ReadLimit;
  /** Whether a batch may run that has no new rows, to evict what the watermark has passed. */
  readonly noDataBatches: 'allowed' | 'never';
  readonly signal: AbortSignal;
}

export type StepOutcome =
  /** `caughtUp`: the batch was made of all that the sources had, as far as they can tell. */
  | { readonly kind: 'ran'; readonly caughtUp: boolean; readonly report: TriggerReport }
  | { readonly kind: 'idle'; readonly report: TriggerReport };

/** Batches that may be committed while old files are still being removed. */
const PURGE_LAG_MAX = 10;

export class MicroBatchExecution {
  readonly #parts: MicroBatchParts;
  readonly #arena: Arena;
  #position: Position;
  /** The batch whose purge is going on. */
  #purgingBatchId: number | undefined;
  #purging: Promise<void> = Promise.resolve();

  constructor(parts: MicroBatchParts, position: Position) {
    this.#parts = parts;
    this.#position = position;
    this.#arena = parts.memory.createArena(`streaming query ${parts.checkpoint.id}`);
  }

  get batchId(): number {
    return this.#position.batchId;
  }

  /** Makes and runs the next batch where there is something to do. After an error the execution is not used again. */
  async step(options: StepOptions): Promise<StepOutcome> {
    const timer = new PhaseTimer(this.#parts.clock);
    faultPoint('batch-start');
    const batch = this.#position.logged ?? (await this.#construct(options, timer));
    if (batch === undefined) return { kind: 'idle', report: this.#report(timer, undefined, undefined) };
    const caughtUp = this.#parts.sources.every(({ source }, index) => source.reportLatest?.() === batch.ends[index]);
    const report = await this.#execute(batch, timer, options.signal);
    return { kind: 'ran', caughtUp, report };
  }

  async #construct(
    { limit, noDataBatches, signal }: StepOptions,
    timer: PhaseTimer,
  ): Promise<OffsetLogEntry | undefined> {
    const { sources, checkpoint, clock, conf, tracker, onStatus } = this.#parts;
    const starts = this.#starts();
    const ends = await timer.time('latestOffset', async () => {
      const found: (Offset | null)[] = [];
      for (const [index, { source }] of sources.entries()) {
        onStatus(`Getting offsets from ${source.description}`, false);
        const start = starts[index] ?? null;
        found.push((await abortable(source.latestOffset(start, limit), signal)) ?? start);
      }
      return found;
    });
    const hasNewRows = ends.some((end, index) => end !== (starts[index] ?? null));
    if (!hasNewRows && !(noDataBatches === 'allowed' && this.#needsNoDataBatch())) return undefined;
    onStatus(hasNewRows ? 'Processing new data' : 'No new data but cleaning up state', hasNewRows);
    const entry: OffsetLogEntry = {
      batchWatermarkMs: tracker.currentMs,
      batchTimestampMs: clock.nowMs(),
      conf: pinnedConf(conf),
      ends,
    };
    faultPoint('offsets-writing');
    await timer.time('walCommit', () => checkpoint.offsets.add(this.#position.batchId, entry));
    faultPoint('offsets-written');
    this.#position = { ...this.#position, logged: entry };
    return entry;
  }

  #starts(): readonly (Offset | null)[] {
    return this.#parts.initialOffsets.map((initial, index) => this.#position.starts[index] ?? initial);
  }

  /** Whether a stateful operator would evict by a higher watermark than it did last (SEMANTICS.md 6). */
  #needsNoDataBatch(): boolean {
    const { prepared, tracker, outputMode, conf } = this.#parts;
    const evicts = (spec: StatefulSpec): boolean => spec.kind === 'deduplicate' || outputMode !== 'complete';
    return (
      conf.noDataMicroBatches && prepared.stateful.some(evicts) && tracker.currentMs > this.#position.lateWatermarkMs
    );
  }

  async #execute(batch: OffsetLogEntry, timer: PhaseTimer, signal: AbortSignal): Promise<TriggerReport> {
    const { executor, prepared, stores, conf } = this.#parts;
    const { batchId, lateWatermarkMs } = this.#position;
    for (const store of stores.values()) {
      store.beginBatch({ batchId, lateWatermarkMs, evictionWatermarkMs: batch.batchWatermarkMs });
    }
    try {
      const result = await timer.time('runBatch', () =>
        executor.run(prepared, this.#scans(batch), stores, {
          ansi: conf.ansi,
          timeZone: conf.timeZone,
          batchTimestampMicros: BigInt(batch.batchTimestampMs) * 1000n,
          signal,
        }),
      );
      faultPoint('batch-run');
      try {
        await this.#deliver(result, timer, signal);
      } finally {
        result.release();
      }
      return await this.#commit(batch, result, timer);
    } finally {
      this.#arena.release();
    }
  }

  #scans(batch: OffsetLogEntry): ReadonlyMap<number, AsyncIterable<ScanLease>> {
    const starts = this.#starts();
    const tables = [...this.#parts.tables].map(([sourceId, open]) => [sourceId, open(this.#arena)] as const);
    const sources = this.#parts.sources.map(({ sourceId, source }, index) => {
      const start = starts[index] ?? null;
      const end = batch.ends[index] ?? null;
      const scan = end === null || end === start ? nothing() : source.scan(start, end, this.#arena);
      return [sourceId, scan] as const;
    });
    return new Map([...tables, ...sources]);
  }

  async #deliver(result: ExecutionResult, timer: PhaseTimer, signal: AbortSignal): Promise<void> {
    const { sink, stores, listener } = this.#parts;
    const { schema, batches, rowCount } = result;
    const rows = { batchId: this.#position.batchId, schema, batches, rowCount };
    faultPoint('sink-writing');
    // A sink that waits for a program's function may wait for one that itself waits for the query's end.
    await timer.time('addBatch', () => abortable(sink.addBatch(rows), signal));
    faultPoint('sink-done');
    listener.onBatch?.(rows);
    faultPoint('state-writing');
    await timer.time('stateCommit', async () => {
      for (const store of stores.values()) await store.commit();
    });
    faultPoint('state-written');
  }

  async #commit(batch: OffsetLogEntry, result: ExecutionResult, timer: PhaseTimer): Promise<TriggerReport> {
    const { checkpoint, tracker, sources } = this.#parts;
    const { batchId } = this.#position;
    const starts = this.#starts();
    tracker.update(result.eventTimes);
    faultPoint('commit-writing');
    await timer.time('commitOffsets', () =>
      checkpoint.commits.add(batchId, { nextBatchWatermarkMs: tracker.currentMs }),
    );
    faultPoint('commit-written');
    const report = this.#report(timer, batch, result);
    for (const [index, { source }] of sources.entries()) {
      const end = batch.ends[index] ?? null;
      if (end !== null && end !== starts[index]) await source.commit(end);
    }
    this.#position = {
      batchId: batchId + 1,
      starts: batch.ends,
      lateWatermarkMs: batch.batchWatermarkMs,
      logged: undefined,
    };
    await this.#purgeAside(batchId);
    return report;
  }

  /** What one round leaves, the next one removes. Errors are for whoever awaits it: the next round, or `settle`. */
  async #purgeAside(batchId: number): Promise<void> {
    if (this.#purgingBatchId !== undefined && batchId - this.#purgingBatchId < PURGE_LAG_MAX) return;
    await this.#purging;
    this.#purgingBatchId = batchId;
    this.#purging = this.#purge(batchId).finally(() => {
      this.#purgingBatchId = undefined;
    });
    this.#purging.catch(() => undefined);
  }

  /** Waits for what goes on aside. */
  async settle(): Promise<void> {
    await this.#purging;
    await this.#purge(this.#position.batchId - 1);
  }

  /** Keeps the last `minBatchesToRetain` batches of the logs and the one before, as Spark does, and the state of each. */
  async #purge(batchId: number): Promise<void> {
    const { checkpoint, conf, stores } = this.#parts;
    const expired = batchId - conf.minBatchesToRetain - 1;
    if (expired < 0) return;
    await checkpoint.commits.purge(expired);
    await checkpoint.offsets.purge(expired);
    for (const store of stores.values()) await store.purge(expired + 1);
  }

  #report(timer: PhaseTimer, batch: OffsetLogEntry | undefined, result: ExecutionResult | undefined): TriggerReport {
    const { sources, stores, prepared, sink, tracker } = this.#parts;
    const starts = this.#starts();
    return {
      batchId: this.#position.batchId,
      timer,
      sources: sources.map(({ sourceId, source }, index) => {
        const start = starts[index] ?? null;
        const end = batch === undefined ? start : (batch.ends[index] ?? null);
        return {
          description: source.description,
          start,
          end,
          latest: source.reportLatest?.() ?? end,
          inputRows: result?.inputRows.get(sourceId) ?? 0,
        };
      }),
      eventTimes: result?.eventTimes ?? [],
      watermarkMs: prepared.watermarks.length === 0 ? undefined : (batch?.batchWatermarkMs ?? tracker.currentMs),
      // As in Spark, from the last one down to the sources.
      stateOperators: prepared.stateful
        .map(({ stateId }) => present(stores.get(stateId), 'state store').progress())
        .toReversed(),
      sinkDescription: sink.description,
      outputRows: result?.rowCount ?? 0,
    };
  }
}

async function* nothing(): AsyncIterable<ScanLease> {
  // A source without new rows.
}

/** Rejects when the signal aborts, whatever the promise does. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stopWaiting = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stopWaiting = () => {
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
    };
    signal.addEventListener('abort', stopWaiting, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stopWaiting);
  }
}
