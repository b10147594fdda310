import assert from 'node:assert/strict';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, Message } from 'kafkajs';
import type { RowObject } from '../../kernel/arrow/values.ts';
import { getOption, type StreamSource } from '../../kernel/connectors/contract.ts';
import { createKafkaClient } from '../../kernel/connectors/kafka/client.ts';
import { kafkaSource } from '../../kernel/connectors/kafka/source.ts';
import { present } from '../../kernel/core/assert.ts';
import { systemClock } from '../../kernel/core/clock.ts';
import { consumeAll } from '../services/consume.ts';
import { kafkaMissing, startKafka, type KafkaService } from '../services/kafka.ts';
import {
  addPartitions,
  createTopic,
  deleteRecords,
  deleteTopic,
  produce,
  produceTransaction,
} from '../services/produce.ts';
import { openBatch, openStream, readRows, sourceContext, testMemory } from './support/scan.ts';

const missing = await kafkaMissing();
const withKafka = missing === undefined ? { timeout: 60_000 } : { skip: missing };
const memory = testMemory();
const arena = memory.createArena('scan');
const context = sourceContext(memory, { clock: systemClock });
const SASL = { username: 'reader', password: 'a "quoted" \\ pass;word' };

let service: KafkaService;
let kafka: Kafka;

before(async () => {
  if (missing !== undefined) return;
  service = await startKafka({ sasl: { username: SASL.username, password: 'secret' } });
  kafka = service.client();
});
after(async () => {
  if (missing === undefined) await service.stop();
});

const request = (options: Record<string, string>, streaming = true) => ({
  options: { 'kafka.bootstrap.servers': service.brokers, ...options },
  paths: [],
  schema: undefined,
  streaming,
});

async function readBatch(options: Record<string, string>): Promise<RowObject[]> {
  const { scan, schema } = openBatch(kafkaSource, request(options, false), context);
  return readRows(scan, schema, memory);
}

async function withStream(
  options: Record<string, string>,
  use: (stream: StreamSource, read: (start: string | null, end: string) => Promise<RowObject[]>) => Promise<void>,
): Promise<void> {
  const asked = request(options);
  const schema = kafkaSource.schema(asked);
  const stream = await openStream(kafkaSource, asked, context);
  try {
    await use(stream, (start, end) => readRows(stream.scan(start, end, arena), schema, memory));
  } finally {
    await stream.stop();
  }
}

const numbered = (from: number, to: number, more: Partial<Message> = {}): Message[] =>
  Array.from({ length: to - from }, (_, i) => ({ value: `v${from + i}`, timestamp: String(1000 + from + i), ...more }));
const text = (value: unknown): string | null => (value === null ? null : Buffer.from(value as Uint8Array).toString());
const place = ({ partition, offset }: RowObject): string => `${Number(partition)}-${Number(offset)}`;
const values = (rows: readonly RowObject[]): (string | null)[] => rows.map(({ value }) => text(value));
const latest = async (stream: StreamSource, start: string | null): Promise<string> =>
  present(await stream.latestOffset(start, { kind: 'all' }), 'offset');

test('keys, values, nulls, times and headers arrive as they were sent', withKafka, async () => {
  await createTopic(kafka, 'plain');
  const long = 'x'.repeat(70_000);
  await produce(kafka, 'plain', [
    { key: 'k', value: 'v', timestamp: '1700000000123', headers: { a: 'b', many: ['1', '2'] } },
    { key: null, value: null, timestamp: '0' },
    { key: '', value: '', timestamp: '1' },
    { key: 'ü', value: long, timestamp: '1699999999999' },
  ]);
  const rows = await readBatch({ subscribe: 'plain', includeHeaders: 'true' });
  assert.deepEqual(
    rows.map((row) => [text(row['key']), text(row['value']), row['topic'], row['partition'], row['offset']]),
    [
      ['k', 'v', 'plain', 0, 0n],
      [null, null, 'plain', 0, 1n],
      ['', '', 'plain', 0, 2n],
      ['ü', long, 'plain', 0, 3n],
    ],
  );
  assert.deepEqual(
    rows.map(({ timestamp, timestampType }) => [Number(timestamp), timestampType]),
    [
      [1_700_000_000_123, 0],
      [0, 0],
      [1, 0],
      [1_699_999_999_999, 0],
    ],
  );
  const headers = rows.map((row) => row['headers'] as readonly { key: string; value: Uint8Array }[] | null);
  assert.deepEqual(
    headers[0]?.map(({ key, value }) => [key, text(value)]),
    [
      ['a', 'b'],
      ['many', '1'],
      ['many', '2'],
    ],
  );
  assert.equal(headers[1], null);
});

test('every codec that a broker writes is read', withKafka, async (t) => {
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed']) {
    await t.test(codec, async () => {
      const topic = `codec-${codec}`;
      await createTopic(kafka, topic, { config: { 'compression.type': codec, 'max.message.bytes': '4000000' } });
      // Larger than the blocks of snappy (32 KB) and lz4 (64 KB).
      const sent = numbered(0, 5000).map(({ value, ...rest }) => ({
        ...rest,
        value: `${String(value)} ${'ab'.repeat(60)}`,
      }));
      await produce(kafka, topic, sent, numbered(5000, 5003));
      const rows = await readBatch({ subscribe: topic });
      assert.deepEqual(
        values(rows),
        [...sent, ...numbered(5000, 5003)].map(({ value }) => String(value)),
      );
    });
  }
});

test('log append time is the time of the broker', withKafka, async () => {
  await createTopic(kafka, 'appended', { config: { 'message.timestamp.type': 'LogAppendTime' } });
  const beforeMs = systemClock.nowMs() - 1000;
  await produce(kafka, 'appended', numbered(0, 2));
  for (const { timestamp, timestampType } of await readBatch({ subscribe: 'appended' })) {
    assert.equal(timestampType, 1);
    assert.ok(Number(timestamp) >= beforeMs);
  }
});

test('only committed transactions are read, unless asked otherwise', withKafka, async () => {
  await createTopic(kafka, 'transactions');
  await produce(kafka, 'transactions', numbered(0, 2));
  await produceTransaction(kafka, 'transactions', numbered(10, 13), 'abort');
  await produceTransaction(kafka, 'transactions', numbered(20, 23), 'commit');
  await produceTransaction(kafka, 'transactions', numbered(30, 33), 'abort');
  await produceTransaction(kafka, 'transactions', numbered(40, 42), 'commit');
  const committed = ['v0', 'v1', 'v20', 'v21', 'v22', 'v40', 'v41'];
  assert.deepEqual(values(await readBatch({ subscribe: 'transactions' })), committed);
  const everything = await readBatch({ subscribe: 'transactions', 'kafka.isolation.level': 'read_uncommitted' });
  assert.equal(everything.length, committed.length + 6);
  // A range that begins inside an aborted transaction.
  const inside = await readBatch({ assign: '{"transactions":[0]}', startingOffsets: '{"transactions":{"0":3}}' });
  assert.deepEqual(values(inside), committed.slice(2));
});

test('starting and ending offsets in all their forms', withKafka, async () => {
  await createTopic(kafka, 'forms', { partitions: 2 });
  await produce(kafka, 'forms', numbered(0, 10, { partition: 0 }), numbered(10, 20, { partition: 1 }));
  const read = async (options: Record<string, string>) =>
    values(await readBatch({ subscribe: 'forms', ...options }))
      .map((value) => Number(value?.slice(1)))
      .sort((a, b) => a - b);
  assert.equal((await read({})).length, 20);
  assert.deepEqual(
    await read({ startingOffsets: '{"forms":{"0":8,"1":-2}}', endingOffsets: '{"forms":{"0":-1,"1":1}}' }),
    [8, 9, 10],
  );
  assert.deepEqual(await read({ startingTimestamp: '1005', endingTimestamp: '1007' }).catch(String), [5, 6]);
  assert.deepEqual(
    await read({ startingOffsetsByTimestamp: '{"forms":{"0":1009,"1":1018}}', endingTimestamp: '1019' }),
    [9, 18],
  );
  await assert.rejects(read({ startingTimestamp: '9000000000000' }), { condition: 'DATA_SOURCE_OPTION' });
  await assert.rejects(read({ startingOffsets: '{"forms":{"0":8}}' }), { message: /says nothing of forms-1/ });
  await assert.rejects(read({ startingOffsets: 'latest' }), { condition: 'DATA_SOURCE_OPTION' });
  await assert.rejects(read({ startingOffsets: '{"forms":{"0":3,"1":900}}' }), { condition: 'STREAMING_DATA_LOSS' });
  await assert.rejects(read({ subscribePattern: 'a' }), {
    message: /subscribe and subscribePattern are given together/,
  });
  await withStream({ subscribe: 'forms' }, async (stream) => {
    assert.equal(await stream.initialOffset(), '{"forms":{"0":10,"1":10}}');
    assert.equal(stream.description, 'KafkaV2[Subscribe[forms]]');
  });
  await assert.rejects(readBatch({ subscribe: 'nowhere' }), { condition: 'KAFKA_TOPIC_NOT_FOUND', message: /nowhere/ });
});

test('a stream reads each range once, and a replay gives the same rows', withKafka, async () => {
  await createTopic(kafka, 'ranges', { partitions: 2 });
  await produce(kafka, 'ranges', numbered(0, 700, { partition: 0 }), numbered(700, 1000, { partition: 1 }));
  const options = { subscribe: 'ranges', startingOffsets: 'earliest', maxOffsetsPerTrigger: '100' };
  await withStream(options, async (stream, read) => {
    const first = present(await stream.initialOffset(), 'offset');
    const second = present(await stream.latestOffset(first, { kind: 'trigger' }), 'offset');
    assert.deepEqual([first, second], ['{"ranges":{"0":0,"1":0}}', '{"ranges":{"0":70,"1":30}}']);
    assert.equal(await stream.latestOffset(first, { kind: 'all' }), '{"ranges":{"0":700,"1":300}}');
    assert.equal(stream.reportLatest?.(), '{"ranges":{"0":700,"1":300}}');
    const rows = await read(first, second);
    assert.equal(rows.length, 100);
    const third = present(await stream.latestOffset(second, { kind: 'trigger' }), 'offset');
    const next = await read(second, third);
    const seen = new Set([...values(rows), ...values(next)]);
    assert.equal(seen.size, rows.length + next.length);
    const sorted = (some: RowObject[]) => some.map((row) => `${place(row)}-${String(text(row['value']))}`).sort();
    await withStream(options, async (_stream, again) => {
      assert.deepEqual(sorted(await again(first, second)), sorted(rows));
    });
    assert.deepEqual(await read(third, third), []);
  });
});

test('availableNow ends where the topic ended when the run began', withKafka, async () => {
  await createTopic(kafka, 'available');
  await produce(kafka, 'available', numbered(0, 15));
  const options = { subscribe: 'available', startingOffsets: 'earliest', maxOffsetsPerTrigger: '10' };
  await withStream(options, async (stream, read) => {
    await stream.prepareForAvailableNow?.();
    await produce(kafka, 'available', numbered(15, 20));
    const first = present(await stream.latestOffset('{"available":{"0":0}}', { kind: 'trigger' }), 'offset');
    const second = present(await stream.latestOffset(first, { kind: 'trigger' }), 'offset');
    assert.deepEqual([first, second], ['{"available":{"0":10}}', '{"available":{"0":15}}']);
    assert.equal(await stream.latestOffset(second, { kind: 'trigger' }), second);
    assert.equal((await read(first, second)).length, 5);
  });
});

test('the same rows as kafkajs reads, for random records in random batches', withKafka, async () => {
  await createTopic(kafka, 'random', { partitions: 3, config: { 'compression.type': 'gzip' } });
  let seed = 12345;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const bytes = () =>
    Buffer.from(Array.from({ length: random(10) === 0 ? random(3000) : random(130) }, () => random(256)));
  const message = (): Message => ({
    key: random(3) === 0 ? null : bytes(),
    value: random(9) === 0 ? null : bytes(),
    timestamp: String(random(2) === 0 ? 1_700_000_000_000 + random(1e6) : random(1e9)),
    headers: random(4) === 0 ? { h: bytes(), [`n${random(5)}`]: 'x' } : {},
  });
  const batches = Array.from({ length: 40 }, () => Array.from({ length: 1 + random(200) }, message));
  await produce(kafka, 'random', ...batches);
  const total = batches.flat().length;

  const hex = (value: unknown) =>
    value === null || value === undefined ? null : Buffer.from(value as Uint8Array).toString('hex');
  const expected = new Map<string, unknown>();
  for (const { partition, message: read } of await consumeAll(kafka, 'random')) {
    const headers = Object.entries(read.headers ?? {}).map(([key, value]) => [key, hex(value)]);
    expected.set(`${partition}-${read.offset}`, [hex(read.key), hex(read.value), Number(read.timestamp), headers]);
  }
  assert.equal(expected.size, total);

  const rows = await readBatch({ subscribe: 'random', includeHeaders: 'true' });
  const ours = new Map(
    rows.map((row) => {
      const headers = ((row['headers'] ?? []) as { key: string; value: Uint8Array }[]).map(({ key, value }) => [
        key,
        hex(value),
      ]);
      return [place(row), [hex(row['key']), hex(row['value']), Number(row['timestamp']), headers]];
    }),
  );
  assert.equal(ours.size, total);
  for (const [at, record] of expected) assert.deepEqual(ours.get(at), record, at);
});

test('deleted records are an error, or skipped where the user says so', withKafka, async () => {
  await createTopic(kafka, 'deleted');
  await produce(kafka, 'deleted', numbered(0, 5), numbered(5, 10));
  await deleteRecords(kafka, 'deleted', 0, 7);
  await withStream({ subscribe: 'deleted' }, async (stream, read) => {
    const end = await latest(stream, '{"deleted":{"0":2}}');
    await assert.rejects(read('{"deleted":{"0":2}}', end), {
      condition: 'STREAMING_DATA_LOSS',
      message: /offsets 2 to 6 of topic deleted, partition 0.*failOnDataLoss/,
    });
  });
  await withStream({ subscribe: 'deleted', failOnDataLoss: 'false' }, async (_stream, read) => {
    assert.deepEqual(values(await read('{"deleted":{"0":2}}', '{"deleted":{"0":10}}')), ['v7', 'v8', 'v9']);
    assert.deepEqual(values(await read('{"deleted":{"0":2}}', '{"deleted":{"0":6}}')), []);
  });
});

test('new partitions and topics are read from their beginning; deleted ones are noticed', withKafka, async () => {
  await createTopic(kafka, 'grow-a');
  await produce(kafka, 'grow-a', numbered(0, 2));
  await withStream({ subscribePattern: 'grow-.*', startingOffsets: 'earliest' }, async (stream, read) => {
    const first = await latest(stream, await stream.initialOffset());
    assert.equal(first, '{"grow-a":{"0":2}}');
    await createTopic(kafka, 'grow-b');
    await addPartitions(kafka, 'grow-a', 2);
    await produce(kafka, 'grow-b', numbered(10, 12));
    await produce(kafka, 'grow-a', numbered(20, 22, { partition: 1 }));
    const second = await latest(stream, first);
    assert.equal(second, '{"grow-a":{"0":2,"1":2},"grow-b":{"0":2}}');
    assert.deepEqual(values(await read(first, second)).sort(), ['v10', 'v11', 'v20', 'v21']);
    await deleteTopic(kafka, 'grow-b');
    const third = await latest(stream, second);
    assert.equal(third, '{"grow-a":{"0":2,"1":2}}');
    await assert.rejects(read(second, third), { condition: 'STREAMING_DATA_LOSS', message: /grow-b-0 are gone/ });
  });
});

test('a broker that is killed and comes back in the middle of a scan loses nothing', withKafka, async () => {
  await createTopic(kafka, 'restart', { partitions: 2 });
  const sent = Array.from({ length: 40 }, (_, i) => numbered(i * 50, i * 50 + 50, { partition: i % 2 }));
  await produce(kafka, 'restart', ...sent);
  const asked = request({ subscribe: 'restart', 'kafka.max.partition.fetch.bytes': '1000' }, false);
  const { scan, schema } = openBatch(kafkaSource, asked, context);
  let leases = 0;
  const interrupted = (async function* () {
    for await (const lease of scan) {
      yield lease;
      if (++leases !== 5) continue;
      await service.pause();
      await service.resume();
    }
  })();
  const rows = await readRows(interrupted, schema, memory);
  assert.ok(leases > 10, 'the scan has many parts');
  assert.deepEqual(new Set(values(rows)), new Set(sent.flat().map(({ value }) => String(value))));
  assert.equal(rows.length, 2000);
});

test('requests made while a connection opens wait for it', withKafka, async () => {
  await createTopic(kafka, 'slow-to-open');
  const answerMs = 100;
  const proxy = await startSlowProxy(service.brokers, answerMs);
  const client = createKafkaClient(
    {
      brokers: [proxy.address],
      clientId: 'test',
      ssl: undefined,
      sasl: undefined,
      timeoutMs: 20_000,
      isolation: 'read_committed',
    },
    systemClock,
  );
  const ask = async (afterMs: number): Promise<number> => {
    await delay(afterMs);
    return (await client.partitions(['slow-to-open'])).length;
  };
  try {
    const times = [0, answerMs / 2, answerMs, 1.5 * answerMs];
    assert.deepEqual(await Promise.all(times.map(ask)), [1, 1, 1, 1]);
    assert.equal(proxy.connections(), 1);
  } finally {
    await client.close();
    proxy.close();
  }
});

/** Hands everything on; what the server answers comes later. */
async function startSlowProxy(server: string, answerMs: number) {
  const [host = '', port = ''] = server.split(':');
  const clients = new Set<Socket>();
  let accepted = 0;
  const proxy = createServer((client) => {
    accepted++;
    clients.add(client);
    const upstream = createConnection(Number(port), host);
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => setTimeout(() => client.write(data), answerMs));
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connections: () => accepted,
    close(): void {
      for (const client of clients) client.destroy();
      proxy.close();
    },
  };
}

test('a broker that is away is named, after the time allowed', withKafka, async () => {
  const away = { subscribe: 'x', 'kafka.bootstrap.servers': '127.0.0.1:1', 'kafka.default.api.timeout.ms': '200' };
  await assert.rejects(readBatch(away), { condition: 'KAFKA_UNAVAILABLE', message: /127\.0\.0\.1:1.*ECONNREFUSED/ });
});

test('SASL works, and a wrong password fails at once', withKafka, async () => {
  const jaas = (password: string) =>
    `org.apache.kafka.common.security.plain.PlainLoginModule required username="${SASL.username}" password="${password}";`;
  const secure = (password: string, mechanism = 'PLAIN') => ({
    subscribe: 'plain',
    'kafka.bootstrap.servers': present(service.saslBrokers, 'SASL listener'),
    'kafka.security.protocol': 'SASL_PLAINTEXT',
    'kafka.sasl.mechanism': mechanism,
    'kafka.sasl.jaas.config': jaas(password),
  });
  assert.equal((await readBatch(secure('secret'))).length, 4);
  assert.equal((await readBatch(secure('secret', 'SCRAM-SHA-256'))).length, 4);
  await assert.rejects(readBatch(secure('wrong', 'SCRAM-SHA-256')), { condition: 'KAFKA_UNAVAILABLE' });
  await assert.rejects(readBatch(secure('wrong')), (error: Error) => {
    assert.match(error.message, /KAFKA_UNAVAILABLE.*[Aa]uthentication failed/s);
    assert.doesNotMatch(error.message, /wrong/);
    return true;
  });
  assert.equal(getOption(secure('x'), 'KAFKA.SASL.MECHANISM'), 'PLAIN');
});

test('all leases gave their memory back', withKafka, () => {
  assert.equal(memory.usedBytes, 0);
});
