/** 2 M JSON events in a real Kafka broker, 4 partitions, availableNow, from a fresh process: total time against tuned Spark's. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CompressionTypes } from 'kafkajs';
import { startKafka, type KafkaService } from '../../services/kafka.ts';
import { PYTHON, ROOT } from '../../support/requirements.ts';
import { took, TIME, type Contestant, type Engine, type Section, type Size } from '../contract.ts';
import { timed } from '../statistics.ts';
import { millraceEngine } from '../subject.ts';

const run = promisify(execFile);
const EVENTS: Readonly<Record<Size, number>> = { small: 20_000, full: 2_000_000 };
const PARTITIONS = 4;
const TOPIC = 'traffic';
const SPARK_VERSION = '4.3.0';
/** The newest that Maven Central has; it runs with the pyspark above. */
const CONNECTOR_VERSION = '4.2.0';

export const kafkaWindow: Section = {
  name: 'kafka-window',
  async open({ size }) {
    const events = EVENTS[size];
    const kafka = await startKafka();
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    await produce(kafka, events);
    let checkpoints = 0;
    const contestant = (
      engine: Engine,
      command: string,
      args: readonly string[],
      env: Record<string, string> = {},
    ): Contestant => ({
      engine,
      run: async () => {
        const CHECKPOINT = join(folder, `checkpoint-${checkpoints++}`);
        const { ms, value } = await timed(() =>
          run(command, args, { env: { ...process.env, BOOTSTRAP: kafka.brokers, TOPIC, CHECKPOINT, ...env } }),
        );
        return took(ms, { found: value.stdout.trim().split('\n').at(-1) ?? '' });
      },
    });
    const jars = await sparkJars();
    const programs = join(ROOT, 'test', 'bench', 'programs');
    return {
      comparisons: [
        {
          name: `${events} JSON events in 4 partitions, 1-minute window count`,
          description: 'from the start of a fresh process to the end of the topic, `availableNow`',
          measures: [{ ...TIME, target: { kind: 'ratio', max: 0.333, peer: 'Spark' } }],
          rounds: 3,
          ours: contestant(millraceEngine('`millrace run`, a new process each time'), process.execPath, [
            join(ROOT, 'dist', 'millrace.js'),
            'run',
            join(programs, 'traffic.ts'),
          ]),
          peers:
            typeof jars === 'string'
              ? [contestant(SPARK, PYTHON, [join(programs, 'traffic_spark.py')], { SPARK_JARS: jars })]
              : [],
        },
      ],
      missing: typeof jars === 'string' ? [] : [{ name: 'Spark', reason: jars.missing }],
      close: async () => {
        await kafka.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

const SPARK: Engine = {
  name: 'Spark',
  version: SPARK_VERSION,
  settings: `\`local[2]\`, 2 shuffle partitions, 2 GB of heap, no UI, one batch, Kafka connector ${CONNECTOR_VERSION}; a new process each time`,
};

async function produce(kafka: KafkaService, events: number): Promise<void> {
  const client = kafka.client();
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  const sections = ['shop', 'blog', 'docs', 'news', 'help'];
  const start = Date.UTC(2026, 0, 1);
  const chunk = 4000;
  for (let first = 0; first < events; first += chunk) {
    const messages = Array.from({ length: Math.min(chunk, events - first) }, (_, j) => {
      const i = first + j;
      const hash = Math.imul(i, 2654435761) >>> 0;
      const time = new Date(start + Math.floor((i * 3_600_000) / events)).toISOString();
      const url = `https://example.com/${sections[hash % 5] ?? ''}/${String(hash % 100_000).padStart(6, '0')}`;
      return {
        partition: i % PARTITIONS,
        value: `{"timestamp":"${time}","url":"${url}","userId":${hash % 1_000_000},"status":${hash % 10 === 0 ? 404 : 200}}`,
      };
    });
    await producer.send({ topic: TOPIC, messages, acks: -1, compression: CompressionTypes.None });
  }
  await producer.disconnect();
}

/** The Kafka connector's jars, beside those that pyspark brings. */
async function sparkJars(): Promise<string | { readonly missing: string }> {
  try {
    await run(PYTHON, ['-c', 'import pyspark']);
  } catch {
    return { missing: 'pyspark is not in .venv' };
  }
  const home = join(ROOT, '.cache', 'spark-kafka', CONNECTOR_VERSION);
  if (existsSync(home)) return home;
  const work = `${home}.partial-${process.pid}`;
  mkdirSync(work, { recursive: true });
  const artifact = (group: string, name: string, version: string): string =>
    `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version><exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>`;
  writeFileSync(
    join(work, 'pom.xml'),
    `<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>spark-kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>${[
      artifact('org.apache.spark', 'spark-sql-kafka-0-10_2.13', CONNECTOR_VERSION),
      artifact('org.apache.spark', 'spark-token-provider-kafka-0-10_2.13', CONNECTOR_VERSION),
      artifact('org.apache.kafka', 'kafka-clients', '3.9.1'),
      artifact('org.apache.commons', 'commons-pool2', '2.12.0'),
    ].join('')}</dependencies></project>`,
  );
  try {
    await run('mvn', [
      '-q',
      '-B',
      '-f',
      join(work, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(work, 'jars')}`,
    ]);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    return { missing: `its Kafka connector cannot be had: ${String(error).slice(0, 200)}` };
  }
  renameSync(join(work, 'jars'), home);
  rmSync(work, { recursive: true, force: true });
  return home;
}
