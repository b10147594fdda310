import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../support/requirements.ts';
import type { RunningService, ServiceEntry } from './contract.ts';
import { SERVICES } from './registry.ts';
import { skipWithoutServices } from './skip.ts';
import { choose, exitStatus, find, lineOf } from './survey.ts';

const there = { address: '127.0.0.1:1', stopped: 0 };
const running: RunningService = {
  address: there.address,
  stop: () => {
    there.stopped++;
    return Promise.resolve();
  },
};
const fake = (name: string, more: Partial<ServiceEntry> = {}): ServiceEntry => ({
  name,
  missing: () => Promise.resolve(undefined),
  start: () => Promise.resolve(running),
  version: () => Promise.resolve('1.2'),
  ...more,
});
const missing = fake('Apache Missing', { missing: () => Promise.resolve('install the package missing') });
const broken = fake('Broken', { start: () => Promise.reject(new Error('its log ends: no memory')) });

test('a service that starts shows its version and is stopped', async () => {
  const finding = await find(fake('Fake'), { how: 'start' });
  assert.equal(finding.kind, 'started');
  assert.match(lineOf('Fake', finding, 6), /^Fake {4}1\.2 +ready in \d+\.\d s$/);
  assert.equal(there.stopped, 1);
});

test('one that only is looked at is not started', async () => {
  assert.deepEqual(await find(broken, { how: 'check' }), { kind: 'startable' });
});

test('a service that tells no version is stopped too', async () => {
  const before = there.stopped;
  const mute = fake('Mute', { version: () => Promise.reject(new Error('no answer')) });
  assert.deepEqual(await find(mute, { how: 'start' }), { kind: 'failed', reason: 'no answer' });
  assert.equal(there.stopped, before + 1);
});

test('a missing service is named with what to install, and is a failure in CI only', async () => {
  const finding = await find(missing, { how: 'start' });
  assert.deepEqual(finding, { kind: 'missing', reason: 'install the package missing' });
  assert.match(lineOf('Apache Missing', finding, 14), /^Apache Missing {2}– +install the package missing$/);
  assert.equal(exitStatus([finding], { ci: false }), 0);
  assert.equal(exitStatus([finding], { ci: true }), 1);
});

test('a service that is there and does not start is a failure everywhere', async () => {
  const finding = await find(broken, { how: 'start' });
  assert.deepEqual(finding, { kind: 'failed', reason: 'its log ends: no memory' });
  assert.equal(exitStatus([finding], { ci: false }), 1);
});

test('tests are skipped with the reason, and fail in CI', async () => {
  const before = process.env['CI'];
  try {
    process.env['CI'] = 'false';
    assert.equal(await skipWithoutServices(fake('Fake')), false);
    assert.equal(await skipWithoutServices(fake('Fake'), missing), 'no Apache Missing: install the package missing');
    process.env['CI'] = 'true';
    await assert.rejects(skipWithoutServices(missing), /no Apache Missing: install the package missing \(and CI=true/);
  } finally {
    if (before === undefined) delete process.env['CI'];
    else process.env['CI'] = before;
  }
});

test('services are chosen by words of their names', () => {
  const names = (...words: string[]): string[] => choose([missing, broken], words).map(({ name }) => name);
  assert.deepEqual(names(), ['Apache Missing', 'Broken']);
  assert.deepEqual(names('BROK'), ['Broken']);
  assert.throws(() => names('broken', 'redis'), /no service redis; there are Apache Missing, Broken/);
});

test('the registry has each service once', () => {
  const names = SERVICES.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test('without Java, Kafka and Spark say so, and CI makes it a failure', () => {
  const bin = mkdtempSync(path.join(tmpdir(), 'millrace-no-java-'));
  try {
    mkdirSync(path.join(bin, 'bin'));
    symlinkSync(process.execPath, path.join(bin, 'bin', 'node'));
    const look = (ci: string) =>
      spawnSync('node', ['--import', 'tsx', 'test/services/main.ts', '--check', 'kafka', 'spark'], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, PATH: path.join(bin, 'bin'), CI: ci },
      });
    const { status, stdout, stderr } = look('false');
    assert.equal(stderr, '');
    assert.match(stdout, /^Apache Kafka +– +no Java: install the package default-jre-headless$/m);
    assert.match(stdout, /^Spark Connect server +– +no (Java: install|pyspark in)/m);
    assert.equal(status, 0);
    assert.equal(look('true').status, 1);
  } finally {
    rmSync(bin, { recursive: true });
  }
});
