/** The live view of a query, as its states follow each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveView } from '../../kernel/engine/live-view.ts';
import { ManualClock } from '../../kernel/core/clock.ts';
import { MillraceError } from '../../kernel/core/errors.ts';
import type { StreamingQueryProgress } from '../../kernel/plan/runner-port.ts';

const view = (clock = new ManualClock()): LiveView =>
  new LiveView({
    id: 'query-id',
    name: 'counts',
    outputMode: 'append',
    target: { cellId: 'cell', origin: 'origin', displayId: 'display' },
    timeZone: 'UTC',
    port: () => undefined,
    clock,
  });

const headOf = (live: LiveView): string => String(live.bundle()['text/plain']).split('\n')[0] ?? '';

test('a query whose function waits for a busy cell says so, until the cell is done', () => {
  const live = view();
  assert.match(headOf(live), /counts: starting/);
  live.setWaiting(true);
  assert.match(headOf(live), /counts: waiting for the cell/);
  live.setWaiting(false);
  assert.match(headOf(live), /counts: starting/);
  live.setWaiting(true);
  live.onTerminated(undefined);
  assert.match(headOf(live), /counts: stopped/);
});

test('a failed query shows its error', () => {
  const live = view();
  live.onTerminated(new MillraceError('INTERNAL_ERROR', { message: '<b>broken</b>' }));
  assert.match(headOf(live), /counts: failed/);
  assert.match(String(live.bundle()['text/html']), /&lt;b&gt;broken/);
});

/** A micro-batch of so many rows; a trigger's own rate says when it looked. */
const progress = (batchId: number, numInputRows: number): StreamingQueryProgress => ({
  id: 'query-id',
  runId: 'run-id',
  name: 'counts',
  timestamp: '2026-01-01T00:00:00.000Z',
  batchId,
  batchDuration: 1,
  numInputRows,
  inputRowsPerSecond: 2000,
  processedRowsPerSecond: 100_000,
  durationMs: {},
  eventTime: {},
  stateOperators: [],
  sources: [],
  sink: { description: 'MemorySink', numOutputRows: 0 },
});

test('rows per second are those of the last seconds, not of one trigger', () => {
  const clock = new ManualClock();
  const live = view(clock);
  for (let batchId = 0; batchId < 100; batchId++) {
    live.onProgress(progress(batchId, batchId < 50 ? 900 : 100));
    clock.advance(100);
  }
  assert.match(headOf(live), /rows\/s 1,000 /);
  live.onTerminated(undefined);
});
