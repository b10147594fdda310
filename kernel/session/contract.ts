/**
 * What the Jupyter side and the language side know of each other. The transport knows no language, the interpreter
 * knows no socket; tests replace either.
 *
 * Threads: `Interpreter` lives on the main thread, where cells run. The jupyter worker owns the sockets and forwards
 * execute requests over a MessagePort; completion, inspection and is-complete are answered in the jupyter worker and the
 * language worker, so that they do not wait for a computing cell.
 */

/** MIME type → data: text, or JSON for `+json` types. Binary types hold base64 text, as the protocol wants. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface LanguageInfo {
  readonly name: 'typescript';
  readonly version: string;
  readonly mimetype: string;
  readonly file_extension: '.ts';
  readonly pygments_lexer: string;
  readonly codemirror_mode: string | Readonly<Record<string, unknown>>;
  readonly nbconvert_exporter: string;
}

export interface DisplayOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The display id under which later updates find this output. */
  readonly displayId?: string;
  /** Replace the outputs that carry `displayId` instead of adding one. */
  readonly update?: boolean;
}

/**
 * Where a cell's output goes. It outlives the cell: a timer or stream that the cell started writes here later, and the
 * output is still attributed to that cell.
 */
export interface CellOutput {
  /** Identifies the cell execution, for the parent header of messages (the request's msg_id). */
  readonly cellId: string;
  /** Names the cell itself, the same in all its executions. */
  readonly origin?: string;
  stream(name: 'stdout' | 'stderr', text: string): void;
  display(data: MimeBundle, options?: DisplayOptions): void;
  /** An error that did not end the cell: from a timer, an unhandled rejection. */
  error(error: CellError): void;
  clear(wait: boolean): void;
  /** Asks the front end for a line of input. Rejects with condition STDIN_NOT_ALLOWED where the request forbids it. */
  input(prompt: string, options: { readonly password: boolean }): Promise<string>;
}

export interface CellRequest {
  readonly code: string;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly allowStdin: boolean;
  readonly executionCount: number;
  /** name → expression, evaluated after the cell in the same scope. */
  readonly userExpressions: Readonly<Record<string, string>>;
}

export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  /** Lines ready to print, with ANSI colours; the user's own lines and columns, our frames left out. */
  readonly traceback: readonly string[];
}

export type UserExpressionResult =
  | { readonly status: 'ok'; readonly data: MimeBundle; readonly metadata: Readonly<Record<string, unknown>> }
  | ({ readonly status: 'error' } & CellError);

/** A payload of execute_reply: pager text. */
export interface PagePayload {
  readonly source: 'page';
  readonly data: MimeBundle;
  readonly start: number;
}

export type CellOutcome =
  | {
      readonly status: 'ok';
      /** The execute_result, absent where the cell has no value or ends in `;`. */
      readonly result?: { readonly data: MimeBundle; readonly metadata: Readonly<Record<string, unknown>> };
      readonly userExpressions: Readonly<Record<string, UserExpressionResult>>;
      readonly payload: readonly PagePayload[];
    }
  | { readonly status: 'error'; readonly error: CellError }
  /** Ended by an interrupt; the jupyter side makes the error reply. */
  | { readonly status: 'interrupted' };

export interface Interpreter {
  /** Runs one cell. Never rejects: what the user's code throws is an outcome. One cell at a time. */
  execute(request: CellRequest, output: CellOutput): Promise<CellOutcome>;
  /** Called on the main thread when an interrupt was asked for; ends a pending await of the running cell. */
  interruptAwait(): void;
  /** A front end opened a comm, or sent to one. Unknown targets are answered by comm_close on the jupyter side. */
  readonly comms: CommTargets;
  /** Stops streams after their batch and releases everything. */
  shutdown(): Promise<void>;
}

/** Comms whose target lives with the user's code. `buffers` are the message's extra frames. */
export interface CommTargets {
  has(target: string): boolean;
  open(comm: CommChannel, data: unknown, buffers: readonly Uint8Array[]): void;
}

export interface CommChannel {
  readonly commId: string;
  readonly target: string;
  send(
    data: unknown,
    options?: { readonly metadata?: Readonly<Record<string, unknown>>; readonly buffers?: readonly Uint8Array[] },
  ): void;
  close(data?: unknown): void;
  onMessage(handler: (data: unknown, buffers: readonly Uint8Array[]) => void): void;
  onClose(handler: (data: unknown) => void): void;
}

/**
 * How an interrupt reaches the main thread, in the order in which the jupyter worker escalates (each step only if the
 * cell is still running after the one before):
 * 1. it stores 1 into `flag[0]` (an Int32Array over a SharedArrayBuffer) and notifies it: loops of cell code test it;
 * 2. it posts `{ type: 'interrupt' }` to the main thread's port: a pending await is ended by `interruptAwait()`;
 * 3. SIGINT to the own process: ends the synchronous part of a cell that runs in `vm` with `breakOnSigint`, and Atomics.wait;
 * 4. `inspector` on the main thread, `Runtime.terminateExecution`: ends anything else but a native synchronous call.
 * The main thread stores 0 again when a cell starts.
 */
export interface InterruptCell {
  readonly flag: Int32Array;
}

// ── the language side, answered without the main thread ────────────────────────────────────────────────────────────

/** Offsets are UTF-16 units into `code`; the jupyter side converts from and to Unicode code points (protocol 5.2+). */
export interface Completion {
  readonly matches: readonly string[];
  readonly cursorStart: number;
  readonly cursorEnd: number;
  /** JupyterLab's `_jupyter_types_experimental`: one entry per match. */
  readonly types: readonly { readonly text: string; readonly type: string; readonly signature?: string }[];
}

export interface Inspection {
  readonly found: boolean;
  readonly data: MimeBundle;
}

export type IsComplete =
  { readonly status: 'complete' | 'invalid' | 'unknown' } | { readonly status: 'incomplete'; readonly indent: string };

/** What SQL completion knows of the catalog; pushed by the session whenever it changes. */
export interface CatalogSnapshot {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
}

/** Lives in the language worker, loaded at first use; spoken to by the jupyter worker. */
export interface LanguageService {
  complete(code: string, cursor: number): Promise<Completion>;
  inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<Inspection>;
  /** A cell ran without an error: its declarations are in scope from now on. */
  noteCell(code: string): void;
  noteCatalog(catalog: CatalogSnapshot): void;
}
