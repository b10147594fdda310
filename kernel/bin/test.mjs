/**
 * `npm test [-- --fast] [FILE…]`: sets up what the tests need, runs them, and ends with the counts.
 * `--fast` leaves out what needs a server, a browser or long runs. With CI=true a test that skips for want of a server fails.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ALL_GROUPS, ROOT, setUp } from './setup.mjs';

const args = process.argv.slice(2);
const fast = args.includes('--fast');
const wanted = args.filter((arg) => !arg.startsWith('--'));

await setUp(...(fast ? [] : ALL_GROUPS));

const files = wanted.length > 0 ? wanted : testFiles();
const folder = mkdtempSync(join(memoryFolder() ?? tmpdir(), 'millrace-test-'));
chmodSync(folder, 0o711); // PostgreSQL's user works below it
const temporary = join(folder, 'tmp');
mkdirSync(temporary);
const summary = join(folder, 'summary.tap');
const code = await runTests();
const count = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(readFileSync(summary, 'utf8'))?.[1] ?? 0);
const [passed, failed, skipped] = [count('pass'), count('fail') + count('cancelled'), count('skipped')];
rmSync(folder, { recursive: true, force: true });
const ended = code === 0 || failed > 0 ? failed : 1;
console.log(`${passed} passed, ${ended} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(ended === 0 ? 0 : 1);

/** Every *.test.ts below test/; with --fast without those that need a server, a browser, Python, or more than some seconds. */
function testFiles() {
  const slow =
    /^test\/((bin|browser|front-ends|pipelines|services)\/|(jupyter\/(built-\w+|conformance|interrupt|leave|load)|physical\/dense-groups|stream\/crash)\.test\.ts$)|\.slow\.test\.ts$/;
  return readdirSync(join(ROOT, 'test'), { recursive: true })
    .map((name) => `test/${String(name)}`)
    .filter((name) => name.endsWith('.test.ts') && !(fast && slow.test(name)))
    .sort();
}

/** Checkpoints write many small files durably: in memory the streaming tests take half the time, and a slow disk is no matter. */
function memoryFolder() {
  const folder = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > 4 * 2 ** 30 ? folder : undefined;
  } catch {
    return undefined;
  }
}

function runTests() {
  const node = spawn(
    process.execPath,
    [
      '--no-force-async-hooks-checks',
      '--import',
      'tsx',
      '--test',
      '--test-concurrency=2',
      '--test-reporter=tap',
      `--test-reporter-destination=${summary}`,
      '--test-reporter=./kernel/bin/test-reporter.mjs',
      '--test-reporter-destination=stdout',
      ...files.map((file) => relative(ROOT, join(ROOT, file))),
    ],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TMPDIR: temporary } },
  );
  // The terminal's Ctrl-C reaches the runner too; its end is waited for, and its files are removed.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => node.kill(signal));
  return new Promise((resolve) => node.on('exit', (status) => resolve(status ?? 1)));
}
