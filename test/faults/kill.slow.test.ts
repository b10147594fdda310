/**
 * The built product is killed by SIGKILL, at every step of a batch and at random under load, and started again until it is
 * done: the sink must hold what an undisturbed run gives. `MILLRACE_TEST_KILLS=n` sets the number of random kills.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { FAULT_POINTS, type FaultPointName } from './fault.ts';
import { inLanes } from './lanes.ts';
import type { Program } from './program.ts';
import { randomOf } from './random.ts';
import { batchesIn, survives, testStage } from './support.ts';

const RANDOM_KILLS = Number(process.env['MILLRACE_TEST_KILLS'] ?? '8');
/** In complete mode each batch writes all windows, so long runs take their time. */
const COMPLETE_KILLS_MAX = 3;
/** Batches that a start needs, so that it is not done before it is killed. */
const BATCHES_PER_KILL = 13;
const withBuild = { skip: skipWithout(needsBuild) };
const two = { lanes: 2 };
const { stage, close } = testStage();
after(close);

const files: Program = { source: 'files', query: 'append', sink: 'files', batches: 14 };
const traffic: Program = { source: 'traffic', query: 'update', sink: 'files', batches: 12 };

// In the first batch, and in one with state, a snapshot and purged logs.
const AT_EVERY_STEP: readonly (readonly [Program, readonly number[]])[] = [
  [files, [1, 12]],
  [traffic, [7]],
];

for (const [program, occurrences] of AT_EVERY_STEP) {
  test(`killed at every step of a batch, ${program.source} lose and double nothing`, withBuild, async () => {
    const rows = await stage.undisturbed(program);
    assert.ok(rows.length > 300 && batchesIn(rows) >= 9, `${rows.length} rows in ${batchesIn(rows)} batches`);
    const points = FAULT_POINTS.flatMap((point) => occurrences.map((occurrence) => ({ point, occurrence })));
    await inLanes(points, two, async (point) => {
      const { kills } = await survives(stage, program, { kind: 'kill', points: [point] });
      assert.equal(kills, 1, `${point.point} was not reached`);
    });
  });
}

test('killed twice at one batch, it is run a third time', withBuild, async () => {
  const points = [killPoint('sink-done', 4), killPoint('state-written', 1)];
  const { kills } = await survives(stage, files, { kind: 'kill', points });
  assert.equal(kills, 2);
});

test('the memory table of complete mode is whole after a kill', withBuild, async () => {
  const program: Program = { ...traffic, query: 'complete', sink: 'memory' };
  assert.ok((await stage.undisturbed(program)).length > 300);
  const points = [killPoint('sink-done', 3), killPoint('state-written', 7), killPoint('commit-written', 10)];
  await inLanes(points, two, async (point) => {
    const { kills } = await survives(stage, program, { kind: 'kill', points: [point] });
    assert.equal(kills, 1);
  });
});

test('removed duplicates stay removed after a kill', withBuild, async () => {
  const program: Program = { ...files, query: 'deduplicate' };
  const points = [killPoint('sink-done', 6), killPoint('commit-writing', 9)];
  await inLanes(points, two, async (point) => {
    const { kills } = await survives(stage, program, { kind: 'kill', points: [point] });
    assert.equal(kills, 1);
  });
});

test(`${RANDOM_KILLS} kills at random under load lose and double nothing`, withBuild, async () => {
  const complete = Math.min(COMPLETE_KILLS_MAX, Math.ceil(RANDOM_KILLS / 3));
  const append = Math.ceil((RANDOM_KILLS - complete) / 2);
  const update = RANDOM_KILLS - complete - append;
  const loads = Object.entries({ append, update, complete });
  await inLanes(loads, two, async ([mode, wanted]) => {
    const query = mode === 'complete' || mode === 'update' ? mode : 'append';
    const random = randomOf(wanted, query.length);
    const delaysMs = Array.from({ length: wanted }, () => random.integer(0, 150));
    const program: Program = { ...traffic, query, batches: BATCHES_PER_KILL * (2 + wanted) };
    const { kills } = await survives(stage, program, { kind: 'random kills', delaysMs });
    assert.equal(kills, wanted, 'the load was over before the last kill');
  });
});

function killPoint(point: FaultPointName, occurrence: number) {
  return { point, occurrence };
}
