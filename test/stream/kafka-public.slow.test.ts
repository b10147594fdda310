/** The Kafka source by the public API, over a real broker: every option of the reader in a program, errors, and secrets kept. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { kafkaMissing, startKafka, type KafkaService } from '../services/kafka.ts';
import { addPartitions, createTopic, deleteRecords, produce } from '../services/produce.ts';
import { present } from '../../kernel/core/assert.ts';
import { millrace, spark } from './support/public.ts';

const { col } = millrace;
const missing = await kafkaMissing();
const withKafka = missing === undefined ? { timeout: 60_000 } : { skip: missing };
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-kafka-public-'));
const PASSWORD = 'hush-hush-4711';
let broker: KafkaService | undefined;

before(async () => {
  if (missing !== undefined) return;
  broker = await startKafka({ sasl: { username: 'reader', password: PASSWORD }, tls: true });
  const client = broker.client();
  for (const topic of ['one', 'two']) {
    await createTopic(client, topic, { partitions: 2 });
    const records = Array.from({ length: 10 }, (_, row) => ({
      partition: row % 2,
      key: `k${row}`,
      value: `${topic}-${row}`,
      headers: { row: String(row) },
    }));
    await produce(client, topic, records);
  }
});

after(async () => {
  await spark.stop();
  await broker?.stop();
  fs.rmSync(root, { recursive: true, force: true });
});

const service = (): KafkaService => present(broker, 'the broker');

function reader(options: Readonly<Record<string, string>>) {
  return { 'kafka.bootstrap.servers': service().brokers, ...options };
}

async function values(options: Readonly<Record<string, string>>): Promise<string[]> {
  const rows = spark.read.format('kafka').options(reader(options)).load().selectExpr('CAST(value AS STRING) AS v');
  return (await rows.collect()).map((row) => String(row['v'])).sort();
}

/** What a stream with the trigger availableNow reads, a list per batch. */
async function batches(options: Readonly<Record<string, string>>, checkpoint?: string): Promise<string[][]> {
  const read: string[][] = [];
  const writer = spark.readStream
    .format('kafka')
    .options(reader({ startingOffsets: 'earliest', ...options }))
    .load()
    .select(col('value').cast('string').as('v'))
    .writeStream.trigger({ availableNow: true })
    .foreachBatch(async (batch) => void read.push((await batch.collect()).map((row) => String(row['v'])).sort()));
  const query = (checkpoint === undefined ? writer : writer.option('checkpointLocation', checkpoint)).start();
  await query.awaitTermination();
  return read;
}

const named = (topic: string, ...rows: readonly number[]): string[] => rows.map((row) => `${topic}-${row}`).sort();

test('subscribe, subscribePattern and assign name what is read', withKafka, async () => {
  assert.deepEqual(await values({ subscribe: 'one' }), named('one', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  assert.equal((await values({ subscribe: 'one,two' })).length, 20);
  assert.equal((await values({ subscribePattern: 't.o|on.*' })).length, 20);
  assert.deepEqual(await values({ assign: '{"two":[1]}' }), named('two', 1, 3, 5, 7, 9));
});

test('starting and ending offsets bound a batch', withKafka, async () => {
  const bounded = {
    subscribe: 'one',
    startingOffsets: '{"one":{"0":2,"1":-2}}',
    endingOffsets: '{"one":{"0":4,"1":1}}',
  };
  assert.deepEqual(await values(bounded), named('one', 1, 4, 6));
  const open = { subscribe: 'one', startingOffsets: '{"one":{"0":4,"1":4}}', endingOffsets: 'latest' };
  assert.deepEqual(await values(open), named('one', 8, 9));
});

test('a record has Spark’s columns; headers where asked for', withKafka, async () => {
  const load = (options: Readonly<Record<string, string>>) =>
    spark.read
      .format('kafka')
      .options(reader({ assign: '{"one":[1]}', ...options }))
      .load();
  const names = (options: Readonly<Record<string, string>>) => load(options).columns;
  const usual = ['key', 'value', 'topic', 'partition', 'offset', 'timestamp', 'timestampType'];
  assert.deepEqual([names({}), names({ includeHeaders: 'true' })], [usual, [...usual, 'headers']]);
  const [row] = await load({ includeHeaders: 'true' })
    .selectExpr(
      'CAST(key AS STRING) k',
      'topic',
      'partition',
      'offset',
      'timestampType',
      'CAST(headers[0].value AS STRING) h',
    )
    .collect();
  assert.deepEqual(Object.fromEntries(Object.entries(row ?? {})), {
    k: 'k1',
    topic: 'one',
    partition: 1,
    offset: 0n,
    timestampType: 0,
    h: '1',
  });
});

test(
  'maxOffsetsPerTrigger bounds batches; a restart goes on from the checkpoint, new partitions and all',
  withKafka,
  async () => {
    const client = service().client();
    await createTopic(client, 'grows', { partitions: 1 });
    const send = (partition: number, ...rows: readonly number[]) =>
      produce(
        client,
        'grows',
        rows.map((row) => ({ partition, value: `grows-${row}` })),
      );
    await send(0, 1, 2, 3, 4, 5);
    const checkpoint = path.join(root, 'grows');
    const options = { subscribe: 'grows', maxOffsetsPerTrigger: '2' };
    assert.deepEqual(await batches(options, checkpoint), [
      named('grows', 1, 2),
      named('grows', 3, 4),
      named('grows', 5),
    ]);
    await addPartitions(client, 'grows', 2);
    await send(1, 6);
    await send(0, 7);
    assert.deepEqual(await batches(options, checkpoint), [named('grows', 6, 7)]);
    assert.deepEqual(await batches(options, checkpoint), [], 'nothing is read again');
  },
);

test('records that are gone fail the query, or are left out where the user says so', withKafka, async () => {
  const client = service().client();
  await createTopic(client, 'ages');
  const send = (...rows: readonly number[]) =>
    produce(
      client,
      'ages',
      rows.map((row) => ({ value: `ages-${row}` })),
    );
  await send(0, 1, 2);
  const checkpoint = path.join(root, 'ages');
  assert.deepEqual(await batches({ subscribe: 'ages' }, checkpoint), [named('ages', 0, 1, 2)]);
  await send(3, 4, 5);
  await deleteRecords(client, 'ages', 0, 5);
  await assert.rejects(batches({ subscribe: 'ages' }, checkpoint), /STREAMING_DATA_LOSS.*ages.*failOnDataLoss/s);
  assert.deepEqual(await batches({ subscribe: 'ages', failOnDataLoss: 'false' }, checkpoint), [named('ages', 5)]);
});

test('a broker that cannot be reached is named within the time allowed', withKafka, async () => {
  const away = { 'kafka.bootstrap.servers': '127.0.0.1:1', 'kafka.default.api.timeout.ms': '500', subscribe: 'one' };
  await assert.rejects(values(away), { condition: 'KAFKA_UNAVAILABLE', message: /127\.0\.0\.1:1/ });
  await assert.rejects(batches(away), /\[STREAM_FAILED\].*\[KAFKA_UNAVAILABLE\].*127\.0\.0\.1:1/s);
});

test('TLS with the certificate to trust; without it the broker is refused', withKafka, async () => {
  const { brokers, certificate } = present(service().tls, 'the TLS listener');
  const secure = {
    'kafka.bootstrap.servers': brokers,
    'kafka.security.protocol': 'SSL',
    'kafka.default.api.timeout.ms': '2000',
    assign: '{"one":[0]}',
  };
  const trusting = { 'kafka.ssl.truststore.type': 'PEM', 'kafka.ssl.truststore.location': certificate };
  assert.deepEqual(await values({ ...secure, ...trusting }), named('one', 0, 2, 4, 6, 8));
  await assert.rejects(values(secure), { condition: 'KAFKA_UNAVAILABLE', message: /certificate/ });
});

test('secrets stay out of plans, progress, errors and checkpoints', withKafka, async () => {
  const jaas = (password: string) =>
    `org.apache.kafka.common.security.plain.PlainLoginModule required username="reader" password="${password}";`;
  const secure = (password: string) => ({
    'kafka.bootstrap.servers': service().saslBrokers ?? '',
    'kafka.security.protocol': 'SASL_PLAINTEXT',
    'kafka.sasl.mechanism': 'PLAIN',
    'kafka.sasl.jaas.config': jaas(password),
    'kafka.ssl.key.password': PASSWORD,
    subscribe: 'one',
    startingOffsets: 'earliest',
  });
  const checkpoint = path.join(root, 'secure');
  const frame = spark.readStream.format('kafka').options(secure(PASSWORD)).load();
  const query = frame.writeStream.format('noop').option('checkpointLocation', checkpoint).start();
  await query.processAllAvailable();
  const told = [JSON.stringify(query.recentProgress), JSON.stringify(query.status), query.handle.explain('extended')];
  assert.equal(query.lastProgress?.numInputRows, 10);
  await query.stop();
  const files = fs.readdirSync(checkpoint, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.length > 3);
  for (const file of files) told.push(fs.readFileSync(path.join(file.parentPath, file.name), 'latin1'));
  const refused = spark.readStream
    .format('kafka')
    .options(secure(`${PASSWORD}-wrong`))
    .load();
  const failing = refused.writeStream.format('noop').start();
  await assert.rejects(failing.awaitTermination(), (error: Error) => {
    for (let at: unknown = error; at instanceof Error; at = at.cause) told.push(at.message, at.stack ?? '');
    return /KAFKA_UNAVAILABLE/.test(error.message);
  });
  for (const text of told) assert.ok(!text.includes(PASSWORD), text.slice(0, 500));
});
