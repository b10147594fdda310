/**
 * `npm run bench -- [--only SUITE[/SECTION[/COMPARISON]]] [--size small|full] [--rounds N] [--json FILE|-] [--docs] [--strict]`:
 * Millrace and its peers by turns. `--docs` keeps the sections measured in results.json and makes docs/benchmarks.md anew.
 * Exit status: 0; 1 where a comparison failed, and with `--strict` where a bound was missed; 2 where it was asked wrongly.
 */
import { writeFileSync } from 'node:fs';
import { commandLine, refuse, wholeNumber } from '../support/command-line.ts';
import type { Section, Suite } from './contract.ts';
import { runIsolated } from './isolated.ts';
import { benchmarksPage, PAGE_FILE } from './page.ts';
import { comparisonLines, missingText } from './report.ts';
import {
  arrangeResults,
  mergeResults,
  readResults,
  writeResults,
  type Results,
  type SectionResult,
} from './results.ts';
import { chosenSections, parseSelection, runSection, type RunOptions } from './sections.ts';
import { MILLRACE_VERSION } from './subject.ts';
import { SUITES } from './suites.ts';

const { values } = commandLine({
  options: {
    only: { type: 'string', default: '' },
    size: { type: 'string', default: 'full' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    docs: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  },
});
const only = parseSelection(values.only);
const chosen = chosenSections(SUITES, only);
const { size } = values;
const rounds = values.rounds === undefined ? undefined : wholeNumber('--rounds', values.rounds);
if (chosen.length === 0) {
  const names = SUITES.flatMap((suite) => suite.sections.map(({ name }) => `${suite.name}/${name}`));
  refuse(`There is no ${values.only}; there are ${names.join(', ')}.`);
}
if (size !== 'small' && size !== 'full') refuse(`--size is small or full, not ${size}.`);
if (values.docs && only.comparison !== '') refuse('--docs keeps whole sections, not single comparisons.');

// With the JSON on standard output, what is for people goes to standard error.
const say = values.json === '-' ? console.error : console.log;

let results: Results = { suites: {} };
for (const { suite, section } of chosen) {
  const about: About = { size, rounds, millrace: MILLRACE_VERSION };
  const place = { suite: suite.name, section: section.name };
  const result =
    chosen.length > 1
      ? await runIsolated(place, { ...about, comparison: only.comparison, output: values.json === '-' ? 2 : 1 })
      : await runHere(suite, section, about);
  const measured: Results = { suites: { [suite.name]: { [section.name]: result } } };
  results = mergeResults(results, measured);
  if (values.docs) keep(measured);
}
if (values.json === '-') process.stdout.write(`${JSON.stringify(results, undefined, 1)}\n`);
else if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 1)}\n`);
// A peer that does not let go must not keep the run from ending.
process.exit(exitStatus(Object.values(results.suites).flatMap((sections) => Object.values(sections))));

type About = Pick<RunOptions, 'size' | 'rounds' | 'millrace'>;

async function runHere(suite: Suite, section: Section, about: About): Promise<SectionResult> {
  console.error(`… ${suite.name}/${section.name}`);
  const result = await runSection(suite, section, only, {
    ...about,
    note: (line) => console.error(`  ${line}`),
    onResult: (place, comparison) => {
      for (const line of comparisonLines(`${place.suite}/${place.section}`, comparison)) say(line);
    },
  });
  if (result.failure !== undefined) say(`${suite.name}/${section.name}\n  NOT MEASURED: ${result.failure}`);
  for (const missing of result.missing) say(`${suite.name}/${section.name}: missing: ${missingText(missing)}`);
  return result;
}

/** In results.json and on the page, at once: a run that is ended later loses nothing of it. */
function keep(measured: Results): void {
  const kept = arrangeResults(mergeResults(readResults(), measured), SUITES);
  writeResults(kept);
  writeFileSync(PAGE_FILE, benchmarksPage(kept));
}

function exitStatus(sections: readonly SectionResult[]): number {
  const comparisons = sections.flatMap((section) => section.comparisons);
  const failed = [...sections, ...comparisons].some(({ failure }) => failure !== undefined);
  const missed = comparisons.some(({ measures }) => measures.some(({ verdict }) => verdict === 'missed'));
  return failed || (values.strict && missed) ? 1 : 0;
}
