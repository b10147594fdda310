/**
 * Where the torture program's batches go. All but Kafka keep a batch once, however often it is delivered. Clients are loaded
 * where they are used: most runs need none, and start often.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Assignment } from '../program.ts';

export interface OpenSink {
  write(batch: string, rows: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function openSink(assignment: Assignment): Promise<OpenSink> {
  switch (assignment.sink) {
    case 'files':
    case 'memory':
      return Promise.resolve(openFolder(assignment));
    case 'postgres':
      return openDatabase(assignment.target);
    case 'kafka':
      return openTopic(assignment.target);
  }
}

/** A file per batch, which replaces what an earlier try has written. */
function openFolder({ folder, flaw }: Assignment): OpenSink {
  const sink = path.join(folder, 'sink');
  fs.mkdirSync(sink, { recursive: true });
  return {
    write(batch, rows) {
      const temporary = path.join(folder, `.${batch}.tmp`);
      fs.writeFileSync(temporary, JSON.stringify({ batch, rows }));
      fs.renameSync(temporary, path.join(sink, flaw === 'doubles' ? `${batch}-${process.pid}.json` : `${batch}.json`));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Rows and the batch's id in one transaction: a batch whose id is there already is left out. */
async function openDatabase(target: string): Promise<OpenSink> {
  const [connectionString = '', schema = ''] = target.split('#');
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString });
  // The query that waits is rejected as well; without a listener the event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return {
    async write(batch, rows) {
      await client.query('BEGIN');
      const added = await client.query(`INSERT INTO ${schema}.batches VALUES ($1) ON CONFLICT DO NOTHING`, [batch]);
      if (added.rowCount === 1) {
        await client.query(`INSERT INTO ${schema}.rows SELECT $1, unnest($2::text[])`, [batch, rows]);
      }
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}

/** At least once: a batch that is delivered again stands twice in the topic. */
async function openTopic(target: string): Promise<OpenSink> {
  const [broker = '', topic = ''] = target.split('/');
  const { Kafka, logLevel, Partitioners } = await import('kafkajs');
  const retry = { initialRetryTime: 50, retries: 3 };
  const kafka = new Kafka({ clientId: 'faults', brokers: [broker], logLevel: logLevel.NOTHING, retry });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    async write(batch, rows) {
      if (rows.length === 0) return;
      await producer.send({ topic, acks: -1, messages: rows.map((value) => ({ value, headers: { batch } })) });
    },
    close: () => producer.disconnect(),
  };
}
