/** A sample of what `npm run torture` does, always the same. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { drawRun, fullNameOf } from './draw.ts';
import { describe } from './fault.ts';
import { inLanes } from './lanes.ts';
import { testStage } from './support.ts';
import { runOnce } from './torture.ts';

const SEED = 1;
const RUNS = 24;
const { stage, close } = testStage();
after(close);

test(`${RUNS} runs of seed ${SEED}`, { skip: skipWithout(needsBuild) }, async (context) => {
  const draws = Array.from({ length: RUNS }, (_, index) => drawRun(SEED, index + 1));
  const alone = ({ fault }: (typeof draws)[number]): boolean => fault.kind === 'outage';
  const skipped: string[] = [];
  await inLanes(draws, { lanes: 2, alone }, async (draw) => {
    const outcome = await runOnce(stage, draw.program, draw.fault);
    if (outcome.skipped !== undefined) skipped.push(`${fullNameOf(draw)}: ${outcome.skipped}`);
    assert.ok(
      outcome.good,
      `#${draw.number} ${fullNameOf(draw)} (${describe(draw.fault)}): ${JSON.stringify(outcome)}`,
    );
  });
  for (const reason of skipped) context.diagnostic(`not run: ${reason}`);
  assert.ok(skipped.length < RUNS / 2, 'most runs can be had everywhere');
});
