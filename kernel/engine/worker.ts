/**
 * The engine worker's program: one thread that owns streaming queries, sources, sinks and logs, and runs batch queries. It
 * composes the engine's rooms and speaks the protocol of session/engine/protocol.ts.
 */
import { readFileSync } from 'node:fs';
import { workerData, type MessagePort } from 'node:worker_threads';
import { createTaskReaders } from '../connectors/readers.ts';
import { createConnectors } from '../connectors/registry.ts';
import { fromIpc } from '../arrow/ipc.ts';
import { present } from '../core/assert.ts';
import { systemClock } from '../core/clock.ts';
import { MillraceError, reviveError, serializeError, type SerializedError } from '../core/errors.ts';
import { createGroupTable } from '../physical/group-table/group-table.ts';
import { createExecutor } from '../physical/executor.ts';
import { KeptRows } from '../physical/kept-rows.ts';
import { compileKernels, createEngineMemory, instantiate } from '../workers/instance.ts';
import { computeWorkerEntry } from '../workers/entry.ts';
import { createPool } from '../workers/pool.ts';
import { type EngineWorkerData, type FromEngine, type StreamStart, type ToEngine } from '../session/engine/protocol.ts';
import type { QueryResult } from '../plan/runner-port.ts';
import type { QueryListener } from '../stream/ports.ts';
import type { RunningQuery } from '../stream/running-query.ts';
import { runBatchQuery } from './batch-queries.ts';
import { LiveView } from './live-view.ts';
import { planOptions } from './plan-sources.ts';
import { startStreamQuery } from './stream-queries.ts';

/** A closure that answers sooner is not worth a word. */
const WAITING_AFTER_MS = 300;

class EngineServer {
  readonly #port: MessagePort;
  readonly #signal: Int32Array;
  readonly #engine: Engine;
  readonly #queries = new Map<number, { readonly running: RunningQuery; readonly start: StreamStart }>();
  readonly #views = new Map<number, LiveView>();
  readonly #running = new Map<number, AbortController>();
  readonly #deliveries = new Map<
    number,
    { readonly query: number; readonly settle: (error: SerializedError | undefined) => void }
  >();
  #nextDelivery = 0;
  #outputPort: MessagePort | undefined;

  constructor({ port, signal }: EngineWorkerData, engine: Engine) {
    this.#engine = engine;
    this.#port = port;
    this.#signal = signal;
    port.on('message', (message: ToEngine) => this.#receive(message));
  }

  #post(message: FromEngine, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, [...transfer]);
    Atomics.add(this.#signal, 0, 1);
    Atomics.notify(this.#signal, 0);
  }

  #receive(message: ToEngine): void {
    switch (message.type) {
      case 'execute':
        this.#answer(message.request, () => this.#execute(message));
        return;
      case 'cancel':
        this.#running.get(message.request)?.abort();
        return;
      case 'start-stream':
        this.#answer(message.request, () => this.#start(message.request, message.query, message.start));
        return;
      case 'stop-stream':
        this.#answer(message.request, async () => {
          await this.#queries.get(message.query)?.running.stop();
          return { type: 'done', request: message.request };
        });
        return;
      case 'process-all':
        this.#answer(message.request, async () => {
          await this.#queries.get(message.query)?.running.processAllAvailable();
          return { type: 'done', request: message.request };
        });
        return;
      case 'view-stream':
        this.#post({ type: 'view', request: message.request, bundle: this.#views.get(message.query)?.bundle() });
        return;
      case 'memory-data': {
        const { batches } = fromIpc(message.ipc);
        this.#engine.connectors.memoryStreams.append(String(message.streamId), batches);
        return;
      }
      case 'forget-rows':
        this.#engine.keptRows.forget(message.rowsId);
        return;
      case 'batch-done':
        this.#deliveries.get(message.delivery)?.settle(message.error);
        this.#deliveries.delete(message.delivery);
        return;
      case 'attach-output-port':
        this.#outputPort = message.port;
        return;
      case 'shutdown':
        this.#answer(message.request, async () => {
          await Promise.allSettled([...this.#queries.values()].map(({ running }) => running.stop()));
          await this.#engine.pool.close();
          return { type: 'done', request: message.request };
        });
        return;
    }
  }

  /** Every request is answered once: with what `work` gives, or with its error. */
  #answer(request: number, work: () => Promise<FromEngine>): void {
    work().then(
      (message) => this.#post(message, message.type === 'result' ? transferable(message.result.ipc) : []),
      (error: unknown) => this.#post({ type: 'failed', request, error: serializeError(error) }),
    );
  }

  async #execute({ request, plan, conf }: Extract<ToEngine, { type: 'execute' }>): Promise<FromEngine> {
    const controller = new AbortController();
    this.#running.set(request, controller);
    try {
      return { type: 'result', request, result: await runBatchQuery(this.#engine, plan, conf, controller.signal) };
    } finally {
      this.#running.delete(request);
    }
  }

  async #start(request: number, query: number, start: StreamStart): Promise<FromEngine> {
    await this.#makeRoom(start);
    const running = await startStreamQuery(this.#engine, start, {
      deliver: (batchId, rows) => this.#deliverInSight(query, batchId, rows),
      print: (text) => this.#post({ type: 'print', query, to: 'stdout', text }),
      listener: (identity) => this.#listener(query, start, identity.id),
    });
    this.#queries.set(query, { running, start });
    return { type: 'started', request, id: running.id, runId: running.runId };
  }

  /**
   * A cell that is run again replaces its query; elsewhere a second one of the same name or checkpoint is an error. The main
   * thread waits meanwhile and answers no delivery, so the old query's pending ones fail: that batch is run again.
   */
  async #makeRoom({ name, checkpointLocation, onConflict, live }: StreamStart): Promise<void> {
    for (const [number, { running, start }] of this.#queries) {
      const sameName = name !== undefined && start.name === name;
      const sameCheckpoint = checkpointLocation !== undefined && start.checkpointLocation === checkpointLocation;
      const sameCell = live !== undefined && start.live?.origin === live.origin && start.live.cellId !== live.cellId;
      if (!running.snapshot().isActive || !(sameName || sameCheckpoint || sameCell)) continue;
      if (onConflict === 'fail') {
        throw new MillraceError('CONCURRENT_QUERY', {
          name: start.name ?? running.id,
          what: sameName ? 'name' : 'checkpoint',
        });
      }
      const replaced = serializeError(
        new MillraceError('CONCURRENT_QUERY', { name: start.name ?? running.id, what: 'cell' }),
      );
      for (const delivery of this.#deliveries.values()) if (delivery.query === number) delivery.settle(replaced);
      await running.stop();
    }
  }

  /** Shows in the query's view when the main thread does not take the batch, because a cell computes. */
  async #deliverInSight(query: number, batchId: number, rows: QueryResult): Promise<void> {
    const view = this.#views.get(query);
    const timer = setTimeout(() => view?.setWaiting(true), WAITING_AFTER_MS);
    try {
      await this.#deliver(query, batchId, rows);
    } finally {
      clearTimeout(timer);
      view?.setWaiting(false);
    }
  }

  #deliver(query: number, batchId: number, rows: QueryResult): Promise<void> {
    const delivery = ++this.#nextDelivery;
    return new Promise((resolve, reject) => {
      this.#deliveries.set(delivery, {
        query,
        settle: (error) => (error === undefined ? resolve() : reject(reviveError(error))),
      });
      this.#post({ type: 'batch', query, delivery, batchId, rows }, transferable(rows.ipc));
    });
  }

  #listener(query: number, start: StreamStart, id: string): QueryListener {
    const { live, name, outputMode, conf } = start;
    const view =
      live === undefined
        ? undefined
        : new LiveView({
            id,
            name,
            outputMode,
            target: live,
            timeZone: planOptions(conf).timeZone,
            port: () => this.#outputPort,
            clock: systemClock,
          });
    if (view !== undefined) this.#views.set(query, view);
    return {
      onProgress: (progress) => {
        this.#post({ type: 'progress', query, progress });
        view?.onProgress(progress);
      },
      onStatus: (status) => this.#post({ type: 'status', query, status }),
      onBatch: (batch) => view?.onBatch(batch),
      onNotice: (text) => this.#post({ type: 'print', query, to: 'stderr', text: `${text}\n` }),
      onTerminated: (exception) => {
        this.#post({
          type: 'terminated',
          query,
          error: exception === undefined ? undefined : serializeError(exception),
        });
        view?.onTerminated(exception);
      },
    };
  }
}

type Engine = Awaited<ReturnType<typeof createEngine>>;

async function createEngine() {
  const memory = createEngineMemory();
  const module = await compileKernels(readFileSync(new URL('./kernels.wasm', import.meta.url)));
  const instance = instantiate(module, memory);
  const unused = (): never => {
    throw new MillraceError('INTERNAL_ERROR', { message: 'Sinks that lead to the main thread are made per query' });
  };
  const connectors = createConnectors({ show: unused, print: unused, foreachBatch: unused });
  const pool = createPool({ entry: computeWorkerEntry(), workerData: { memory: memory.handle, module } });
  const keptRows = new KeptRows(memory);
  const readers = createTaskReaders(instance.kernels);
  const executor = createExecutor({ instance, pool, createGroupTable, readers, keptRows });
  return { memory, instance, connectors, pool, executor, keptRows, clock: systemClock };
}

function transferable(bytes: Uint8Array): ArrayBuffer[] {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength ? [buffer] : [];
}

new EngineServer(present(workerData as EngineWorkerData | null, "the engine worker's data"), await createEngine());
