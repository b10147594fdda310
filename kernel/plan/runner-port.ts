/** What the DataFrame API needs of the engine. `main.ts` fills it; tests may fill it with a fake. */
import type { Schema } from '../arrow/types.ts';
import type { ExplainMode, InlineRows, LogicalPlan, Options } from './logical-plan.ts';

/** Session configuration as strings, Spark's keys. */
export type Conf = Readonly<Record<string, string>>;

/** A finished result, copied out of engine memory. */
export interface QueryResult {
  readonly schema: Schema;
  readonly rowCount: number;
  /** An Arrow IPC stream. */
  readonly ipc: Uint8Array;
}

export interface QueryRunner {
  /** Runs an analysed batch plan. Rejects with a MillraceError. */
  execute(plan: LogicalPlan, conf: Conf): Promise<QueryResult>;
  /** The optimised and the physical plan as text, kernels named. Synchronous: planning does no I/O. */
  explain(plan: LogicalPlan, mode: ExplainMode, conf: Conf): string;
  /** Looks at the data to find a schema. Synchronous. @throws UNABLE_TO_INFER_SCHEMA, PATH_NOT_FOUND, DATA_SOURCE_NOT_FOUND */
  sourceSchema(source: SourceRequest): Schema;
  /** Starts a streaming query; throws what analysis finds, returns at once. */
  startStream(request: StreamRequest): StreamHandle;
  /** Appends rows to a MemoryStream, in order with later requests. */
  addMemoryData(streamId: number, ipc: Uint8Array): void;
  /**
   * Rows that several queries will read: the engine opens them once and keeps them, until the object given back is collected
   * or room is needed. Absent: rows go with each plan.
   */
  keepRows?(rows: InlineRows): InlineRows;
}

export interface SourceRequest {
  readonly format: string;
  readonly options: Options;
  readonly paths: readonly string[];
  readonly schema: Schema | undefined;
  readonly streaming: boolean;
}

export type OutputMode = 'append' | 'update' | 'complete';

export type Trigger =
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  | { readonly kind: 'availableNow' }
  | { readonly kind: 'once' };

export interface StreamRequest {
  readonly plan: LogicalPlan;
  readonly name: string | undefined;
  readonly outputMode: OutputMode;
  readonly trigger: Trigger;
  /** `console`, `memory`, `foreachBatch`, `foreach`, `noop`, or a file format. */
  readonly sink: { readonly format: string; readonly options: Options; readonly paths: readonly string[] };
  readonly checkpointLocation: string | undefined;
  readonly conf: Conf;
  /** Called with each batch, for `foreachBatch` and `foreach`; the batch counts as delivered when the promise resolves. */
  readonly onBatch: ((batchId: bigint, rows: QueryResult) => Promise<void>) | undefined;
}

export interface StreamHandle {
  readonly id: string;
  readonly runId: string;
  readonly name: string | undefined;
  /** Takes in what the engine has reported meanwhile, also while the main thread has not returned to its event loop. */
  snapshot(): StreamSnapshot;
  stop(): Promise<void>;
  /** Resolves true when the query has ended, false after `timeoutMs`; rejects with the query's error. */
  awaitTermination(timeoutMs?: number): Promise<boolean>;
  processAllAvailable(): Promise<void>;
  explain(mode: ExplainMode): string;
}

export interface StreamSnapshot {
  readonly isActive: boolean;
  readonly status: { readonly message: string; readonly isDataAvailable: boolean; readonly isTriggerActive: boolean };
  /** Newest last, at most 100. */
  readonly recentProgress: readonly StreamingQueryProgress[];
  readonly exception: Error | undefined;
}

/** Spark's StreamingQueryProgress (SEMANTICS.md 33); field order as Spark prints it. */
export interface StreamingQueryProgress {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly batchId: number;
  readonly batchDuration: number;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
  readonly durationMs: Readonly<Record<string, number>>;
  readonly eventTime: Readonly<Record<string, string>>;
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sources: readonly SourceProgress[];
  readonly sink: { readonly description: string; readonly numOutputRows: number };
}

export interface StateOperatorProgress {
  readonly operatorName: string;
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly numRowsDroppedByWatermark: number;
  readonly commitTimeMs: number;
  readonly memoryUsedBytes: number;
  readonly numShufflePartitions: number;
  readonly customMetrics: Readonly<Record<string, number>>;
}

export interface SourceProgress {
  readonly description: string;
  readonly startOffset: unknown;
  readonly endOffset: unknown;
  readonly latestOffset: unknown;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
}
