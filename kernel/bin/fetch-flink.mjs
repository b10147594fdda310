/** Brings Apache Flink, a peer of the benchmarks: PyFlink in an environment of its own (it pins old packages), and its Kafka connector. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchJars } from './fetch-jars.mjs';
import { ROOT, VENV } from './setup.mjs';

export const FLINK_VERSION = '2.3.0';
const CONNECTOR_VERSION = '5.0.0-2.2';

/**
 * @returns {Promise<{ python: string, jars: string }>} the interpreter, and the folder of the connector's jar
 * @throws Error with the reason where it cannot be had
 */
export async function fetchFlink() {
  const artifacts = [`org.apache.flink:flink-sql-connector-kafka:${CONNECTOR_VERSION}`];
  const jars = await fetchJars({ name: 'flink-kafka', version: CONNECTOR_VERSION, artifacts, alone: true });
  const home = path.join(ROOT, '.cache', 'flink', FLINK_VERSION);
  const python = path.join(home, 'bin', 'python');
  const stamp = path.join(home, '.complete');
  if (existsSync(stamp)) return { python, jars };
  // An environment knows its own place, so it is made there, and a stamp says that it is complete.
  rmSync(home, { recursive: true, force: true });
  mkdirSync(path.dirname(home), { recursive: true });
  run(path.join(VENV, 'bin', 'python'), ['-m', 'venv', home]);
  const uv = path.join(VENV, 'bin', 'uv');
  const [command, args] = existsSync(uv)
    ? [uv, ['pip', 'install', '--python', python]]
    : [python, ['-m', 'pip', 'install']];
  run(command, [...args, '--quiet', `apache-flink==${FLINK_VERSION}`, 'confluent-kafka==2.16.1']);
  writeFileSync(stamp, '');
  return { python, jars };
}

function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${path.basename(command)} ${args.join(' ')} failed: ${error?.message ?? stderr.slice(-500)}`);
}
