/** A real Spark Connect server: pyspark's own, on a free port of 127.0.0.1. It counts as started once it has answered a query. */
import path from 'node:path';
import { connect } from 'node:net';
import { once } from 'node:events';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PYTHON, ROOT } from '../support/requirements.ts';
import type { RunningService, ServiceEntry } from './contract.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { confArguments, sparkHome, sparkMissing, sparkSettings, type SparkOptions } from './spark.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const run = promisify(execFile);
const READY_MS_MAX = 180_000;
const ANSWER_MS_MAX = 120_000;
const CLASS = 'org.apache.spark.sql.connect.service.SparkConnectServer';

export interface SparkConnectService extends RunningService {
  /** `sc://127.0.0.1:port`, for `SparkSession.builder.remote(…)`. */
  readonly url: string;
  /** Asks by pyspark's own client, in a process of its own. */
  ask(query: string): Promise<SparkAnswer>;
}

export interface SparkAnswer {
  /** The server's. */
  readonly version: string;
  readonly columns: readonly string[];
  /** As JSON has them; what it has not is text. */
  readonly rows: readonly (readonly unknown[])[];
}

export async function startSparkConnect(options: Omit<SparkOptions, 'timeoutMs'> = {}): Promise<SparkConnectService> {
  const folder = await temporaryFolder('spark-connect');
  try {
    return await startIn(folder, options);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function startIn(
  folder: TemporaryFolder,
  { cores = 2, settings = {}, env = {} }: SparkOptions,
): Promise<SparkConnectService> {
  const home = sparkHome();
  if (home === undefined) throw new Error(await sparkMissing());
  const port = await freePort();
  const connectSettings = {
    'spark.connect.grpc.binding.address': '127.0.0.1',
    'spark.connect.grpc.binding.port': String(port),
  };
  const conf = confArguments({ ...sparkSettings(folder.path), ...connectSettings, ...settings });
  const args = ['--class', CLASS, '--name', 'Spark Connect server', '--master', `local[${cores}]`, ...conf];
  const server = await startGuarded(path.join(home, 'bin', 'spark-submit'), [...args, 'spark-internal'], {
    cwd: folder.path,
    env: { ...env, SPARK_HOME: home, SPARK_LOCAL_IP: '127.0.0.1', PYSPARK_PYTHON: PYTHON },
  });
  const address = `127.0.0.1:${port}`;
  await server.ready(() => listens(port), { timeoutMs: READY_MS_MAX });
  await server.ready(() => ask(address, 'SELECT 1'), { timeoutMs: ANSWER_MS_MAX });
  return {
    address,
    url: `sc://${address}`,
    ask: (query) => ask(address, query),
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}

/** The client costs seconds, so it is asked only once someone listens. */
async function listens(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

async function ask(address: string, query: string): Promise<SparkAnswer> {
  const script = path.join(ROOT, 'test', 'services', 'spark_ask.py');
  const { stdout } = await run(PYTHON, [script, `sc://${address}`, query], { timeout: ANSWER_MS_MAX });
  return JSON.parse(stdout) as SparkAnswer;
}

export const sparkConnectService: ServiceEntry = {
  name: 'Spark Connect server',
  missing: sparkMissing,
  start: () => startSparkConnect(),
  version: async ({ address }) => (await ask(address, 'SELECT 1')).version,
};
