/** The state over the group table in WebAssembly gives what it gives over the plain one, restarts and evictions included. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OutputMode } from '../../kernel/plan/runner-port.ts';
import { createGroupTableOracle } from '../support/group-table-oracle.ts';
import { deduplicated, globalCount, textOf, windowedCount, type TestPlan } from '../support/stream-plans.ts';
import {
  AddData,
  Check,
  ProcessAll,
  StartStream,
  StopStream,
  testStream,
  type Action,
} from '../support/stream-test.ts';

const PLANS: readonly (readonly [string, TestPlan, readonly OutputMode[]])[] = [
  ['windows', windowedCount({ delaySeconds: 10, windowSeconds: 5 }), ['append', 'update', 'complete']],
  ['windows by key', windowedCount({ delaySeconds: 10, windowSeconds: 5, byKey: true }), ['append', 'update']],
  ['times', windowedCount({ delaySeconds: 10 }), ['append']],
  ['no keys', globalCount(), ['update', 'complete']],
  ['duplicates by time and key', deduplicated({ delaySeconds: 10, keys: ['ts', 'key'] }), ['append']],
  ['duplicates by key', deduplicated({ delaySeconds: 10, keys: ['key'] }), ['append']],
  ['duplicates within', deduplicated({ delaySeconds: 10, keys: ['key'], withinWatermark: true }), ['append']],
];

const event = fc.tuple(
  fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
  fc.constantFrom('a', 'b', 'ccccccccccccccccccc', '', null),
);
const script = fc.array(fc.record({ events: fc.array(event, { maxLength: 12 }), restart: fc.boolean() }), {
  maxLength: 8,
});

/** All batches of a run as text, each sorted. Times go forward by 4 s a chunk. */
async function resultOf(
  plan: TestPlan,
  outputMode: OutputMode,
  chunks: readonly {
    readonly events: readonly (readonly [number | null, string | null])[];
    readonly restart: boolean;
  }[],
  engine: 'wasm' | 'oracle',
): Promise<readonly (readonly string[])[]> {
  const result: (readonly string[])[] = [];
  const actions = chunks.flatMap(({ events, restart }, index): Action[] => [
    AddData(...events.map(([ts, key]) => [ts === null ? null : ts + index * 4, key] as const)),
    ProcessAll(),
    ...(restart ? [StopStream(), StartStream()] : []),
  ]);
  await testStream(plan, { outputMode, ...(engine === 'oracle' ? { createGroupTable: createGroupTableOracle } : {}) }, [
    ...actions,
    Check('collect', ({ sink }) => {
      for (const rows of sink.batches.values()) result.push(rows.map(textOf).sort());
    }),
  ]);
  return result;
}

for (const [name, plan, outputModes] of PLANS) {
  for (const outputMode of outputModes) {
    test(`${name}, ${outputMode}`, () =>
      fc.assert(
        fc.asyncProperty(script, async (chunks) => {
          const expected = await resultOf(plan, outputMode, chunks, 'oracle');
          assert.deepEqual(await resultOf(plan, outputMode, chunks, 'wasm'), expected);
        }),
        { numRuns: 25 },
      ));
  }
}
