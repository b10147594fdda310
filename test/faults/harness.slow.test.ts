/** Programs that are wrong on purpose: what they lose, double or never end is seen. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import type { Fault } from './fault.ts';
import { inLanes } from './lanes.ts';
import { QUERIES, type Program, type QueryName } from './program.ts';
import { survives, testStage } from './support.ts';
import { runOnce } from './torture.ts';

const withBuild = { skip: skipWithout(needsBuild) };
const { stage, close } = testStage();
const impatient = testStage({ boundMs: 12_000 });
after(close);
after(impatient.close);

/** In batch 4 of a deduplication rows go out, in batch 5 none do. */
const KILL: Fault = { kind: 'kill', points: [{ point: 'sink-done', occurrence: 5 }] };

function program(query: QueryName): Program {
  return { source: 'files', query, sink: 'files', batches: 14 };
}

test('a row that is dropped after a restart is lost', withBuild, () =>
  // In complete mode the next batch writes the row again: nothing is lost in the end, and one batch is wrong.
  inLanes(QUERIES, { lanes: 2 }, async (query) => {
    const { lost, doubled, wrong, good } = await runOnce(stage, { ...program(query), flaw: 'loses' }, KILL);
    assert.equal(good, false, query);
    assert.equal(doubled, 0, query);
    assert.ok(query === 'complete' ? wrong === 1 : lost >= 1, `${query}: lost ${lost}, wrong ${wrong}`);
  }),
);

test('a batch that is written beside its first try is doubled', withBuild, () =>
  inLanes(QUERIES, { lanes: 2 }, async (query) => {
    const { lost, doubled, good } = await runOnce(stage, { ...program(query), flaw: 'doubles' }, KILL);
    assert.equal(good, false, query);
    assert.equal(lost, 0, query);
    assert.ok(doubled >= 20, `${query}: doubled ${doubled}`);
  }),
);

test('a program that hangs is ended and told of', withBuild, async () => {
  const { problem, good } = await runOnce(impatient.stage, { ...program('append'), flaw: 'hangs' }, KILL);
  assert.deepEqual({ problem, good }, { problem: 'hangs', good: false });
});

test('without a flaw the same programs are good', withBuild, () =>
  inLanes(QUERIES, { lanes: 2 }, async (query) => {
    const { kills } = await survives(stage, program(query), KILL);
    assert.equal(kills, 1);
  }),
);
