/** Triggers, stopping, failing, waiting, and what a query tells of itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { present } from '../../kernel/core/assert.ts';
import { MillraceError } from '../../kernel/core/errors.ts';
import type { Trigger } from '../../kernel/plan/runner-port.ts';
import { eventBatch, passThrough, windowedCount } from '../support/stream-plans.ts';
import {
  AddData,
  AddDataTo,
  AdvanceClock,
  Check,
  CheckAnswer,
  CheckNewAnswer,
  ExpectFailure,
  lastProgress,
  ProcessAll,
  StartStream,
  StopStream,
  testStream,
  type Action,
} from '../support/stream-test.ts';

const plan = passThrough();
const counted = windowedCount({ delaySeconds: 10, windowSeconds: 5 });

const deliveriesAre = (...batchIds: readonly number[]): Action =>
  Check(`batches ${batchIds.join()} were delivered`, ({ sink }) => {
    assert.deepEqual(sink.deliveries, batchIds);
  });

const terminated = (): Action =>
  Check('the query ends by itself', async ({ query }) => {
    assert.equal(await query?.awaitTermination(), true);
  });

const statusIs = (message: string): Action =>
  Check(`the status is ${message}`, ({ query }) => {
    assert.equal(query?.snapshot().status.message, message);
  });

test('processingTime runs a batch at each multiple of the interval', () =>
  testStream(plan, { trigger: { kind: 'processingTime', intervalMs: 1000 } }, [
    AdvanceClock(0),
    AddData([1, 'a']),
    AdvanceClock(999),
    statusIs('Waiting for next trigger'),
    CheckNewAnswer(),
    AdvanceClock(1),
    CheckNewAnswer('1 a 1001000'),
    AddData([2, 'b']),
    AdvanceClock(2500),
    CheckNewAnswer('2 b 1003500'),
    AddData([3, 'c']),
    AdvanceClock(500),
    CheckNewAnswer('3 c 1004000'),
  ]));

test('availableNow honours limits, reads what was there at the start, evicts, and ends', () =>
  testStream(counted, { trigger: { kind: 'availableNow' }, chunksMax: 1 }, [
    AddData([10, 'a']),
    AddData([11, 'a']),
    AddData([40, 'a']),
    StartStream(),
    terminated(),
    deliveriesAre(0, 1, 2, 3),
    CheckAnswer('10 2'),
    AddData([100, 'a']),
    Check('nothing more is read', async ({ sink }) => {
      await eventLoopTurn();
      assert.equal(sink.deliveries.length, 4);
    }),
  ]));

test('availableNow leaves what comes during the run', () => {
  const arriving: (() => void)[] = [];
  return testStream(plan, { trigger: { kind: 'availableNow' }, chunksMax: 1 }, [
    StopStream(),
    AddData([1, 'a']),
    AddData([2, 'b']),
    Check('a third chunk comes with the first batch', ({ sources }) => {
      const source = present(sources[0], 'the source');
      arriving.push(() => source.chunks.push(present(source.chunks[0], 'a chunk')));
    }),
    StartStream({ executor: { onRun: () => arriving.pop()?.() } }),
    terminated(),
    deliveriesAre(0, 1),
  ]);
});

test('once runs one batch without limits, and none without rows', () =>
  testStream(counted, { trigger: { kind: 'once' }, chunksMax: 1 }, [
    AddData([10, 'a']),
    AddData([40, 'a']),
    StartStream(),
    terminated(),
    deliveriesAre(0),
    CheckAnswer(),
  ]));

test('an error ends the query; its exception names the query and has the cause', () =>
  testStream(plan, { executor: { onRun: () => { throw new MillraceError('DIVIDE_BY_ZERO', {}); } } }, [
    AddData([1, 'a']),
    ExpectFailure('DIVIDE_BY_ZERO'),
    Check('everything rejects with it', async ({ query }) => {
      const expected = /Query test \[id = query-id, runId = run-id\] terminated with exception: \[DIVIDE_BY_ZERO\]/;
      await assert.rejects(present(query, 'query').processAllAvailable(), expected);
      const snapshot = present(query, 'query').snapshot();
      assert.match(snapshot.exception?.message ?? '', expected);
      assert.match(snapshot.status.message, /^Terminated with exception: /);
      assert.equal(snapshot.isActive, false);
    }),
  ])); // prettier-ignore

test('whoever waits for all data learns of an error', () =>
  testStream(plan, { executor: { onRun: () => { throw new MillraceError('DIVIDE_BY_ZERO', {}); } } }, [
    Check('processAllAvailable rejects', async ({ query, sources }) => {
      await eventLoopTurn();
      present(sources[0], 'the source').chunks.push(eventBatch([{ ts: 1, key: 'a' }]));
      await assert.rejects(present(query, 'query').processAllAvailable(), /DIVIDE_BY_ZERO/);
    }),
  ])); // prettier-ignore

test('waiting for all data ends also where rows keep coming', () => {
  const arriving: (() => void)[] = [];
  return testStream(counted, { executor: { onRun: () => arriving[0]?.() } }, [
    AddData([10, 'a'], [40, 'a']),
    Check('every batch finds new rows', ({ sources }) => {
      const source = present(sources[0], 'the source');
      arriving.push(() => source.chunks.push(eventBatch([{ ts: 41, key: 'a' }])));
    }),
    ProcessAll(),
    // What was there is counted, and what its watermark has passed is evicted.
    CheckNewAnswer('10 1'),
  ]);
});

test('stop lets the running batch end', () => {
  let letRun = (): void => undefined;
  const running = new Promise<void>((resolve) => (letRun = resolve));
  return testStream(plan, { executor: { onRun: () => running } }, [
    AddData([1, 'a']),
    Check('stop waits', async ({ query, sink }) => {
      const processed = present(query, 'query').processAllAvailable();
      await eventLoopTurn();
      const stopped = present(query, 'query').stop();
      await eventLoopTurn();
      assert.equal(present(query, 'query').snapshot().isActive, true);
      letRun();
      await stopped;
      await processed;
      assert.deepEqual(sink.deliveries, [0]);
    }),
    statusIs('Stopped'),
  ]);
});

test('stop aborts a batch that runs longer than the grace time; the next start runs it again', () => {
  const untilAborted = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => { reject(new Error('aborted')); })); // prettier-ignore
  return testStream(plan, { executor: { onRun: untilAborted } }, [
    AddData([1, 'a']),
    Check('stop aborts', async ({ query, clock }) => {
      await eventLoopTurn();
      const waiting = present(query, 'query').processAllAvailable();
      await eventLoopTurn();
      const stopped = present(query, 'query').stop({ graceMs: 500 });
      clock.advance(500);
      await stopped;
      await waiting;
      assert.equal(present(query, 'query').snapshot().exception, undefined);
    }),
    CheckAnswer(),
    StartStream({ executor: {} }),
    ProcessAll(),
    CheckAnswer('1 a 1000000'),
    deliveriesAre(0),
  ]);
});

test('awaitTermination returns false after its timeout', () =>
  testStream(plan, {}, [
    Check('timeout', async ({ query, clock }) => {
      const waiting = present(query, 'query').awaitTermination(2000);
      await eventLoopTurn();
      clock.advance(2000);
      assert.equal(await waiting, false);
    }),
  ]));

test('a source that knows of rows wakes an idle query; its clock stands still', () =>
  testStream(plan, {}, [
    ProcessAll(),
    Check('rows are read at once', async ({ sink, sources }) => {
      const source = present(sources[0], 'the source');
      for (let turn = 0; turn < 20; turn++) await eventLoopTurn(); // until it sleeps
      source.chunks.push(eventBatch([{ ts: 1, key: 'a' }]));
      for (let turn = 0; turn < 20; turn++) await eventLoopTurn();
      assert.deepEqual(sink.deliveries, [], 'nobody has told');
      source.wake();
      for (let turn = 0; turn < 20; turn++) await eventLoopTurn();
      assert.deepEqual(sink.deliveries, [0]);
    }),
  ]));

test('an idle query asks its sources now and then, and reports seldom', () =>
  testStream(plan, {}, [
    Check('no progress, then one', async ({ query, clock }) => {
      for (let turn = 0; turn < 40; turn++) {
        clock.advance(50);
        await eventLoopTurn();
      }
      assert.equal(present(query, 'query').snapshot().recentProgress.length, 0);
      assert.equal(present(query, 'query').snapshot().status.message, 'Waiting for data to arrive');
      clock.advance(10_000);
      await eventLoopTurn();
      await eventLoopTurn();
      assert.equal(present(query, 'query').snapshot().recentProgress.length, 1);
    }),
    Check('rows are noticed without being asked for', async ({ clock, sink, sources }) => {
      const source = present(sources[0], 'the source');
      source.chunks.push(eventBatch([{ ts: 1, key: 'a' }]));
      clock.advance(50);
      await eventLoopTurn();
      assert.deepEqual(sink.deliveries, [0]);
    }),
  ]));

const NO_EMPTY_BATCHES = { 'spark.sql.streaming.noDataMicroBatches.enabled': 'false' };
const EVERY_2_S: Trigger = { kind: 'processingTime', intervalMs: 2000 };

test('33: progress has Spark’s fields', () =>
  testStream(counted, { sourceCount: 2, outputMode: 'update', conf: NO_EMPTY_BATCHES, trigger: EVERY_2_S }, [
    AddDataTo(0, [10, 'a'], [12, 'b']),
    StartStream(),
    AdvanceClock(0),
    AddDataTo(0, [20, 'a'], [22, 'b'], [1, 'c']),
    AdvanceClock(2000),
    Check('progress', (context) => {
      const { durationMs, stateOperators, ...rest } = lastProgress(context);
      assert.deepEqual(Object.keys(durationMs), [
        'addBatch', 'commitOffsets', 'latestOffset', 'runBatch', 'stateCommit', 'triggerExecution', 'walCommit',
      ]); // prettier-ignore
      assert.deepEqual({ ...stateOperators[0], memoryUsedBytes: 0 }, {
        operatorName: 'stateStoreSave',
        numRowsTotal: 3,
        numRowsUpdated: 2,
        numRowsRemoved: 0,
        numRowsDroppedByWatermark: 0,
        commitTimeMs: 0,
        memoryUsedBytes: 0,
        numShufflePartitions: 4,
        customMetrics: {},
      }); // prettier-ignore
      assert.deepEqual(rest, {
        id: 'query-id',
        runId: 'run-id',
        name: 'test',
        timestamp: '1970-01-01T00:16:42.000Z',
        batchId: 1,
        batchDuration: 0,
        numInputRows: 3,
        inputRowsPerSecond: 1.5,
        processedRowsPerSecond: 0,
        eventTime: {
          avg: '1970-01-01T00:00:14.333Z',
          max: '1970-01-01T00:00:22.000Z',
          min: '1970-01-01T00:00:01.000Z',
          watermark: '1970-01-01T00:00:02.000Z',
        },
        sources: [
          { description: 'TestSource[events]', startOffset: 0, endOffset: 1, latestOffset: 1, numInputRows: 3, inputRowsPerSecond: 1.5, processedRowsPerSecond: 0 },
          { description: 'TestSource[events]', startOffset: null, endOffset: null, latestOffset: null, numInputRows: 0, inputRowsPerSecond: 0, processedRowsPerSecond: 0 },
        ],
        sink: { description: 'TestSink', numOutputRows: 2 },
      }); // prettier-ignore
    }),
  ]));

test('recent progress is bounded', () => {
  const actions: Action[] = [];
  for (let batch = 0; batch < 105; batch++) actions.push(AddData([batch, 'a']), ProcessAll());
  return testStream(plan, {}, [
    ...actions,
    Check('the last 100', ({ query }) => {
      const batchIds = present(query, 'query')
        .snapshot()
        .recentProgress.map(({ batchId }) => batchId);
      assert.deepEqual([batchIds.length, batchIds.at(0), batchIds.at(-1)], [100, 5, 104]);
    }),
  ]);
});

test('a source hears what is committed', () =>
  testStream(plan, {}, [
    AddData([1, 'a']),
    ProcessAll(),
    AddData([2, 'a']),
    ProcessAll(),
    Check('commits', ({ sources }) => {
      assert.deepEqual(sources[0]?.committed, ['0', '1']);
    }),
  ]));
