/** The configuration of a broker for tests: one process is broker and controller, on 127.0.0.1. */
import path from 'node:path';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** PEM files. */
export interface Certificate {
  readonly chain: string;
  readonly keyAndChain: string;
}

/** What a broker listens on. Each is there in every broker, on a port of its own. */
export const LISTENERS = ['PLAINTEXT', 'CONTROLLER', 'SASL', 'SSL', 'SASLSSL'] as const;
export type Listener = (typeof LISTENERS)[number];
export type Ports = Readonly<Record<Listener, number>>;

/** @param free as many as there are listeners */
export function portsFrom(free: readonly number[]): Ports {
  const port = (listener: Listener): number => {
    const found = free[LISTENERS.indexOf(listener)];
    if (found === undefined) throw new Error(`${LISTENERS.length} ports are needed, and there are ${free.length}`);
    return found;
  };
  return {
    PLAINTEXT: port('PLAINTEXT'),
    CONTROLLER: port('CONTROLLER'),
    SASL: port('SASL'),
    SSL: port('SSL'),
    SASLSSL: port('SASLSSL'),
  };
}

export interface BrokerLayout {
  readonly id: number;
  readonly folder: string;
  /** Of all brokers of the cluster, the first one's id is 1. */
  readonly ports: readonly Ports[];
  readonly sasl: Credentials | undefined;
  readonly certificate: Certificate | undefined;
}

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

export const listenersOf = ({ sasl, certificate }: Pick<BrokerLayout, 'sasl' | 'certificate'>): readonly Listener[] =>
  LISTENERS.filter((listener) => {
    switch (listener) {
      case 'PLAINTEXT':
      case 'CONTROLLER':
        return true;
      case 'SASL':
        return sasl !== undefined;
      case 'SSL':
        return certificate !== undefined;
      case 'SASLSSL':
        return sasl !== undefined && certificate !== undefined;
    }
  });

/** The text of its server.properties. */
export function brokerProperties(layout: BrokerLayout): string {
  const properties = {
    ...network(layout),
    ...security(layout),
    ...replication(layout.ports.length),
    ...timing(layout),
  };
  return Object.entries({ ...properties, 'log.dirs': path.join(layout.folder, `data-${layout.id}`) })
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

function network({ id, ports, sasl, certificate }: BrokerLayout): Record<string, string> {
  const own = ports[id - 1];
  if (own === undefined) throw new Error(`no ports for broker ${id}`);
  const address = (listener: Listener): string => `${listener}://127.0.0.1:${own[listener]}`;
  const listeners = listenersOf({ sasl, certificate });
  const advertised = listeners.filter((listener) => listener !== 'CONTROLLER');
  return {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': ports.map(({ CONTROLLER }, index) => `${index + 1}@127.0.0.1:${CONTROLLER}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: listeners.map(address).join(','),
    'advertised.listeners': advertised.map(address).join(','),
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,SSL:SSL,SASLSSL:SASL_SSL',
  };
}

function security({ sasl, certificate }: BrokerLayout): Record<string, string> {
  const properties: Record<string, string> = {};
  const listeners = listenersOf({ sasl, certificate }).map((listener) => listener.toLowerCase());
  if (sasl !== undefined) {
    properties['sasl.enabled.mechanisms'] = SASL_MECHANISMS.join(',');
    for (const listener of listeners.filter((name) => name.startsWith('sasl'))) {
      for (const mechanism of SASL_MECHANISMS) {
        properties[`listener.name.${listener}.${mechanism.toLowerCase()}.sasl.jaas.config`] = jaas(mechanism, sasl);
      }
    }
  }
  if (certificate !== undefined) {
    for (const listener of listeners.filter((name) => name.endsWith('ssl'))) {
      properties[`listener.name.${listener}.ssl.keystore.type`] = 'PEM';
      properties[`listener.name.${listener}.ssl.keystore.location`] = certificate.keyAndChain;
    }
  }
  return properties;
}

/** SCRAM's passwords lie in the cluster's metadata, PLAIN's here. */
function jaas(mechanism: (typeof SASL_MECHANISMS)[number], { username, password }: Credentials): string {
  switch (mechanism) {
    case 'PLAIN': {
      const quoted = password.replace(/["\\]/g, '\\$&');
      return `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${quoted}";`;
    }
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-512':
      return 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  }
}

/** What three brokers acknowledge to `acks=all` survives the loss of one. */
function replication(brokers: number): Record<string, string> {
  const copies = Math.min(brokers, 3);
  const inSync = String(Math.max(1, copies - 1));
  return {
    'default.replication.factor': String(copies),
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': String(copies),
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': String(copies),
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '1',
    'num.partitions': '1',
    'auto.create.topics.enable': 'false',
  };
}

function timing({ ports }: BrokerLayout): Record<string, string> {
  return {
    'group.initial.rebalance.delay.ms': '0',
    // After a kill a broker may register again only once its old session has expired. Several brokers need more patience,
    // since one that is only slow must not lose its partitions.
    'broker.session.timeout.ms': ports.length === 1 ? '1000' : '3000',
    'broker.heartbeat.interval.ms': '200',
    'log.retention.check.interval.ms': '1000',
    'log.segment.delete.delay.ms': '0',
  };
}
