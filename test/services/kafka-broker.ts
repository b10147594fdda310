/** One broker process: formatted, started, asked whether it answers, killed, started again with its data. */
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';
import { brokerProperties, type BrokerLayout } from './kafka-properties.ts';

const run = promisify(execFile);
const READY_MS_MAX = 60_000;
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Xlog:disable', '-Xlog:all=off'];
const HEAP = ['-Xms256m', '-Xmx256m'];
const LOGGING = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

/** How Java is started: its classes, and options for the two programs, which make or use their class archives. */
export interface KafkaJava {
  readonly classPath: string;
  readonly format: readonly string[];
  readonly broker: readonly string[];
}

/** A broker for people's and faults' hands. */
export interface KafkaBroker {
  readonly id: number;
  /** Its plain listener. */
  readonly address: string;
  isRunning(): boolean;
  /** Kills it; its data stays. */
  kill(): Promise<void>;
  /** Ends it in order, so that it hands over its partitions; its data stays. */
  stop(): Promise<void>;
  /** Starts it again after `kill` or `stop`, and resolves once it is in the cluster. */
  resume(): Promise<void>;
  /** Lets it stand still, without closing its connections, until it is continued. */
  freeze(): void;
  unfreeze(): void;
}

/** Java's wildcard takes the jars in no certain order, and a class archive knows one only. */
export async function classPathOf(libs: string): Promise<string> {
  const jars = (await readdir(libs)).filter((name) => name.endsWith('.jar')).sort();
  return jars.map((jar) => path.join(libs, jar)).join(path.delimiter);
}

const configurationOf = ({ folder, id }: BrokerLayout): string => path.join(folder, `broker-${id}.properties`);

/** Writes the configuration and makes the empty store. */
export async function formatBroker(layout: BrokerLayout, clusterId: string, java: KafkaJava): Promise<void> {
  const configuration = configurationOf(layout);
  await writeFile(configuration, brokerProperties(layout));
  const { sasl } = layout;
  const scram = (mechanism: string): string[] =>
    sasl === undefined ? [] : ['--add-scram', `${mechanism}=[name=${sasl.username},password=${sasl.password}]`];
  const program = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', configuration];
  const options = [...JVM, ...LOGGING, ...java.format, '-cp', java.classPath];
  await run('java', [...options, ...program, ...scram('SCRAM-SHA-256'), ...scram('SCRAM-SHA-512')]);
}

/** Starts the formatted broker without waiting for it; `ready` does. */
export async function launchBroker(layout: BrokerLayout, java: KafkaJava): Promise<LaunchedBroker> {
  const { id, ports } = layout;
  const address = `127.0.0.1:${String(ports[id - 1]?.PLAINTEXT)}`;
  const args = [
    ...HEAP,
    ...JVM,
    ...LOGGING,
    ...java.broker,
    '-cp',
    java.classPath,
    'kafka.Kafka',
    configurationOf(layout),
  ];
  const launch = (): Promise<GuardedProcess> => startGuarded('java', args);
  let server = await launch();
  const ready = async (members: number): Promise<void> => {
    await server.ready(() => answers({ address, id, members }), { timeoutMs: READY_MS_MAX });
  };
  return {
    id,
    address,
    ready,
    isRunning: () => server.isRunning(),
    kill: () => server.stop({ graceMs: 0 }),
    stop: () => server.stop({ graceMs: 30_000 }),
    async resume() {
      if (server.isRunning()) return;
      server = await launch();
      await ready(1);
    },
    freeze: () => {
      server.signal('STOP');
    },
    unfreeze: () => {
      server.signal('CONT');
    },
  };
}

export interface LaunchedBroker extends KafkaBroker {
  /** Resolves once it answers as a member of a cluster of at least so many. */
  ready(members: number): Promise<void>;
}

export const QUIET = {
  clientId: 'test',
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 20 },
};

async function answers(asked: {
  readonly address: string;
  readonly id: number;
  readonly members: number;
}): Promise<void> {
  const admin = new Kafka({ ...QUIET, retry: { retries: 0 }, brokers: [asked.address] }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const known = brokers.map(({ nodeId }) => nodeId);
    if (!known.includes(asked.id) || known.length < asked.members) {
      throw new Error(`broker ${asked.id} knows only the brokers ${known.join(', ') || '(none)'}`);
    }
  } finally {
    await admin.disconnect();
  }
}
