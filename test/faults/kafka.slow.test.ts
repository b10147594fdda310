/** The built product reads a topic of a real broker, and is killed or loses the broker: its sink must hold what it should. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { kafkaMissing } from '../services/kafka.ts';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { FAULT_POINTS } from './fault.ts';
import { inLanes } from './lanes.ts';
import { recordsOf, type Program } from './program.ts';
import { batchesIn, survives, testStage } from './support.ts';
import { runOnce } from './torture.ts';

const withKafka = { skip: (await kafkaMissing()) ?? skipWithout(needsBuild) };
const { stage, close } = testStage();
after(close);

const append: Program = { source: 'kafka', query: 'append', sink: 'files', batches: 12 };

test('killed at every step of a batch, a topic’s records are counted once', withKafka, async () => {
  const rows = await stage.undisturbed(append);
  assert.ok(rows.length > 300 && batchesIn(rows) >= 8, `${rows.length} rows in ${batchesIn(rows)} batches`);
  await inLanes(FAULT_POINTS, { lanes: 2 }, async (point) => {
    const { kills } = await survives(stage, append, { kind: 'kill', points: [{ point, occurrence: 5 }] });
    assert.equal(kills, 1, `${point} was not reached`);
  });
});

test('killed at random, a topic’s records are counted once', withKafka, async () => {
  const complete: Program = { ...append, query: 'complete', batches: 48 };
  const { kills } = await survives(stage, complete, { kind: 'random kills', delaysMs: [120, 40, 170, 90] });
  assert.ok(kills > 1, 'the load was over before the second kill');
  const rows = await stage.undisturbed(complete);
  const last = Math.max(...rows.map(({ batch }) => Number(batch)));
  const counts = rows.filter(({ batch }) => batch === String(last)).map(({ row }) => row);
  const total = counts.reduce((sum, row) => sum + (JSON.parse(row) as { count: number }).count, 0);
  assert.equal(total, recordsOf(complete), 'complete mode drops no late rows');
});

test('the broker is killed under a query, which loses and doubles nothing', withKafka, async () => {
  const outcome = await runOnce(stage, append, { kind: 'outage', server: 'kafka', batch: 4, forMs: 300 });
  const { lost, doubled, wrong, problem } = outcome;
  assert.deepEqual({ lost, doubled, wrong, problem }, { lost: 0, doubled: 0, wrong: 0, problem: undefined });
});

test('a sink that writes a repeated batch again is seen to double', withKafka, async () => {
  const program: Program = { ...append, source: 'files', sink: 'kafka' };
  const fault = { kind: 'kill', points: [{ point: 'sink-done', occurrence: 6 }] } as const;
  const { doubled, lost, wrong, good } = await runOnce(stage, program, fault);
  assert.ok(doubled > 0, 'the batch stands in the topic twice');
  assert.deepEqual({ lost, wrong, good }, { lost: 0, wrong: 0, good: true }, 'it is promised at least once');
});
