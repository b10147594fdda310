/**
 * Starts the Jupyter side: called by the composition root on the main thread. The sockets answer as soon as this
 * resolves, even while the interpreter is still loading.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { MillraceError } from '../core/errors.ts';
import type { CatalogSnapshot, InterruptCell, Interpreter } from '../session/contract.ts';
import { CellHost } from './cell-host.ts';
import { parseConnection } from './connection.ts';
import { createGate } from './output-gate.ts';
import { guardSigint } from './sigint-guard.ts';
import {
  THREAD_PROTOCOL_VERSION,
  type FromHost,
  type JupyterWorkerData,
  type KernelDescription,
} from './thread-protocol.ts';

export interface JupyterOptions {
  readonly connectionFile: string;
  readonly interpreter: Interpreter | PromiseLike<Interpreter>;
  readonly interrupt: InterruptCell;
  readonly kernel: KernelDescription;
  /** The jupyter worker's entry: dist/jupyter-worker.js, or kernel/jupyter/worker.ts under tsx. */
  readonly workerUrl: URL;
  /** The language worker's entry; without it there is no completion. */
  readonly languageWorkerUrl?: URL;
}

export interface JupyterHost {
  /** Another thread's way to live displays: it posts `LiveFrame`s into the other end. */
  attachOutputPort(port: MessagePort): void;
  noteCatalog(catalog: CatalogSnapshot): void;
  /** Leaves as at a shutdown request. */
  shutdown(): void;
  /** The exit code for the process, once the sockets are closed and their thread has ended. */
  readonly closed: Promise<number>;
}

/** @throws CONNECTION_FILE_INVALID */
export async function startJupyter(options: JupyterOptions): Promise<JupyterHost> {
  const { connectionFile, interrupt } = options;
  const gate = createGate();
  const { port1: port, port2: workerPort } = new MessageChannel();
  const workerData: JupyterWorkerData = {
    protocol: THREAD_PROTOCOL_VERSION,
    connection: parseConnection(readConnectionFile(connectionFile), connectionFile),
    kernel: options.kernel,
    interruptFlag: interrupt.flag,
    gate,
    canSignal: guardSigint(),
    port: workerPort,
    languageWorkerUrl: options.languageWorkerUrl?.href,
    historyFolder: historyFolder(process.env),
  };
  const worker = new Worker(options.workerUrl, { workerData, transferList: [workerPort], name: 'jupyter' });
  const post = (message: FromHost): void => port.postMessage(message);
  const closed = new Promise<number>((resolve) => worker.once('exit', resolve));
  process.on('SIGTERM', () => post({ type: 'shutdown-request' }));
  await ready(worker);
  const failed = serveCells(options, port, gate).then(
    () => new Promise<never>(() => undefined),
    (error: unknown) => {
      process.stderr.write(`[millrace] the kernel cannot start: ${String(error)}\n`);
      post({ type: 'shutdown-request' });
      post({ type: 'shutdown-done' });
      return closed.then(() => 1);
    },
  );
  return {
    attachOutputPort: (outputPort) =>
      port.postMessage({ type: 'attach-output-port', port: outputPort } satisfies FromHost, [outputPort]),
    noteCatalog: (catalog) => post({ type: 'catalog', catalog }),
    shutdown: () => post({ type: 'shutdown-request' }),
    closed: Promise.race([closed, failed]),
  };
}

async function serveCells(
  { interpreter, interrupt }: JupyterOptions,
  port: MessagePort,
  gate: Int32Array,
): Promise<void> {
  new CellHost({ port, interpreter: await interpreter, flag: interrupt.flag, gate });
}

/** Rejects with what kept the worker from opening its sockets. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}

/** Read at once: an await would let the interpreter's modules load before the worker is started. */
function readConnectionFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new MillraceError('CONNECTION_FILE_INVALID', { file, problem: String(error) }, { cause: error });
  }
}

/** MILLRACE_HISTORY names the folder, empty for none; otherwise it lies in Jupyter's data folder. */
function historyFolder(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env['MILLRACE_HISTORY'];
  if (chosen !== undefined) return chosen === '' ? undefined : chosen;
  return join(jupyterDataFolder(env), 'millrace', 'history');
}

function jupyterDataFolder(env: NodeJS.ProcessEnv): string {
  const { JUPYTER_DATA_DIR: chosen, XDG_DATA_HOME: xdg, APPDATA: appData } = env;
  if (chosen !== undefined && chosen !== '') return chosen;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(appData ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.local', 'share'), 'jupyter');
}
