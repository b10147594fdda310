import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline, DeadlineError, startTimeLimit, within } from './deadline.ts';

/** Nothing of this process runs meanwhile. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it('a limit is over after its time', async () => {
  const startMs = performance.now();
  await new Promise<void>((resolve) => startTimeLimit(100, resolve));
  assert.ok(performance.now() - startMs >= 95);
});

it('a limit that was ended says what was left, and is never over', async (t) => {
  const over = t.mock.fn();
  const end = startTimeLimit(60, over);
  await delay(20);
  const leftMs = end();
  assert.ok(leftMs > 0 && leftMs < 60, String(leftMs));
  await delay(80);
  assert.equal(over.mock.callCount(), 0);
});

it('a pause of the process costs two ticks at most', async (t) => {
  const over = t.mock.fn();
  const end = startTimeLimit(500, over);
  for (let pause = 0; pause < 3; pause++) {
    standStill(600);
    await delay(1);
  }
  assert.equal(over.mock.callCount(), 0);
  assert.ok(end() > 100);
});

it('nothing is waited for after the deadline, whether one wait took the time or several', async () => {
  const never = new Promise<never>(() => undefined);
  const deadline = new Deadline(60, 'nothing came');
  assert.equal(await deadline.bound(delay(20, 'in time')), 'in time');
  await assert.rejects(deadline.bound(never), { name: 'DeadlineError', message: 'nothing came within 0.06 s' });
  await assert.rejects(deadline.bound(never), DeadlineError);
});

it('what fails before the deadline fails with its own error', async () => {
  await assert.rejects(new Deadline(1000).bound(Promise.reject(new Error('own'))), /^Error: own$/);
  await assert.rejects(within(Promise.reject(new Error('own')), 1000), /^Error: own$/);
});

it('a wait within a time ends either way', async () => {
  await within(delay(1), 1000);
  await within(new Promise(() => undefined), 20);
});
