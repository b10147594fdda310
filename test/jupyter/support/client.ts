/** A front end for tests: starts a kernel as Jupyter does and speaks the protocol over zeromq. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Dealer, Request, Subscriber } from 'zeromq';
import { startTimeLimit } from '../../support/deadline.ts';

export interface Message {
  readonly type: string;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Buffer[];
  readonly frames: readonly Buffer[];
}

export interface Executed {
  readonly reply: Message;
  /** Everything published for the request, from busy to idle. */
  readonly published: readonly Message[];
}

export type ClientChannel = 'shell' | 'control' | 'stdin';

export interface StartOptions {
  readonly main?: URL;
  /** Node's own arguments before `main`; by default those that TypeScript sources need. */
  readonly execArgv?: readonly string[];
  /** The command of any kernelspec instead, with `{connection_file}` in it. */
  readonly argv?: readonly string[];
  readonly cwd?: string;
  readonly key?: string;
  readonly transport?: 'tcp' | 'ipc';
  readonly env?: Readonly<Record<string, string>>;
}

export interface SendOptions {
  readonly parent?: Message;
  readonly metadata?: object;
  readonly buffers?: readonly Uint8Array[];
}

const DELIMITER = Buffer.from('<IDS|MSG>');
const ANSWER_MS = 60_000;
const JOIN_MS = 200;
/** The client connects before the kernel listens; zeromq's own 100 ms between attempts would be measured as the kernel's. */
const RECONNECT_MS = 5;

export class KernelClient {
  readonly process: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly published: Message[] = [];
  readonly folder: string;
  readonly #key: string;
  readonly #session = randomUUID();
  readonly #sockets: Readonly<Record<ClientChannel, Dealer>>;
  readonly #iopub = new Subscriber({ receiveHighWaterMark: 0, linger: 0, reconnectInterval: RECONNECT_MS });
  readonly #heartbeat = new Request({ linger: 0, reconnectInterval: RECONNECT_MS });
  readonly #received: Record<ClientChannel, Message[]> = { shell: [], control: [], stdin: [] };
  readonly #listeners = new Set<() => void>();
  #watcher: ((message: Message) => void) | undefined;
  stderr = '';

  private constructor(child: ChildProcess, folder: string, connection: Connection) {
    this.process = child;
    this.folder = folder;
    this.#key = connection.key;
    this.exit = once(child, 'exit').then(([code]) => {
      this.#notify();
      return code as number | null;
    });
    child.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString();
      this.#notify();
    });
    const options = {
      routingId: randomUUID(),
      linger: 0,
      receiveHighWaterMark: 0,
      sendHighWaterMark: 0,
      reconnectInterval: RECONNECT_MS,
    };
    this.#sockets = { shell: new Dealer(options), control: new Dealer(options), stdin: new Dealer(options) };
    for (const [channel, socket] of Object.entries(this.#sockets) as [ClientChannel, Dealer][]) {
      socket.connect(address(connection, channel));
      this.#listen(socket, this.#received[channel]);
    }
    this.#iopub.connect(address(connection, 'iopub'));
    this.#iopub.subscribe();
    this.#listen(this.#iopub, { push: (message) => (this.#watcher ?? ((m) => this.published.push(m)))(message) });
    this.#heartbeat.connect(address(connection, 'hb'));
  }

  /** Resolves once the kernel has welcomed this subscriber, so that nothing it publishes later is missed. */
  static async start(options: StartOptions = {}, attempts = 3): Promise<KernelClient> {
    const client = await KernelClient.launch(options);
    const isWelcome = (): boolean => client.published.some(({ type }) => type === 'iopub_welcome');
    await client.until(() => isWelcome() || client.process.exitCode !== null);
    if (isWelcome()) return client;
    // Another process may have taken one of the free ports in between.
    await client.close();
    if (attempts <= 1 || !client.stderr.includes('Address already in use')) throw new Error(client.stderr);
    return KernelClient.start(options, attempts - 1);
  }

  /** Starts the process and waits for nothing: what is sent reaches the kernel once it listens. */
  static async launch(options: StartOptions): Promise<KernelClient> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-jupyter-'));
    const connection = await connectionFor(options, folder);
    const file = join(folder, 'connection.json');
    await writeFile(file, JSON.stringify(connection));
    const main = options.main ?? new URL('./fake-main.ts', import.meta.url);
    const [command = '', ...args] = options.argv?.map((part) => part.replaceAll('{connection_file}', file)) ?? [
      process.execPath,
      '--no-force-async-hooks-checks',
      ...(options.execArgv ?? ['--import', 'tsx']),
      main.pathname,
      file,
    ];
    const child = spawn(command, args, {
      cwd: options.cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, MILLRACE_HISTORY: join(folder, 'history'), ...options.env },
    });
    return new KernelClient(child, folder, connection);
  }

  /** For kernels that do not welcome: asks until a status comes, so that nothing published later is missed. */
  async join(): Promise<void> {
    for (;;) {
      const id = await this.send('shell', 'kernel_info_request', {});
      await this.reply('shell', id);
      // A kernel that was not heard is asked again.
      const isHeard = this.idle(id, JOIN_MS).then(
        () => true,
        () => false,
      );
      if (await isHeard) return;
    }
  }

  /** Called for every message that is published from now on, instead of keeping it. Returns what ends that. */
  watch(listener: (message: Message) => void): () => void {
    this.#watcher = listener;
    return () => (this.#watcher = undefined);
  }

  /** Drops what was received, so that later searches are short. */
  forget(): void {
    this.published.length = 0;
    for (const received of Object.values(this.#received)) received.length = 0;
  }

  frames(type: string, content: object, options: SendOptions = {}): Buffer[] {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.#session,
      username: 'test',
      date: '2026-01-01T00:00:00Z',
      version: '5.4',
    };
    const parent = options.parent === undefined ? {} : { msg_id: options.parent.id };
    const parts = [header, parent, options.metadata ?? {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...this.signed(parts), ...(options.buffers ?? []).map((buffer) => Buffer.from(buffer))];
  }

  /** Any parts under a right signature. */
  signed(parts: readonly Buffer[]): Buffer[] {
    return [DELIMITER, Buffer.from(signature(this.#key, parts)), ...parts];
  }

  /** Sends and returns the message's id. */
  async send(channel: ClientChannel, type: string, content: object, options: SendOptions = {}): Promise<string> {
    const frames = this.frames(type, content, options);
    await this.sendFrames(channel, frames);
    const { msg_id: id } = JSON.parse(String(frames[2])) as { msg_id: string };
    return id;
  }

  sendFrames(channel: ClientChannel, frames: readonly Buffer[]): Promise<void> {
    return this.#sockets[channel].send([...frames]);
  }

  async request(channel: ClientChannel, type: string, content: object): Promise<Message> {
    return this.reply(channel, await this.send(channel, type, content));
  }

  /** The reply to the request with this id. */
  reply(channel: ClientChannel, id: string): Promise<Message> {
    return this.find(() => this.#received[channel].find(({ parentId }) => parentId === id));
  }

  /** The first message of the type that came on the channel. */
  message(channel: ClientChannel, type: string): Promise<Message> {
    return this.find(() => this.#received[channel].find((message) => message.type === type));
  }

  executeLater(code: string, options: object = {}, metadata: object = {}): Promise<string> {
    const content = {
      code,
      silent: false,
      store_history: true,
      allow_stdin: true,
      stop_on_error: true,
      user_expressions: {},
      ...options,
    };
    return this.send('shell', 'execute_request', content, { metadata });
  }

  async execute(code: string, options: object = {}, metadata: object = {}): Promise<Executed> {
    return this.executed(await this.executeLater(code, options, metadata));
  }

  async executed(id: string): Promise<Executed> {
    const reply = await this.reply('shell', id);
    await this.idle(id);
    return { reply, published: this.of(id) };
  }

  /** What was published for the request so far. */
  of(id: string): readonly Message[] {
    return this.published.filter(({ parentId }) => parentId === id);
  }

  idle(id: string, withinMs = ANSWER_MS): Promise<Message> {
    const isIdle = (m: Message): boolean =>
      m.parentId === id && m.type === 'status' && m.content['execution_state'] === 'idle';
    return this.find(() => this.published.find(isIdle), withinMs);
  }

  busy(id: string): Promise<Message> {
    return this.find(() =>
      this.published.find((m) => m.parentId === id && m.type === 'status' && m.content['execution_state'] === 'busy'),
    );
  }

  async beat(): Promise<Buffer | undefined> {
    await this.#heartbeat.send('beat');
    const [answer] = await this.#heartbeat.receive();
    return answer;
  }

  async find<T>(look: () => T | undefined, withinMs = ANSWER_MS): Promise<T> {
    let found = look();
    await this.until(() => (found ??= look()) !== undefined, withinMs);
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  /** Waits for a condition that messages, standard error or the end of the process may bring about. */
  async until(condition: () => boolean, withinMs = ANSWER_MS): Promise<void> {
    const late = new AbortController();
    const endLimit = startTimeLimit(withinMs, () => late.abort());
    try {
      while (!condition()) {
        if (late.signal.aborted) {
          throw new Error(`the kernel did not answer in time; its standard error: ${this.stderr}`);
        }
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            this.#listeners.delete(wake);
            late.signal.removeEventListener('abort', wake);
            resolve();
          };
          this.#listeners.add(wake);
          late.signal.addEventListener('abort', wake);
        });
      }
    } finally {
      endLimit();
    }
  }

  /** Shuts the kernel down; its exit code. */
  async shutdown(): Promise<number | null> {
    await this.request('control', 'shutdown_request', { restart: false });
    const code = await this.exit;
    await this.close();
    return code;
  }

  /** Closes the sockets; kills a kernel that still runs. */
  async close(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      await this.exit;
    }
    for (const socket of [...Object.values(this.#sockets), this.#iopub, this.#heartbeat])
      if (!socket.closed) socket.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #listen(socket: AsyncIterable<Buffer[]>, into: { push(message: Message): unknown }): void {
    const read = async (): Promise<void> => {
      for await (const frames of socket) {
        into.push(parse(this.#key, frames));
        this.#notify();
      }
    };
    read().catch((error: unknown) => {
      this.stderr += `\nthe client could not read: ${String(error)}`;
      this.#notify();
    });
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: string;
  readonly [port: `${string}_port`]: number;
}

function address(connection: Connection, channel: string): string {
  const port = connection[`${channel}_port`] ?? 0;
  return connection.transport === 'ipc' ? `ipc://${connection.ip}-${port}` : `tcp://${connection.ip}:${port}`;
}

async function connectionFor(
  { key = randomUUID(), transport = 'tcp' }: StartOptions,
  folder: string,
): Promise<Connection> {
  const servers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const [shell = 0, control = 0, stdin = 0, iopub = 0, hb = 0] = servers.map(
    (server) => (server.address() as AddressInfo).port,
  );
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return {
    transport,
    ip: transport === 'tcp' ? '127.0.0.1' : join(folder, 'ipc'),
    key,
    signature_scheme: 'hmac-sha256',
    shell_port: shell,
    control_port: control,
    stdin_port: stdin,
    iopub_port: iopub,
    hb_port: hb,
  };
}

function signature(key: string, parts: readonly Buffer[]): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

/** Throws where the kernel has signed wrongly. */
function parse(key: string, frames: readonly Buffer[]): Message {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  const [signed, ...rest] = frames.slice(at + 1);
  if (String(signed) !== signature(key, rest.slice(0, 4))) throw new Error('a message of the kernel is signed wrongly');
  const [header, parent, metadata, content] = rest
    .slice(0, 4)
    .map((part) => JSON.parse(String(part)) as Record<string, unknown>);
  return {
    type: String(header?.['msg_type']),
    id: String(header?.['msg_id']),
    parentId: parent?.['msg_id'] as string | undefined,
    content: content ?? {},
    metadata: metadata ?? {},
    buffers: rest.slice(4),
    frames,
  };
}
