/**
 * Requests to Kafka brokers: metadata, offsets and fetches, over kafkajs's connections (see kafkajs.ts). Its own client
 * knows group consumers only and makes an object per record.
 *
 * Lifecycle: `createKafkaClient` connects nothing; connections open at the first request, and again after they broke;
 * `close` ends them and every request in flight. Leaders are looked up again after an error. A request that fails in a
 * passing way is repeated, pausing longer and longer, until `timeoutMs` have passed.
 */
import type { Clock } from '../../core/clock.ts';
import { MillraceError } from '../../core/errors.ts';
import { KafkaProtocolError, UNKNOWN_TOPIC_OR_PARTITION } from './error-codes.ts';
import { decodeFetchResponse, type FetchedPartition } from './fetch-response.ts';
import {
  openKafkajs,
  REQUEST_TIMEOUT_MS,
  type Broker,
  type ConnectionOptions,
  type Internals,
  type ProtocolRequest,
  type RawMetadata,
  type RawOffsets,
} from './kafkajs.ts';
import { partitionKey, type TopicPartition } from './topic-offsets.ts';

export interface KafkaClientOptions extends ConnectionOptions {
  /** `host:port` */
  readonly brokers: readonly string[];
  /** How long a request is repeated before it is given up; at most CONNECT_MS_MAX before any broker has answered. */
  readonly timeoutMs: number;
  readonly isolation: 'read_committed' | 'read_uncommitted';
}

/** For `listOffsets`, beside timestamps in milliseconds. */
export const LATEST = -1;
export const EARLIEST = -2;

export interface KafkaClient {
  /** The partitions of those of `topics` that exist; undefined: of all topics that are not internal. */
  partitions(topics: readonly string[] | undefined): Promise<readonly TopicPartition[]>;
  /**
   * The first offset at or after a time, LATEST or EARLIEST; -1 where no record is as new. A partition that does not exist
   * is left out.
   */
  listOffsets(
    wanted: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]>;
  /** @returns undefined where the partition does not exist. Other errors that do not pass are in `errorCode`. */
  fetch(from: TopicPartition & { readonly offset: number }, bytesMax: number): Promise<FetchedPartition | undefined>;
  close(): Promise<void>;
}

const API = { fetch: 1, listOffsets: 2, metadata: 3 } as const;
const CONNECT_MS_MAX = 10_000;
const FETCH_WAIT_MS = 500;
const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 2_000;
/** How long a topic may be missing from the metadata, as after a broker's restart, before it counts as deleted. */
const MISSING_MS_MAX = 3_000;

interface Node {
  readonly host: string;
  readonly port: number;
}

export function createKafkaClient(options: KafkaClientOptions, clock: Clock): KafkaClient {
  return new BrokerRequests(options, clock);
}

class BrokerRequests implements KafkaClient {
  readonly #options: KafkaClientOptions;
  readonly #clock: Clock;
  readonly #kafkajs: Internals;
  /** Open or opening connections by `host:port`. */
  readonly #brokers = new Map<string, Promise<Broker>>();
  readonly #closing = new AbortController();
  /** By node id; empty until a broker has answered. */
  readonly #nodes = new Map<number, Node>();
  /** Node id by partition. */
  #leaders = new Map<string, number>();

  constructor(options: KafkaClientOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#kafkajs = openKafkajs(options);
  }

  async partitions(topics: readonly string[] | undefined): Promise<readonly TopicPartition[]> {
    if (topics?.length === 0) return [];
    return this.#retrying('metadata', async () => {
      const metadata = await this.#metadata(topics);
      const found: TopicPartition[] = [];
      for (const { topic, topicErrorCode, isInternal, partitionMetadata } of metadata.topicMetadata) {
        if (topicErrorCode === UNKNOWN_TOPIC_OR_PARTITION || (topics === undefined && isInternal === true)) continue;
        if (topicErrorCode !== 0) throw new KafkaProtocolError(topicErrorCode, `${this.#seeds}, topic ${topic}`);
        for (const { partitionId } of partitionMetadata) found.push({ topic, partition: partitionId });
      }
      return found;
    });
  }

  async listOffsets(
    wanted: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]> {
    const byLeader = (): Promise<Map<number, (TopicPartition & { readonly timestamp: number })[]>> =>
      this.#groupByLeader(wanted);
    return this.#retrying('offsets', async () => {
      const groups = await byLeader();
      const answers = await Promise.all([...groups].map(([node, group]) => this.#listOffsetsOf(node, group)));
      return answers.flat();
    });
  }

  async fetch(
    from: TopicPartition & { readonly offset: number },
    bytesMax: number,
  ): Promise<FetchedPartition | undefined> {
    const { topic, partition, offset } = from;
    const isolationLevel = this.#isolationLevel;
    return this.#retrying(`topic ${topic}, partition ${partition}`, async () => {
      const node = await this.#leaderOf(from);
      if (node === undefined) return undefined;
      const [broker, place] = await this.#brokerOf(node);
      const build = broker.lookupRequest(API.fetch, this.#kafkajs.requests.Fetch);
      const partitions = [{ partition, fetchOffset: String(offset), maxBytes: bytesMax }];
      const { request } = build({
        isolationLevel,
        maxWaitTime: FETCH_WAIT_MS,
        minBytes: 1,
        maxBytes: bytesMax,
        topics: [{ topic, partitions }],
      });
      const payload = await this.#send(place, broker, {
        request,
        response: { decode: (raw) => Promise.resolve({ raw }), parse: (decoded) => Promise.resolve(decoded) },
        requestTimeout: REQUEST_TIMEOUT_MS,
      });
      const fetched = decodeFetchResponse((payload as { raw: Buffer }).raw, request.apiVersion);
      const error = new KafkaProtocolError(fetched.errorCode, place);
      if (error.passing) throw error;
      return fetched;
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const open = [...this.#brokers.values()];
    this.#brokers.clear();
    await Promise.all(open.map(disconnect));
  }

  get #seeds(): string {
    return this.#options.brokers.join(',');
  }

  get #isolationLevel(): 0 | 1 {
    return this.#options.isolation === 'read_committed' ? 1 : 0;
  }

  async #listOffsetsOf(
    node: number,
    group: readonly (TopicPartition & { readonly timestamp: number })[],
  ): Promise<(TopicPartition & { readonly offset: number })[]> {
    const [broker, place] = await this.#brokerOf(node);
    const build = broker.lookupRequest(API.listOffsets, this.#kafkajs.requests.ListOffsets);
    const topics = [...new Set(group.map(({ topic }) => topic))].map((topic) => ({
      topic,
      partitions: group.filter((entry) => entry.topic === topic),
    }));
    const raw = await this.#sendDecoded(place, broker, build({ isolationLevel: this.#isolationLevel, topics }));
    const { responses } = raw as RawOffsets;
    return responses.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, errorCode, offset }) => {
        if (errorCode !== 0) throw new KafkaProtocolError(errorCode, `${place}, topic ${topic}`);
        return { topic, partition, offset: Number(offset) };
      }),
    );
  }

  async #groupByLeader<P extends TopicPartition>(partitions: readonly P[]): Promise<Map<number, P[]>> {
    const groups = new Map<number, P[]>();
    for (const entry of partitions) {
      const leader = await this.#leaderOf(entry);
      if (leader !== undefined) groups.set(leader, [...(groups.get(leader) ?? []), entry]);
    }
    return groups;
  }

  /** @returns undefined where the partition stays unknown */
  async #leaderOf(wanted: TopicPartition): Promise<number | undefined> {
    const startMs = this.#clock.monotonicMs();
    for (;;) {
      const known = this.#leaders.get(partitionKey(wanted));
      if (known !== undefined) return known;
      const { topicMetadata } = await this.#metadata([wanted.topic]);
      if (this.#leaders.has(partitionKey(wanted))) continue;
      const problem = topicMetadata.find(({ topic }) => topic === wanted.topic)?.topicErrorCode ?? 0;
      if (problem !== 0 && problem !== UNKNOWN_TOPIC_OR_PARTITION) throw new KafkaProtocolError(problem, this.#seeds);
      if (this.#clock.monotonicMs() - startMs > MISSING_MS_MAX) return undefined;
      await this.#clock.sleep(PAUSE_MS_MIN * 4, this.#closing.signal);
      this.#closing.signal.throwIfAborted();
    }
  }

  /** Fresh metadata from any broker; leaders and addresses are remembered. */
  async #metadata(topics: readonly string[] | undefined): Promise<RawMetadata> {
    const [broker, place] = await this.#anyBroker();
    const build = broker.lookupRequest(API.metadata, this.#kafkajs.requests.Metadata);
    const request = build({ topics: topics ?? [], allowAutoTopicCreation: false });
    const metadata = (await this.#sendDecoded(place, broker, request)) as RawMetadata;
    for (const { nodeId, host, port } of metadata.brokers) this.#nodes.set(nodeId, { host, port });
    for (const { topic, partitionMetadata } of metadata.topicMetadata) {
      for (const { partitionId, leader } of partitionMetadata) {
        if (leader >= 0) this.#leaders.set(partitionKey({ topic, partition: partitionId }), leader);
      }
    }
    return metadata;
  }

  /** The first that can be connected: known brokers, then those the user named. */
  async #anyBroker(): Promise<[Broker, string]> {
    const known = [...this.#nodes.values()].map(({ host, port }) => `${host}:${port}`);
    let failure: unknown;
    for (const place of new Set([...known, ...this.#options.brokers])) {
      try {
        return [await this.#connect(place), place];
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #brokerOf(nodeId: number): Promise<[Broker, string]> {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) throw new KafkaProtocolError(5, `node ${nodeId}`);
    const place = `${node.host}:${node.port}`;
    return [await this.#connect(place), place];
  }

  async #connect(place: string): Promise<Broker> {
    this.#closing.signal.throwIfAborted();
    const known = this.#brokers.get(place);
    if (known !== undefined) {
      const broker = await known;
      if (broker.isConnected()) return broker;
      this.#drop(place, known);
    }
    // Another request may be opening it again by now.
    const opening = this.#brokers.get(place) ?? this.#open(place);
    this.#brokers.set(place, opening);
    try {
      return await opening;
    } catch (error) {
      this.#drop(place, opening);
      throw error;
    }
  }

  /** Resolves once requests can be sent; `isConnected` says so before the broker has told its versions. */
  async #open(place: string): Promise<Broker> {
    const colon = place.lastIndexOf(':');
    const host = place.slice(0, colon).replace(/^\[|\]$/g, '');
    const broker = await this.#kafkajs.createBroker(host, Number(place.slice(colon + 1)), null);
    const { signal } = this.#closing;
    const close = (): void => void disconnect(broker);
    signal.addEventListener('abort', close);
    try {
      await broker.connect();
      signal.throwIfAborted();
      return broker;
    } catch (error) {
      await disconnect(broker);
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  #drop(place: string, broker: Promise<Broker>): void {
    if (this.#brokers.get(place) === broker) this.#brokers.delete(place);
    void disconnect(broker);
  }

  async #sendDecoded(place: string, broker: Broker, { request, response }: ProtocolRequest): Promise<object> {
    // kafkajs's `parse` throws at the first error of any topic; ours are looked at one by one.
    const decode = (payload: Buffer): Promise<object> => response.decode(payload);
    return this.#send(place, broker, { request, response: { decode, parse: (decoded) => Promise.resolve(decoded) } });
  }

  async #send(place: string, broker: Broker, request: ProtocolRequest): Promise<object> {
    try {
      return (await broker.connectionPool.send(request)) as object; // what `response.decode` gave
    } catch (error) {
      const opened = this.#brokers.get(place);
      // It may be another one by now, opened again by another request.
      if ((await opened?.catch(() => undefined)) === broker && opened !== undefined) this.#drop(place, opened);
      throw error;
    }
  }

  async #retrying<T>(what: string, operation: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.monotonicMs();
    for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      try {
        this.#closing.signal.throwIfAborted();
        return await operation();
      } catch (error) {
        const spentMs = this.#clock.monotonicMs() - startMs;
        const { timeoutMs } = this.#options;
        const over = spentMs + pauseMs > (this.#nodes.size === 0 ? Math.min(timeoutMs, CONNECT_MS_MAX) : timeoutMs);
        if (over || !isPassing(error) || this.#closing.signal.aborted) throw this.#unavailable(what, error);
        this.#leaders = new Map();
        await this.#clock.sleep(pauseMs, this.#closing.signal);
      }
    }
  }

  #unavailable(what: string, cause: unknown): Error {
    if (cause instanceof MillraceError) return cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    return new MillraceError('KAFKA_UNAVAILABLE', { brokers: this.#seeds, what, problem }, { cause });
  }
}

/** Broken connections and timeouts pass; wrong passwords and certificates do not. */
function isPassing(error: unknown): boolean {
  if (error instanceof KafkaProtocolError) return error.passing;
  if (!(error instanceof Error)) return false;
  if (error.name === 'KafkaJSSASLAuthenticationError' || /certificate|self-signed|SSL/i.test(error.message))
    return false;
  return error.name.startsWith('KafkaJS') && !('retriable' in error && error.retriable === false);
}

async function disconnect(broker: Broker | Promise<Broker>): Promise<void> {
  try {
    await (await broker).disconnect();
  } catch {
    // It is broken already, which is why it is dropped.
  }
}
