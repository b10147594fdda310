/**
 * `node --import tsx test/nexmark/generate.ts [--events N] [--rate N] [--disorder MS] [--seed N] [--start TIME] [--parts N] [--out DIR]`
 * writes Nexmark's events (data.ts says in which files) and prints the folder. What is not given is as in the tests; without
 * `--out` it goes to `.cache/nexmark`.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nexmarkData, TEST_DATA, writeNexmarkData, type NexmarkDataOptions } from './data.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: String(TEST_DATA.events) },
    rate: { type: 'string', default: String(TEST_DATA.eventsPerSecond) },
    disorder: { type: 'string', default: String(TEST_DATA.disorderMs) },
    seed: { type: 'string', default: String(TEST_DATA.seed) },
    start: { type: 'string', default: new Date(TEST_DATA.startMs).toISOString() },
    parts: { type: 'string', default: String(TEST_DATA.parts) },
    out: { type: 'string' },
  },
});
const options: NexmarkDataOptions = {
  events: wholeNumber('events', values.events, 1),
  eventsPerSecond: wholeNumber('rate', values.rate, 1),
  disorderMs: wholeNumber('disorder', values.disorder, 0),
  seed: wholeNumber('seed', values.seed, 0),
  startMs: wholeNumber('start', String(Date.parse(values.start)), 0),
  parts: wholeNumber('parts', values.parts, 1),
};
if (values.out !== undefined && existsSync(values.out)) giveUp(`${values.out} is there already: give another folder.`);
if (values.out === undefined) console.log(await nexmarkData(options));
else {
  await writeNexmarkData(values.out, options);
  console.log(values.out);
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  return giveUp(`--${name}: ${text} is not a ${name === 'start' ? 'time' : `whole number from ${least} on`}.`);
}

function giveUp(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
