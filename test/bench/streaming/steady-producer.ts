/**
 * `steady-producer.ts BOOTSTRAP TOPIC RATE SECONDS FILE`: website traffic at a steady rate, its `timestamp` being the moment of
 * production. Ends with FILE: for each partition the timestamps of its events in their order, in epoch milliseconds, as JSON.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { CompressionTypes, Kafka, logLevel, type Message } from 'kafkajs';
import { EVENT_PARTITIONS, eventText } from './events.ts';

const [bootstrap = '', topic = '', rateText = '0', secondsText = '0', file = ''] = process.argv.slice(2);
const [rate, seconds] = [Number(rateText), Number(secondsText)];
const SEND_EVERY_MS = 2;

const kafka = new Kafka({ clientId: 'producer', brokers: [bootstrap], logLevel: logLevel.NOTHING });
const producer = kafka.producer();
await producer.connect();
const produced: number[][] = Array.from({ length: EVENT_PARTITIONS }, () => []);
const sends: Promise<unknown>[] = [];
const startedMs = Date.now();
for (let sent = 0; sent < rate * seconds;) {
  const now = Date.now();
  const due = Math.min(Math.floor(((now - startedMs) * rate) / 1000), rate * seconds);
  const messages: Message[] = [];
  for (; sent < due; sent++) {
    const partition = sent % EVENT_PARTITIONS;
    produced[partition]?.push(now);
    messages.push({ partition, value: eventText(sent, now) });
  }
  if (messages.length > 0) sends.push(producer.send({ topic, messages, acks: 1, compression: CompressionTypes.None }));
  await delay(SEND_EVERY_MS);
}
await Promise.all(sends);
await producer.disconnect();
writeFileSync(file, JSON.stringify(produced));
