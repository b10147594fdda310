/** What the physical layer, the workers, the state and the stream know of each other. */
import type { Column, RecordBatch } from '../arrow/column.ts';
import type { Arena, EngineMemory } from '../arrow/memory.ts';
import type { BatchReference } from '../arrow/reference.ts';
import type { ScanLease, ScanTask } from '../arrow/scan.ts';
import type { DataType, Schema } from '../arrow/types.ts';
import type { AccumulatorSpec } from '../functions/contract.ts';
import type { DenseReference } from './dense-groups/reference.ts';
import type { Kernels } from '../../wasm/abi/kernels.ts';

/** One wasm instance over the shared engine memory; each engine thread has one. */
export interface EngineInstance {
  readonly memory: EngineMemory;
  readonly kernels: Kernels;
}

// ── grouping ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface GroupKeySpec {
  readonly type: DataType;
  /** A window's start (µs): few distinct values, ascending for the most part, so it gets dense panes. */
  readonly role: 'pane' | 'key';
}

/**
 * Groups and their accumulators, in engine memory: key columns → dense group ids (wasm dictionaries), accumulators as
 * dense arrays by id. Serves partial aggregation in a worker, the merge of partial results, and the state of a stream.
 * -0.0 equals 0.0, NaNs are equal, nulls form a group. Rows are columns in engine memory.
 */
export interface GroupTable {
  readonly groupCount: number;
  readonly memoryBytes: number;
  /** Adds `length` rows; `inputs[i]` feeds accumulator i (undefined: count every row). */
  update(keys: readonly Column[], inputs: readonly (Column | undefined)[], length: number): void;
  /** Adds partial results: `states[i]` is accumulator i's state column. */
  merge(keys: readonly Column[], states: readonly Column[], length: number): void;
  /** Replaces the state of the given keys, adding missing ones: how a snapshot or changelog is loaded. */
  put(keys: readonly Column[], states: readonly Column[], length: number): void;
  /** Removes the given keys where present: how a changelog's removals are replayed. */
  remove(keys: readonly Column[], length: number): void;
  /** The groups as batches of key columns then state columns (names k0…, s0…), written to `arena`. */
  emit(which: 'all' | 'dirty', arena: Arena): RecordBatch;
  /** Groups changed since the last call of `markClean`. */
  readonly dirtyCount: number;
  markClean(): void;
  /**
   * Removes and returns the groups for which `selects(batch)` has its bit set; `batch` is `emit('all')`.
   * @returns the removed groups, in `arena`
   */
  evict(selects: (groups: RecordBatch) => Uint8Array, arena: Arena): RecordBatch;
  release(): void;
}

export type CreateGroupTable = (
  instance: EngineInstance,
  keys: readonly GroupKeySpec[],
  accumulators: readonly AccumulatorSpec[],
) => GroupTable;

// ── execution ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Everything an execution depends on beside plan and input. */
export interface ExecutionOptions {
  readonly ansi: boolean;
  readonly timeZone: string;
  /** µs; `current_timestamp()`. */
  readonly batchTimestampMicros: bigint;
  /** Ends the execution between tasks. */
  readonly signal: AbortSignal | undefined;
}

/**
 * A stateful operator of a streaming plan, as the executor calls it: once per micro-batch, on the engine thread, with all
 * the rows that reached it. For an aggregate the rows are partial results (key columns, then state columns) with each key
 * at most once, and so is what it returns: the executor applies `finish` and the projections above.
 */
export interface StatefulOperator {
  process(input: RecordBatch, arena: Arena): RecordBatch;
}

/** What the planner says of a stateful node, so that the stream can make its operator. `stateId` counts from 0, bottom up. */
export type StatefulSpec =
  | {
      readonly kind: 'aggregate';
      readonly stateId: number;
      /** Fields k0… as the group table sees them, with the names that users know. */
      readonly keys: readonly (GroupKeySpec & { readonly name: string })[];
      readonly accumulators: readonly AccumulatorSpec[];
      /** Which key carries the event time: a struct `window` (late: end <= watermark) or a timestamp; undefined: none. */
      readonly eventTimeKey:
        { readonly index: number; readonly kind: 'window' | 'timestamp'; readonly windowMicros: bigint } | undefined;
    }
  | {
      readonly kind: 'deduplicate';
      readonly stateId: number;
      readonly input: Schema;
      /** Ordinals into `input`. */
      readonly keys: readonly number[];
      readonly eventTime: number | undefined;
      readonly withinWatermark: boolean;
      readonly delayMicros: bigint;
    };

/** Event times seen by one watermark node in one execution, µs; absent where every time was null. */
export interface EventTimeStats {
  readonly watermarkId: number;
  readonly delayMicros: bigint;
  readonly count: number;
  readonly minMicros: bigint;
  readonly maxMicros: bigint;
  readonly sumMicros: bigint;
}

export interface ExecutionResult {
  readonly schema: Schema;
  /** In engine memory until `release`. */
  readonly batches: readonly RecordBatch[];
  readonly rowCount: number;
  /** Rows read per `sourceId`. */
  readonly inputRows: ReadonlyMap<number, number>;
  readonly eventTimes: readonly EventTimeStats[];
  release(): void;
}

/** A physical plan ready to run many times; made once per streaming query, once per batch query. */
export interface PreparedPlan {
  readonly schema: Schema;
  readonly stateful: readonly StatefulSpec[];
  /** The physical operators with the kernel of each. */
  readonly text: string;
  /** Every watermark node: its id, delay, and the policy-independent source of `EventTimeStats`. */
  readonly watermarks: readonly {
    readonly watermarkId: number;
    readonly delayMicros: bigint;
    readonly column: string;
  }[];
}

export interface Executor {
  /**
   * Runs the plan over the scans of each source (by `sourceId`). Scans are consumed as they come; each lease is released
   * when its rows are no longer needed.
   */
  run(
    plan: PreparedPlan,
    scans: ReadonlyMap<number, AsyncIterable<ScanLease>>,
    stateful: ReadonlyMap<number, StatefulOperator>,
    options: ExecutionOptions,
  ): Promise<ExecutionResult>;
}

// ── parallel stages ────────────────────────────────────────────────────────────────────────────────────────────────

/** What a stage's evaluation depends on beside its tasks; `ExecutionOptions` without what cannot be posted. */
export type StageOptions = Omit<ExecutionOptions, 'signal'>;

/** A stage's rows from one thread, as plain data; valid until that thread's runner is released. */
export interface StageOutcome {
  /** Batches by the index of the task they come from; a stage that aggregates has one entry, index 0. */
  readonly output: readonly { readonly taskIndex: number; readonly batches: readonly BatchReference[] }[];
  /** Groups that are not among the batches. */
  readonly dense?: DenseReference | undefined;
  readonly inputRows: number;
  readonly eventTimes: readonly EventTimeStats[];
}

/** Runs one stage in one thread: tasks, then `finish`, then `release`. Everything it gave is freed by `release`. */
export interface StageRunner {
  run(taskIndex: number, task: ScanTask): void;
  finish(): StageOutcome;
  release(): void;
}

/** Makes the runner of a posted stage; the composition root of a compute worker gives it to the worker's server. */
export type CreateStageRunner = (stage: unknown, options: StageOptions) => StageRunner;

export interface PooledStageRequest {
  /** Plain data; what it means is between the executor and `CreateStageRunner`. */
  readonly stage: unknown;
  readonly options: StageOptions;
  readonly leases: AsyncIterable<ScanLease>;
  readonly signal: AbortSignal | undefined;
}

export interface PooledStage {
  readonly outcomes: readonly StageOutcome[];
  /** Frees the outcomes' memory in the workers. */
  release(): void;
}

/** The compute workers, as the executor sees them. */
export interface ComputePool {
  /** Workers, at least 1. */
  readonly size: number;
  /** Runs the stage's tasks on all workers. Every lease is released before the promise settles. */
  run(request: PooledStageRequest): Promise<PooledStage>;
}
