/**
 * A real PostgreSQL, Debian's, for tests: on a free port of 127.0.0.1, its data in a temporary folder. Nothing is forced to disk:
 * what was committed survives the server's death, not the machine's.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { RunningService, ServiceEntry } from './contract.ts';
import { freePort } from './free-port.ts';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const run = promisify(execFile);
const PLACE = '/usr/lib/postgresql';
const READY_MS_MAX = 60_000;

export interface PostgresService extends RunningService {
  /** `postgres://postgres@127.0.0.1:port/postgres`; no password is asked. */
  readonly url: string;
  /** Debian's psql of the same version. */
  readonly psql: string;
  /** A connected client, which the caller ends. The loss of its connection shows in its queries. */
  connect(): Promise<pg.Client>;
  /** Kills it, keeping its data and port; `resume` starts it again, and it recovers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** Why there is no PostgreSQL here; undefined where there is one. */
export function postgresMissing(): string | undefined {
  return postgresMissingIn(PLACE);
}

/** @param place the folder with a folder per version */
export function postgresMissingIn(place: string): string | undefined {
  return programsIn(place) === undefined ? `no PostgreSQL in ${place}: install the package postgresql` : undefined;
}

/** The folder of the newest version's initdb, postgres and psql. */
function programsIn(place: string): string | undefined {
  if (!existsSync(place)) return undefined;
  const versions = readdirSync(place).sort((one, other) => Number(other) - Number(one));
  return versions
    .map((version) => path.join(place, version, 'bin'))
    .find((bin) => existsSync(path.join(bin, 'initdb')));
}

export async function startPostgres(): Promise<PostgresService> {
  const bin = programsIn(PLACE);
  if (bin === undefined) throw new Error(postgresMissing());
  const folder = await temporaryFolder('postgres');
  try {
    return await startIn(folder, bin);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function startIn(folder: TemporaryFolder, bin: string): Promise<PostgresService> {
  const asUser = await unprivileged(folder);
  const data = path.join(folder.path, 'data');
  const initdb = [path.join(bin, 'initdb'), '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync'];
  await runFirst([...asUser, ...initdb, '--encoding=UTF8', '--locale=C.UTF-8'], folder.path);

  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '32MB',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command = '', ...args] = [...asUser, path.join(bin, 'postgres'), '-D', data, ...options];
  const launch = async (): Promise<GuardedProcess> => {
    const started = await startGuarded(command, args, { cwd: folder.path });
    await started.ready(async () => (await connectTo(address)).end(), { timeoutMs: READY_MS_MAX });
    return started;
  };
  let server = await launch();
  return {
    address,
    url: urlOf(address),
    psql: path.join(bin, 'psql'),
    connect: () => connectTo(address),
    pause: () => server.stop({ graceMs: 0 }),
    async resume() {
      if (!server.isRunning()) server = await launch();
    },
    async stop() {
      await server.stop({ signal: 'INT' }); // a fast shutdown: it does not wait for its clients
      await folder.remove();
    },
  };
}

const urlOf = (address: string): string => `postgres://postgres@${address}/postgres`;

async function connectTo(address: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf(address), connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined); // its queries tell
  await client.connect();
  return client;
}

/** PostgreSQL refuses to run as root: then the user of Debian's package runs it, who must own the folder. */
async function unprivileged(folder: TemporaryFolder): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error('id gave no numbers');
  await chown(folder.path, uid, gid);
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}

async function runFirst([command = '', ...args]: readonly string[], cwd: string): Promise<void> {
  await run(command, args, { cwd });
}

export const postgresService: ServiceEntry = {
  name: 'PostgreSQL',
  missing: () => Promise.resolve(postgresMissing()),
  start: startPostgres,
  async version({ address }) {
    const client = await connectTo(address);
    try {
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
    } finally {
      await client.end();
    }
  },
};
