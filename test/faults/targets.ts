/** The sinks from the outside: made empty for a run, and read once it is over. */
import fs from 'node:fs';
import path from 'node:path';
import { consumeAll } from '../services/consume.ts';
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

async function topicContent(kafka: KafkaService, topic: string): Promise<readonly Delivered[]> {
  const records = await consumeAll(kafka.client(), topic);
  return records.map(({ message: { headers, value } }) => ({
    batch: headers?.['batch']?.toString() ?? '',
    row: value?.toString() ?? '',
  }));
}
