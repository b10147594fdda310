/** The sinks from the outside: made empty for a run, and read once it is over. */
import fs from 'node:fs';
import path from 'node:path';
import { createTopic } from '../services/produce.ts';
import type { KafkaService } from '../services/kafka.ts';
import type { PostgresService } from '../services/postgres.ts';
import type { Assignment, SinkName } from './program.ts';
import type { Servers } from './servers.ts';
import type { Delivered } from './verdict.ts';

/** @param name of letters, digits and `_`, another for each run. @returns what the assignment's `target` is to be */
export async function makeTarget(sink: SinkName, name: string, servers: Servers): Promise<string> {
  switch (sink) {
    case 'files':
    case 'memory':
      return '';
    case 'postgres': {
      const postgres = await servers.postgres();
      await makeTables(postgres, name);
      return `${postgres.url}#${name}`;
    }
    case 'kafka': {
      const kafka = await servers.kafka();
      await createTopic(kafka.client(), name);
      return `${kafka.brokers}/${name}`;
    }
  }
}

export async function contentOf({ sink, folder, target }: Assignment, servers: Servers): Promise<readonly Delivered[]> {
  switch (sink) {
    case 'files':
    case 'memory':
      return filesContent(path.join(folder, 'sink'));
    case 'postgres':
      return tableContent(await servers.postgres(), target.split('#')[1] ?? '');
    case 'kafka':
      return topicContent(await servers.kafka(), target.split('/')[1] ?? '');
  }
}

function filesContent(folder: string): readonly Delivered[] {
  return fs.readdirSync(folder).flatMap((name) => {
    const written = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as {
      readonly batch: string;
      readonly rows: readonly string[];
    };
    return written.rows.map((row) => ({ batch: written.batch, row }));
  });
}

async function makeTables(postgres: PostgresService, schema: string): Promise<void> {
  const client = await postgres.connect();
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`CREATE TABLE ${schema}.batches (batch TEXT PRIMARY KEY)`);
  await client.query(`CREATE TABLE ${schema}.rows (batch TEXT, "row" TEXT)`);
  await client.end();
}

async function tableContent(postgres: PostgresService, schema: string): Promise<readonly Delivered[]> {
  const client = await postgres.connect();
  const { rows } = await client.query<Delivered>(`SELECT batch, "row" FROM ${schema}.rows`);
  await client.end();
  return rows;
}

/** All records of the topic's one partition. */
async function topicContent(kafka: KafkaService, topic: string): Promise<readonly Delivered[]> {
  const client = kafka.client();
  const admin = client.admin();
  await admin.connect();
  const [partition] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const end = Number(partition?.high ?? '0');
  const found: Delivered[] = [];
  if (end === 0) return found;
  const consumer = client.consumer({ groupId: `content-of-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer
      .run({
        eachMessage({ message }) {
          const batch = message.headers?.['batch']?.toString() ?? '';
          found.push({ batch, row: message.value?.toString() ?? '' });
          if (Number(message.offset) === end - 1) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found;
}
