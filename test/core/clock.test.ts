import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../kernel/core/clock.ts';

test('the clock sleeps its whole delay: what is planned for a moment never runs before it', async () => {
  const early: number[] = [];
  for (let i = 0; i < 100; i += 1) {
    const busyUntilMs = performance.now() + i / 100; // at any part of a millisecond
    while (performance.now() < busyUntilMs);
    const dueMs = Math.floor(systemClock.nowMs() / 10) * 10 + 10;
    await systemClock.sleep(dueMs - systemClock.nowMs());
    if (systemClock.nowMs() < dueMs) early.push(dueMs - systemClock.nowMs());
  }
  assert.deepEqual(early, []);
});

test('a signal ends the sleep', async () => {
  const controller = new AbortController();
  const slept = systemClock.sleep(1_000_000, controller.signal);
  controller.abort();
  await slept;
  await systemClock.sleep(1_000_000, controller.signal);
});
