/** The test language itself: what a failing test says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passThrough } from '../support/stream-plans.ts';
import { AddData, CheckAnswer, ExpectFailure, ProcessAll, testStream } from '../support/stream-test.ts';

test('a failure prints the actions with the culprit marked, and what is in the sink', async () => {
  const failing = testStream(passThrough(), {}, [
    AddData([1, 'a']),
    ProcessAll(),
    CheckAnswer('1 a 1000000'),
    CheckAnswer('2 b'),
  ]);
  await assert.rejects(failing, (error: Error) => {
    assert.match(error.message, / {3}CheckAnswer\(1 a 1000000\)\n=> CheckAnswer\(2 b\)/);
    assert.match(error.message, /batches in the sink:\n {3}0: 1 a 1000000/);
    return true;
  });
});

test('an expected failure that does not come, or is another one, fails the test', async () => {
  const onRun = (): void => {
    throw new TypeError('other');
  };
  await assert.rejects(
    testStream(passThrough(), { executor: { onRun } }, [AddData([1, 'a']), ExpectFailure('DIVIDE_BY_ZERO')]),
    /=> ExpectFailure/,
  );
});
