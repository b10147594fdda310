/**
 * `npm run torture [-- --runs N --seed S --only files/kill --markdown FILE]`: N runs of streaming programs that are killed,
 * damaged and starved; a line for each, then the table. `--seed S --run K` repeats run K of seed S alone. Ends with 1 where a
 * record was lost or doubled against the sink's promise, a program hung, or an error did not say what was wrong.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandLine, refuse, wholeNumber } from '../support/command-line.ts';
import { drawRun, isWanted, type Draw } from './draw.ts';
import { describe } from './fault.ts';
import { inLanes } from './lanes.ts';
import { page } from './page.ts';
import { nameOf } from './program.ts';
import { Stage } from './stage.ts';
import { saidIn, textTable, type Finished } from './table.ts';
import { runOnce, type Outcome } from './torture.ts';

const LANES = 2;
/** More draws than this are not searched for the ones that `--only` wants. */
const DRAWS_MAX = 20_000;

const { values } = commandLine({
  options: {
    runs: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    run: { type: 'string' },
    only: { type: 'string', default: '' },
    markdown: { type: 'string' },
    'bound-seconds': { type: 'string', default: '60' },
  },
});

const seed = wholeNumber('--seed', values.seed, { min: 0 });
const boundMs = wholeNumber('--bound-seconds', values['bound-seconds']) * 1000;
const draws =
  values.run === undefined
    ? drawsOf(wholeNumber('--runs', values.runs), values.only)
    : [drawRun(seed, wholeNumber('--run', values.run))];
if (draws.length === 0) {
  refuse(
    `No run is called ${values.only}: the parts are source, query, sink and fault, as in files/append/postgres/kill.`,
  );
}
console.log(`seed ${seed}, ${draws.length} runs`);
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-torture-'));
const stage = new Stage({ folder, seed, boundMs });
const finished: Finished[] = [];
try {
  await inLanes(draws, { lanes: LANES, alone: ({ fault }) => fault.kind === 'outage' }, async (draw) => {
    const outcome = await runOnce(stage, draw.program, draw.fault);
    finished.push({ draw, outcome });
    print(draw, outcome);
    // After each run, so that a session that is broken off has its table.
    if (values.markdown !== undefined) writeFileSync(values.markdown, page(finished, seed));
  });
} finally {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${textTable(finished)}\n`);
const bad = finished.filter(({ outcome }) => !outcome.good).length;
const skipped = finished.filter(({ outcome }) => outcome.skipped !== undefined).length;
console.log(
  `${finished.length - bad - skipped} good, ${bad} bad, ${skipped} not run; npm run torture -- --seed ${seed} --run K repeats one`,
);
process.exit(bad === 0 ? 0 : 1);

function drawsOf(runs: number, only: string): readonly Draw[] {
  const found: Draw[] = [];
  for (let number = 1; found.length < runs && number <= DRAWS_MAX; number++) {
    const draw = drawRun(seed, number);
    if (isWanted(draw, only)) found.push(draw);
  }
  return found;
}

function print({ number, program, fault }: Draw, outcome: Outcome): void {
  const { good, skipped: reason, lost, doubled, wrong, ms } = outcome;
  const result = reason === undefined ? (good ? 'good' : 'BAD ') : 'skip';
  const counts = `lost ${lost}, doubled ${doubled}, wrong ${wrong}`;
  const said = saidIn(outcome);
  const seconds = (ms / 1000).toFixed(1);
  console.log(
    `#${number} ${result} ${nameOf(program)} ${describe(fault)}: ${counts} (${seconds} s)${said === '' ? '' : `\n     ${said}`}`,
  );
}
