/** Kafka's wire format without a broker: kafkajs's encoder is the other side. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Kafkajs from 'kafkajs';
import { compressSync } from 'snappy';
import { rowsOf, type RowObject } from '../../kernel/arrow/values.ts';
import { crc32c } from '../../kernel/connectors/kafka/crc32c.ts';
import { kafkaReader, type KafkaPayload } from '../../kernel/connectors/kafka/reader.ts';
import { KAFKA_SCHEMA_WITH_HEADERS } from '../../kernel/connectors/kafka/schema.ts';
import { createEngineMemory } from '../../kernel/workers/instance.ts';

const require = createRequire(import.meta.url);
const { CompressionCodecs, CompressionTypes } = require('kafkajs') as typeof Kafkajs;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (options: object) => Promise<{ readonly buffer: Buffer }>;
};
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => object;
const Long = require('kafkajs/src/utils/long') as { fromValue(value: string | number): object };

interface SentRecord {
  readonly offsetDelta: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer>>;
}

interface SentBatch {
  readonly baseOffset: number;
  readonly records: readonly SentRecord[];
  readonly compression?: Kafkajs.CompressionTypes;
  readonly producerId?: number;
}

const FIRST_MS = 1_700_000_000_000;

async function encode({ baseOffset, records, compression, producerId }: SentBatch): Promise<Buffer> {
  const last = records.at(-1);
  const { buffer } = await RecordBatch({
    compression: compression ?? CompressionTypes.None,
    firstOffset: Long.fromValue(String(baseOffset)),
    firstTimestamp: FIRST_MS,
    maxTimestamp: Math.max(...records.map(({ timestampMs }) => timestampMs)),
    lastOffsetDelta: last?.offsetDelta ?? 0,
    transactional: producerId !== undefined,
    producerId: Long.fromValue(producerId ?? -1),
    records: records.map(({ offsetDelta, timestampMs, key, value, headers }) =>
      encodeRecord({ offsetDelta, timestampDelta: timestampMs - FIRST_MS, key, value, headers: headers ?? {} }),
    ),
  });
  return buffer;
}

const CONTROL_ATTRIBUTES = 0x30;

/** A commit or abort marker: a batch of one record whose key is version and type. */
async function marker(baseOffset: number, producerId: number, type: 'abort' | 'commit'): Promise<Buffer> {
  const key = Buffer.from([0, 0, 0, type === 'commit' ? 1 : 0]);
  const record = { offsetDelta: 0, timestampMs: FIRST_MS, key, value: Buffer.alloc(6) };
  const batch = await encode({ baseOffset, records: [record], producerId });
  batch.writeInt16BE(CONTROL_ATTRIBUTES, 21);
  return sealed(batch);
}

/** With the checksum of its content. */
function sealed(batch: Buffer): Buffer {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  view.setUint32(17, crc32c(view, 21, batch.length));
  return batch;
}

const memory = createEngineMemory({ maximumBytes: 128 * 1024 ** 2 });

function decode(bytes: Buffer, more: Partial<KafkaPayload> = {}, batchRowsMax = 100): RowObject[] {
  const raw = memory.createArena('raw');
  const arena = memory.createArena('rows');
  try {
    const pointer = raw.allocate(bytes.length);
    new Uint8Array(memory.buffer, pointer, bytes.length).set(bytes);
    const payload: KafkaPayload = {
      topic: 't',
      partition: 7,
      pointer,
      bytes: bytes.length,
      fromOffset: 0,
      toOffset: Number.MAX_SAFE_INTEGER,
      aborted: [],
      ...more,
    };
    const request = { schema: KAFKA_SCHEMA_WITH_HEADERS, arena, batchRowsMax, timeZone: 'UTC' };
    const rows: RowObject[] = [];
    for (const batch of kafkaReader.read({ reader: 'kafka', payload, bytes: bytes.length }, request)) {
      assert.ok(batch.length <= batchRowsMax);
      rows.push(...rowsOf(batch));
    }
    return rows;
  } finally {
    raw.release();
    arena.release();
  }
}

const numbered = (baseOffset: number, count: number, more: Partial<SentBatch> = {}): SentBatch => ({
  baseOffset,
  records: Array.from({ length: count }, (_, i) => ({
    offsetDelta: i,
    timestampMs: FIRST_MS + i,
    key: null,
    value: Buffer.from(`v${baseOffset + i}`),
  })),
  ...more,
});
const offsets = (rows: readonly RowObject[]): number[] => rows.map(({ offset }) => Number(offset));
const hex = (value: unknown): string | null =>
  value === null ? null : Buffer.from(value as Uint8Array).toString('hex');

test('CRC-32C, by the vectors of RFC 3720', () => {
  const crc = (bytes: Buffer) => crc32c(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  assert.equal(crc(Buffer.alloc(32)), 0x8a9136aa);
  assert.equal(crc(Buffer.alloc(32, 0xff)), 0x62a8ab43);
  assert.equal(crc(Buffer.from(Array.from({ length: 32 }, (_, i) => i))), 0x46dd794e);
  assert.equal(crc(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc(Buffer.alloc(0)), 0);
});

test('any records that kafkajs encodes are decoded to what they were', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value));
  const record = fc.record({
    gap: fc.integer({ min: 1, max: 5 }),
    timestampMs: fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constant(-1), fc.constant(FIRST_MS)),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), bytes, { maxKeys: 3, noNullPrototype: true }),
  });
  const batches = fc.array(
    fc.record({
      records: fc.array(record, { minLength: 1, maxLength: 40 }),
      compression: fc.constantFrom(CompressionTypes.None, CompressionTypes.GZIP),
    }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(
      batches,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 2 ** 48 }),
      async (sent, rowsMax, first) => {
        let next = first;
        const encoded: Buffer[] = [];
        const expected: unknown[] = [];
        for (const { records, compression } of sent) {
          const baseOffset = next;
          const numberedRecords = records.map(({ gap, ...rest }) => ({
            ...rest,
            offsetDelta: (next += gap) - baseOffset,
          }));
          encoded.push(await encode({ baseOffset, records: numberedRecords, compression }));
          for (const { offsetDelta, timestampMs, key, value, headers } of numberedRecords) {
            const names = Object.entries(headers).map(([name, content]) => [name, hex(content)]);
            expected.push([
              baseOffset + offsetDelta,
              timestampMs,
              hex(key),
              hex(value),
              names.length === 0 ? null : names,
            ]);
          }
          next++;
        }
        const decoded = decode(Buffer.concat(encoded), {}, rowsMax).map((row) => [
          Number(row['offset']),
          Number(row['timestamp']),
          hex(row['key']),
          hex(row['value']),
          (row['headers'] as { key: string; value: Uint8Array }[] | null)?.map(({ key, value }) => [key, hex(value)]) ??
            null,
        ]);
        assert.deepEqual(decoded, expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('only the wanted offsets, and no batch that is cut off', async () => {
  const bytes = Buffer.concat([
    await encode(numbered(10, 5)),
    await encode(numbered(15, 5)),
    await encode(numbered(20, 5)),
  ]);
  assert.deepEqual(offsets(decode(bytes, { fromOffset: 12, toOffset: 17 })), [12, 13, 14, 15, 16]);
  assert.deepEqual(offsets(decode(bytes.subarray(0, bytes.length - 1))), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(decode(bytes.subarray(0, 30)), []);
  assert.deepEqual(
    [...new Set(decode(bytes).map(({ topic, partition }) => JSON.stringify([topic, partition])))],
    ['["t",7]'],
  );
});

test('snappy without the framing of Java', async () => {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: (encoder: { buffer: Buffer }) => Promise.resolve(compressSync(encoder.buffer)),
  });
  const bytes = await encode(numbered(0, 50, { compression: CompressionTypes.Snappy }));
  assert.equal(decode(bytes).length, 50);
});

test('aborted transactions and markers give no rows, interleaved as they are', async () => {
  const bytes = Buffer.concat([
    await encode(numbered(0, 2, { producerId: 1 })),
    await encode(numbered(2, 2, { producerId: 2 })),
    await encode(numbered(4, 2)),
    await marker(6, 1, 'abort'),
    await encode(numbered(7, 2, { producerId: 1 })),
    await marker(9, 2, 'commit'),
    await marker(10, 1, 'commit'),
  ]);
  const aborted = [{ producerId: 1n, firstOffset: 0 }];
  assert.deepEqual(offsets(decode(bytes, { aborted })), [2, 3, 4, 5, 7, 8]);
  assert.deepEqual(offsets(decode(bytes)), [0, 1, 2, 3, 4, 5, 7, 8]);
});

test('damaged and outdated records are refused, naming topic, partition and what is wrong', async () => {
  const good = await encode(numbered(5, 3));
  const flipped = Buffer.from(good);
  flipped[good.length - 3] = (flipped[good.length - 3] ?? 0) ^ 1;
  assert.throws(() => decode(flipped), {
    condition: 'KAFKA_RECORDS_DAMAGED',
    message: /topic t, partition 7.*checksum of the batch at offset 5/,
  });
  const outdated = Buffer.from(good);
  outdated[16] = 1;
  assert.throws(() => decode(outdated), {
    condition: 'KAFKA_RECORDS_DAMAGED',
    message: /format 1 is older than Kafka 0\.11/,
  });
  const unknown = Buffer.from(good);
  unknown.writeInt16BE(6, 21);
  assert.throws(() => decode(sealed(unknown)), { condition: 'KAFKA_RECORDS_DAMAGED', message: /codec 6/ });
  const compressed = await encode(numbered(5, 3, { compression: CompressionTypes.GZIP }));
  compressed.fill(0xab, 75);
  assert.throws(() => decode(sealed(compressed)), { condition: 'KAFKA_RECORDS_DAMAGED' });
});

test('headers that would lie outside of their record are refused', async () => {
  const bytes = await encode(numbered(0, 1));
  for (const count of [0x7e, 0x01]) {
    bytes[bytes.length - 1] = count; // 63, -1
    assert.throws(() => decode(sealed(bytes)), { condition: 'KAFKA_RECORDS_DAMAGED' });
  }
});

test('bytes of any kind, behind a valid checksum, are rows or an error, never a hang or a stray read', async () => {
  const good = await encode(numbered(0, 5));
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: good.length - 61, maxLength: good.length - 61 }),
      fc.nat(10),
      (noise, kept) => {
        const bytes = Buffer.from(good);
        bytes.set(noise.subarray(kept), 61 + kept);
        try {
          decode(sealed(bytes));
        } catch (error) {
          assert.match(String(error), /KAFKA_RECORDS_DAMAGED/);
        }
      },
    ),
    { numRuns: 300 },
  );
});
