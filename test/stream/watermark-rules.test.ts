/** SEMANTICS.md 1-11: watermarks, late rows and output modes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowedCount } from '../support/stream-plans.ts';
import {
  AddData,
  Check,
  CheckLastBatch,
  CheckNewAnswer,
  lastProgress,
  ProcessAll,
  testStream,
} from '../support/stream-test.ts';

const byWindow = windowedCount({ delaySeconds: 10, windowSeconds: 5 });

test('append emits a window once, when the watermark has passed its end', () =>
  testStream(byWindow, { outputMode: 'append' }, [
    AddData([10, 'a'], [11, 'a'], [12, 'a']),
    ProcessAll(),
    CheckNewAnswer(),
    AddData([25, 'a']),
    ProcessAll(),
    CheckNewAnswer('10 3'),
    AddData([10, 'late']),
    ProcessAll(),
    CheckNewAnswer(),
  ]));

test('update emits changed windows, complete all of them', async () => {
  await testStream(byWindow, { outputMode: 'update' }, [
    AddData([10, 'a'], [16, 'a']),
    ProcessAll(),
    CheckNewAnswer('10 1', '15 1'),
    AddData([17, 'a']),
    ProcessAll(),
    CheckNewAnswer('15 2'),
  ]);
  await testStream(byWindow, { outputMode: 'complete' }, [
    AddData([10, 'a'], [16, 'a']),
    ProcessAll(),
    AddData([100, 'a']),
    ProcessAll(),
    AddData([11, 'a']),
    ProcessAll(),
    CheckLastBatch('10 2', '15 1', '100 1'),
    Check('nothing was dropped', (context) => {
      assert.equal(lastProgress(context).stateOperators[0]?.numRowsDroppedByWatermark, 0);
    }),
  ]);
});
