/** `npm test` ends whatever its files do: one that hangs is killed and named. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createFolder } from '../pipelines/support.ts';
import { ROOT } from '../support/requirements.ts';

describe('the tests of a run', { timeout: 60_000 }, () => {
  const folder = createFolder();
  after(() => folder.remove());
  const imports = `import { test } from 'node:test'; import { spawn } from 'node:child_process';`;

  function run(name: string, text: string, limits: Readonly<Record<string, string>>): string {
    writeFileSync(folder.file(name), text);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = spawnSync(
      process.execPath,
      ['--test', `--test-reporter=${join(ROOT, 'kernel/bin/test-reporter.mjs')}`, folder.file(name)],
      { encoding: 'utf8', env: { ...env, CI: 'true', ...limits }, timeout: 50_000 },
    );
    return stdout;
  }

  it('end though a file outlives SIGTERM and leaves a process that holds its output', () => {
    const text = `${imports}
      process.on('SIGTERM', () => {});
      test('hangs', () => { spawn('sleep', ['1000'], { stdio: 'inherit', detached: true }); for (;;); });`;
    const output = run('hangs.test.mjs', text, { MILLRACE_TEST_FILE_MS_MAX: '2000' });
    assert.match(output, /✗ \S+hangs\.test\.mjs[^]*Killed, since this file did not end within 2 s\./);
    assert.match(output, /\d+ sleep 1000\n/);
    assert.match(output, /Slowest files, in seconds:\n +\d+\.\d +\S*hangs\.test\.mjs/);
  });

  it('end when the whole run takes too long', () => {
    const text = `${imports} test('waits', () => new Promise(() => setInterval(() => {}, 1000)));`;
    const output = run('waits.test.mjs', text, { MILLRACE_TEST_RUN_MS_MAX: '1000' });
    assert.match(output, /✗ \S+waits\.test\.mjs[^]*Killed, since the whole run did not end within 1 s\./);
  });
});
