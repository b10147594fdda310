/**
 * The parts of kafkajs 2.2.4 that are used, and that its published interface does not have: connections with their
 * authentication, and the encoding of requests. Its version is pinned exactly; nothing else reaches into it.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export interface ConnectionOptions {
  /** As tls.connect takes it; undefined: plain text. */
  readonly ssl: Readonly<Record<string, unknown>> | undefined;
  readonly sasl: { readonly mechanism: string; readonly username: string; readonly password: string } | undefined;
  readonly clientId: string;
}

const CONNECTION_TIMEOUT_MS = 5_000;
/** Longer than a fetch waits for records. */
export const REQUEST_TIMEOUT_MS = 30_000;

export interface ProtocolRequest {
  readonly request: { readonly apiVersion: number };
  readonly response: { decode(payload: Buffer): Promise<object>; parse(decoded: object): Promise<unknown> };
  readonly requestTimeout?: number;
}
type RequestDefinition = object;
type RequestFactory = (parameters: object) => ProtocolRequest;

export interface Broker {
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  lookupRequest(apiKey: number, definition: RequestDefinition): RequestFactory;
  readonly connectionPool: { send(request: ProtocolRequest): Promise<unknown> };
}

export interface RawMetadata {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    readonly isInternal?: boolean;
    readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
  }[];
}

export interface RawOffsets {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[];
  }[];
}

export interface Internals {
  readonly requests: { readonly Fetch: object; readonly ListOffsets: object; readonly Metadata: object };
  createBroker(host: string, port: number, nodeId: number | null): Promise<Broker>;
}

export function openKafkajs({ ssl, sasl, clientId }: ConnectionOptions): Internals {
  const { createLogger, LEVELS } = require('kafkajs/src/loggers') as {
    createLogger: (options: object) => object;
    LEVELS: { NOTHING: number };
  };
  const BrokerClass = require('kafkajs/src/broker') as new (options: object) => Broker;
  const poolBuilder = require('kafkajs/src/cluster/connectionPoolBuilder') as (options: object) => {
    build(place: object): Promise<object>;
  };
  const socketFactory = require('kafkajs/src/network/socketFactory') as () => object;
  const { requests } = require('kafkajs/src/protocol/requests') as Pick<Internals, 'requests'>;
  const logger = createLogger({ level: LEVELS.NOTHING, logCreator: () => () => undefined });
  const pools = poolBuilder({
    logger,
    socketFactory: socketFactory(),
    brokers: [], // every place is named to `build`
    ssl,
    sasl,
    clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
  });
  return {
    requests,
    createBroker: async (host, port, nodeId) =>
      new BrokerClass({
        connectionPool: await pools.build({ host, port }),
        logger,
        nodeId,
        allowAutoTopicCreation: false,
      }),
  };
}
