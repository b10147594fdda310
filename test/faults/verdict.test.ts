/** What counts as lost, doubled and wrong, over sinks made by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type Delivered } from './verdict.ts';

/** Records of a window and key by their marks: `'0110'` has the records 1 and 2. */
function counted(batch: number, window: string, key: number, marks: string): Delivered {
  const count = Array.from(marks, (digit) => parseInt(digit, 16)).reduce((sum, times) => sum + times, 0);
  return { batch: String(batch), row: JSON.stringify({ window, key, count, marks }) };
}

const single = (batch: number, id: number): Delivered => ({ batch: String(batch), row: JSON.stringify({ id }) });
const same = { lost: 0, doubled: 0, wrong: 0 };

const appended = [counted(1, 'w1', 1, '11'), counted(1, 'w1', 2, '1'), counted(3, 'w2', 1, '1100')];
const updated = [counted(1, 'w1', 1, '1'), counted(2, 'w1', 1, '11'), counted(2, 'w1', 2, '1')];
const complete = [counted(1, 'w1', 1, '1'), counted(2, 'w1', 1, '11'), counted(2, 'w1', 2, '1')];

test('the same rows in another order are the same', () => {
  assert.deepEqual(compare(appended, [...appended].reverse(), 'append'), same);
  assert.deepEqual(compare(updated, [...updated].reverse(), 'update'), same);
  assert.deepEqual(compare(complete, [...complete].reverse(), 'complete'), same);
});

test('a missing row has lost its records', () => {
  assert.deepEqual(compare(appended, appended.slice(1), 'append'), { ...same, lost: 2 });
  assert.deepEqual(compare([single(0, 7), single(1, 8)], [single(0, 7)], 'append'), { ...same, lost: 1 });
  assert.deepEqual(compare(appended, [], 'append'), { ...same, lost: 5 });
});

test('a record that is missing in a count is lost, one that is counted twice is doubled', () => {
  const [, second, third] = appended;
  assert.ok(second !== undefined && third !== undefined);
  const changed = [counted(1, 'w1', 1, '2'), second, third];
  assert.deepEqual(compare(appended, changed, 'append'), { ...same, lost: 1, doubled: 1 });
});

test('a row that came twice has doubled its records, in whichever batch it came again', () => {
  const first = counted(1, 'w1', 1, '11');
  assert.deepEqual(compare(appended, [...appended, first], 'append'), { ...same, doubled: 2 });
  assert.deepEqual(compare(appended, [...appended, { ...first, batch: '2' }], 'append'), { ...same, doubled: 2 });
  assert.deepEqual(compare(updated, [...updated, counted(1, 'w1', 1, '1')], 'update'), { ...same, doubled: 1 });
});

test('only the latest rows of update and complete mode count', () => {
  assert.deepEqual(compare(updated, [counted(2, 'w1', 1, '11'), counted(2, 'w1', 2, '1')], 'update'), {
    ...same,
    wrong: 1, // the row of batch 1
  });
  assert.deepEqual(compare(complete, complete.slice(0, 2), 'complete'), { ...same, lost: 1 });
  assert.deepEqual(compare(updated, updated.slice(0, 2), 'update'), { ...same, lost: 1 });
});

test('batches are compared by their numbers, not as text', () => {
  const rows = [counted(9, 'w1', 1, '1'), counted(10, 'w1', 1, '11')];
  assert.deepEqual(compare(rows, rows.slice(0, 1), 'update'), { ...same, lost: 1 });
  assert.deepEqual(compare(rows, rows.slice(1), 'complete'), { ...same, wrong: 1 });
});

test('a record that never was, another value and another batch are wrong', () => {
  assert.deepEqual(compare([single(0, 7)], [single(0, 7), single(0, 9)], 'append'), { ...same, wrong: 1 });
  assert.deepEqual(compare([single(0, 7)], [single(1, 7)], 'append'), { ...same, wrong: 2 });
  const [expected] = appended;
  assert.ok(expected !== undefined);
  const miscounted = { ...expected, row: expected.row.replace('"count":2', '"count":3') };
  assert.deepEqual(compare([expected], [miscounted], 'append'), { ...same, wrong: 2 });
});
