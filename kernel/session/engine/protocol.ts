/**
 * What the main thread and the engine worker say to each other. Plans, schemas and progress are plain data; rows cross as
 * Arrow IPC bytes whose buffer is transferred.
 *
 * The engine adds 1 to `signal[0]` and notifies after every message, so that a main thread that must have an answer now
 * (`start()` gives the query's id) can wait for it without returning to its event loop.
 */
import type { MessagePort } from 'node:worker_threads';
import type { SerializedError } from '../../core/errors.ts';
import type {
  Conf,
  OutputMode,
  QueryResult,
  StreamingQueryProgress,
  StreamSnapshot,
  Trigger,
} from '../../plan/runner-port.ts';
import type { LogicalPlan, Options } from '../../plan/logical-plan.ts';

/** The engine worker's `workerData`. */
export interface EngineWorkerData {
  readonly signal: Int32Array;
  readonly port: MessagePort;
}

/** Where a query's live view is shown. */
export interface LiveTarget {
  readonly cellId: string;
  /** Names the cell itself: a later execution of it replaces the query. */
  readonly origin: string;
  readonly displayId: string;
}

export interface StreamStart {
  readonly plan: LogicalPlan;
  readonly name: string | undefined;
  readonly outputMode: OutputMode;
  readonly trigger: Trigger;
  readonly sink: { readonly format: string; readonly options: Options; readonly paths: readonly string[] };
  readonly checkpointLocation: string | undefined;
  readonly conf: Conf;
  readonly live: LiveTarget | undefined;
  /** `replace`: an active query of the same name or checkpoint, or of an earlier run of the cell, is stopped first. */
  readonly onConflict: 'fail' | 'replace';
}

/** `request` numbers what wants an answer; `query` is the main thread's number of a streaming query. */
export type ToEngine =
  | { readonly type: 'execute'; readonly request: number; readonly plan: LogicalPlan; readonly conf: Conf }
  | { readonly type: 'cancel'; readonly request: number }
  | { readonly type: 'start-stream'; readonly request: number; readonly query: number; readonly start: StreamStart }
  | { readonly type: 'stop-stream'; readonly request: number; readonly query: number }
  | { readonly type: 'process-all'; readonly request: number; readonly query: number }
  /** Asks for what the query's live view shows now. */
  | { readonly type: 'view-stream'; readonly request: number; readonly query: number }
  | { readonly type: 'memory-data'; readonly streamId: number; readonly ipc: Uint8Array }
  /** Rows of the program that no plan can refer to any more (`InlineRows.id`). */
  | { readonly type: 'forget-rows'; readonly rowsId: number }
  | { readonly type: 'batch-done'; readonly delivery: number; readonly error: SerializedError | undefined }
  | { readonly type: 'attach-output-port'; readonly port: MessagePort }
  | { readonly type: 'shutdown'; readonly request: number };

export type FromEngine =
  | { readonly type: 'result'; readonly request: number; readonly result: QueryResult }
  | { readonly type: 'started'; readonly request: number; readonly id: string; readonly runId: string }
  | { readonly type: 'done'; readonly request: number }
  | { readonly type: 'view'; readonly request: number; readonly bundle: Readonly<Record<string, unknown>> | undefined }
  | { readonly type: 'failed'; readonly request: number; readonly error: SerializedError }
  | { readonly type: 'progress'; readonly query: number; readonly progress: StreamingQueryProgress }
  | { readonly type: 'status'; readonly query: number; readonly status: StreamSnapshot['status'] }
  | { readonly type: 'terminated'; readonly query: number; readonly error: SerializedError | undefined }
  /** A batch for `foreachBatch`, `foreach`; answered by `batch-done`. */
  | {
      readonly type: 'batch';
      readonly query: number;
      readonly delivery: number;
      readonly batchId: number;
      readonly rows: QueryResult;
    }
  /** Text of the console sink, or on `stderr` what the engine has to say of the query. */
  | { readonly type: 'print'; readonly query: number; readonly to: 'stdout' | 'stderr'; readonly text: string };
