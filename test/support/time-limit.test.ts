import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startTimeLimit } from './time-limit.ts';

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
