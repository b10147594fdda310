/**
 * The five sockets. They live and die in the jupyter worker: a zeromq socket that is still open when its thread or the
 * process ends makes the process abort.
 */
import { Router, XPublisher } from 'zeromq';
import { endpoint, type ConnectionInfo } from './connection.ts';
import { assert } from '../core/assert.ts';
import type { Log } from './log.ts';
import { MESSAGE_BYTES_MAX } from './wire.ts';

/** How long undelivered messages are kept once a socket is closed. */
const LINGER_MS = 500;
const ENDLESS = 0;
const FAILURES_MAX = 100;

interface Receiver {
  readonly closed: boolean;
  receive(): Promise<readonly Buffer[]>;
}

export interface Sockets {
  readonly shell: Router;
  readonly control: Router;
  readonly stdin: Router;
  readonly iopub: XPublisher;
  /** Echoes. A Reply socket would fail where the asker is gone. */
  readonly heartbeat: Router;
}

/**
 * Every message of the socket until it is closed. What a peer does to its connection is logged, at most so often in a
 * row, and never ends the loop.
 */
export async function* messagesOf(socket: Receiver, log: Log): AsyncGenerator<readonly Buffer[], void> {
  let failures = 0;
  while (!socket.closed) {
    try {
      const frames = await socket.receive();
      failures = 0;
      yield frames;
    } catch (error) {
      if (isClosed(socket)) return;
      failures += 1;
      assert(failures <= FAILURES_MAX, `a socket can be read: ${String(error)}`);
      log(`a socket could not be read: ${String(error)}`);
    }
  }
}

/** It may have been closed during an await. */
function isClosed(socket: Receiver): boolean {
  return socket.closed;
}

/** Binds all of them, or closes all of them and throws what zeromq says. */
export async function openSockets(connection: ConnectionInfo): Promise<Sockets> {
  const common = { linger: LINGER_MS, maxMessageSize: MESSAGE_BYTES_MAX };
  // A front end that comes back under its old identity takes over from its lost connection.
  const router = { ...common, handover: true, sendHighWaterMark: ENDLESS };
  const sockets: Sockets = {
    shell: new Router(router),
    control: new Router(router),
    stdin: new Router(router),
    iopub: new XPublisher({ ...common, sendHighWaterMark: ENDLESS, verbosity: 'allSubs' }),
    heartbeat: new Router(router),
  };
  try {
    await sockets.heartbeat.bind(endpoint(connection, 'hb'));
    await sockets.iopub.bind(endpoint(connection, 'iopub'));
    await sockets.stdin.bind(endpoint(connection, 'stdin'));
    await sockets.control.bind(endpoint(connection, 'control'));
    await sockets.shell.bind(endpoint(connection, 'shell'));
  } catch (error) {
    closeSockets(sockets);
    throw error;
  }
  return sockets;
}

export function closeSockets(sockets: Sockets): void {
  for (const socket of Object.values(sockets) as Sockets[keyof Sockets][]) if (!socket.closed) socket.close();
}
