/**
 * `npm run bench [-- --only NAME] [--json]`: every suite whose name begins with NAME; a table, or with --json one JSON document
 * on standard output.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { compare, type ComparisonResult, type Suite } from './runner.ts';
import { groupBy } from './suites/group-by.ts';
import { jsonWindow } from './suites/json-window.ts';
import { kernelSuite } from './suites/kernel.ts';
import { microBatch } from './suites/micro-batch.ts';
import { traffic } from './suites/traffic.ts';

const SUITES: readonly Suite[] = [kernelSuite, jsonWindow, groupBy, microBatch, traffic];

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, json: { type: 'boolean', default: false } },
});
const chosen = SUITES.filter(({ name }) => name.startsWith(values.only));
if (chosen.length === 0) {
  console.error(`There is no suite ${values.only}; there are ${SUITES.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const results: ComparisonResult[] = [];
for (const suite of chosen) {
  console.error(`… ${suite.name}`);
  const opened = await suite.open();
  try {
    for (const comparison of opened.comparisons) {
      const result = await compare(suite.name, comparison);
      results.push(result);
      if (!values.json) print(result);
    }
  } finally {
    await opened.close();
  }
}
if (values.json)
  console.log(
    JSON.stringify(
      { machine: `${availableParallelism()} × ${cpus()[0]?.model ?? ''}`, node: process.versions.node, results },
      undefined,
      1,
    ),
  );
process.exit(0);

function print({ name, description, target, ours, peers, missing, unit }: ComparisonResult): void {
  const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} ${unit}`;
  console.log(`${name}\n  ${description}\n  target: ${target}`);
  console.log(`  ${ours.name.padEnd(12)} ${ms(ours.medianMs).padStart(10)}   (${ms(ours.minMs)} – ${ms(ours.maxMs)})`);
  for (const peer of peers) {
    console.log(
      `  ${peer.name.padEnd(12)} ${ms(peer.medianMs).padStart(10)}   (${ms(peer.minMs)} – ${ms(peer.maxMs)})   ours/peer ${peer.ratio.toFixed(3)}`,
    );
  }
  for (const reason of missing) console.log(`  missing: ${reason}`);
}
