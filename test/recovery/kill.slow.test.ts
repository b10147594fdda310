/**
 * The built product is killed by SIGKILL, at every step of a batch and at random under load, and started again until it is
 * done: the sink must hold what an undisturbed run gives. `MILLRACE_TEST_KILLS=n` sets the number of random kills.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import {
  batchesCommitted,
  FAULT_POINTS,
  inPairs,
  killAt,
  killAtRandom,
  rowsOf,
  run,
  runToTheEnd,
  sinkOf,
  type Program,
} from './support.ts';

const RANDOM_KILLS = Number(process.env['MILLRACE_TEST_KILLS'] ?? '8');
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-recovery-'));
const input = path.join(root, 'input');
const withBuild = { skip: skipWithout(needsBuild) };

const FILES = 14;

/** Each file has events of 20 s, which overlap with those of its neighbours; some rows are late. */
before(() => {
  fs.mkdirSync(input);
  for (let number = 0; number < FILES; number++) {
    const lines = Array.from({ length: 40 }, (_, row) => {
      const ms = 1.7e12 + number * 7000 + ((row * 7919 + number * 13) % 20_000) - 10_000;
      return JSON.stringify({ timestamp: new Date(ms).toISOString(), url: `/p${(row * number) % 7}` });
    });
    const file = path.join(input, `${number}.json`);
    fs.writeFileSync(file, `${lines.join('\n')}\n`);
    fs.utimesSync(file, 1.7e9 + number, 1.7e9 + number);
  }
});

after(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const files: Program = { source: 'files', mode: 'append', sink: 'files', input, step: 1 };
const traffic: Program = { source: 'traffic', mode: 'update', sink: 'files', rows: 3000, step: 250 };

// In the first batch, and in one with state, a snapshot and purged logs.
const OCCURRENCES = { files: [1, 12], traffic: [7] } as const;

for (const [source, program] of [
  ['files', files],
  ['traffic', traffic],
] as const) {
  test(`killed at every step of a batch, ${source} lose and double nothing`, withBuild, async () => {
    const undisturbed = path.join(root, `${source}-undisturbed`);
    await runToTheEnd(program, undisturbed);
    const expected = sinkOf(undisturbed);
    assert.ok(rowsOf(expected).length > 20 && expected.size > 12, 'windows went out in many batches');
    const faults = FAULT_POINTS.flatMap((point) => OCCURRENCES[source].map((occurrence) => `${point}:${occurrence}`));
    await inPairs(faults, (fault) =>
      killAt(program, path.join(root, `${source}-${fault.replace(':', '-')}`), fault, expected),
    );
  });
}

test('killed twice at one batch, it is run a third time', withBuild, async () => {
  const undisturbed = path.join(root, 'files-undisturbed');
  const folder = path.join(root, 'twice');
  assert.equal((await run(files, folder, { fault: 'sink-done:4' })).signal, 'SIGKILL');
  assert.equal((await run(files, folder, { fault: 'state-written:1' })).signal, 'SIGKILL');
  await runToTheEnd(files, folder);
  assert.deepEqual(sinkOf(folder), sinkOf(undisturbed));
  assert.equal(batchesCommitted(folder), batchesCommitted(undisturbed));
});

test('the memory table of complete mode is whole after a kill', withBuild, async () => {
  const program: Program = { ...traffic, mode: 'complete', sink: 'memory' };
  const undisturbed = path.join(root, 'memory-undisturbed');
  await runToTheEnd(program, undisturbed);
  const expected = sinkOf(undisturbed);
  assert.ok(rowsOf(expected).length > 20);
  await inPairs(['sink-done:3', 'state-written:7', 'commit-written:10'], (fault) =>
    killAt(program, path.join(root, `memory-${fault.replace(':', '-')}`), fault, expected),
  );
});

test(`${RANDOM_KILLS} kills at random under load lose and double nothing`, withBuild, async () => {
  const modes = ['append', 'update', 'complete'] as const;
  await inPairs(modes, async (mode) => {
    const wanted = Math.ceil(RANDOM_KILLS / modes.length);
    const program: Program = { ...traffic, mode, rows: 2500 * (2 + wanted), step: 200 };
    const undisturbed = path.join(root, `${mode}-load-undisturbed`);
    const disturbed = path.join(root, `${mode}-load`);
    await runToTheEnd(program, undisturbed);
    const kills = await killAtRandom(program, disturbed, { kills: wanted, withinMs: 150 });
    assert.equal(kills, wanted, 'the load was over before the last kill');
    assert.deepEqual(sinkOf(disturbed), sinkOf(undisturbed));
  });
});
