/**
 * The engine as the main thread sees it: starts the engine worker at first use, sends it plans, and keeps what it reports.
 *
 * A request is answered through a promise, or synchronously by `#waitFor`, which takes messages off the port without the
 * event loop and serves batches for closures meanwhile as far as they can be served (their promises settle later).
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { present } from '../../core/assert.ts';
import { systemClock } from '../../core/clock.ts';
import { MillraceError, reviveError, serializeError } from '../../core/errors.ts';
import type { InlineRows, LogicalPlan } from '../../plan/logical-plan.ts';
import type {
  Conf,
  QueryResult,
  QueryRunner,
  SourceRequest,
  StreamHandle,
  StreamRequest,
} from '../../plan/runner-port.ts';
import type { CellExecution } from '../cell-context.ts';
import type { EngineWorkerData, FromEngine, LiveTarget, ToEngine } from './protocol.ts';
import { StreamRecord, type StreamPrinter } from './stream-record.ts';

/** How long streams may take for their last batch: the kernel itself is given 3 s. */
const SHUTDOWN_MS = 2000;
/** How long a synchronous wait for the engine may take before it is an error: starting the worker is a part of it. */
const WAIT_MAX_MS = 30_000;

export interface EngineClientOptions {
  /** dist/engine-worker.js. */
  readonly workerUrl: URL;
  readonly sourceSchema: QueryRunner['sourceSchema'];
  readonly explain: QueryRunner['explain'];
  /** Where the live view of a query that starts now is to be shown, if anywhere. */
  readonly liveTarget: () => LiveTarget | undefined;
  /** Called when a query has started, with where its view is shown. */
  readonly onStarted: (handle: StreamHandle, request: StreamRequest, live: LiveTarget | undefined) => void;
  /** Gives a function that writes text to where output goes now, for later. */
  readonly printer: () => StreamPrinter;
  /** Gives a function that runs a closure of the query as work of the cell that starts it now. */
  readonly asCell: () => <T>(action: () => T) => T;
  /** The cell execution that asks now, and whose interrupt cancels what it asked. */
  readonly execution: () => CellExecution | undefined;
}

interface Pending {
  resolve(message: FromEngine): void;
  reject(error: Error): void;
}

interface Connection {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

export class EngineClient implements QueryRunner {
  readonly #options: EngineClientOptions;
  #connection: Connection | undefined;
  #requests = 0;
  #queries = 0;
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Map<number, StreamRecord>();
  /** Batch queries that run, and who asked for them. */
  readonly #executions = new Map<number, CellExecution>();
  #keptRows = 0;
  readonly #collectedRows = new FinalizationRegistry<number>((rowsId) => {
    if (this.#connection !== undefined) this.#post({ type: 'forget-rows', rowsId });
  });
  #outputPort: MessagePort | undefined;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  /** The engine posts live frames into `port`; may be called before the engine has started. */
  attachOutputPort(port: MessagePort): void {
    this.#outputPort = port;
  }

  async execute(plan: LogicalPlan, conf: Conf): Promise<QueryResult> {
    const execution = this.#options.execution();
    let asked: number | undefined;
    try {
      const answer = this.#ask((request) => {
        asked = request;
        if (execution !== undefined) this.#executions.set(request, execution);
        return { type: 'execute', request, plan, conf };
      });
      const ended = (): void => undefined;
      execution?.track(answer.then(ended, ended));
      const message = await answer;
      if (message.type !== 'result') throw unexpected(message);
      return message.result;
    } finally {
      if (asked !== undefined) this.#executions.delete(asked);
    }
  }

  /** Ends the batch queries that an interrupted execution waits for. */
  cancelOf(execution: CellExecution): void {
    for (const [request, asker] of this.#executions) {
      if (asker === execution) this.#post({ type: 'cancel', request });
    }
  }

  explain(...args: Parameters<QueryRunner['explain']>): string {
    return this.#options.explain(...args);
  }

  sourceSchema(source: SourceRequest): ReturnType<QueryRunner['sourceSchema']> {
    return this.#options.sourceSchema(source);
  }

  startStream(request: StreamRequest): StreamHandle {
    const query = ++this.#queries;
    const live = this.#options.liveTarget();
    const { onBatch, ...start } = request;
    const record = new StreamRecord({
      name: request.name,
      drain: () => this.#drain(),
      ask: (type) => this.#ask((number) => ({ type, request: number, query })).then(() => undefined),
      explain: (mode) => this.#options.explain(request.plan, mode, request.conf),
      onBatch,
      print: this.#options.printer(),
      asCell: this.#options.asCell(),
    });
    this.#streams.set(query, record);
    const message = this.#waitFor(
      (number) => ({
        type: 'start-stream',
        request: number,
        query,
        start: { ...start, live, onConflict: live === undefined ? 'fail' : 'replace' },
      }),
      query,
    );
    if (message.type !== 'started') throw unexpected(message);
    record.identify(message.id, message.runId);
    this.#options.onStarted(record, request, live);
    return record;
  }

  /** What the live view of a query shows now; undefined where it has none. */
  async viewOf(handle: StreamHandle): Promise<Readonly<Record<string, unknown>> | undefined> {
    for (const [query, record] of this.#streams) {
      if (record !== handle) continue;
      const message = await this.#ask((request) => ({ type: 'view-stream', request, query }));
      return message.type === 'view' ? message.bundle : undefined;
    }
    return undefined;
  }

  addMemoryData(streamId: number, ipc: Uint8Array): void {
    this.#post({ type: 'memory-data', streamId, ipc });
  }

  /** The bytes lie in shared memory, so that posting a plan copies nothing. */
  keepRows({ ipc, rowCount }: InlineRows): InlineRows {
    const shared = new Uint8Array(new SharedArrayBuffer(ipc.byteLength));
    shared.set(ipc);
    const rows: InlineRows = { ipc: shared, rowCount, id: ++this.#keptRows };
    this.#collectedRows.register(rows, this.#keptRows);
    return rows;
  }

  /** The queries that are running. */
  activeStreams(): readonly StreamHandle[] {
    this.#drain();
    return [...this.#streams.values()].filter((stream) => stream.snapshot().isActive);
  }

  /** Stops streams after their batch, then the worker. */
  async shutdown(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    const asked = this.#ask((request) => ({ type: 'shutdown', request })).catch(() => undefined);
    // A batch that hangs, say on a broker that is gone, is left: its query goes on from the checkpoint as after a kill.
    const ended = new AbortController();
    await Promise.race([asked, systemClock.sleep(SHUTDOWN_MS, ended.signal)]);
    ended.abort();
    this.#connection = undefined;
    await connection.worker.terminate();
  }

  #connect(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    const { port1: port, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const workerData: EngineWorkerData = { signal, port: port2 };
    const worker = new Worker(this.#options.workerUrl, { workerData, transferList: [port2], name: 'engine' });
    worker.on('error', (error) => this.#lost(error));
    worker.on('exit', (code) =>
      this.#lost(new MillraceError('INTERNAL_ERROR', { message: `The engine ended with code ${code}` })),
    );
    // Neither keeps a script from ending: what is awaited does (see `#ask`).
    worker.unref();
    port.on('message', (message: FromEngine) => this.#receive(message));
    port.unref();
    const connection = { worker, port, signal };
    this.#connection = connection;
    const output = this.#outputPort;
    if (output !== undefined)
      port.postMessage({ type: 'attach-output-port', port: output } satisfies ToEngine, [output]);
    return connection;
  }

  #post(message: ToEngine): void {
    this.#connect().port.postMessage(message);
  }

  #ask(make: (request: number) => ToEngine): Promise<FromEngine> {
    const request = ++this.#requests;
    const { port } = this.#connect();
    // The answer comes with the event loop, so the caller's lines are only known now.
    const asked = new Error();
    port.ref();
    return new Promise<FromEngine>((resolve, reject) => {
      this.#pending.set(request, { resolve, reject: (error) => reject(withFramesOf(asked, error)) });
      this.#post(make(request));
    }).finally(() => {
      if (this.#pending.size === 0) port.unref();
    });
  }

  /** Sends a request and blocks until its answer is there. @throws what the engine answers, and what ended the wait (an interrupt) */
  #waitFor(make: (request: number) => ToEngine, query: number): FromEngine {
    const request = ++this.#requests;
    let answer: FromEngine | Error | undefined;
    this.#pending.set(request, {
      resolve: (message) => (answer = message),
      reject: (error) => (answer = error),
    });
    const { signal } = this.#connect();
    this.#post(make(request));
    try {
      for (;;) {
        const seen = Atomics.load(signal, 0);
        this.#drain();
        if (answer !== undefined) break;
        if (Atomics.wait(signal, 0, seen, WAIT_MAX_MS) === 'timed-out') {
          answer = new MillraceError('INTERNAL_ERROR', { message: 'The engine does not answer' });
          break;
        }
      }
    } finally {
      this.#pending.delete(request);
      if (!isMessage(answer)) this.#streams.delete(query);
    }
    if (isMessage(answer)) return answer;
    throw present(answer, 'an answer');
  }

  /** Takes in what the engine has sent so far. */
  #drain(): void {
    const port = this.#connection?.port;
    if (port === undefined) return;
    for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
      this.#receive(received.message as FromEngine);
    }
  }

  #receive(message: FromEngine): void {
    switch (message.type) {
      case 'result':
      case 'started':
      case 'done':
      case 'view':
        this.#settle(message.request)?.resolve(message);
        return;
      case 'failed':
        this.#settle(message.request)?.reject(reviveError(message.error));
        return;
      case 'progress':
        this.#streams.get(message.query)?.addProgress(message.progress);
        return;
      case 'status':
        this.#streams.get(message.query)?.setStatus(message.status);
        return;
      case 'terminated':
        this.#streams
          .get(message.query)
          ?.terminate(message.error === undefined ? undefined : reviveError(message.error));
        return;
      case 'print':
        this.#streams.get(message.query)?.print(message.text, message.to);
        return;
      case 'batch':
        void this.#deliver(message);
        return;
    }
  }

  #settle(request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    return pending;
  }

  async #deliver(message: Extract<FromEngine, { type: 'batch' }>): Promise<void> {
    let error;
    try {
      await present(this.#streams.get(message.query), 'the query of a batch').deliver(message.batchId, message.rows);
    } catch (thrown) {
      error = serializeError(thrown);
    }
    this.#post({ type: 'batch-done', delivery: message.delivery, error });
  }

  /** The engine worker has ended by itself: everything that waits for it fails, and the next use starts another. */
  #lost(error: Error): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    for (const stream of this.#streams.values()) if (stream.snapshot().isActive) stream.terminate(error);
  }
}

/** The error, as if it had been thrown where the engine was asked. */
function withFramesOf(asked: Error, error: Error): Error {
  const frames = asked.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  error.stack = [String(error), ...frames].join('\n');
  return error;
}

function isMessage(answer: FromEngine | Error | undefined): answer is FromEngine {
  return answer !== undefined && 'type' in answer;
}

function unexpected(message: FromEngine): MillraceError {
  return new MillraceError('INTERNAL_ERROR', { message: `The engine answered ${message.type}` });
}
