/** The options of the Kafka source, with Spark's names, defaults and refusals. */
import { MillraceError } from '../../core/errors.ts';
import type { ConnectorOptions } from '../contract.ts';
import { optionReader, type OptionReader } from '../options.ts';
import type { KafkaClientOptions } from './client.ts';
import { securityOptions } from './security.ts';
import { parseAssignment, parseTopicJson, type TopicPartition } from './topic-offsets.ts';

export type Subscription =
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly text: string }
  | { readonly kind: 'assign'; readonly partitions: readonly TopicPartition[] };

/** Where to begin or end. */
export type Position =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'timestamp'; readonly timestampMs: number }
  /** By partition; offsets -1: latest, -2: earliest. */
  | { readonly kind: 'offsets'; readonly entries: readonly (TopicPartition & { readonly offset: number })[] }
  | { readonly kind: 'timestamps'; readonly entries: readonly (TopicPartition & { readonly offset: number })[] };

export interface KafkaOptions {
  readonly client: KafkaClientOptions;
  readonly subscription: Subscription;
  readonly starting: Position;
  readonly ending: Position;
  readonly failOnDataLoss: boolean;
  readonly offsetsPerTriggerMax: number | undefined;
  readonly includeHeaders: boolean;
  readonly fetchBytesMax: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_FETCH_BYTES = 1024 * 1024;
const LATER = ['minOffsetsPerTrigger', 'maxTriggerDelay', 'kafka.sasl.kerberos.service.name'];

export function kafkaOptions(given: ConnectorOptions, use: 'batch' | 'streaming'): KafkaOptions {
  const options = optionReader('kafka', given);
  for (const name of LATER) {
    if (options.text(name) === undefined) continue;
    throw new MillraceError('NOT_SUPPORTED', { feature: `Kafka's option ${name}`, remedy: 'Leave it out.' });
  }
  const servers = options.required('kafka.bootstrap.servers', "Give the brokers as 'host:port,host:port'.");
  const brokers = servers.split(',').map((server) => server.trim());
  for (const broker of brokers) {
    if (/^\S+:\d+$/.test(broker)) continue;
    throw options.wrong('kafka.bootstrap.servers', `'${broker}' is not host:port`, "Give such as 'localhost:9092'.");
  }
  const isolation = options.text('kafka.isolation.level') ?? 'read_committed';
  if (isolation !== 'read_committed' && isolation !== 'read_uncommitted') {
    const remedy = 'Give read_committed or read_uncommitted.';
    throw options.wrong('kafka.isolation.level', `'${isolation}' is unknown`, remedy);
  }
  return {
    client: {
      brokers,
      ...securityOptions(options),
      clientId: options.text('kafka.client.id') ?? 'millrace',
      timeoutMs: options.integer('kafka.default.api.timeout.ms', { min: 1 }) ?? DEFAULT_TIMEOUT_MS,
      isolation,
    },
    subscription: subscriptionOf(options),
    starting: startingPosition(options, use),
    ending: endingPosition(options, use),
    failOnDataLoss: options.flag('failOnDataLoss') ?? true,
    offsetsPerTriggerMax: options.integer('maxOffsetsPerTrigger', { min: 1 }),
    includeHeaders: options.flag('includeHeaders') ?? false,
    fetchBytesMax:
      options.integer('kafka.max.partition.fetch.bytes', { min: 1, max: 2 ** 31 - 1 }) ?? DEFAULT_FETCH_BYTES,
  };
}

function subscriptionOf(options: OptionReader): Subscription {
  const names = ['assign', 'subscribe', 'subscribePattern'];
  const given = names.filter((name) => options.text(name) !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1) {
    const problem = name === undefined ? 'no topics are given' : `${given.join(' and ')} are given together`;
    throw options.wrong(name ?? 'subscribe', problem, `Give exactly one of ${names.join(', ')}.`);
  }
  const text = options.required(name, 'Give the topics.');
  if (name === 'subscribe') {
    const topics = text.split(',').map((topic) => topic.trim());
    return { kind: 'topics', topics: [...new Set(topics.filter((topic) => topic !== ''))] };
  }
  if (name === 'assign') {
    const partitions = parseAssignment(text);
    if (partitions !== undefined) return { kind: 'assign', partitions };
    throw options.wrong(name, `'${text}' is not an assignment`, `Give such as {"events":[0,1]}.`);
  }
  try {
    return { kind: 'pattern', pattern: new RegExp(`^(?:${text})$`, 'u'), text };
  } catch {
    throw options.wrong(name, `'${text}' is not a regular expression`, "Give such as 'events-.*'.");
  }
}

function startingPosition(options: OptionReader, use: 'batch' | 'streaming'): Position {
  const position = positionOf(options, 'starting', use === 'batch' ? 'earliest' : 'latest');
  const latest = position.kind === 'latest' || hasOffset(position, -1);
  if (use === 'batch' && latest) {
    throw options.wrong('startingOffsets', 'a batch from latest would be empty', 'Give earliest, or offsets.');
  }
  return position;
}

function endingPosition(options: OptionReader, use: 'batch' | 'streaming'): Position {
  const given = ['endingOffsets', 'endingTimestamp', 'endingOffsetsByTimestamp'].find(
    (name) => options.text(name) !== undefined,
  );
  if (use === 'streaming' && given !== undefined) {
    throw options.wrong(given, 'a stream has no end', "Leave it out, or use trigger('availableNow').");
  }
  const position = positionOf(options, 'ending', 'latest');
  if (position.kind === 'earliest' || hasOffset(position, -2)) {
    throw options.wrong('endingOffsets', 'a batch to earliest would be empty', 'Give latest, or offsets.');
  }
  return position;
}

function hasOffset(position: Position, offset: number): boolean {
  return position.kind === 'offsets' && position.entries.some((entry) => entry.offset === offset);
}

/** Spark's precedence: a timestamp for all, then timestamps by partition, then offsets. */
function positionOf(options: OptionReader, side: 'starting' | 'ending', usual: 'earliest' | 'latest'): Position {
  const timestampMs = options.integer(`${side}Timestamp`, { min: 0 });
  if (timestampMs !== undefined) return { kind: 'timestamp', timestampMs };
  const byTimestamp = options.text(`${side}OffsetsByTimestamp`);
  if (byTimestamp !== undefined) {
    const entries = parseTopicJson(byTimestamp);
    if (entries !== undefined) return { kind: 'timestamps', entries };
    const problem = `'${byTimestamp}' gives no timestamps by partition`;
    throw options.wrong(`${side}OffsetsByTimestamp`, problem, `Give such as {"events":{"0":1700000000000}}.`);
  }
  const text = options.text(`${side}Offsets`) ?? usual;
  const word = text.toLowerCase();
  if (word === 'earliest' || word === 'latest') return { kind: word };
  const entries = parseTopicJson(text);
  if (entries?.every(({ offset }) => offset >= -2) === true) return { kind: 'offsets', entries };
  const remedy = `Give earliest, latest, or such as {"events":{"0":23,"1":-2}}.`;
  throw options.wrong(`${side}Offsets`, `'${text}' gives no offsets`, remedy);
}
