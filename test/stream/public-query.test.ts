/** Streaming queries as a program has them: sinks that call it back, triggers, and what a StreamingQuery tells. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { StreamingQuery } from '../../kernel/api/streaming-query.ts';
import { eventStream, millrace, spark } from './support/public.ts';

const { col } = millrace;

after(() => spark.stop());

const traffic = (options: Readonly<Record<string, string>>) =>
  spark.readStream
    .format('website-traffic')
    .options({ rows: '5000', rowsPerSecond: '0', maxRowsPerTrigger: '2000', ...options })
    .load();

test('foreachBatch gets a batch that SQL and actions can read while the query waits, and its id', async () => {
  const events = eventStream();
  const seen: unknown[] = [];
  const query = events
    .frame()
    .writeStream.foreachBatch(async (batch, id) => {
      batch.createOrReplaceTempView('of_batch');
      const rows = await spark.sql('SELECT k, count(*) AS n FROM of_batch GROUP BY k ORDER BY k').collect();
      const wide = await batch.filter(col('v').gt(1)).count();
      seen.push([id, rows.map((row) => `${String(row['k'])} ${String(row['n'])}`), wide]);
    })
    .start();
  events.add([1, 'x', 1], [2, 'y', 2], [3, 'x', 3]);
  await query.processAllAvailable();
  events.add([1, 'z', 0]);
  await query.processAllAvailable();
  await query.stop();
  assert.deepEqual(seen, [
    [0n, ['x 2', 'y 1'], 2],
    [1n, ['z 1'], 0],
  ]);
});

test('a function that throws fails the query, which tells the function’s own error', async () => {
  const events = eventStream();
  const query = events
    .frame()
    .writeStream.queryName('thrower')
    .foreachBatch(() => {
      throw new RangeError('too many rows');
    })
    .start();
  events.add([1]);
  const isTold = (error: unknown): true => {
    assert.ok(error instanceof Error && error.cause instanceof Error && error.cause.cause instanceof Error);
    assert.match(error.message, /\[STREAM_FAILED\].*thrower.*foreachBatch sink failed at batch 0: too many rows/);
    assert.equal(error.cause.cause.name, 'RangeError');
    assert.match(error.cause.cause.stack ?? '', /public-query\.test/);
    return true;
  };
  await assert.rejects(query.awaitTermination(), isTold);
  isTold(query.exception());
  await assert.rejects(query.processAllAvailable(), isTold);
  assert.equal(query.isActive, false);
  assert.match(query.status.message, /^Terminated with exception: .*too many rows/);
});

test('a query may be stopped from its own function', async () => {
  const events = eventStream();
  const query: StreamingQuery = events
    .frame()
    .writeStream.foreachBatch(() => query.stop())
    .start();
  events.add([1]);
  await query.awaitTermination();
  assert.equal(query.exception(), null);
});

test('foreach opens, gets each row, and closes, also with the error of a row', async () => {
  const events = eventStream();
  const seen: unknown[] = [];
  const query = events
    .frame()
    .writeStream.foreach({
      open: (partition, batch) => {
        seen.push(['open', partition, batch]);
        return batch !== 1n;
      },
      process: (row) => {
        seen.push(row.k);
        if (row.k === 'bad') throw new Error('no such row');
      },
      close: (error) => void seen.push(['close', error?.message]),
    })
    .start();
  for (const rows of [['a', 'b'], ['skipped'], ['bad', 'after']]) {
    events.add(...rows.map((k) => [0, k] as const));
    await query.processAllAvailable().catch(() => undefined);
  }
  assert.match(query.exception()?.message ?? '', /foreach sink failed at batch 2: no such row/);
  assert.deepEqual(seen, [
    ...[['open', 0, 0n], 'a', 'b', ['close', undefined]],
    ['open', 0, 1n],
    ...[['open', 0, 2n], 'bad', ['close', 'no such row']],
  ]);
});

test('memory tables and toTable are read by SQL while the query runs', async () => {
  const events = eventStream();
  const counts = events.frame().groupBy('k').count();
  const complete = counts.writeStream.outputMode('complete').format('memory').queryName('m_counts').start();
  const rows = events.frame().select('k').writeStream.toTable('m_rows');
  const read = async (text: string) => (await spark.sql(text).collect()).map((row) => Object.values(row).join(' '));
  for (const batch of [['a', 'b'], ['a']]) {
    events.add(...batch.map((k) => [0, k] as const));
    await complete.processAllAvailable();
    await rows.processAllAvailable();
  }
  assert.deepEqual(await read('SELECT k, count FROM m_counts ORDER BY k'), ['a 2', 'b 1']);
  assert.deepEqual(await read('SELECT k, count(*) FROM m_rows GROUP BY k ORDER BY k'), ['a 2', 'b 1']);
  await complete.stop();
  await rows.stop();
  assert.deepEqual(await read('SELECT count(*) FROM m_rows'), ['3'], 'the table outlives the query');
});

test('a memory table goes on with its query, and is new for another', async () => {
  const checkpoint = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-memory-table-'));
  const events = eventStream();
  const run = async (key: string, location = checkpoint): Promise<string[]> => {
    const rows = events.frame().select('k').writeStream.option('checkpointLocation', location);
    const query = rows.toTable('m_again');
    events.add([0, key]);
    await query.processAllAvailable();
    await query.stop();
    return (await spark.table('m_again').collect()).map((row) => String(row['k'])).sort();
  };
  try {
    assert.deepEqual(await run('a'), ['a']);
    assert.deepEqual(await run('b'), ['a', 'b'], 'started again, as when its cell is run again');
    assert.deepEqual(await run('c', `${checkpoint}-other`), ['c']);
  } finally {
    for (const folder of [checkpoint, `${checkpoint}-other`]) fs.rmSync(folder, { recursive: true, force: true });
  }
});

test('availableNow keeps to limits, once reads all in one batch', async () => {
  const inputs = async (trigger: { once: true } | { availableNow: true }): Promise<number[]> => {
    const query = traffic({}).writeStream.format('noop').trigger(trigger).start();
    assert.equal(await query.awaitTermination(), true);
    return query.recentProgress.map(({ numInputRows }) => numInputRows);
  };
  assert.deepEqual(await inputs({ availableNow: true }), [2000, 2000, 1000]);
  assert.deepEqual(await inputs({ once: true }), [5000]);
});

test('processingTime runs batches at multiples of its interval', async () => {
  const query = traffic({ rows: '6000' })
    .writeStream.format('noop')
    .trigger({ processingTime: '50 milliseconds' })
    .start();
  await query.processAllAvailable();
  await query.stop();
  const starts = query.recentProgress
    .filter(({ numInputRows }) => numInputRows > 0)
    .map((p) => Date.parse(p.timestamp));
  assert.equal(starts.length, 3);
  // The first starts at once, the others at multiples of the interval (timers fire up to some ms late).
  const beats = starts.map((ms) => Math.floor(ms / 50));
  assert.equal(new Set(beats).size, 3, String(starts));
});

test('the status follows the query: waiting, at work in a function, waiting', async () => {
  const events = eventStream();
  const told: unknown[] = [];
  const query: StreamingQuery = events
    .frame()
    .writeStream.foreachBatch(() => void told.push(query.status))
    .start();
  const waiting = { message: 'Waiting for data to arrive', isDataAvailable: false, isTriggerActive: false };
  const comesToRest = async (): Promise<void> => {
    await query.processAllAvailable();
    const deadlineMs = performance.now() + 5000;
    while (query.status.message !== waiting.message && performance.now() < deadlineMs) await query.awaitTermination(1);
    assert.deepEqual(query.status, waiting);
  };
  await comesToRest();
  events.add([1]);
  await comesToRest();
  await query.stop();
  assert.deepEqual(told, [{ message: 'Processing new data', isDataAvailable: true, isTriggerActive: true }]);
});

test('a query tells its identity, status and progress; the manager knows the active ones', async () => {
  const events = eventStream();
  const query = events.frame().writeStream.queryName('known').format('noop').start();
  const other = events.frame().writeStream.format('noop').start();
  try {
    assert.match(query.id, /^[0-9a-f-]{36}$/);
    assert.notEqual(query.id, query.runId);
    assert.deepEqual([query.name, other.name, query.isActive], ['known', null, true]);
    assert.deepEqual([query.lastProgress, query.exception()], [null, null]);
    assert.deepEqual(spark.streams.active, [query, other]);
    assert.equal(spark.streams.get(query.id), query);
    assert.throws(() => spark.streams.get('unknown'), { condition: 'INVALID_ARGUMENT' });
    assert.equal(await query.awaitTermination(5), false);
    assert.equal(await spark.streams.awaitAnyTermination(5), false);
    for (let batch = 0; batch < 3; batch++) {
      events.add([batch], [batch]);
      await query.processAllAvailable();
    }
    const last = query.lastProgress;
    assert.deepEqual([last?.id, last?.runId, last?.name], [query.id, query.runId, 'known']);
    assert.deepEqual([last?.batchId, last?.numInputRows, last?.sink.numOutputRows], [2, 2, 2]);
    assert.deepEqual(
      query.recentProgress.map(({ batchId }) => batchId),
      [0, 1, 2],
    );
    const ended = spark.streams.awaitAnyTermination();
    await other.stop();
    assert.equal(await ended, true);
    assert.deepEqual(spark.streams.active, [query]);
  } finally {
    await query.stop();
    await other.stop();
  }
  assert.deepEqual(query.status, { message: 'Stopped', isDataAvailable: false, isTriggerActive: false });
  assert.equal(await query.awaitTermination(5), true);
});
