import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-port.ts';
import { ServiceError, startGuarded, type GuardedProcess } from './guarded-process.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const MODULE = new URL('guarded-process.ts', import.meta.url).href;
const TIMEOUT_MS = 20_000;

/** A server with two children, one of them in another session, which ends in order at SIGTERM and leaves them behind. */
const SERVER = `
sleep 600 & echo "pid $!"
setsid sleep 600 & echo "pid $!"
echo "pid $$"
trap 'echo ended in order; exit 0' TERM
echo up
while :; do sleep 0.05; done`;

let folder: TemporaryFolder;
before(async () => {
  folder = await temporaryFolder('guard-test');
});
after(() => folder.remove());

const pidsIn = (log: string): number[] => [...log.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));

/** A process that has ended but was not yet asked about by its parent does not run. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (performance.now() < endMs) {
    if (condition()) return;
    await delay(20); // a poll with its bound above
  }
  assert.fail(`${what}: not within 10 s`);
}

/** Its processes, once it has written them all. */
const up = (server: GuardedProcess): Promise<number[]> =>
  server.ready(
    async () => {
      const log = await server.log();
      assert.match(log, /^up$/m);
      return pidsIn(log);
    },
    { timeoutMs: TIMEOUT_MS },
  );

function removeLog({ logFile }: GuardedProcess): Promise<void> {
  return rm(path.dirname(logFile), { recursive: true });
}

test('stop ends the server in order, then kills its children, and removes the log', async () => {
  const server = await startGuarded('/bin/sh', ['-c', SERVER]);
  const pids = await up(server);
  assert.equal(pids.length, 3);
  assert.deepEqual(pids.filter(runs), pids);
  await server.stop();
  await server.stop();
  assert.deepEqual(pids.filter(runs), []);
  assert.equal(existsSync(path.dirname(server.logFile)), false);
});

test('the server may end in order within the grace, and without grace it may not', async () => {
  for (const [graceMs, expected] of [
    [5000, true],
    [0, false],
  ] as const) {
    const logFile = path.join(folder.path, `grace-${graceMs}.log`);
    const server = await startGuarded('/bin/sh', ['-c', SERVER], { logFile });
    const pids = await up(server);
    await server.stop({ graceMs });
    assert.deepEqual(pids.filter(runs), []);
    assert.equal(/ended in order/.test(readFileSync(logFile, 'utf8')), expected);
  }
});

test('a server that ignores SIGTERM is killed after the grace', async () => {
  const server = await startGuarded('/bin/sh', ['-c', SERVER.replace("'echo ended in order; exit 0'", "''")]);
  const pids = await up(server);
  await server.stop({ graceMs: 100 });
  assert.deepEqual(pids.filter(runs), []);
});

test('the server and its children die when the process that started them is killed', async () => {
  const logFile = path.join(folder.path, 'killed.log');
  const program = `
    import { startGuarded } from ${JSON.stringify(MODULE)};
    await startGuarded('/bin/sh', ['-c', ${JSON.stringify(SERVER)}], { logFile: ${JSON.stringify(logFile)} });
    setInterval(() => undefined, 1000);`;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  await until('the server is up', () => /^up$/m.test(log()));
  const pids = pidsIn(log());
  assert.deepEqual(pids.filter(runs), pids);
  const exit = once(starter, 'exit');
  starter.kill('SIGKILL');
  await exit;
  await until('all are dead', () => !pids.some(runs));
});

test('a process that left a server running can end, and the server ends with it', async () => {
  const logFile = path.join(folder.path, 'left.log');
  const program = `
    import { startGuarded } from ${JSON.stringify(MODULE)};
    const server = await startGuarded('/bin/sh', ['-c', ${JSON.stringify(SERVER)}], { logFile: ${JSON.stringify(logFile)} });
    await server.ready(async () => { if (!/^up$/m.test(await server.log())) throw new Error('not yet'); }, { timeoutMs: 20000 });`;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(starter, 'exit')) as [unknown];
  assert.equal(code, 0);
  await until('all are dead', () => !pidsIn(readFileSync(logFile, 'utf8')).some(runs));
});

test('a server that ends early fails at once, and its log is kept and named', async () => {
  const server = await startGuarded('/bin/sh', ['-c', 'echo no licence; exit 3']);
  const never = (): Promise<void> => Promise.reject(new Error('no answer'));
  const startMs = performance.now();
  await assert.rejects(server.ready(never, { timeoutMs: TIMEOUT_MS }), (error) => {
    assert.ok(error instanceof ServiceError);
    assert.match(error.message, /sh ended before it was ready \(exit status 3\)/);
    assert.match(error.message, /no licence$/);
    assert.ok(error.message.includes(server.logFile));
    return true;
  });
  assert.ok(performance.now() - startMs < TIMEOUT_MS / 2);
  await server.stop();
  assert.match(readFileSync(server.logFile, 'utf8'), /no licence/);
  await removeLog(server);
});

test('a server that never answers is killed, and the error says what its last answer was', async () => {
  const server = await startGuarded('/bin/sh', ['-c', SERVER]);
  const pids = await up(server);
  const never = (): Promise<void> => Promise.reject(new Error('connection refused'));
  await assert.rejects(server.ready(never, { timeoutMs: 300 }), /not ready after 300 ms \(connection refused\)[^]*up$/);
  assert.deepEqual(pids.filter(runs), []);
  assert.equal(server.isRunning(), false);
  await removeLog(server);
});

test('a probe that hangs does not hang the start', async () => {
  const server = await startGuarded('/bin/sh', ['-c', SERVER]);
  await assert.rejects(
    server.ready(() => new Promise(() => undefined), { timeoutMs: 300 }),
    /not ready after 300 ms/,
  );
  await removeLog(server);
});

test('a command that does not exist is named', async () => {
  const server = await startGuarded('/nonexistent/server', []);
  const never = (): Promise<void> => Promise.reject(new Error('no answer'));
  await assert.rejects(server.ready(never, { timeoutMs: TIMEOUT_MS }), /exit status 127[^]*\/nonexistent\/server/);
  await removeLog(server);
});

test('a stopped server stands still until it is continued', async () => {
  const server = await startGuarded('/bin/sh', ['-c', SERVER]);
  const pids = await up(server);
  const stands = (): boolean => pids.some((pid) => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  server.signal('STOP');
  await until('it stands', stands);
  server.signal('CONT');
  await until('it goes on', () => !stands());
  await server.stop();
});

test('a program that ends by itself is waited for, and its output is apart from its log', async () => {
  const outputFile = path.join(folder.path, 'answer');
  const program = await startGuarded('/bin/sh', ['-c', 'sleep 600 & echo working >&2; echo 42'], { outputFile });
  await program.finished({ timeoutMs: TIMEOUT_MS });
  assert.equal(readFileSync(outputFile, 'utf8'), '42\n');
  assert.equal(existsSync(program.logFile), false);

  const failing = await startGuarded('/bin/sh', ['-c', 'echo wrong >&2; exit 4'], { outputFile });
  await assert.rejects(failing.finished({ timeoutMs: TIMEOUT_MS }), /sh failed \(exit status 4\)[^]*wrong$/);
  await removeLog(failing);

  const endless = await startGuarded('/bin/sh', ['-c', 'sleep 600'], { outputFile });
  await assert.rejects(endless.finished({ timeoutMs: 100 }), /not finished after 100 ms/);
  assert.equal(endless.isRunning(), false);
  await removeLog(endless);
});

test('the log of a server that fails after its start is kept', async () => {
  const server = await startGuarded('/bin/sh', ['-c', 'echo up; sleep 0.2; echo out of memory; exit 9']);
  await server.ready(async () => assert.match(await server.log(), /up/), { timeoutMs: TIMEOUT_MS });
  await until('it has ended', () => !server.isRunning());
  await server.stop();
  assert.match(readFileSync(server.logFile, 'utf8'), /out of memory/);
  await removeLog(server);
});

test('free ports are different and can be listened on', async () => {
  const ports = await freePorts(20);
  assert.equal(new Set(ports).size, 20);
  for (const port of ports) {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  }
});
