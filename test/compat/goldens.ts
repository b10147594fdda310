/**
 * `npm run goldens [-- SUITE] [--check] [ARGS…]`: real Spark (and DuckDB) write the expected answers of a suite's cases, or of all
 * suites'; with `--check` they only say which they give no more. The rest goes to the suite's script, such as the files to write again.
 */
import { spawnSync } from 'node:child_process';
import { refuse } from '../support/command-line.ts';
import { PYTHON, ROOT } from '../support/requirements.ts';

const SCRIPTS = {
  slt: 'test/slt/goldens.py',
  stream: 'test/stream/goldens.py',
  nexmark: 'test/nexmark/goldens.py',
  tpch: 'test/tpch/goldens.py',
} as const;

const [first, ...others] = process.argv.slice(2);
const suite = first?.startsWith('-') === true ? undefined : first;
const args = suite === undefined && first !== undefined ? [first, ...others] : others;
const chosen = Object.entries(SCRIPTS).filter(([name]) => suite === undefined || name === suite);
if (chosen.length === 0) refuse(`There is no suite ${suite ?? ''}; there are ${Object.keys(SCRIPTS).join(', ')}.`);
for (const [name, script] of chosen) {
  console.error(`… ${name}`);
  const { status } = spawnSync(PYTHON, [script, ...args], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exitCode = status ?? 1;
}
