/** What the programs read: made from a seed, the same for every run of a program. */
import fs from 'node:fs';
import path from 'node:path';
import type { KafkaService } from '../services/kafka.ts';
import { createTopic, produce } from '../services/produce.ts';
import { RECORDS_PER_BATCH, type Program } from './program.ts';
import { randomOf } from './random.ts';

/** Event time that the records of a batch take. */
const BATCH_SPAN_MS = 7000;
/** Records come early or late by so much, so that windows span batches, and some records are too late for theirs. */
const DISORDER_MS = 10_000;
const FIRST_MS = 1.7e12;
const PARTITIONS = 4;
const PRODUCED_AT_ONCE = 120;

/** JSON of `id` and `time`. */
function recordTexts({ source, batches }: Program, seed: number): readonly string[] {
  const perBatch = RECORDS_PER_BATCH[source];
  const random = randomOf(seed);
  return Array.from({ length: batches * perBatch }, (_, id) => {
    const ms = FIRST_MS + (id * BATCH_SPAN_MS) / perBatch + random.integer(-DISORDER_MS, DISORDER_MS);
    return JSON.stringify({ id, time: new Date(ms).toISOString() });
  });
}

/** A file per batch, in the order of their times. */
export function writeFiles(folder: string, program: Program, seed: number): void {
  fs.mkdirSync(folder, { recursive: true });
  const texts = recordTexts(program, seed);
  const perFile = RECORDS_PER_BATCH.files;
  for (let number = 0; number < program.batches; number++) {
    const file = path.join(folder, `${number}.json`);
    fs.writeFileSync(file, texts.slice(number * perFile, (number + 1) * perFile).join('\n') + '\n');
    fs.utimesSync(file, FIRST_MS / 1000 + number, FIRST_MS / 1000 + number);
  }
}

export async function writeTopic(kafka: KafkaService, topic: string, program: Program, seed: number): Promise<void> {
  const client = kafka.client();
  await createTopic(client, topic, { partitions: PARTITIONS, config: { 'compression.type': 'lz4' } });
  const messages = recordTexts(program, seed).map((value, id) => ({ partition: id % PARTITIONS, value }));
  const chunks = Array.from({ length: Math.ceil(messages.length / PRODUCED_AT_ONCE) }, (_, chunk) =>
    messages.slice(chunk * PRODUCED_AT_ONCE, (chunk + 1) * PRODUCED_AT_ONCE),
  );
  await produce(client, topic, ...chunks);
}
