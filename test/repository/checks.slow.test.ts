/** The repository's own rules: types, lint, format, unused code, import directions, what may not stand in a lock file. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../support/requirements.ts';

const run = promisify(execFile);

async function passes(command: string, ...args: string[]): Promise<void> {
  try {
    await run(process.execPath, [join(ROOT, 'node_modules', ...command.split('/')), ...args], {
      cwd: ROOT,
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    assert.fail(`${command} ${args.join(' ')}\n${output.slice(-4000)}`);
  }
}

describe('the repository', () => {
  it('type-checks', () => passes('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'));
  it('passes the linter', () => passes('eslint/bin/eslint.js', '.'));
  it('is formatted', () => passes('prettier/bin/prettier.cjs', '--check', '.'));
  it('has nothing unused', () => passes('knip/bin/knip.js'));
  it('imports in one direction', () =>
    passes(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      'kernel',
      'wasm',
      'test',
    ));
  it('has a lock file without addresses', () => {
    assert.doesNotMatch(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), /"resolved"/);
  });
});
