/** SEMANTICS.md 1-11: watermarks, late rows and output modes, seen from outside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Types } from '../../kernel/arrow/types.ts';
import { globalCount, windowedCount, type TestPlan } from '../support/stream-plans.ts';
import {
  AddData,
  AddDataTo,
  Check,
  CheckAnswer,
  CheckLastBatch,
  CheckNewAnswer,
  lastProgress,
  ProcessAll,
  StartStream,
  StopStream,
  testStream,
  type Action,
} from '../support/stream-test.ts';

const byWindow = windowedCount({ delaySeconds: 10, windowSeconds: 5 });
const byTime = windowedCount({ delaySeconds: 10 });

/** A chunk and everything that follows from it. */
const processed = (...events: readonly (readonly [number | null, string | null])[]): readonly Action[] => [
  AddData(...events),
  ProcessAll(),
];

const watermarkIs = (seconds: number): Action =>
  Check(`the watermark is ${seconds} s`, (context) => {
    assert.equal(lastProgress(context).eventTime['watermark'], new Date(seconds * 1000).toISOString());
  });

const droppedIs = (rows: number): Action =>
  Check(`${rows} rows were dropped`, ({ query }) => {
    const dropped = (query?.snapshot().recentProgress ?? []).map(
      ({ stateOperators }) => stateOperators[0]?.numRowsDroppedByWatermark ?? 0,
    );
    assert.equal(
      dropped.reduce((sum, count) => sum + count, 0),
      rows,
    );
  });

const stateRowsAre = (rows: number): Action =>
  Check(`${rows} groups are in the state`, (context) => {
    assert.equal(lastProgress(context).stateOperators[0]?.numRowsTotal, rows);
  });

test('1: the watermark is the greatest time less the delay, floored to ms, and never retreats', () =>
  testStream(byWindow, { outputMode: 'append' }, [
    ...processed([20.0009, 'a']),
    watermarkIs(10),
    ...processed([30, 'a'], [12, 'a']),
    watermarkIs(20),
    ...processed([25, 'a']),
    Check('it holds', (context) => {
      assert.equal(lastProgress(context).eventTime['watermark'], '1970-01-01T00:00:20.000Z');
    }),
  ]));

test('5: late rows are told by the previous batch’s watermark, groups evicted by the current one', () =>
  testStream(byWindow, { outputMode: 'append', conf: { 'spark.sql.streaming.noDataMicroBatches.enabled': 'false' } }, [
    ...processed([10, 'a'], [50, 'a']),
    // The watermark is now 40 s, but rows of this batch are late by 0 s: the row at 12 counts, and its window goes out.
    ...processed([12, 'a']),
    CheckNewAnswer('10 2'),
    droppedIs(0),
    ...processed([13, 'a']),
    CheckNewAnswer(),
    droppedIs(1),
  ]));

test('6: a batch without rows runs when eviction would advance, but not in complete mode', async () => {
  await testStream(byWindow, { outputMode: 'append' }, [
    ...processed([10, 'a'], [50, 'a']),
    CheckNewAnswer('10 1'),
    Check('two batches ran', ({ sink }) => {
      assert.deepEqual(sink.deliveries, [0, 1]);
    }),
  ]);
  await testStream(byWindow, { outputMode: 'complete' }, [
    ...processed([10, 'a'], [50, 'a']),
    Check('one batch ran', ({ sink }) => {
      assert.deepEqual(sink.deliveries, [0]);
    }),
  ]);
});

test('7: late means window end <= watermark, or time <= watermark', async () => {
  await testStream(byWindow, { outputMode: 'append' }, [
    ...processed([47, 'a']),
    watermarkIs(37),
    ...processed([34.9, 'late'], [35, 'in time']),
    droppedIs(1),
    ...processed([50, 'a']),
    CheckAnswer('35 1'),
  ]);
  await testStream(byTime, { outputMode: 'append' }, [
    ...processed([47, 'a']),
    ...processed([37, 'late'], [38, 'in time']),
    droppedIs(1),
    ...processed([60, 'a']),
    CheckAnswer('38 1', '47 1'),
  ]);
});

test('8: append emits a window once, when it is evicted', () =>
  testStream(byWindow, { outputMode: 'append' }, [
    ...processed([10, 'a'], [11, 'a'], [12, 'a']),
    CheckNewAnswer(),
    ...processed([25, 'a']),
    CheckNewAnswer('10 3'),
    ...processed([10, 'late']),
    CheckNewAnswer(),
    stateRowsAre(1),
  ]));

test('8: update emits what changed, and nothing when it evicts', () =>
  testStream(byWindow, { outputMode: 'update' }, [
    ...processed([10, 'a'], [16, 'a']),
    CheckNewAnswer('10 1', '15 1'),
    ...processed([17, 'a']),
    CheckNewAnswer('15 2'),
    ...processed([40, 'a']),
    CheckNewAnswer('40 1'),
    stateRowsAre(1),
  ]));

test('8: complete emits everything, evicts nothing and counts late rows', () =>
  testStream(byWindow, { outputMode: 'complete' }, [
    ...processed([10, 'a'], [16, 'a']),
    ...processed([100, 'a']),
    ...processed([11, 'a']),
    CheckLastBatch('10 2', '15 1', '100 1'),
    droppedIs(0),
  ]));

test('9: dropped rows are counted after partial aggregation', () =>
  testStream(byWindow, { outputMode: 'append' }, [
    ...processed([100, 'a']),
    ...processed([10, 'a'], [11, 'a'], [12, 'a'], [20, 'a']),
    droppedIs(2),
  ]));

test('9: a null time falls in no window; as a key it is never emitted in append, and stays', async () => {
  await testStream(byWindow, { outputMode: 'update' }, [...processed([null, 'a'], [10, 'a']), CheckAnswer('10 1')]);
  await testStream(byTime, { outputMode: 'append' }, [
    ...processed([null, 'a'], [10, 'a']),
    ...processed([100, 'a'], [null, 'b']),
    ...processed([200, 'a']),
    CheckAnswer('10 1', '100 1'),
    stateRowsAre(2),
  ]);
});

test('9: rows before 1970 are late at once', () =>
  testStream(byWindow, { outputMode: 'update' }, [
    ...processed([-6, 'a'], [1, 'a']),
    CheckAnswer('0 1'),
    droppedIs(1),
  ]));

test('19: an empty batch keeps a global aggregate', async () => {
  const plan = globalCount({ delaySeconds: 0 });
  await testStream(plan, { outputMode: 'complete' }, [
    ...processed([1, 'a'], [2, 'a']),
    AddData(),
    ProcessAll(),
    CheckLastBatch('2 null'),
    ...processed([3, 'a']),
    CheckLastBatch('3 null'),
  ]);
});

test('19: a global aggregate has its row before the first row has come', () =>
  testStream(globalCount(), { outputMode: 'update' }, [AddData(), ProcessAll(), CheckAnswer('0 null')]));

const twoInputs: TestPlan = {
  ...byWindow,
  watermarks: [0, 1].map((watermarkId) => ({ watermarkId, delayMicros: 10_000_000n, column: 'ts' })),
};

test('2: the watermark is the least of the inputs; one without data counts as 0', () =>
  testStream(twoInputs, { outputMode: 'append', sourceCount: 2 }, [
    AddDataTo(0, [100, 'a']),
    ProcessAll(),
    watermarkIs(0),
    AddDataTo(1, [50, 'a']),
    ProcessAll(),
    watermarkIs(40),
  ]));

const MAX_POLICY = { 'spark.sql.streaming.multipleWatermarkPolicy': 'max' };

test('2, 3: by policy it is the greatest; the policy comes from the checkpoint', () =>
  testStream(twoInputs, { outputMode: 'append', sourceCount: 2, conf: MAX_POLICY }, [
    AddDataTo(0, [100, 'a']),
    AddDataTo(1, [50, 'a']),
    ProcessAll(),
    watermarkIs(90),
    StopStream(),
    StartStream({ conf: { 'spark.sql.shuffle.partitions': '7' } }),
    AddDataTo(1, [130, 'a']),
    ProcessAll(),
    watermarkIs(120),
    Check('so do the partitions', (context) => {
      assert.equal(lastProgress(context).stateOperators[0]?.numShufflePartitions, 4);
    }),
  ]));

test('4: after a restart the watermark holds until every input has passed it', () =>
  testStream(twoInputs, { outputMode: 'append', sourceCount: 2 }, [
    AddDataTo(0, [100, 'a']),
    AddDataTo(1, [50, 'a']),
    ProcessAll(),
    watermarkIs(40),
    StopStream(),
    StartStream(),
    AddDataTo(0, [200, 'a']),
    ProcessAll(),
    watermarkIs(40),
    AddDataTo(1, [60, 'a']),
    ProcessAll(),
    watermarkIs(50),
  ]));

test('a key beside the window, and aggregates that count nothing, keep their state', () =>
  testStream(
    windowedCount({
      ...{ delaySeconds: 10, windowSeconds: 5, byKey: true },
      accumulators: [{ op: 'max', inputType: Types.long, stateType: Types.long, onOverflow: 'error' }],
    }),
    { outputMode: 'update' },
    [
      ...processed([10, 'a'], [10, 'b'], [11, null]),
      CheckNewAnswer('10 a 1', '10 b 1', '10 null 1'),
      StopStream(),
      StartStream(),
      ...processed([12, 'b'], [12, null]),
      CheckNewAnswer('10 b 2', '10 null 2'),
    ],
  ));
