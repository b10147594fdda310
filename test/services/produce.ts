/** Topics and records on the test broker, by kafkajs. A topic's `compression.type` makes the broker itself compress, as Java does. */
import { Partitioners, type Kafka, type Message } from 'kafkajs';

export interface TopicOptions {
  readonly partitions?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Creates the topic and waits until every partition has a leader. */
export async function createTopic(kafka: Kafka, topic: string, { partitions = 1, config = {} }: TopicOptions = {}) {
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, configEntries }] });
  await admin.disconnect();
}

export async function addPartitions(kafka: Kafka, topic: string, count: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  await admin.disconnect();
}

/** Deletes the records before `offset`, as retention does. */
export async function deleteRecords(kafka: Kafka, topic: string, partition: number, offset: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.fetchTopicOffsets(topic); // kafkajs needs the topic's leaders beforehand
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  await admin.disconnect();
}

export async function deleteTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}

/** One call, one record batch per partition. */
export async function produce(kafka: Kafka, topic: string, ...batches: readonly (readonly Message[])[]): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (const messages of batches) await producer.send({ topic, messages: [...messages] });
  await producer.disconnect();
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
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [...messages] });
  await transaction[end]();
  await producer.disconnect();
}
