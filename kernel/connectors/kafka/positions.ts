/** Topics, patterns and positions, resolved against the brokers: which partitions there are, and the offsets meant. */
import { MillraceError } from '../../core/errors.ts';
import { EARLIEST, LATEST, type KafkaClient } from './client.ts';
import type { Position, Subscription } from './options.ts';
import { partitionKey, topicOffsets, type TopicOffsets, type TopicPartition } from './topic-offsets.ts';

/** The partitions subscribed to that exist now. */
export async function subscribedPartitions(
  client: KafkaClient,
  subscription: Subscription,
): Promise<readonly TopicPartition[]> {
  switch (subscription.kind) {
    case 'topics':
      return client.partitions(subscription.topics);
    case 'pattern': {
      const all = await client.partitions(undefined);
      return all.filter(({ topic }) => subscription.pattern.test(topic));
    }
    case 'assign': {
      const wanted = new Set(subscription.partitions.map(partitionKey));
      const existing = await client.partitions([...new Set(subscription.partitions.map(({ topic }) => topic))]);
      return existing.filter((partition) => wanted.has(partitionKey(partition)));
    }
  }
}

/** @throws KAFKA_TOPIC_NOT_FOUND where a topic that was named does not exist; a pattern may match nothing yet */
export function requireTopics(
  subscription: Subscription,
  existing: readonly TopicPartition[],
  brokers: readonly string[],
): void {
  const missing = missingOf(subscription, existing);
  if (missing === undefined) return;
  throw new MillraceError('KAFKA_TOPIC_NOT_FOUND', { topic: missing, brokers: brokers.join(',') });
}

function missingOf(subscription: Subscription, existing: readonly TopicPartition[]): string | undefined {
  switch (subscription.kind) {
    case 'topics':
      return subscription.topics.find((wanted) => !existing.some(({ topic }) => topic === wanted));
    case 'assign': {
      const keys = new Set(existing.map(partitionKey));
      const missing = subscription.partitions.find((partition) => !keys.has(partitionKey(partition)));
      return missing === undefined ? undefined : `${missing.topic} (partition ${missing.partition})`;
    }
    case 'pattern':
      return undefined;
  }
}

export async function offsetsAt(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<TopicOffsets> {
  if (partitions.length === 0) return topicOffsets([]);
  return topicOffsets(await client.listOffsets(partitions.map((partition) => ({ ...partition, timestamp }))));
}

/**
 * @param option the option's name, for messages
 * @throws DATA_SOURCE_OPTION where partitions and the position's do not match, or no record is as new as a timestamp
 */
export async function resolvePosition(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  position: Position,
  option: 'startingOffsets' | 'endingOffsets',
): Promise<TopicOffsets> {
  switch (position.kind) {
    case 'earliest':
      return offsetsAt(client, partitions, EARLIEST);
    case 'latest':
      return offsetsAt(client, partitions, LATEST);
    case 'timestamp': {
      const entries = partitions.map((partition) => ({ ...partition, offset: position.timestampMs }));
      return atTimestamps(client, entries, option);
    }
    case 'timestamps':
      requireSame(partitions, position.entries, `${option}ByTimestamp`);
      return atTimestamps(client, position.entries, option);
    case 'offsets': {
      requireSame(partitions, position.entries, option);
      const symbolic = position.entries.filter(({ offset }) => offset < 0);
      const asked = symbolic.map(({ topic, partition, offset }) => ({ topic, partition, timestamp: offset }));
      const found = asked.length === 0 ? [] : await client.listOffsets(asked);
      return topicOffsets([...position.entries, ...found]);
    }
  }
}

/** An end with no record as new is the latest offset; a start with none is an error, as in Spark. */
async function atTimestamps(
  client: KafkaClient,
  entries: readonly (TopicPartition & { readonly offset: number })[],
  option: 'startingOffsets' | 'endingOffsets',
): Promise<TopicOffsets> {
  const asked = entries.map(({ topic, partition, offset }) => ({ topic, partition, timestamp: offset }));
  const found = await client.listOffsets(asked);
  const beyond = found.filter(({ offset }) => offset === -1);
  const [first] = beyond;
  if (first === undefined) return topicOffsets(found);
  if (option === 'endingOffsets') {
    const latest = await client.listOffsets(beyond.map((partition) => ({ ...partition, timestamp: LATEST })));
    return topicOffsets([...found, ...latest]);
  }
  throw new MillraceError('DATA_SOURCE_OPTION', {
    option: 'startingTimestamp',
    format: 'kafka',
    problem: `topic ${first.topic}, partition ${first.partition}, has no record as new`,
    remedy: 'Give an older timestamp, or startingOffsets latest.',
  });
}

function requireSame(partitions: readonly TopicPartition[], given: readonly TopicPartition[], option: string): void {
  const existing = new Set(partitions.map(partitionKey));
  const named = new Set(given.map(partitionKey));
  const missing = [...existing].filter((key) => !named.has(key));
  const unknown = [...named].filter((key) => !existing.has(key));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`it says nothing of ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`${unknown.join(', ')} are not subscribed or do not exist`] : []),
  ];
  throw new MillraceError('DATA_SOURCE_OPTION', {
    option,
    format: 'kafka',
    problem: parts.join('; '),
    remedy: 'Name every partition that is read: -2 stands for earliest, -1 for latest.',
  });
}
