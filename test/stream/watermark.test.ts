/** The watermark tracker and the settings, for any input. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventTimeStats } from '../../kernel/physical/ports.ts';
import { readStreamConf } from '../../kernel/stream/stream-conf.ts';
import { nextTriggerMs, pollDelayMs } from '../../kernel/stream/trigger.ts';
import { floorToMs, WatermarkTracker } from '../../kernel/stream/watermark.ts';

const seen = (watermarkId: number, maxMs: number, delayMs = 10): EventTimeStats => ({
  ...{ watermarkId, count: 1, delayMicros: BigInt(delayMs) * 1000n },
  ...{ minMicros: 0n, maxMicros: BigInt(maxMs) * 1000n + 999n, sumMicros: 0n },
});

test('the watermark never retreats, and is the least or greatest of its nodes', () => {
  const updates = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: -100, max: 1000 })), { maxLength: 20 });
  fc.assert(
    fc.property(fc.constantFrom<'min' | 'max'>('min', 'max'), fc.nat(500), updates, (policy, startMs, list) => {
      const tracker = new WatermarkTracker(policy, [0, 1], startMs);
      const nodes = [0, 0];
      let before = startMs;
      for (const [node, maxMs] of list) {
        tracker.update([seen(node, maxMs)]);
        nodes[node] = Math.max(nodes[node] ?? 0, maxMs - 10);
        const expected = Math.max(before, policy === 'min' ? Math.min(...nodes) : Math.max(...nodes));
        assert.equal(tracker.currentMs, expected);
        before = expected;
      }
    }),
  );
});

test('times are floored to ms, also before 1970', () => {
  assert.deepEqual([1999n, 2000n, -1n, -1000n, -1001n].map(floorToMs), [1n, 2n, -1n, -1n, -2n]);
});

test('triggers start at multiples of the interval; idle polls wait longer and longer', () => {
  assert.deepEqual([nextTriggerMs(0, 1000), nextTriggerMs(999, 1000), nextTriggerMs(1000, 1000)], [1000, 1000, 2000]);
  assert.deepEqual(
    [0, 1, 2, 3, 1000].map((polls) => pollDelayMs(polls, 10, 50)),
    [10, 20, 40, 50, 50],
  );
});

test('a wrong setting is named', () => {
  const wrong = (name: string, value: string): void => {
    assert.throws(() => readStreamConf({ [name]: value }), new RegExp(`INVALID_CONF_VALUE.*${value}.*${name}`));
  };
  wrong('spark.sql.shuffle.partitions', '0');
  wrong('spark.sql.shuffle.partitions', '2.5');
  wrong('spark.sql.streaming.multipleWatermarkPolicy', 'mean');
  wrong('spark.sql.streaming.noDataMicroBatches.enabled', 'no');
});
