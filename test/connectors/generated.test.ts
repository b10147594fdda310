import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Types, field } from '../../kernel/arrow/types.ts';
import type { SourceProvider, StreamSource } from '../../kernel/connectors/contract.ts';
import { rateMicroBatchSource } from '../../kernel/connectors/sources/rate-micro-batch.ts';
import { rateSource, RATE_SCHEMA, valueAtSecond } from '../../kernel/connectors/sources/rate.ts';
import { websiteTrafficSource } from '../../kernel/connectors/sources/website-traffic.ts';
import { present } from '../../kernel/core/assert.ts';
import { ManualClock } from '../../kernel/core/clock.ts';
import { openBatch, openStream, readRows, sourceContext, testMemory } from './support/scan.ts';

const memory = testMemory();
const arena = memory.createArena('scan');
const request = (options: Record<string, string>) => ({ options, paths: [], schema: undefined, streaming: true });
const folder = () => mkdtemp(path.join(tmpdir(), 'millrace-'));

function start(
  provider: SourceProvider,
  options: Record<string, string>,
  context: { clock: ManualClock; metadataPath?: string },
): Promise<StreamSource> {
  return openStream(provider, request(options), sourceContext(memory, context));
}

test('rate counts by the clock, and a restart reads the same rows for the same offsets', async () => {
  const clock = new ManualClock(1_700_000_000_500);
  const metadataPath = await folder();
  const options = { ROWSPERSECOND: '4' };
  const source = await start(rateSource, options, { clock, metadataPath });
  assert.equal(await source.initialOffset(), '0');
  assert.equal(await source.latestOffset('0', { kind: 'all' }), '0');
  clock.advance(2_999);
  assert.equal(await source.latestOffset('0', { kind: 'all' }), '2');
  const rows = await readRows(source.scan('0', '2', arena), RATE_SCHEMA, memory, 3);
  assert.deepEqual(
    rows.map(({ value }) => value),
    [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n],
  );
  assert.deepEqual(
    rows.map(({ timestamp }) => Number(timestamp) - 1_700_000_000_500),
    [0, 250, 500, 750, 1000, 1250, 1500, 1750],
  );
  assert.match(await readFile(path.join(metadataPath, '0'), 'utf8'), /^v1\n1700000000500$/);

  clock.advance(60_000);
  const restarted = await start(rateSource, options, { clock, metadataPath });
  assert.deepEqual(await readRows(restarted.scan('0', '2', arena), RATE_SCHEMA, memory), rows);
  await writeFile(path.join(metadataPath, '0'), 'junk');
  await assert.rejects(start(rateSource, options, { clock, metadataPath }), { condition: 'CHECKPOINT_DAMAGED' });
});

test("rate's ramp follows Spark's formula", () => {
  const counts = (rowsPerSecond: number, rampUpSeconds: number) =>
    [0, 1, 2, 3, 4, 5, 6].map((second) => valueAtSecond(second, { rowsPerSecond, rampUpSeconds, partitionCount: 1 }));
  assert.deepEqual(counts(10, 4), [0, 2, 6, 12, 20, 30, 40]);
  assert.deepEqual(counts(10, 0), [0, 10, 20, 30, 40, 50, 60]);
});

test('wrong options name the option and what would be right', () => {
  assert.throws(() => rateSource.schema(request({ rowsPerSecond: 'many' })), {
    condition: 'DATA_SOURCE_OPTION',
    message: /rowsPerSecond.*'many' is not an integer at least 1/,
  });
  assert.throws(() => rateMicroBatchSource.schema(request({})), { condition: 'DATA_SOURCE_OPTION' });
  const schema = Types.struct([field('a', Types.int)]);
  assert.throws(() => rateSource.schema({ ...request({}), schema }), { condition: 'DATA_SOURCE_OPTION' });
});

test('rate-micro-batch gives exactly rowsPerBatch rows, at the time of its batch', async () => {
  const options = { rowsPerBatch: '3', startTimestamp: '5000', advanceMillisPerBatch: '100' };
  const source = await start(rateMicroBatchSource, options, { clock: new ManualClock() });
  const first = await source.initialOffset();
  assert.equal(first, '{"offset":0,"timestamp":5000}');
  const second = await source.latestOffset(first, { kind: 'trigger' });
  const third = await source.latestOffset(second, { kind: 'trigger' });
  const rows = await readRows(source.scan(second, present(third, 'offset'), arena), RATE_SCHEMA, memory);
  assert.deepEqual(
    rows.map(({ timestamp, value }) => [Number(timestamp), value]),
    [
      [5100, 3n],
      [5100, 4n],
      [5100, 5n],
    ],
  );
});

test('website-traffic is a function of row number, seed and start', async () => {
  const clock = new ManualClock(1_767_225_600_000);
  const options = { rowsPerSecond: '1000', disorder: '5 seconds', speedup: '60', seed: '7' };
  const source = await start(websiteTrafficSource, options, { clock });
  const first = present(await source.initialOffset(), 'offset');
  assert.equal(await source.latestOffset(first, { kind: 'trigger' }), first);
  clock.advance(2_500);
  const end = present(await source.latestOffset(first, { kind: 'all' }), 'offset');
  assert.equal(end, '{"rows":2500,"startMs":1767225600000}');

  const schema = websiteTrafficSource.schema(request(options));
  const rows = await readRows(source.scan(first, end, arena), schema, memory, 999);
  assert.equal(rows.length, 2500);
  const events = rows.map(({ value }) => JSON.parse(Buffer.from(value as Uint8Array).toString()) as Event);
  for (const [row, event] of events.entries()) {
    const lateMs = 1_767_225_600_000 + row * 60 - Date.parse(event.timestamp);
    assert.ok(lateMs >= 0 && lateMs <= 5000, `row ${row} is ${lateMs} ms late`);
    assert.equal(new Date(event.timestamp).toISOString(), event.timestamp);
    assert.match(event.user, /^user\d{6}$/);
    assert.equal(Buffer.from(rows[row]?.['key'] as Uint8Array).toString(), event.user);
    assert.ok(event.bytes >= 200 && [200, 304, 404, 500].includes(event.status));
  }
  const visits = (url: string) => events.filter((event) => event.url === url).length;
  assert.ok(visits('/') > visits('/shop') && visits('/shop') > visits('/cart'), 'pages follow a power law');

  const replay = await start(websiteTrafficSource, options, { clock: new ManualClock(5) });
  assert.deepEqual(await readRows(replay.scan(first, end, arena), schema, memory, 4096), rows);
  const other = await start(websiteTrafficSource, { ...options, seed: '8' }, { clock });
  assert.notDeepEqual(await readRows(other.scan(first, end, arena), schema, memory), rows);
});

interface Event {
  readonly timestamp: string;
  readonly url: string;
  readonly user: string;
  readonly status: number;
  readonly bytes: number;
}

test('website-traffic goes on where it was, without rows for the time it was down', async () => {
  const clock = new ManualClock(1_000_000);
  const source = await start(websiteTrafficSource, { rowsPerSecond: '10' }, { clock });
  const logged = '{"rows":500,"startMs":7}';
  assert.equal(await source.latestOffset(logged, { kind: 'trigger' }), logged);
  clock.advance(1_000);
  assert.equal(await source.latestOffset(logged, { kind: 'all' }), '{"rows":510,"startMs":7}');
});

test('website-traffic under availableNow gives all its rows, as many at a time as it may', async () => {
  const options = { rows: '25', maxRowsPerTrigger: '10', rowsPerSecond: '1' };
  const source = await start(websiteTrafficSource, options, { clock: new ManualClock(7) });
  await source.prepareForAvailableNow?.();
  const ends: number[] = [];
  let offset = await source.initialOffset();
  for (let batch = 0; batch < 4; batch++) {
    offset = await source.latestOffset(offset, { kind: 'trigger' });
    ends.push((JSON.parse(present(offset, 'offset')) as { rows: number }).rows);
  }
  assert.deepEqual(ends, [10, 20, 25, 25]);
  const endless = await start(websiteTrafficSource, {}, { clock: new ManualClock() });
  assert.throws(() => endless.prepareForAvailableNow?.(), { condition: 'DATA_SOURCE_OPTION', message: /option rows/ });
});

test('website-traffic without end says so to a query that would run one empty batch', async () => {
  const clock = new ManualClock(1_767_225_600_000);
  const endless = await start(websiteTrafficSource, {}, { clock });
  const first = await endless.initialOffset();
  await assert.rejects(async () => endless.latestOffset(first, { kind: 'all' }), {
    condition: 'DATA_SOURCE_OPTION',
    message: /option rows.*once.*backlog/,
  });
  const backlog = await start(websiteTrafficSource, { backlog: '2 seconds' }, { clock });
  const end = await backlog.latestOffset(await backlog.initialOffset(), { kind: 'all' });
  assert.equal(end, '{"rows":2000,"startMs":1767225598000}');
});

test('website-traffic ends at rows, and a batch needs that end', async () => {
  const batch = { ...request({ rows: '10', startTimestamp: '2026-01-01T00:00:00Z' }), streaming: false };
  const { schema, scan } = openBatch(websiteTrafficSource, batch, sourceContext(memory));
  const rows = await readRows(scan, schema, memory);
  assert.deepEqual(rows.map(({ partition, offset }) => [partition, offset]).slice(3, 6), [
    [3, 0n],
    [0, 1n],
    [1, 1n],
  ]);
  assert.equal(rows.length, 10);
  assert.throws(() => websiteTrafficSource.schema({ ...request({}), streaming: false }), {
    condition: 'DATA_SOURCE_OPTION',
    message: /option rows/,
  });
});

test('website-traffic has its backlog at the first start only, and says how far it is', async () => {
  const clock = new ManualClock(1_767_225_600_000);
  const options = { rowsPerSecond: '10', backlog: '3 minutes' };
  const source = await start(websiteTrafficSource, options, { clock });
  const first = present(await source.initialOffset(), 'offset');
  const end = await source.latestOffset(first, { kind: 'trigger' });
  assert.equal(end, '{"rows":1800,"startMs":1767225420000}');
  assert.equal(source.reportLatest?.(), end);
  clock.advance(199);
  assert.equal(
    await source.latestOffset(end, { kind: 'trigger' }),
    '{"rows":1801,"startMs":1767225420000}',
    'rows arrive in bursts, every 100 ms',
  );
  const again = await start(websiteTrafficSource, options, { clock });
  assert.equal(await again.latestOffset(end, { kind: 'trigger' }), end);
});
