/**
 * Offsets by topic and partition, and their JSON as Spark writes it: `{"events":{"0":23,"1":7}}`, topics in order of their
 * code units, partitions in order of their numbers. An offset is that of the next record: a range is `[from, to)`.
 */
import { assert } from '../../core/assert.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Keyed by `partitionKey`. */
export type TopicOffsets = ReadonlyMap<string, TopicPartition & { readonly offset: number }>;

export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

export function topicOffsets(entries: Iterable<TopicPartition & { readonly offset: number }>): TopicOffsets {
  const offsets = new Map<string, TopicPartition & { readonly offset: number }>();
  for (const { topic, partition, offset } of entries) {
    offsets.set(partitionKey({ topic, partition }), { topic, partition, offset });
  }
  return offsets;
}

export function formatOffsets(offsets: TopicOffsets): string {
  const topics = [...new Set([...offsets.values()].map(({ topic }) => topic))].sort();
  const parts = topics.map((topic) => {
    const own = [...offsets.values()].filter((entry) => entry.topic === topic);
    own.sort((a, b) => a.partition - b.partition);
    return `${JSON.stringify(topic)}:{${own.map(({ partition, offset }) => `"${partition}":${offset}`).join(',')}}`;
  });
  return `{${parts.join(',')}}`;
}

/** Reads what `formatOffsets` wrote. */
export function parseOffsets(text: string): TopicOffsets {
  const parsed = parseTopicJson(text);
  assert(parsed !== undefined, `an offset of Kafka is JSON by topic and partition, not ${text}`);
  return topicOffsets(parsed);
}

/** @returns undefined where `text` isn't of the form `{"topic":{"0":23}}` */
export function parseTopicJson(text: string): (TopicPartition & { readonly offset: number })[] | undefined {
  const byTopic = parseObject(text);
  if (byTopic === undefined) return undefined;
  const entries: (TopicPartition & { readonly offset: number })[] = [];
  for (const [topic, partitions] of byTopic) {
    if (!isObject(partitions)) return undefined;
    for (const [partition, offset] of Object.entries(partitions)) {
      if (!/^\d+$/.test(partition) || typeof offset !== 'number' || !Number.isSafeInteger(offset)) return undefined;
      entries.push({ topic, partition: Number(partition), offset });
    }
  }
  return entries;
}

/** The option `assign`: `{"topic":[0,1]}`. @returns undefined where `text` isn't of that form */
export function parseAssignment(text: string): TopicPartition[] | undefined {
  const byTopic = parseObject(text);
  if (byTopic === undefined) return undefined;
  const entries: TopicPartition[] = [];
  for (const [topic, partitions] of byTopic) {
    if (!Array.isArray(partitions)) return undefined;
    for (const partition of partitions as unknown[]) {
      if (typeof partition !== 'number' || !Number.isInteger(partition) || partition < 0) return undefined;
      entries.push({ topic, partition });
    }
  }
  return entries;
}

function parseObject(text: string): [string, unknown][] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? Object.entries(parsed) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
