/**
 * What the jupyter worker and the main thread say to each other, and what other threads may say to the jupyter worker.
 * Contents of messages cross as JSON text: a value that JSON cannot hold fails in the cell that made it.
 */
import type { CatalogSnapshot, CellError, CellRequest, LanguageInfo } from '../session/contract.ts';
import type { MessagePort } from 'node:worker_threads';
import type { ConnectionInfo } from './connection.ts';

export const THREAD_PROTOCOL_VERSION = 1;

/** Jupyter worker → main thread. */
export type ToHost =
  /** `epoch` counts executions; an outcome with another epoch than the running one is late and ignored. */
  | {
      readonly type: 'execute';
      readonly epoch: number;
      readonly cellId: string;
      readonly origin: string;
      readonly request: CellRequest;
    }
  | {
      readonly type: 'interrupt';
      readonly id: number;
      readonly epoch: number | undefined;
      readonly afterTermination: boolean;
    }
  | { readonly type: 'input-reply'; readonly inputId: number; readonly value: string }
  | CommRequest
  | { readonly type: 'shutdown' };

export type CommRequest = {
  readonly requestId: number;
  /** The msg_id of the comm message, the parent of what its handlers send. */
  readonly cellId: string;
  readonly commId: string;
  readonly data: unknown;
  readonly buffers: readonly Uint8Array[];
} & (
  | { readonly type: 'comm-open'; readonly target: string }
  | { readonly type: 'comm-msg' }
  | { readonly type: 'comm-close' }
);

/** `cost` is what the message took from the output gate. */
export interface Costly {
  readonly cost: number;
}

/** Main thread → jupyter worker. */
export type FromHost =
  /** The interpreter is loaded: from now on the main thread answers. */
  | { readonly type: 'host-ready' }
  | ({
      readonly type: 'stream';
      readonly cellId: string;
      readonly name: 'stdout' | 'stderr';
      readonly text: string;
    } & Costly)
  | ({
      readonly type: 'publish';
      readonly cellId: string;
      readonly messageType: 'display_data' | 'update_display_data' | 'clear_output' | 'error';
      readonly content: string;
      /** The display id that is now known to front ends. */
      readonly displayId?: string;
    } & Costly)
  | ({
      readonly type: 'comm-send';
      readonly cellId: string | undefined;
      readonly messageType: 'comm_msg' | 'comm_close';
      readonly commId: string;
      readonly content: string;
      readonly metadata?: string;
      readonly buffers: readonly Uint8Array[];
    } & Costly)
  | { readonly type: 'comm-done'; readonly requestId: number }
  | {
      readonly type: 'input';
      readonly inputId: number;
      readonly cellId: string;
      readonly prompt: string;
      readonly password: boolean;
    }
  | { readonly type: 'outcome'; readonly epoch: number; readonly outcome: OutcomeMessage }
  | { readonly type: 'interrupt-seen'; readonly id: number }
  | { readonly type: 'catalog'; readonly catalog: CatalogSnapshot }
  | { readonly type: 'attach-output-port'; readonly port: MessagePort }
  | { readonly type: 'shutdown-request' }
  | { readonly type: 'shutdown-done' };

/** A CellOutcome whose values are JSON text. */
export type OutcomeMessage =
  | {
      readonly status: 'ok';
      /** `"data": …, "metadata": …` of the execute_result as the JSON of one object. */
      readonly result?: { readonly data: string; readonly metadata: string; readonly plainText: string | undefined };
      readonly userExpressions: string;
      readonly payload: string;
    }
  | { readonly status: 'error'; readonly error: CellError }
  | { readonly status: 'interrupted' };

/**
 * Another thread's port → jupyter worker: the newest state of a live display. Only the latest frame of a display id is
 * kept, at most 10 a second go out per cell, and none before the display itself was shown.
 */
export interface LiveFrame {
  readonly type: 'live-frame';
  /** `CellOutput.cellId` of the cell that shows it. */
  readonly cellId: string;
  readonly displayId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface KernelDescription {
  readonly version: string;
  readonly banner: string;
  readonly language: LanguageInfo;
  readonly helpLinks: readonly { readonly text: string; readonly url: string }[];
}

/** The jupyter worker's `workerData`. */
export interface JupyterWorkerData {
  readonly protocol: typeof THREAD_PROTOCOL_VERSION;
  readonly connection: ConnectionInfo;
  readonly kernel: KernelDescription;
  readonly interruptFlag: Int32Array;
  readonly gate: Int32Array;
  /** SIGINT ends a cell and never the process. */
  readonly canSignal: boolean;
  readonly port: MessagePort;
  readonly languageWorkerUrl: string | undefined;
  /** A folder for the history; undefined keeps it in memory only. */
  readonly historyFolder: string | undefined;
}
