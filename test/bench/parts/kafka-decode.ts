/**
 * How fast Kafka is read: records of website traffic in a real broker, 4 partitions, to columns in engine memory, on one
 * thread. `decode`: the reader alone, over bytes that lie in memory; `fetch + decode`: from the broker.
 *
 * node --import tsx test/bench/parts/kafka-decode.ts [RECORDS]
 */
import type { ScanLease } from '../../../kernel/arrow/scan.ts';
import { Types, field, type Schema } from '../../../kernel/arrow/types.ts';
import { kafkaReader } from '../../../kernel/connectors/kafka/reader.ts';
import { KAFKA_SCHEMA } from '../../../kernel/connectors/kafka/schema.ts';
import { kafkaSource } from '../../../kernel/connectors/kafka/source.ts';
import { writeEvent } from '../../../kernel/connectors/sources/website-events.ts';
import { present } from '../../../kernel/core/assert.ts';
import { systemClock } from '../../../kernel/core/clock.ts';
import { createEngineMemory } from '../../../kernel/workers/instance.ts';
import { startKafka } from '../../services/kafka.ts';
import { createTopic, produce } from '../../services/produce.ts';

const RECORDS = Number(process.argv[2] ?? 400_000);
const BATCH_RECORDS = 1000;
const ROUNDS = 5;
const VALUE_ONLY = Types.struct([field('value', Types.binary)]);
const SETTINGS = { seed: 1, startMs: 1_700_000_000_000, msPerRow: 1, disorderMs: 0 };

const memory = createEngineMemory();
const arena = memory.createArena('bench');
const service = await startKafka();
try {
  const bytes = await fill('traffic', RECORDS);
  console.log(`${RECORDS} records, ${Math.round(bytes / RECORDS)} B each`);
  const leases: ScanLease[] = [];
  for await (const lease of scan('traffic')) leases.push(lease);
  for (const [name, schema] of [
    ['value', VALUE_ONLY],
    ['all columns', KAFKA_SCHEMA],
  ] as const) {
    await report(`decode, ${name}`, () => leases.reduce((rows, lease) => rows + decode(lease, schema), 0));
  }
  for (const lease of leases) lease.release();
  await report('fetch + decode, value', async () => {
    let rows = 0;
    for await (const lease of scan('traffic')) {
      rows += decode(lease, VALUE_ONLY);
      lease.release();
    }
    return rows;
  });
} finally {
  await service.stop();
}

async function fill(topic: string, count: number): Promise<number> {
  const kafka = service.client();
  await createTopic(kafka, topic, { partitions: 4 });
  const out = new Uint8Array(200);
  let bytes = 0;
  const batches = Array.from({ length: Math.ceil(count / BATCH_RECORDS) }, (_, batch) =>
    Array.from({ length: Math.min(BATCH_RECORDS, count - batch * BATCH_RECORDS) }, (_unused, index) => {
      const value = Buffer.from(out.subarray(0, writeEvent(out, 0, batch * BATCH_RECORDS + index, SETTINGS)));
      bytes += value.length;
      return { value, partition: batch % 4 };
    }),
  );
  await produce(kafka, topic, ...batches);
  return bytes;
}

function scan(topic: string): AsyncIterable<ScanLease> {
  const options = { 'kafka.bootstrap.servers': service.brokers, subscribe: topic };
  const request = { options, paths: [], schema: undefined, streaming: false };
  const context = { memory, clock: systemClock, metadataPath: undefined };
  return present(kafkaSource.batch?.(request, kafkaSource.schema(request), context, arena), 'batch');
}

function decode(lease: ScanLease, schema: Schema): number {
  let rows = 0;
  for (const batch of kafkaReader.read(lease.task, { schema, arena, batchRowsMax: 8192, timeZone: 'UTC' })) {
    rows += batch.length;
  }
  arena.release();
  return rows;
}

async function report(name: string, round: () => number | Promise<number>): Promise<void> {
  const rates: number[] = [];
  for (let index = 0; index < ROUNDS; index++) {
    const startMs = performance.now();
    const rows = await round();
    rates.push(rows / (performance.now() - startMs) / 1000);
  }
  rates.sort((a, b) => a - b);
  console.log(`${name}: ${present(rates[ROUNDS >> 1], 'median').toFixed(2)} M records/s (median of ${ROUNDS})`);
}
