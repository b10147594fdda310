/** The live view of a query, as its states follow each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveView } from '../../kernel/engine/live-view.ts';
import { ManualClock } from '../../kernel/core/clock.ts';
import { MillraceError } from '../../kernel/core/errors.ts';

const view = (): LiveView =>
  new LiveView({
    id: 'query-id',
    name: 'counts',
    outputMode: 'append',
    target: { cellId: 'cell', origin: 'origin', displayId: 'display' },
    timeZone: 'UTC',
    port: () => undefined,
    clock: new ManualClock(),
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
