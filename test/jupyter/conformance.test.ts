/** jupyter_kernel_test, and the life of a kernel under jupyter_client, on the built kernel (see conformance.py). */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { needsBuild, needsPython, PYTHON, skipWithout } from '../support/requirements.ts';

const TESTS = [
  'test_clear_output',
  'test_completion',
  'test_display_data',
  'test_error',
  'test_execute_result',
  'test_execute_stderr',
  'test_execute_stdout',
  'test_history',
  'test_inspect',
  'test_is_complete',
  'test_kernel_info',
  'test_pager',
  'test_recv_iopub_welcome_msg',
  'test_interrupt_keeps_the_state',
  'test_restart_begins_anew',
  'test_shutdown_ends_with_code_0',
];
const TIMEOUT_MS = 180_000;

describe('the kernel under jupyter_client', { skip: skipWithout(needsPython, needsBuild), timeout: TIMEOUT_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-conformance-'));
  let outcomes: Readonly<Record<string, string>> = {};

  before(async () => {
    const script = fileURLToPath(new URL('./conformance.py', import.meta.url));
    const env = { ...process.env, MILLRACE_HISTORY: folder };
    const { stdout } = await promisify(execFile)(PYTHON, [script, 'millrace'], { env, cwd: folder });
    ({ tests: outcomes } = JSON.parse(stdout) as { tests: Record<string, string> });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of TESTS) {
    it(name, () => assert.equal(outcomes[name], 'pass'));
  }

  it('nothing else was tested', () => assert.deepEqual(Object.keys(outcomes).sort(), [...TESTS].sort()));
});
