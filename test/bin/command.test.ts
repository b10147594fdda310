/** The command around the pipelines: help, version, wrong usage, the kernelspec. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { kernelspecText } from '../../kernel/bin/kernelspec.mjs';
import { JUPYTER, needsBuild, needsPython, ROOT, skipWithout } from '../support/requirements.ts';
import { createFolder } from '../pipelines/support.ts';

describe('the command', { skip: skipWithout(needsBuild), timeout: 60_000 }, () => {
  const folder = createFolder({ 'q.sql': 'SELECT 1 AS a', 'data.json': '{}' });
  after(() => folder.remove());

  it('prints its version and its help', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual(await folder.run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await folder.run(['--help']);
    assert.equal(help.code, 0);
    for (const command of ['run FILE', 'sql "', 'install', 'uninstall', '--version'])
      assert.ok(help.stdout.includes(command), command);
  });

  it('answers wrong usage with exit code 2, one line that says what is wrong, and no output', async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['frobnicate'], /no command frobnicate/],
      [['run'], /takes one file/],
      [['run', 'q.sql', 'q.sql'], /takes one file/],
      [['run', 'none.sql'], /no file none\.sql/],
      [['run', 'data.json'], /neither \.ipynb, \.ts nor \.sql/],
      [['run', 'q.sql', '--format', 'xml'], /no format xml/],
      [['run', 'q.sql', '--frob'], /--frob/],
      [['run', 'q.sql', '-p', 'a'], /-p a is no parameter/],
      [['sql'], /one text/],
      [['install', '--sys-prefix'], /No Python environment is active/],
      [['install', '--user', '--prefix', 'x'], /one place/],
    ];
    for (const [args, message] of wrong) {
      const ran = await folder.run(args, { env: { VIRTUAL_ENV: undefined, CONDA_PREFIX: undefined } });
      assert.deepEqual([ran.code, ran.stdout], [2, ''], args.join(' '));
      assert.match(ran.stderr, message);
      assert.equal(ran.stderr.trim().split('\n').length, 1, ran.stderr);
    }
    const none = await folder.run([]);
    assert.deepEqual([none.code, none.stdout], [2, '']);
    assert.match(none.stderr, /^Usage: millrace/);
  });

  it('installs the kernelspec where asked, as set-up writes it, and removes it', async () => {
    const places: readonly (readonly [readonly string[], Readonly<Record<string, string>>, string])[] = [
      [['--prefix', folder.file('prefix')], {}, 'prefix/share/jupyter'],
      [['--sys-prefix'], { VIRTUAL_ENV: folder.file('venv') }, 'venv/share/jupyter'],
      [['--user'], { JUPYTER_DATA_DIR: folder.file('data') }, 'data'],
      [[], { JUPYTER_DATA_DIR: '', XDG_DATA_HOME: folder.file('xdg') }, 'xdg/jupyter'],
    ];
    for (const [args, env, place] of places) {
      if (process.platform !== 'linux' && place.startsWith('xdg')) continue;
      const file = folder.file(`${place}/kernels/millrace/kernel.json`);
      const installed = await folder.run(['install', ...args], { env });
      assert.deepEqual([installed.code, installed.stderr], [0, '']);
      assert.equal(readFileSync(file, 'utf8'), kernelspecText(join(ROOT, 'dist', 'main.js')));
      const removed = await folder.run(['uninstall', ...args], { env });
      assert.match(removed.stdout, /^Removed/);
      assert.equal(existsSync(file), false);
      const nothing = await folder.run(['uninstall', ...args], { env });
      assert.match(nothing.stdout, /^There is no kernelspec/);
    }
  });

  it('is found by Jupyter once installed', { skip: skipWithout(needsPython) }, async () => {
    const env = { JUPYTER_DATA_DIR: folder.file('seen') };
    await folder.run(['install', '--user'], { env });
    // Otherwise the environment's own kernels come first.
    const listed = spawnSync(JUPYTER, ['kernelspec', 'list', '--json'], {
      encoding: 'utf8',
      env: { ...process.env, ...env, JUPYTER_PREFER_ENV_PATH: '0' },
    });
    const { kernelspecs } = JSON.parse(listed.stdout) as {
      kernelspecs: Record<string, { resource_dir: string; spec: { language: string; interrupt_mode: string } }>;
    };
    assert.equal(kernelspecs['millrace']?.resource_dir, folder.file('seen/kernels/millrace'));
    assert.equal(kernelspecs['millrace'].spec.interrupt_mode, 'message');
  });
});
