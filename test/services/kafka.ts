/**
 * A real Kafka broker for tests: KRaft, one node, on free ports of 127.0.0.1, its data in a temporary folder. It ends with
 * `stop()`, and also when the test process dies: a small shell holds a pipe to us and ends the broker when the pipe closes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';
import { fetchKafka } from '../../kernel/bin/fetch-kafka.mjs';

const READY_MS_MAX = 60_000;
const JVM = ['-Xms256m', '-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xlog:disable', '-Xlog:all=off'];

export interface KafkaService {
  /** `127.0.0.1:port`. */
  readonly brokers: string;
  /** Listens with SASL (PLAIN, SCRAM) where started with `sasl`. */
  readonly saslBrokers: string | undefined;
  /** Listens with TLS where started with `tls`; `certificate` is the file to trust. */
  readonly tls: { readonly brokers: string; readonly certificate: string } | undefined;
  client(more?: Partial<KafkaConfig>): Kafka;
  /** Ends the broker, abruptly, keeping its data and port; `resume` starts it again. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface KafkaOptions {
  /** A user for a second listener with SASL, by PLAIN and SCRAM-SHA-256. */
  readonly sasl?: { readonly username: string; readonly password: string };
  /** A third listener with TLS, its certificate signed by itself for 127.0.0.1. Needs openssl. */
  readonly tls?: true;
}

/**
 * Why there is no Kafka for this test run; undefined where there is one. In CI a missing broker is a failure.
 * Pass it as `skip` of the tests.
 */
export async function kafkaMissing(): Promise<string | undefined> {
  try {
    await fetchKafka();
    return undefined;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    const reason = `no Kafka for this test: ${error instanceof Error ? error.message : String(error)}`;
    process.stderr.write(`${reason}\n`);
    return reason;
  }
}

export async function startKafka({ sasl, tls }: KafkaOptions = {}): Promise<KafkaService> {
  const libs = path.join(await fetchKafka(), '*');
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-kafka-'));
  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const [port, controllerPort, saslPort, tlsPort] = ports;
  const certificate = tls === undefined ? undefined : await makeCertificate(folder);
  const configuration = path.join(folder, 'server.properties');
  await writeFile(configuration, properties({ folder, port, controllerPort, saslPort, tlsPort, certificate, sasl }));
  const scram =
    sasl === undefined ? [] : ['--add-scram', `SCRAM-SHA-256=[name=${sasl.username},password=${sasl.password}]`];
  // One that begins with - would be taken for an option.
  const uuid = `A${randomBytes(16).toString('base64url').slice(1)}`;
  const format = ['kafka.tools.StorageTool', 'format', '-t', uuid, '-c', configuration, ...scram];
  await finished(java([...JVM, '-cp', libs, ...format]));

  let broker: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    broker = java([...JVM, '-cp', libs, 'kafka.Kafka', configuration]);
    await ready(broker, `127.0.0.1:${port}`);
  };
  const pause = async (): Promise<void> => {
    if (broker === undefined) return;
    const ended = new Promise((resolve) => broker?.once('close', resolve));
    broker.stdin?.end();
    await ended;
    broker = undefined;
  };
  await start();
  return {
    brokers: `127.0.0.1:${port}`,
    saslBrokers: sasl === undefined ? undefined : `127.0.0.1:${saslPort}`,
    tls: certificate === undefined ? undefined : { brokers: `127.0.0.1:${tlsPort}`, certificate: certificate.chain },
    client: (more = {}) => new Kafka({ ...quiet, brokers: [`127.0.0.1:${port}`], ...more }),
    pause,
    resume: start,
    stop: async () => {
      await pause();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const quiet = { clientId: 'test', logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 20 } };

interface Layout extends Pick<KafkaOptions, 'sasl'> {
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly saslPort: number;
  readonly tlsPort: number;
  readonly certificate: Certificate | undefined;
}

interface Certificate {
  /** PEM files. */
  readonly chain: string;
  readonly keyAndChain: string;
}

async function makeCertificate(folder: string): Promise<Certificate> {
  const [key, chain, keyAndChain] = ['key', 'chain', 'both'].map((name) => path.join(folder, `${name}.pem`));
  if (key === undefined || chain === undefined || keyAndChain === undefined) throw new Error('three names');
  const request = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1';
  await finished(spawn('openssl', [...request.split(' '), '-keyout', key, '-out', chain]));
  await writeFile(keyAndChain, (await readFile(key, 'utf8')) + (await readFile(chain, 'utf8')));
  return { chain, keyAndChain };
}

function properties({ folder, port, controllerPort, saslPort, tlsPort, certificate, sasl }: Layout): string {
  const secure = sasl !== undefined;
  const more = `${secure ? `,SASL://127.0.0.1:${saslPort}` : ''}${certificate === undefined ? '' : `,SSL://127.0.0.1:${tlsPort}`}`;
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${more}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${more}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,SSL:SSL',
    ...(secure
      ? {
          'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256',
          'listener.name.sasl.scram-sha-256.sasl.jaas.config': `${scram} required;`,
          'listener.name.sasl.plain.sasl.jaas.config': `${plain} required user_${sasl.username}="${sasl.password}";`,
        }
      : {}),
    ...(certificate === undefined
      ? {}
      : {
          'listener.name.ssl.ssl.keystore.type': 'PEM',
          'listener.name.ssl.ssl.keystore.location': certificate.keyAndChain,
        }),
    'log.dirs': path.join(folder, 'data'),
    'num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    // After a kill a broker may register again only once its old session has expired.
    'broker.session.timeout.ms': '1000',
    'broker.heartbeat.interval.ms': '200',
    'log.retention.check.interval.ms': '1000',
    'log.segment.delete.delay.ms': '0',
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** The shell reads our end of the pipe: when it closes, by `stop` or by our death, it ends Java and itself. */
function java(args: readonly string[]): ChildProcess {
  const script = 'exec 3<&0; java "$@" </dev/null & child=$!; (read -r _ <&3; kill -9 $child) & wait $child';
  return spawn('/bin/sh', ['-c', script, 'java', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

async function finished(child: ChildProcess): Promise<void> {
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  if (code !== 0) throw new Error(`Java failed (${String(code)}): ${output.slice(-2000)}`);
}

/** Resolves once the broker answers a metadata request as leader of itself. */
async function ready(child: ChildProcess, broker: string): Promise<void> {
  let output = '';
  const state = { ended: false };
  const keep = (chunk: unknown): void => void (output = (output + String(chunk)).slice(-4000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.once('exit', () => (state.ended = true));
  const admin = new Kafka({ ...quiet, retry: { retries: 0 }, brokers: [broker] }).admin();
  for (let waitedMs = 0; waitedMs < READY_MS_MAX && !state.ended; waitedMs += 50) {
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      await admin.disconnect();
      if (brokers.length > 0) return;
    } catch {
      await delay(50); // a poll with its bound above, not a wait for luck
    }
  }
  child.stdin?.end();
  throw new Error(`Kafka did not start: ${output}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
