/** Reads topics of the test broker by kafkajs, a client that is not ours. */
import type { Kafka, KafkaMessage } from 'kafkajs';
import { Deadline } from '../support/deadline.ts';
import { offsetsOf } from './produce.ts';

const READ_MS_MAX = 60_000;
/** A coordinator that is still loading its groups is asked again so much later. */
const RESTART_MS = 100;

export interface Consumed {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/**
 * All records that are in the topic now, each once, in the order in which they came.
 * @throws Error where the consumer fails for good, or has not read them within 60 s
 */
export async function consumeAll(kafka: Kafka, topic: string): Promise<readonly Consumed[]> {
  const found = new Map<string, Consumed>();
  const ends = new Map(
    (await offsetsOf(kafka, topic))
      .filter(({ low, high }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high)]),
  );
  if (ends.size === 0) return [];
  let over = false;
  const retry = {
    initialRetryTime: RESTART_MS,
    maxRetryTime: RESTART_MS,
    restartOnFailure: () => Promise.resolve(!over), // else it would look for its broker for ever
  };
  const consumer = kafka.consumer({ groupId: `all-of-${topic}`, retry });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const read = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
        if (!restart) reject(error);
      });
      const eachMessage = ({ partition, message }: Consumed): Promise<void> => {
        found.set(`${partition}-${message.offset}`, { partition, message });
        if (Number(message.offset) + 1 >= (ends.get(partition) ?? 0)) ends.delete(partition);
        if (ends.size === 0) resolve();
        return Promise.resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await new Deadline(READ_MS_MAX, `the topic ${topic} was not read`).bound(read);
  } finally {
    over = true;
    await consumer.disconnect();
  }
  return [...found.values()];
}
