/**
 * `kafka`: topics as rows, in batch and as a stream. Every micro-batch reads explicit ranges of offsets, which stand in the
 * query's offset log, so a replay reads the same records; no consumer group is used and nothing is stored in Kafka.
 * Only committed transactions are read, unless `kafka.isolation.level` says otherwise (Spark's default is uncommitted).
 */
import type { ScanLease } from '../../arrow/scan.ts';
import { MillraceError } from '../../core/errors.ts';
import type { ReadLimit, SourceContext, SourceProvider, StreamSource } from '../contract.ts';
import { mergeScans } from '../merge-scans.ts';
import { fixedSchema } from '../sources/rate.ts';
import { createKafkaClient, EARLIEST, LATEST, type KafkaClient } from './client.ts';
import { fetchRange, type FetchContext, type OffsetRange } from './fetch-range.ts';
import { kafkaOptions, type KafkaOptions, type Subscription } from './options.ts';
import { offsetsAt, requireTopics, resolvePosition, subscribedPartitions } from './positions.ts';
import { limitOffsets } from './rate-limit.ts';
import { KAFKA_SCHEMA, KAFKA_SCHEMA_WITH_HEADERS } from './schema.ts';
import { formatOffsets, parseOffsets, partitionKey, topicOffsets, type TopicOffsets } from './topic-offsets.ts';

/** Partitions fetched at a time. */
const CONCURRENCY = 8;

export const kafkaSource: SourceProvider = {
  format: 'kafka',
  schema({ options, schema, streaming }) {
    const { includeHeaders } = kafkaOptions(options, streaming ? 'streaming' : 'batch');
    if (schema !== undefined) throw fixedSchema('kafka');
    return includeHeaders ? KAFKA_SCHEMA_WITH_HEADERS : KAFKA_SCHEMA;
  },
  batch: ({ options }, _schema, context) => readBatch(kafkaOptions(options, 'batch'), context),
  stream: ({ options }, _schema, context) =>
    Promise.resolve(new KafkaStream(kafkaOptions(options, 'streaming'), context)),
};

async function* readBatch(options: KafkaOptions, context: SourceContext): AsyncGenerator<ScanLease> {
  const client = createKafkaClient(options.client, context.clock);
  try {
    const partitions = await subscribedPartitions(client, options.subscription);
    requireTopics(options.subscription, partitions, options.client.brokers);
    const from = await resolvePosition(client, partitions, options.starting, 'startingOffsets');
    const to = await resolvePosition(client, partitions, options.ending, 'endingOffsets');
    yield* scanRanges(from, to, fetchContext(options, client, context));
  } finally {
    await client.close();
  }
}

class KafkaStream implements StreamSource {
  readonly description: string;
  readonly #options: KafkaOptions;
  readonly #context: SourceContext;
  readonly #client: KafkaClient;
  #latest: string | undefined;
  /** For availableNow: where the run ends. */
  #target: TopicOffsets | undefined;

  constructor(options: KafkaOptions, context: SourceContext) {
    this.description = `KafkaV2[${describe(options.subscription)}]`;
    this.#options = options;
    this.#context = context;
    this.#client = createKafkaClient(options.client, context.clock);
  }

  async initialOffset(): Promise<string> {
    const { subscription, starting, client } = this.#options;
    const partitions = await subscribedPartitions(this.#client, subscription);
    requireTopics(subscription, partitions, client.brokers);
    return formatOffsets(await resolvePosition(this.#client, partitions, starting, 'startingOffsets'));
  }

  async prepareForAvailableNow(): Promise<void> {
    this.#target = await this.#newest();
  }

  async latestOffset(start: string | null, limit: ReadLimit): Promise<string> {
    const latest = this.#target ?? (await this.#newest());
    this.#latest = formatOffsets(latest);
    const { offsetsPerTriggerMax } = this.#options;
    if (limit.kind === 'all' || offsetsPerTriggerMax === undefined) return this.#latest;
    const from = start === null ? topicOffsets([]) : parseOffsets(start);
    const added = [...latest.values()].filter((partition) => !from.has(partitionKey(partition)));
    const begin = new Map([...from, ...(await offsetsAt(this.#client, added, EARLIEST))]);
    return formatOffsets(limitOffsets(begin, latest, offsetsPerTriggerMax));
  }

  async *scan(start: string | null, end: string): AsyncGenerator<ScanLease> {
    const to = parseOffsets(end);
    const from = start === null ? topicOffsets([]) : parseOffsets(start);
    const context = fetchContext(this.#options, this.#client, this.#context);
    const gone = [...from.keys()].filter((key) => !to.has(key));
    if (gone.length > 0) context.onLoss(`the partitions ${gone.join(', ')} are gone`);
    const added = [...to.values()].filter((partition) => !from.has(partitionKey(partition)));
    const earliest = await offsetsAt(this.#client, added, EARLIEST);
    const late = [...earliest].filter(([, { offset }]) => start !== null && offset > 0);
    if (late.length > 0) {
      context.onLoss(
        `new partitions begin after offset 0: ${late.map(([key, { offset }]) => `${key} at ${offset}`).join(', ')}`,
      );
    }
    yield* scanRanges(new Map([...from, ...earliest]), to, context);
  }

  async #newest(): Promise<TopicOffsets> {
    const partitions = await subscribedPartitions(this.#client, this.#options.subscription);
    return offsetsAt(this.#client, partitions, LATEST);
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  reportLatest(): string | undefined {
    return this.#latest;
  }

  stop(): Promise<void> {
    return this.#client.close();
  }
}

function scanRanges(from: TopicOffsets, to: TopicOffsets, context: FetchContext): AsyncGenerator<ScanLease> {
  const ranges: OffsetRange[] = [];
  for (const [key, { topic, partition, offset }] of to) {
    const begin = from.get(key)?.offset ?? 0;
    if (begin > offset) {
      context.onLoss(`topic ${topic}, partition ${partition}, ends at ${offset}, but was read up to ${begin}`);
    } else if (begin < offset) {
      ranges.push({ topic, partition, from: begin, to: offset });
    }
  }
  return mergeScans(
    ranges.map((range) => fetchRange(range, context)),
    CONCURRENCY,
  );
}

function fetchContext(options: KafkaOptions, client: KafkaClient, { memory, clock }: SourceContext): FetchContext {
  const source = `Kafka ${describe(options.subscription)}`;
  return {
    client,
    memory,
    clock,
    fetchBytesMax: options.fetchBytesMax,
    timeoutMs: options.client.timeoutMs,
    committedOnly: options.client.isolation === 'read_committed',
    onLoss: (problem) => {
      if (options.failOnDataLoss) throw new MillraceError('STREAMING_DATA_LOSS', { source, problem });
    },
  };
}

/** As Spark names it in progress. */
function describe(subscription: Subscription): string {
  switch (subscription.kind) {
    case 'topics':
      return `Subscribe[${subscription.topics.join(', ')}]`;
    case 'pattern':
      return `SubscribePattern[${subscription.text}]`;
    case 'assign':
      return `Assign[${subscription.partitions.map(partitionKey).join(', ')}]`;
  }
}
