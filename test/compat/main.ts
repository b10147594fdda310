/**
 * `npm run compat [-- SUITE…] [--feature TEXT] [--case ID] [--diff]`: runs the cases whose answers real engines gave, and prints a
 * table by feature. What passes is recorded in test/compat.json and must go on passing: otherwise the exit status is 1. With `--diff`
 * the difference of each failure is shown; `--feature` and `--case` run a part and record nothing.
 */
import { availableParallelism } from 'node:os';
import { commandLine, refuse } from '../support/command-line.ts';
import { moduleOf, readRecord, SUITES, writeRecord, type SuiteName } from './files.ts';
import { judge, type CompatRecord, type Verdict } from './ratchet.ts';
import { runSuite, type CaseResult } from './run-suite.ts';
import { terminalTable } from './table.ts';

const { values, positionals } = commandLine({
  options: { feature: { type: 'string' }, case: { type: 'string' }, diff: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !SUITES.some((suite) => suite === name));
if (unknown !== undefined) refuse(`There is no suite ${unknown}; there are ${SUITES.join(', ')}.`);
const chosen = SUITES.filter((suite) => positionals.length === 0 || positionals.includes(suite));
const isPart = values.feature !== undefined || values.case !== undefined;
const before = readRecord();
const verdicts = new Map<SuiteName, Verdict>();
const queue = [...chosen];
await Promise.all(Array.from({ length: Math.min(availableParallelism(), chosen.length) }, runNext));

const all = [...verdicts.values()];
if (isPart && all.every(({ record }) => Object.keys(record).length === 0)) {
  refuse(
    `No case of ${chosen.join(', ')} has ${[values.feature, values.case].filter(Boolean).join(' and ')} in its name.`,
  );
}
const ran = Object.fromEntries(chosen.flatMap((suite) => (verdicts.has(suite) ? [[suite, shown(suite)]] : [])));
console.log(terminalTable(ran));
const [lost, gone, won] = [
  all.flatMap((each) => each.lost),
  all.flatMap((each) => each.gone),
  all.flatMap((each) => each.won),
];
for (const { id, place, difference = '' } of lost)
  console.log(`\nno longer passes: ${id} (${place})\n${indented(difference)}`);
if (isPart) process.exit(lost.length === 0 ? 0 : 1);
if (gone.length > 0) console.log(`\nthere no longer: ${gone.join(', ')}`);
if (won.length > 0) console.log(`\n${won.length} pass that did not`);
const after: CompatRecord = Object.fromEntries(
  SUITES.flatMap((suite) => {
    const record = verdicts.get(suite)?.record ?? before[suite];
    return record === undefined ? [] : [[suite, record]];
  }),
);
if (JSON.stringify(after) !== JSON.stringify(before)) {
  await writeRecord(after);
  console.log('\ntest/compat.json and README.md are written');
}
process.exit(lost.length === 0 ? 0 : 1);

async function runNext(): Promise<void> {
  for (let suite = queue.shift(); suite !== undefined; suite = queue.shift()) {
    const results = await runSuite(moduleOf(suite), {
      wanted: ({ id, feature }) =>
        (values.feature === undefined || feature.includes(values.feature)) &&
        (values.case === undefined || id.includes(values.case)),
      onResult: showResult,
    });
    verdicts.set(suite, judge(before[suite], results));
  }
}

function showResult({ id, place, difference }: CaseResult): void {
  if (difference !== undefined && values.diff) console.log(`${id} (${place})\n${indented(difference)}\n`);
}

/** What was lost counts as failed in what is shown. */
function shown(suite: SuiteName) {
  const verdict = verdicts.get(suite);
  const lostIds = new Set(verdict?.lost.map(({ id }) => id));
  return Object.fromEntries(
    Object.entries(verdict?.record ?? {}).map(([feature, { total, passing }]) => [
      feature,
      { total, passing: passing.filter((id) => !lostIds.has(id)) },
    ]),
  );
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
