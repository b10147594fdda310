import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { ROOT } from './requirements.ts';

/** What each program is asked wrongly, and what it says. */
const WRONG: readonly (readonly [program: string, args: readonly string[], said: RegExp])[] = [
  ['faults', ['--runs', 'x'], /^--runs is a whole number from 1, not x\.$/],
  ['faults', ['--runs', '0'], /^--runs is a whole number from 1, not 0\.$/],
  ['faults', ['--only', 'flume'], /^No run is called flume: the parts are /],
  ['bench', ['--rounds', '1.5'], /^--rounds is a whole number from 1, not 1\.5\.$/],
  ['bench', ['--only', 'batch/none'], /^There is no batch\/none; there are kernel\/start, /],
  ['compat', ['tcph'], /^There is no suite tcph; there are slt, stream, nexmark, tpch\.$/],
  ['compat', ['slt', '--feature', 'joints'], /^No case of slt has joints in its name\.$/],
  ['services', ['--wat'], /^Unknown option '--wat'/],
];

describe('a program that is asked wrongly says so in a sentence, with exit status 2', () => {
  for (const [program, args, said] of WRONG) {
    it(`${program} ${args.join(' ')}`, () => {
      const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', `test/${program}/main.ts`, ...args], {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.match(stderr.trim(), said);
      assert.equal(status, 2);
    });
  }
});
