/**
 * `npm run goldens [-- SUITE [ARGS…]]`: real Spark (and DuckDB) write the expected answers of a suite's cases, or of all suites'.
 * What follows the suite goes to its script, such as the files to write again.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON, ROOT } from '../support/requirements.ts';

const SCRIPTS = {
  slt: 'test/slt/goldens.py',
  stream: 'test/stream/goldens.py',
  nexmark: 'test/nexmark/goldens.py',
  tpch: 'test/tpch/goldens.py',
} as const;

const [suite, ...args] = process.argv.slice(2);
const chosen = Object.entries(SCRIPTS).filter(([name]) => suite === undefined || name === suite);
if (chosen.length === 0) {
  console.error(`There is no suite ${suite ?? ''}; there are ${Object.keys(SCRIPTS).join(', ')}.`);
  process.exit(2);
}
for (const [name, script] of chosen) {
  if (!existsSync(join(ROOT, script))) throw new Error(`${script} is missing`);
  console.error(`… ${name}`);
  const { status } = spawnSync(PYTHON, [script, ...args], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
