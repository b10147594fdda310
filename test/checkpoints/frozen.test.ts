/** Checkpoints of every release are opened, their last batch is replayed, and the query goes on with their state. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDiskLogStore } from '../../kernel/state/disk-log-store.ts';
import {
  AddData,
  Check,
  lastProgress,
  ProcessAll,
  StartStream,
  testStream,
  type Action,
  type StreamTestContext,
} from '../support/stream-test.ts';
import { textOf } from '../support/stream-plans.ts';
import { FROZEN_PROGRAMS, type FrozenProgram } from './programs.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const versions = fs.readdirSync(root).filter((name) => /^\d+\.\d+\.\d+$/.test(name));

/** More rows, old keys and new ones, late and in time; then the windows go out. */
const after: readonly Action[] = [
  AddData([36, 'a'], [20, 'late'], [37, 'new'], [38, null]),
  ProcessAll(),
  AddData([100, 'a']),
  ProcessAll(),
];

/** All batches from `first` on; the order of rows in a batch is not part of the result. */
function resultOf({ sink }: StreamTestContext, first: number): readonly (readonly [number, readonly string[]])[] {
  return [...sink.batches]
    .filter(([batchId]) => batchId >= first)
    .sort(([a], [b]) => a - b)
    .map(([batchId, rows]) => [batchId, rows.map(textOf).sort()]);
}

/** What a query gives that was never stopped. */
async function undisturbed({ plan, options, before }: FrozenProgram): Promise<StreamTestContext> {
  let result: StreamTestContext | undefined;
  await testStream(plan, options, [
    ...before,
    ...after,
    Check('keep', (context) => {
      result = context;
    }),
  ]);
  assert.ok(result !== undefined);
  return result;
}

test('there are frozen checkpoints', () => {
  assert.ok(versions.length > 0);
});

for (const version of versions) {
  for (const program of FROZEN_PROGRAMS) {
    const frozen = path.join(root, version, program.name);
    if (!fs.existsSync(frozen)) continue;
    test(`${version}: ${program.name} goes on`, async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-frozen-'));
      fs.cpSync(frozen, folder, { recursive: true });
      const expected = await undisturbed(program);
      try {
        await testStream(program.plan, { ...program.options, store: openDiskLogStore(folder) }, [
          // The rows that the frozen run had read are in the source.
          ...program.before.filter(({ label }) => label.startsWith('AddData')),
          StartStream(),
          ...after,
          Check('the same from the replayed batch on', (context) => {
            const first = Math.min(...context.sink.deliveries);
            assert.ok(first > 5, 'it went on from the checkpoint');
            assert.deepEqual(resultOf(context, first), resultOf(expected, first));
            assert.equal(
              lastProgress(context).stateOperators[0]?.numRowsTotal,
              lastProgress(expected).stateOperators[0]?.numRowsTotal,
            );
          }),
        ]);
      } finally {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    });
  }
}
