/**
 * Ports of 127.0.0.1 that are free. They lie below those that the system gives to outgoing connections: a server that is down for a
 * while gets its port back, and a client that keeps asking for it meanwhile cannot be connected to itself.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const FIRST = 15_000;
const END = 32_000;
const TRIES_MAX = 1000;

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('one port was asked for');
  return port;
}

/** Different ones. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < count; tries++) {
      if (tries === TRIES_MAX) throw new Error(`no ${count} free ports from ${FIRST} to ${END} on 127.0.0.1`);
      const port = randomInt(FIRST, END);
      const server = await listen(port);
      if (server !== undefined) held.set(port, server);
    }
    return [...held.keys()];
  } finally {
    await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined; // taken
  }
}
