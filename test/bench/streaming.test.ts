/** Latencies are those of every event, and an event that was lost or counted twice is an error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencies, parseObservations } from './streaming/latency.ts';

const WIDTH = { widthMs: 10, afterMs: 0 };

test('each event waits for the first count that reaches its place', () => {
  const produced = [
    [10, 11, 19, 21],
    [10, 12],
  ];
  const observations = parseObservations(
    ['15 10 0 2', '16 10 1 2', '25 10 0 3', '26 20 0 1', '30 10 0 3'].map((line) => `${line}\n`).join(''),
  );
  assert.deepEqual(latencies(produced, observations, WIDTH), [5, 4, 6, 5, 6, 4]);
  assert.deepEqual(latencies(produced, observations, { ...WIDTH, afterMs: 12 }), [6, 5]);
});

test('a lost event is an error', () => {
  const observations = parseObservations('15 10 0 1\n');
  assert.throws(() => latencies([[10, 11]], observations, WIDTH), /2 events were produced, 1 counted/);
  assert.throws(() => latencies([[10, 21]], observations, WIDTH), /1 events were produced, 0 counted/);
});

test('a doubled event is an error', () => {
  const observations = parseObservations('15 10 0 1\n15 10 0 3\n');
  assert.throws(() => latencies([[10, 11]], observations, WIDTH), /2 events were produced, 3 counted/);
});
