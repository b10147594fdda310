/**
 * A stream's test is a list of actions on a query with a manual clock. A failure prints the list with the culprit marked.
 *
 * The checkpoint, the sources and the sink outlive StopStream and StartStream, as a broker and a database would.
 */
import assert from 'node:assert/strict';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { RecordBatch } from '../../kernel/arrow/column.ts';
import type { EngineMemory } from '../../kernel/arrow/memory.ts';
import { rowsOf, type RowObject } from '../../kernel/arrow/values.ts';
import type { Sink, StreamSource } from '../../kernel/connectors/contract.ts';
import { leaseBatches } from '../../kernel/connectors/sources/heap-batches.ts';
import { present } from '../../kernel/core/assert.ts';
import { ManualClock } from '../../kernel/core/clock.ts';
import { MillraceError } from '../../kernel/core/errors.ts';
import type { ConditionName } from '../../kernel/core/conditions.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import type { CreateGroupTable, EngineInstance } from '../../kernel/physical/ports.ts';
import type { Conf, OutputMode, StreamingQueryProgress, Trigger } from '../../kernel/plan/runner-port.ts';
import { checksumOf } from '../../kernel/state/disk-checksum.ts';
import { createMemoryLogStore } from '../../kernel/state/memory-log-store.ts';
import { createStateStores } from '../../kernel/state/state-stores.ts';
import { openCheckpoint } from '../../kernel/stream/checkpoint.ts';
import type { LogStore } from '../../kernel/stream/ports.ts';
import type { RunningQuery } from '../../kernel/stream/running-query.ts';
import { startQuery } from '../../kernel/stream/start-query.ts';
import { createTestEngine } from './engine.ts';
import {
  createTestExecutor,
  eventBatch,
  textOf,
  type Event,
  type TestExecutorOptions,
  type TestPlan,
} from './stream-plans.ts';

/** Chunks of rows that stay for ever; an offset is a chunk's number. */
export class TestSource implements StreamSource {
  readonly description: string;
  readonly chunks: RecordBatch[] = [];
  readonly committed: string[] = [];
  /** Tells the query that there are rows; `AddData` leaves it to the query to find out. */
  wake: () => void = () => undefined;
  readonly #memory: EngineMemory;
  /** Chunks per trigger. */
  readonly #chunksMax: number;
  #endMax = Infinity;

  constructor(memory: EngineMemory, options: { readonly description?: string; readonly chunksMax?: number } = {}) {
    this.#memory = memory;
    this.description = options.description ?? 'TestSource[events]';
    this.#chunksMax = options.chunksMax ?? Infinity;
  }

  onRows(wake: () => void): void {
    this.wake = wake;
  }

  initialOffset(): Promise<null> {
    return Promise.resolve(null);
  }

  latestOffset(start: string | null, limit: { readonly kind: 'all' | 'trigger' }): Promise<string | null> {
    const from = start === null ? -1 : Number(start);
    const most = limit.kind === 'all' ? Infinity : from + this.#chunksMax;
    const end = Math.min(this.chunks.length - 1, most, this.#endMax);
    return Promise.resolve(end <= from ? start : String(end));
  }

  prepareForAvailableNow(): Promise<void> {
    this.#endMax = this.chunks.length - 1;
    return Promise.resolve();
  }

  scan(start: string | null, end: string): ReturnType<StreamSource['scan']> {
    return leaseBatches(this.chunks.slice(start === null ? 0 : Number(start) + 1, Number(end) + 1), this.#memory);
  }

  reportLatest(): string | undefined {
    return this.chunks.length === 0 ? undefined : String(this.chunks.length - 1);
  }

  commit(end: string): Promise<void> {
    this.committed.push(end);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#endMax = Infinity;
    return Promise.resolve();
  }
}

/** Keeps every batch by its number, so that a batch delivered again replaces itself. */
export class TestSink implements Sink {
  readonly description = 'TestSink';
  readonly batches = new Map<number, readonly RowObject[]>();
  readonly deliveries: number[] = [];

  addBatch({ batchId, batches }: Parameters<Sink['addBatch']>[0]): Promise<void> {
    this.batches.set(batchId, batches.flatMap(rowsOf));
    this.deliveries.push(batchId);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

export interface StreamTestOptions {
  readonly outputMode?: OutputMode;
  readonly trigger?: Trigger;
  readonly conf?: Conf;
  readonly sourceCount?: number;
  readonly chunksMax?: number;
  readonly store?: LogStore;
  readonly createGroupTable?: CreateGroupTable;
  readonly instance?: EngineInstance;
  readonly executor?: TestExecutorOptions;
}

export interface StreamTestContext {
  readonly clock: ManualClock;
  readonly store: LogStore;
  readonly sources: readonly TestSource[];
  readonly sink: TestSink;
  readonly notices: string[];
  query: RunningQuery | undefined;
  /** Batches that CheckNewAnswer has looked at. */
  checked: Set<number>;
}

export interface Action {
  readonly label: string;
  readonly run: (context: StreamTestContext, start: (changes?: StartChanges) => Promise<void>) => Promise<void> | void;
}

/** What a restart changes of the query. */
export interface StartChanges extends Partial<Pick<StreamTestOptions, 'outputMode' | 'trigger' | 'conf' | 'executor'>> {
  readonly plan?: TestPlan;
}

/** One engine for all tests of a file. */
let engine: Promise<EngineInstance> | undefined;
export function sharedEngine(): Promise<EngineInstance> {
  engine ??= createTestEngine(1 << 28);
  return engine;
}

/** Runs the actions; the query is started first unless the list begins with a StartStream, or AddData before it. */
export async function testStream(
  plan: TestPlan,
  options: StreamTestOptions,
  actions: readonly Action[],
): Promise<void> {
  const instance = options.instance ?? (await sharedEngine());
  const { chunksMax } = options;
  const context: StreamTestContext = {
    clock: new ManualClock(1_000_000),
    store: options.store ?? createMemoryLogStore(),
    sources: Array.from(
      { length: options.sourceCount ?? 1 },
      () => new TestSource(instance.memory, chunksMax === undefined ? {} : { chunksMax }),
    ),
    sink: new TestSink(),
    notices: [],
    query: undefined,
    checked: new Set(),
  };
  const start = (changes: StartChanges = {}): Promise<void> =>
    startTestQuery(context, changes.plan ?? plan, { ...options, ...changes }, instance);
  const first = actions.find(({ label }) => !label.startsWith('AddData'));
  const begun = first?.label.startsWith('StartStream') === true ? actions : [StartStream(), ...actions];
  try {
    for (const [index, action] of begun.entries()) {
      try {
        await action.run(context, start);
      } catch (cause) {
        throw new Error(describeFailure(begun, index, context, cause), { cause });
      }
    }
  } finally {
    await context.query?.stop();
  }
}

async function startTestQuery(
  context: StreamTestContext,
  plan: TestPlan,
  options: StreamTestOptions,
  instance: EngineInstance,
): Promise<void> {
  const { clock, store, sources, sink } = context;
  const checkpoint = await openCheckpoint(store, { owner: 'test', newId: () => 'query-id' });
  context.query = startQuery({
    checkpoint,
    runId: 'run-id',
    name: 'test',
    trigger: options.trigger ?? { kind: 'processingTime', intervalMs: 0 },
    outputMode: options.outputMode ?? 'append',
    prepared: plan,
    program: plan.text,
    sources: new Map(sources.map((source, index) => [index, source])),
    executor: createTestExecutor(instance.memory, options.executor),
    memory: instance.memory,
    sink,
    stateStores: createStateStores({
      ...{ instance, store, clock, checksum: checksumOf },
      createGroupTable: options.createGroupTable ?? createGroupTable,
    }),
    clock,
    conf: options.conf ?? {},
    listener: { onNotice: (message) => context.notices.push(message) },
  });
}

function describeFailure(
  actions: readonly Action[],
  culprit: number,
  context: StreamTestContext,
  cause: unknown,
): string {
  const lines = actions.map(({ label }, index) => `${index === culprit ? '=> ' : '   '}${label}`);
  const batches = [...context.sink.batches].map(([id, rows]) => `   ${id}: ${rows.map(textOf).join(' ')}`);
  const status = context.query?.snapshot().status.message ?? 'not started';
  const message = cause instanceof Error ? cause.message : String(cause);
  return ['', message, '', ...lines, '', `status: ${status}`, 'batches in the sink:', ...batches].join('\n');
}

function sorted(rows: readonly string[]): readonly string[] {
  return [...rows].sort();
}

function queryOf({ query }: StreamTestContext): RunningQuery {
  return present(query, 'a started query');
}

/** The last progress of a batch. */
export function lastProgress(context: StreamTestContext): StreamingQueryProgress {
  return present(queryOf(context).snapshot().recentProgress.at(-1), 'a progress');
}

/** Adds events `[seconds, key]` to a source as one chunk. */
export function AddDataTo(source: number, ...events: readonly (readonly [number | null, string | null])[]): Action {
  return {
    label: `AddData(source ${source}, ${JSON.stringify(events)})`,
    run: ({ sources }) => {
      const rows = events.map(([ts, key]): Event => ({ ts, key }));
      present(sources[source], 'the source').chunks.push(eventBatch(rows));
    },
  };
}

export function AddData(...events: readonly (readonly [number | null, string | null])[]): Action {
  return AddDataTo(0, ...events);
}

export function AdvanceClock(byMs: number): Action {
  return {
    label: `AdvanceClock(${byMs} ms)`,
    run: async ({ clock }) => {
      clock.advance(byMs);
      await eventLoopTurn();
    },
  };
}

/** Until all rows are processed and no batch is left to run. */
export function ProcessAll(): Action {
  return { label: 'ProcessAll', run: (context) => queryOf(context).processAllAvailable() };
}

/** All rows of the sink, in any order; of complete mode, those of the last batch. */
export function CheckAnswer(...rows: readonly string[]): Action {
  return {
    label: `CheckAnswer(${rows.join(' | ')})`,
    run: ({ sink }) => {
      assert.deepEqual(sorted([...sink.batches.values()].flat().map(textOf)), sorted(rows));
    },
  };
}

export function CheckLastBatch(...rows: readonly string[]): Action {
  return {
    label: `CheckLastBatch(${rows.join(' | ')})`,
    run: ({ sink }) => {
      assert.deepEqual(sorted(([...sink.batches.values()].at(-1) ?? []).map(textOf)), sorted(rows));
    },
  };
}

/** The rows since the last such check. */
export function CheckNewAnswer(...rows: readonly string[]): Action {
  return {
    label: `CheckNewAnswer(${rows.join(' | ')})`,
    run: ({ sink, checked }) => {
      const fresh = [...sink.batches].filter(([id]) => !checked.has(id));
      for (const [id] of fresh) checked.add(id);
      assert.deepEqual(sorted(fresh.flatMap(([, batch]) => batch.map(textOf))), sorted(rows));
    },
  };
}

export function StopStream(): Action {
  return { label: 'StopStream', run: (context) => queryOf(context).stop() };
}

export function StartStream(changes: StartChanges = {}): Action {
  return { label: `StartStream(${Object.keys(changes).join(', ')})`, run: (_, start) => start(changes) };
}

/** The query ends with an error of this condition. */
export function ExpectFailure(condition: ConditionName, message: RegExp = /./): Action {
  return {
    label: `ExpectFailure(${condition}, ${String(message)})`,
    run: async (context) => {
      await assert.rejects(queryOf(context).awaitTermination(), (error) => {
        assert.ok(error instanceof MillraceError && error.condition === 'STREAM_FAILED', String(error));
        assert.ok(error.cause instanceof MillraceError, String(error.cause));
        assert.equal(error.cause.condition, condition);
        assert.match(error.cause.message, message);
        return true;
      });
    },
  };
}

export function Check(label: string, run: (context: StreamTestContext) => Promise<void> | void): Action {
  return { label: `Check(${label})`, run: (context) => run(context) };
}
