/** The events of the streaming benchmarks: requests to a website, 109 bytes of JSON each, the same for every contestant. */
import { CompressionTypes } from 'kafkajs';
import type { KafkaService } from '../../services/kafka.ts';
import { createTopic } from '../../services/produce.ts';

export const EVENT_PARTITIONS = 4;
const SECTIONS = ['shop', 'blog', 'docs', 'news', 'help'];
const HOUR_MS = 3_600_000;
const CHUNK = 4000;

/** The event of this number at this time, in epoch milliseconds. */
export function eventText(number: number, ms: number): string {
  const hash = Math.imul(number, 2654435761) >>> 0;
  const url = `https://example.com/${SECTIONS[hash % 5] ?? ''}/${String(hash % 100_000).padStart(6, '0')}`;
  const status = hash % 10 === 0 ? 404 : 200;
  return `{"timestamp":"${new Date(ms).toISOString()}","url":"${url}","userId":${hash % 1_000_000},"status":${status}}`;
}

/** Fills a new topic: an hour of event time, in order within each partition. */
export async function produceHour(kafka: KafkaService, topic: string, events: number): Promise<void> {
  const client = kafka.client();
  await createTopic(client, topic, { partitions: EVENT_PARTITIONS });
  const producer = client.producer();
  await producer.connect();
  const start = Date.UTC(2026, 0, 1);
  for (let first = 0; first < events; first += CHUNK) {
    const messages = Array.from({ length: Math.min(CHUNK, events - first) }, (_, index) => {
      const number = first + index;
      const value = eventText(number, start + Math.floor((number * HOUR_MS) / events));
      return { partition: number % EVENT_PARTITIONS, value };
    });
    await producer.send({ topic, messages, acks: -1, compression: CompressionTypes.None });
  }
  await producer.disconnect();
}
