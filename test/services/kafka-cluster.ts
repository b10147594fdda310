/** A cluster of brokers: laid out, formatted, started together, ended together. */
import { randomBytes } from 'node:crypto';
import { Kafka, type KafkaConfig } from 'kafkajs';
import type { RunningService } from './contract.ts';
import { freePorts } from './free-port.ts';
import {
  formatBroker,
  launchBroker,
  QUIET,
  type KafkaBroker,
  type KafkaJava,
  type LaunchedBroker,
} from './kafka-broker.ts';
import { makeCertificate } from './kafka-certificate.ts';
import { LISTENERS, portsFrom, type BrokerLayout, type Credentials, type Listener } from './kafka-properties.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

export interface KafkaService extends RunningService {
  /** `127.0.0.1:port`, of several brokers with commas between. */
  readonly brokers: string;
  /** Listens with SASL (PLAIN, SCRAM) where started with `sasl`. */
  readonly saslBrokers: string | undefined;
  /** Listens with TLS where started with `tls`; `certificate` is the file to trust. */
  readonly tls: TlsListener | undefined;
  /** Listens with SASL over TLS where started with both. */
  readonly saslTls: TlsListener | undefined;
  /** Each broker by itself, to be killed and resumed. */
  readonly nodes: readonly KafkaBroker[];
  client(more?: Partial<KafkaConfig>): Kafka;
  /** Kills all brokers, keeping their data and ports; `resume` starts them again. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface TlsListener {
  readonly brokers: string;
  readonly certificate: string;
}

export interface KafkaOptions {
  /** A user for a second listener with SASL, by PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512. */
  readonly sasl?: Credentials;
  /** A third listener with TLS, its certificate signed by itself for 127.0.0.1. Needs openssl. */
  readonly tls?: true;
  /** How many; 1 unless told. Each is a controller too, so three do with the loss of one. */
  readonly brokers?: number;
}

export async function startCluster(options: KafkaOptions, java: KafkaJava): Promise<KafkaService> {
  const folder = await temporaryFolder('kafka');
  const launched: LaunchedBroker[] = [];
  try {
    const layouts = await layoutsOf(options, folder);
    // One that begins with - would be taken for an option.
    const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
    await Promise.all(layouts.map((layout) => formatBroker(layout, clusterId, java)));
    launched.push(...(await Promise.all(layouts.map((layout) => launchBroker(layout, java)))));
    await Promise.all(launched.map((broker) => broker.ready(layouts.length)));
    return serviceOf(launched, layouts, folder);
  } catch (error) {
    await Promise.all(launched.map((broker) => broker.kill()));
    await folder.remove();
    throw error;
  }
}

async function layoutsOf({ sasl, tls, brokers = 1 }: KafkaOptions, folder: TemporaryFolder): Promise<BrokerLayout[]> {
  const certificate = tls === undefined ? undefined : await makeCertificate(folder.path);
  const free = await freePorts(brokers * LISTENERS.length);
  const ports = Array.from({ length: brokers }, (_, index) =>
    portsFrom(free.slice(index * LISTENERS.length, (index + 1) * LISTENERS.length)),
  );
  return ports.map((_, index) => ({ id: index + 1, folder: folder.path, ports, sasl, certificate }));
}

function serviceOf(
  launched: readonly LaunchedBroker[],
  layouts: readonly BrokerLayout[],
  folder: TemporaryFolder,
): KafkaService {
  const [first] = layouts;
  if (first === undefined) throw new Error('a cluster has a broker');
  const { sasl, certificate, ports } = first;
  const at = (listener: Listener): string => ports.map((own) => `127.0.0.1:${own[listener]}`).join(',');
  const withTls = (listener: Listener): TlsListener | undefined =>
    certificate === undefined ? undefined : { brokers: at(listener), certificate: certificate.chain };
  const brokers = at('PLAINTEXT');
  const pause = async (): Promise<void> => {
    await Promise.all(launched.map((broker) => broker.kill()));
  };
  return {
    address: brokers,
    brokers,
    saslBrokers: sasl === undefined ? undefined : at('SASL'),
    tls: withTls('SSL'),
    saslTls: sasl === undefined ? undefined : withTls('SASLSSL'),
    nodes: launched,
    client: (more = {}) => new Kafka({ ...QUIET, brokers: brokers.split(','), ...more }),
    pause,
    resume: async () => {
      await Promise.all(launched.map((broker) => broker.resume()));
    },
    stop: async () => {
      await pause();
      await folder.remove();
    },
  };
}
