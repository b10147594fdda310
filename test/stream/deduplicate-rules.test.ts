/** SEMANTICS.md 17: dropDuplicates and dropDuplicatesWithinWatermark. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deduplicated } from '../support/stream-plans.ts';
import {
  AddData,
  Check,
  CheckNewAnswer,
  lastProgress,
  ProcessAll,
  StartStream,
  StopStream,
  testStream,
  type Action,
} from '../support/stream-test.ts';

const processed = (...events: readonly (readonly [number | null, string | null])[]): readonly Action[] => [
  AddData(...events),
  ProcessAll(),
];

const stateRowsAre = (rows: number): Action =>
  Check(`${rows} keys are in the state`, (context) => {
    assert.equal(lastProgress(context).stateOperators[0]?.numRowsTotal, rows);
  });

test('with the time among the keys, keys are forgotten by the watermark', () =>
  testStream(deduplicated({ delaySeconds: 10, keys: ['ts', 'key'] }), {}, [
    ...processed([10, 'a'], [10, 'a'], [10, 'b'], [11, 'a']),
    CheckNewAnswer('10 a', '10 b', '11 a'),
    ...processed([10, 'b'], [12, 'b']),
    CheckNewAnswer('12 b'),
    ...processed([100, 'a']),
    CheckNewAnswer('100 a'),
    stateRowsAre(1),
    ...processed([90, 'late'], [91, 'c']),
    CheckNewAnswer('91 c'),
  ]));

test('without the time among the keys, keys stay for ever, and late rows are dropped', () =>
  testStream(deduplicated({ delaySeconds: 10, keys: ['key'] }), {}, [
    ...processed([10, 'a'], [11, 'b']),
    ...processed([100, 'c']),
    ...processed([101, 'a'], [50, 'd']),
    CheckNewAnswer('10 a', '11 b', '100 c'),
    stateRowsAre(3),
  ]));

test('where the time does not reach the operator, late rows pass', () =>
  testStream(deduplicated({ delaySeconds: 10, keys: ['key'], hasEventTime: false }), {}, [
    ...processed([100, 'c']),
    ...processed([50, 'd'], [51, 'c']),
    CheckNewAnswer('100 c', '50 d'),
  ]));

test('within a watermark a key expires its delay after its first row, not extended by later ones', () =>
  testStream(deduplicated({ delaySeconds: 10, keys: ['key'], withinWatermark: true }), {}, [
    // Expires at 20 s.
    ...processed([10, 'a'], [9, 'a']),
    ...processed([18, 'a'], [25, 'b']),
    CheckNewAnswer('10 a', '25 b'),
    stateRowsAre(2),
    // The watermark is 15 s, then 20 s: expiry <= watermark.
    ...processed([30, 'c']),
    ...processed([31, 'a']),
    CheckNewAnswer('30 c', '31 a'),
  ]));

test('the first row of a key in the order of arrival passes, also after a restart', () =>
  testStream(deduplicated({ delaySeconds: 10, keys: ['key'], withinWatermark: true }), {}, [
    ...processed([12, 'a'], [11, 'a'], [13, null], [14, null]),
    CheckNewAnswer('12 a', '13 null'),
    StopStream(),
    StartStream(),
    ...processed([15, 'a'], [16, 'b'], [15, null]),
    CheckNewAnswer('16 b'),
  ]));
