/**
 * What the engine thread and a compute worker say to each other: one versioned union for each direction, plain data only.
 * Rows never travel; batches are references into the shared engine memory.
 *
 * Order of a stage: `start`, any number of `tasks`, `end`; the worker answers with `progress` in between and at last with
 * exactly one of `finished`, `failed`, `aborted`; `release` frees what `finished` referred to.
 *
 * Tasks are posted to every worker; which worker runs a task is settled by claiming its index in the stage's control block:
 *
 * ```
 * i32[0]  index of the next task to claim; a worker claims only tasks it has been told of
 * i32[1]  1: the stage is aborted, workers stop between tasks
 * ```
 */
import type { ScanTask } from '../arrow/scan.ts';
import type { SerializedError } from '../core/errors.ts';
import type { StageOptions, StageOutcome } from '../physical/ports.ts';

export const PROTOCOL_VERSION = 1;

export const CONTROL_NEXT = 0;
export const CONTROL_ABORT = 1;
export const CONTROL_BYTES = 8;

export type ToWorker =
  | {
      readonly type: 'start';
      readonly version: typeof PROTOCOL_VERSION;
      readonly stageId: number;
      readonly stage: unknown;
      readonly options: StageOptions;
      readonly control: SharedArrayBuffer;
    }
  /** Tasks with the indices `first`, `first + 1`, … */
  | { readonly type: 'tasks'; readonly stageId: number; readonly first: number; readonly tasks: readonly ScanTask[] }
  | { readonly type: 'end'; readonly stageId: number }
  | { readonly type: 'release'; readonly stageId: number };

export type FromWorker =
  | { readonly type: 'progress'; readonly stageId: number; readonly completed: readonly number[] }
  | { readonly type: 'finished'; readonly stageId: number; readonly outcome: StageOutcome }
  | { readonly type: 'failed'; readonly stageId: number; readonly error: SerializedError }
  | { readonly type: 'aborted'; readonly stageId: number };
