/**
 * The five sockets. They live and die in the jupyter worker: a zeromq socket that is still open when its thread or the
 * process ends makes the process abort.
 */
import { Reply, Router, XPublisher } from 'zeromq';
import { endpoint, type ConnectionInfo } from './connection.ts';
import { MESSAGE_BYTES_MAX } from './wire.ts';

/** How long undelivered messages are kept once a socket is closed. */
const LINGER_MS = 500;
const ENDLESS = 0;

export interface Sockets {
  readonly shell: Router;
  readonly control: Router;
  readonly stdin: Router;
  readonly iopub: XPublisher;
  readonly heartbeat: Reply;
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
    heartbeat: new Reply(common),
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
