/** The script of the expected answers: what it takes for the same answer of two engines, in its own language. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { PYTHON, ROOT, skipWithout } from '../support/requirements.ts';
import { needsTpchGenerator as needsOracles } from './data.ts';

it('goldens.py tells every difference', { skip: skipWithout(needsOracles) }, () => {
  const done = spawnSync(PYTHON, ['test_goldens.py'], { cwd: join(ROOT, 'test', 'tpch'), encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stderr, /Ran [1-9]\d* tests/);
});
