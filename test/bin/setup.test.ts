/** What set-up says where something is missing: one sentence, before anything is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createFolder } from '../pipelines/support.ts';
import { ROOT } from '../support/requirements.ts';

describe('npm start on a bare machine', { timeout: 60_000 }, () => {
  const folder = createFolder();
  after(() => folder.remove());
  // A fresh clone, as far as the scripts read it.
  for (const name of ['kernel/bin', 'package.json', 'package-lock.json']) {
    mkdirSync(join(folder.path, name, '..'), { recursive: true });
    cpSync(join(ROOT, name), folder.file(name), { recursive: true });
  }
  mkdirSync(folder.file('empty'));

  function start(
    nodeOptions: readonly string[],
    path: string,
  ): { readonly status: number | null; readonly stderr: string } {
    const { status, stderr } = spawnSync(process.execPath, [...nodeOptions, folder.file('kernel/bin/start.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    assert.equal(existsSync(folder.file('node_modules')), false, 'nothing was installed');
    return { status, stderr };
  }

  it('names a missing Python', () => {
    const { status, stderr } = start([], folder.file('empty'));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^Millrace needs Python 3\.9 or newer [^\n]*: install python3 and python3-venv and start again\.\n$/,
    );
  });

  it('names a Node that is too old', () => {
    const older = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })`;
    const { status, stderr } = start(['--import', older], process.env['PATH'] ?? '');
    assert.equal(status, 1);
    assert.match(stderr, /^Millrace needs Node 20\.19 or newer, and this is 18\.20\.4: [^\n]*\n$/);
  });
});
