/**
 * The kernel as the front ends see it: lives in the jupyter worker, reads the sockets, answers what it can at once, and
 * lets the main thread run cells.
 */
import type { MessagePort } from 'node:worker_threads';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { Comms } from './comms.ts';
import { Executions } from './executions.ts';
import { createHandlers } from './handlers.ts';
import { History } from './history.ts';
import { FolderHistoryStore, memoryStore } from './history-store.ts';
import { Interrupter } from './interrupter.ts';
import { IoPub } from './iopub.ts';
import { LanguageClient } from './language-client.ts';
import { LiveFrames } from './live-frames.ts';
import type { Log } from './log.ts';
import { receiveFromHost } from './host-messages.ts';
import { Parents } from './parents.ts';
import { Requests, type RequestChannel } from './requests.ts';
import { SendQueue } from './send-queue.ts';
import { closeSockets, messagesOf, type Sockets } from './sockets.ts';
import { Stdin } from './stdin.ts';
import type { FromHost, JupyterWorkerData, LiveFrame, ToHost } from './thread-protocol.ts';
import { WireCodec, type IncomingMessage } from './wire.ts';

/** Beyond so many requests that wait for the main thread, the shell socket is not read: the front end's queue fills. */
const WAITING_MAX = 10_000;
const DRAIN_POLL_MS = 20;
/** Jupyter waits 5 s for a kernel to leave before it kills it. */
const SHUTDOWN_MS = 3000;
const SETTLE_ROUNDS_MAX = 100;

export class Kernel {
  readonly #sockets: Sockets;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #port: MessagePort;
  readonly #codec: WireCodec;
  readonly #queues: Readonly<Record<'shell' | 'control' | 'stdin' | 'iopub' | 'heartbeat', SendQueue>>;
  readonly #requests: Requests;
  readonly #outputPorts: MessagePort[] = [];
  readonly iopub: IoPub;
  readonly parents = new Parents();
  readonly frames: LiveFrames;
  readonly comms: Comms;
  readonly stdin: Stdin;
  readonly executions: Executions;
  readonly interrupter: Interrupter;
  readonly language: LanguageClient | undefined;
  #received = 0;
  #leaving: Promise<void> | undefined;
  readonly #hostLeft = new AbortController();

  constructor(data: JupyterWorkerData, sockets: Sockets, system: { readonly clock: Clock; readonly log: Log }) {
    const { clock, log } = system;
    this.#sockets = sockets;
    this.#clock = clock;
    this.#log = log;
    this.#port = data.port;
    this.#codec = new WireCodec(data.connection, clock);
    this.#queues = {
      shell: new SendQueue(sockets.shell, log),
      control: new SendQueue(sockets.control, log),
      stdin: new SendQueue(sockets.stdin, log),
      iopub: new SendQueue(sockets.iopub, log),
      heartbeat: new SendQueue(sockets.heartbeat, log),
    };
    this.iopub = new IoPub(this.#codec, this.#queues.iopub, data.gate);
    this.frames = new LiveFrames((frame) => this.#publishFrame(frame), clock);
    this.language =
      data.languageWorkerUrl === undefined ? undefined : new LanguageClient(new URL(data.languageWorkerUrl), log);
    this.comms = new Comms({ iopub: this.iopub, toHost: (request) => this.#toHost(request), log });
    this.stdin = new Stdin(this.#codec, this.#queues.stdin, (inputId, value) =>
      this.#toHost({ type: 'input-reply', inputId, value }),
    );
    const history = new History(
      data.historyFolder === undefined ? memoryStore : new FolderHistoryStore(data.historyFolder, log),
    );
    this.#requests = new Requests({
      handlers: createHandlers({ kernel: data.kernel, history, comms: this.comms, language: this.language }),
      iopub: this.iopub,
      reply: (message, channel, content) => this.#reply(message, channel, content),
      interrupt: () => this.#run(this.interrupter.interrupt()),
      leave: () => this.#run(this.leave()),
      log,
    });
    this.executions = this.#createExecutions(history);
    this.interrupter = this.#createInterrupter(data);
  }

  /** Reads the sockets until they are closed. */
  async run(): Promise<void> {
    this.#port.on('message', (message: FromHost) => receiveFromHost(this, message));
    this.iopub.status(undefined, 'starting');
    await Promise.all([
      this.#read(this.#sockets.shell, (message) => this.#onShell(message)),
      this.#read(this.#sockets.control, (message) => this.#requests.receive(message, 'control')),
      this.#read(this.#sockets.stdin, (message) => this.stdin.receive(message)),
      this.#welcome(),
      this.#beat(),
    ]);
  }

  attachOutputPort(port: MessagePort): void {
    this.#outputPorts.push(port);
    port.on('message', (frame: LiveFrame) => this.frames.offer(frame));
  }

  /** The main thread has released everything. */
  noteHostLeft(): void {
    this.#hostLeft.abort();
  }

  /** Stops the running cell, lets the main thread release what it holds, sends what waits and closes the sockets. */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    this.executions.abortQueued();
    await this.interrupter.interrupt();
    this.#toHost({ type: 'shutdown' });
    await this.#clock.sleep(SHUTDOWN_MS, this.#hostLeft.signal);
    this.frames.flush();
    this.iopub.flush();
    await Promise.all(Object.values(this.#queues).map((queue) => queue.flushed()));
    await this.language?.close();
    closeSockets(this.#sockets);
    for (const port of this.#outputPorts) port.close();
    this.#port.close();
    if (this.#hostLeft.signal.aborted) return;
    this.#log('the main thread does not end; the process is killed');
    process.kill(process.pid, 'SIGKILL');
  }

  async #read(socket: Sockets['shell'], handle: (message: IncomingMessage) => void): Promise<void> {
    for await (const frames of messagesOf(socket, this.#log)) {
      this.#received += 1;
      const decoded = this.#codec.decode(frames);
      if (decoded.status === 'refused') this.#log(`a message was refused: ${decoded.reason}`);
      else {
        try {
          handle(decoded.message);
        } catch (error) {
          this.#log(`${decoded.message.header.msg_type.slice(0, 60)} failed: ${String(error)}`);
        }
      }
      while (this.executions.queuedCount + this.comms.waitingCount > WAITING_MAX && this.#leaving === undefined) {
        await this.#clock.sleep(DRAIN_POLL_MS);
      }
    }
  }

  /**
   * A subscriber learns when it has joined (iopub_welcome of protocol 5.4), and then how the kernel is: a front end that
   * reconnects to a kernel that was restarted may have missed every status so far.
   */
  async #welcome(): Promise<void> {
    for await (const [subscription] of messagesOf(this.#sockets.iopub, this.#log)) {
      if (subscription?.[0] !== 1) continue;
      const topic = subscription.subarray(1);
      const content = JSON.stringify({ subscription: topic.toString('utf8') });
      this.#queues.iopub.push(() =>
        this.#codec.encode({ type: 'iopub_welcome', parent: undefined, content, prefix: [topic] }),
      );
      this.iopub.status(undefined, this.executions.runningMessage === undefined ? 'idle' : 'busy');
    }
  }

  async #beat(): Promise<void> {
    for await (const beat of messagesOf(this.#sockets.heartbeat, this.#log))
      this.#queues.heartbeat.push(() => [...beat]);
  }

  #onShell(message: IncomingMessage): void {
    switch (message.header.msg_type) {
      case 'execute_request':
        this.executions.enqueue(message);
        return;
      case 'comm_open':
        this.comms.receive('comm-open', message);
        return;
      case 'comm_msg':
        this.comms.receive('comm-msg', message);
        return;
      case 'comm_close':
        this.comms.receive('comm-close', message);
        return;
      default:
        this.#requests.receive(message, 'shell');
    }
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.#log(`the kernel failed: ${String(error)}`));
  }

  #reply(message: IncomingMessage, channel: RequestChannel, content: string): void {
    const type = message.header.msg_type.replace(/_request$/, '_reply');
    this.#queues[channel].push(() =>
      this.#codec.encode({ type, parent: message.parent, content, prefix: message.identities }),
    );
  }

  #publishFrame(frame: LiveFrame): void {
    const { data, metadata = {}, displayId } = frame;
    const content = JSON.stringify({ data, metadata, transient: { display_id: displayId } });
    this.iopub.publish('update_display_data', { parent: this.parents.of(frame.cellId), content });
  }

  #toHost(message: ToHost): void {
    this.#port.postMessage(message);
  }

  #createExecutions(history: History): Executions {
    return new Executions({
      iopub: this.iopub,
      history,
      toHost: (message) => this.#toHost(message),
      reply: (message, content) => this.#reply(message, 'shell', content),
      allReceived: () => this.#allReceived(),
      interruptEnded: () => this.interrupter.active,
      onStart: (message) => {
        this.parents.note(message.parent);
        this.stdin.forget();
      },
      onSuccess: (code) => this.language?.noteCell(code),
    });
  }

  #createInterrupter(data: JupyterWorkerData): Interrupter {
    return new Interrupter({
      flag: data.interruptFlag,
      clock: this.#clock,
      runningEpoch: () => this.executions.runningEpoch,
      ask: (question) => this.#toHost({ type: 'interrupt', ...question }),
      signal: data.canSignal ? () => process.kill(process.pid, 'SIGINT') : undefined,
      tellStuck: () => this.#tellStuck(),
      noteTerminated: () => this.comms.allDone(),
    });
  }

  /** Two turns of the event loop without a message: what the clients have sent until now is here. */
  async #allReceived(): Promise<void> {
    for (let round = 0; round < SETTLE_ROUNDS_MAX; round++) {
      const before = this.#received;
      await setImmediate();
      await setImmediate();
      if (before === this.#received) return;
    }
  }

  #tellStuck(): void {
    const message = this.executions.runningMessage;
    const text =
      'The interrupt cannot end a synchronous native call (such as execSync, or a long regular expression). ' +
      'The cell ends when the call returns; restart the kernel to end it now.\n';
    if (message === undefined) this.#log(text);
    else this.iopub.stream(message.parent, 'stderr', text, 0);
  }
}
