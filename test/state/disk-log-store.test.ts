/** Files of a checkpoint on disk: whole, checked, and one query at a time, whichever process it is in. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../../kernel/core/errors.ts';
import { encodeSidecar } from '../../kernel/core/checksum-file.ts';
import { checksumOf } from '../../kernel/state/disk-checksum.ts';
import { openDiskLogStore } from '../../kernel/state/disk-log-store.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-store-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const isConcurrent = (error: unknown): boolean =>
  error instanceof MillraceError && error.condition === 'CONCURRENT_QUERY';

test('what is written is read, listed and removed; nothing temporary stays', async () => {
  const store = openDiskLogStore(path.join(folder, 'new', 'checkpoint'));
  const large = new Uint8Array(3 << 20).fill(7);
  await store.write('offsets/0', bytesOf('zero'), 'sidecar');
  await store.write('offsets/0', bytesOf('zero again'), 'sidecar');
  await store.write('state/0/1.snapshot', large, 'inside');
  assert.equal(new TextDecoder().decode(await store.read('offsets/0', 'sidecar')), 'zero again');
  assert.ok(Buffer.from((await store.read('state/0/1.snapshot', 'inside')) ?? []).equals(Buffer.from(large)));
  assert.equal(await store.read('offsets/1', 'sidecar'), undefined);
  assert.deepEqual(await store.list('offsets'), ['0']);
  assert.deepEqual(await store.list('commits'), []);
  assert.deepEqual(fs.readdirSync(path.join(store.location, 'offsets')).sort(), ['.0.crc', '0']);
  await store.remove(['offsets/0', 'offsets/1']);
  assert.deepEqual(fs.readdirSync(path.join(store.location, 'offsets')), []);
});

test('a sidecar has Hadoop’s format', () => {
  // "crc\0", 512 bytes per checksum, crc32 of "123456789" is the standard's check value.
  assert.equal(
    Buffer.from(encodeSidecar(bytesOf('123456789'), checksumOf)).toString('hex'),
    '6372630000000200cbf43926',
  );
  assert.equal(encodeSidecar(new Uint8Array(1025), checksumOf).length, 8 + 3 * 4);
});

test('a lock holds in this process until it is released', async () => {
  const lock = await openDiskLogStore(folder).lock('first');
  await assert.rejects(openDiskLogStore(folder).lock('second'), isConcurrent);
  await lock.release();
  const second = await openDiskLogStore(folder).lock('second');
  await second.release();
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('a lock of a living process is respected, one of a dead process taken over', async () => {
  const program = `
    import { openDiskLogStore } from ${JSON.stringify(new URL('../../kernel/state/disk-log-store.ts', import.meta.url))};
    await openDiskLogStore(process.argv[1]).lock('other');
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, folder], { cwd });
  await once(child.stdout, 'data');
  await assert.rejects(openDiskLogStore(folder).lock('mine'), /other \(process \d+\)/);
  child.kill('SIGKILL');
  await once(child, 'close');
  const lock = await openDiskLogStore(folder).lock('mine');
  await lock.release();
});

test('a lock is stale where its pid belongs to another process by now', async () => {
  const lock = await openDiskLogStore(folder).lock('first');
  const file = path.join(folder, 'millrace.lock');
  const held = JSON.parse(fs.readFileSync(file, 'utf8')) as { started: string };
  fs.writeFileSync(file, JSON.stringify({ ...held, started: `${held.started}0` }));
  const second = await openDiskLogStore(folder).lock('second');
  await lock.release();
  assert.ok(fs.existsSync(file), 'the first does not release the lock of the second');
  await second.release();
});

test('a full disk is told with the file and what to do, and leaves no half-written file', async (context) => {
  const store = openDiskLogStore(folder);
  await store.write('offsets/0', bytesOf('whole'), 'sidecar');
  context.mock.method(fs, 'writeSync', () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  await assert.rejects(store.write('offsets/1', bytesOf('more'), 'sidecar'), (error: unknown) => {
    assert.ok(error instanceof MillraceError);
    assert.equal(error.condition, 'CHECKPOINT_NOT_WRITABLE');
    assert.match(error.message, /offsets\/1 cannot be written: ENOSPC.*Make room on its disk/);
    return true;
  });
  assert.deepEqual(fs.readdirSync(path.join(folder, 'offsets')).sort(), ['.0.crc', '0']);
});
