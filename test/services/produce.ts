/** Topics and records on the test broker, by kafkajs. A topic's `compression.type` makes the broker itself compress, as Java does. */
import { setTimeout as delay } from 'node:timers/promises';
import { Partitioners, type Admin, type Kafka, type Message, type SeekEntry } from 'kafkajs';

const LEADERS_MS_MAX = 30_000;

export interface TopicOptions {
  readonly partitions?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Creates the topic and waits until every partition has a leader. */
export async function createTopic(kafka: Kafka, topic: string, { partitions = 1, config = {} }: TopicOptions = {}) {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await withAdmin(kafka, async (admin) => {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: partitions, configEntries }] });
    await allLed(admin, topic, partitions);
  });
}

/** Of several brokers one may be asked that has not heard of the topic yet. */
async function allLed(admin: Admin, topic: string, partitions: number): Promise<void> {
  const endMs = performance.now() + LEADERS_MS_MAX;
  let reason = '';
  while (performance.now() < endMs) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const led = topics[0]?.partitions.filter(({ leader }) => leader >= 0);
      if (led?.length === partitions) return;
      reason = `${String(led?.length)} of ${partitions} partitions have one`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await delay(20); // a poll with its bound above
  }
  throw new Error(`the topic ${topic} has no leaders after ${LEADERS_MS_MAX} ms: ${reason}`);
}

export async function addPartitions(kafka: Kafka, topic: string, count: number): Promise<void> {
  await withAdmin(kafka, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count }] }));
}

/** Deletes the records before `offset`, as retention does. */
export async function deleteRecords(kafka: Kafka, topic: string, partition: number, offset: number): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    await admin.fetchTopicOffsets(topic); // kafkajs needs the topic's leaders beforehand
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  });
}

export async function deleteTopic(kafka: Kafka, topic: string): Promise<void> {
  await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
}

/** Of each partition the first offset that there still is, and the one after the last. */
export function offsetsOf(
  kafka: Kafka,
  topic: string,
): Promise<readonly (SeekEntry & { readonly low: string; readonly high: string })[]> {
  return withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
}

async function withAdmin<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** One call, one record batch per partition. */
export async function produce(kafka: Kafka, topic: string, ...batches: readonly (readonly Message[])[]): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    for (const messages of batches) await producer.send({ topic, messages: [...messages] });
  } finally {
    await producer.disconnect();
  }
}

/** Writes the records in a transaction of its own, and ends it. */
export async function produceTransaction(
  kafka: Kafka,
  topic: string,
  messages: readonly Message[],
  end: 'commit' | 'abort',
): Promise<void> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionalId: `${topic}-${end}`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [...messages] });
    await transaction[end]();
  } finally {
    await producer.disconnect();
  }
}
