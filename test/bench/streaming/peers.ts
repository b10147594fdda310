/** The streaming engines that Millrace is measured against: where they are, how they are set up, or why there are none. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchFlink, FLINK_VERSION } from '../../../kernel/bin/fetch-flink.mjs';
import { fetchJars } from '../../../kernel/bin/fetch-jars.mjs';
import { PYTHON, ROOT } from '../../support/requirements.ts';
import type { Engine, Missing } from '../contract.ts';
import { millraceEngine } from '../subject.ts';

const run = promisify(execFile);

/** A program in this folder is run by `command` with `env`. */
export interface ProgramHost {
  readonly engine: Engine;
  readonly command: string;
  /** Before the program's path. */
  readonly args: readonly string[];
  /** `traffic` + this is the program's name. */
  readonly suffix: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The newest of Spark's Kafka connector that Maven has; it runs with the pyspark of .venv. */
const CONNECTOR = '4.2.0';

export async function streamingPeers(): Promise<{ readonly hosts: ProgramHost[]; readonly missing: Missing[] }> {
  const hosts: ProgramHost[] = [];
  const missing: Missing[] = [];
  for (const [name, find] of Object.entries({ Spark: sparkHost, Flink: flinkHost, Bytewax: bytewaxHost })) {
    try {
      hosts.push(await find());
    } catch (error) {
      missing.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { hosts, missing };
}

export const millraceHost: ProgramHost = {
  engine: millraceEngine('`millrace run` as it is: checkpoints on disk, state in 4 partitions'),
  command: process.execPath,
  args: [join(ROOT, 'dist', 'millrace.js'), 'run'],
  suffix: '.ts',
  env: {},
};

async function sparkHost(): Promise<ProgramHost> {
  const version = await moduleVersion('pyspark');
  const jars = await fetchJars({
    name: 'spark-kafka',
    version: CONNECTOR,
    // Spark brings its own Scala, logging and codecs: only what the connector adds is taken.
    alone: true,
    artifacts: [
      `org.apache.spark:spark-sql-kafka-0-10_2.13:${CONNECTOR}`,
      `org.apache.spark:spark-token-provider-kafka-0-10_2.13:${CONNECTOR}`,
      'org.apache.kafka:kafka-clients:3.9.1',
      'org.apache.commons:commons-pool2:2.12.0',
    ],
  });
  return {
    engine: {
      name: 'Spark',
      version,
      settings: `local[2], 2 shuffle partitions, no UI, driver memory 2 GB; Kafka connector ${CONNECTOR}`,
    },
    command: PYTHON,
    args: [],
    suffix: '_spark.py',
    env: { SPARK_JARS: jars },
  };
}

async function flinkHost(): Promise<ProgramHost> {
  const { python, jars } = await fetchFlink();
  return {
    engine: {
      name: 'Flink',
      version: FLINK_VERSION,
      settings: 'Flink SQL in one process, parallelism 2, checkpoints each second, object reuse, buffer timeout 5 ms',
    },
    command: python,
    args: [],
    suffix: '_flink.py',
    env: { FLINK_JARS: jars },
  };
}

async function bytewaxHost(): Promise<ProgramHost> {
  return {
    engine: {
      name: 'Bytewax',
      version: await moduleVersion('bytewax'),
      settings: 'one worker, batches of 10,000 messages from Kafka, orjson; without its recovery store',
    },
    command: PYTHON,
    args: [],
    suffix: '_bytewax.py',
    env: {},
  };
}

async function moduleVersion(module: string): Promise<string> {
  const program = `import importlib.metadata, ${module}; print(importlib.metadata.version("${module}"))`;
  try {
    const { stdout } = await run(PYTHON, ['-c', program]);
    return stdout.trim();
  } catch {
    throw new Error(`${module} is not in .venv: its installation failed, npm run bench tries it again`);
  }
}
