import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openSession, RecordingOutput } from './support.ts';

const session = openSession();
after(() => session.interpreter.shutdown());

test('console writes to the cell, formatted as Node does', async () => {
  const { stdout, stderr } = await session.run(
    'console.log("a %d", 5, { b: 1 }); console.info("i"); console.debug("d"); console.warn("w"); console.error(new RangeError("e").message);' +
      'console.table([{ x: 1 }]); console.dir({ y: 2 }); console.group("g"); console.log("in"); console.groupEnd(); console.count(); console.assert(false, "no")',
  );
  assert.match(stdout, /^a 5 \{ b: 1 \}\ni\nd\n┌[\s\S]*│ 0 {7}│ 1 │[\s\S]*\{ y: 2 \}\ng\n {2}in\ndefault: 1\n$/);
  assert.equal(stderr, 'w\ne\nAssertion failed: no\n');
});

test('the standard streams write to the cell', async () => {
  const { stdout, stderr } = await session.run(
    'process.stdout.write("out"); process.stderr.write(Buffer.from("err")); globalThis.console.log("global")',
  );
  assert.equal(stdout, 'outglobal\n');
  assert.equal(stderr, 'err');
});

test('an indentation does not outlive a failed cell', async () => {
  await session.failure('console.group("open"); throw new Error("x")');
  assert.equal((await session.run('console.log("flush")')).stdout, 'flush\n');
});

/** Starts something that writes after its cell has ended and another has run. */
async function writesLater(code: string): Promise<void> {
  const first = new RecordingOutput('first');
  const started = await session.run(code, { output: first });
  assert.equal(started.outcome.status, 'ok', JSON.stringify(started.outcome));
  const second = await session.run('console.log("second"); await new Promise((r) => globalThis.setImmediate(r))');
  await first.until(() => first.stdout.includes('late'));
  assert.equal(second.stdout, 'second\n');
}

for (const code of [
  'setTimeout(() => console.log("late"), 15);',
  'setTimeout(() => setTimeout(() => console.log("late"), 5), 5);',
  'let ticks = 0; const timer = setInterval(() => { if (++ticks === 3) { console.log("late"); clearInterval(timer) } }, 5);',
  'setTimeout(() => setImmediate(() => process.nextTick(() => queueMicrotask(() => console.log("late")))), 10);',
  'void (async () => { await new Promise((r) => setTimeout(r, 15)); console.log("late") })();',
  'void new Promise((r) => setTimeout(r, 15)).then(() => console.log("late"));',
  'import { setTimeout as sleep } from "node:timers/promises"; void (async () => { await sleep(15); console.log("late") })();',
  'import { EventEmitter } from "node:events"; const emitter = new EventEmitter(); emitter.on("x", () => console.log("late")); globalThis.setTimeout(() => emitter.emit("x"), 15);',
  'import { readFile } from "node:fs/promises"; void (async () => { await readFile("/dev/null"); setTimeout(() => console.log("late"), 10) })();',
  'setTimeout(() => globalThis.console.log("late"), 15);',
  'setTimeout(() => process.stdout.write("late"), 15);',
]) {
  test(`output made later goes to its cell: ${code}`, () => writesLater(code));
}

test("a handler that another cell's code calls writes to the cell that registered it", async () => {
  const owner = new RecordingOutput('owner');
  await session.run(
    'import { EventEmitter } from "node:events"; const bus = new EventEmitter(); bus.on("x", () => console.log("handled"));',
    { output: owner },
  );
  const caller = await session.run('bus.emit("x"); console.log("called");');
  assert.equal(caller.stdout, 'called\n');
  assert.equal(owner.stdout, 'handled\n');
});

test('servers, sockets and streams work, and their handlers write to the cell', async () => {
  const { outcome, stdout } = await session.run(`
    import { createServer } from 'node:http';
    import { once } from 'node:events';
    import { pipeline } from 'node:stream/promises';
    import { Readable, Transform, Writable } from 'node:stream';
    const server = createServer((request, response) => { console.log('asked', request.url); request.pipe(response) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const answer = await fetch(\`http://127.0.0.1:\${port}/x\`, { method: 'POST', body: 'echo' });
    const body = await answer.text();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    const upper = new Transform({ transform(chunk, _encoding, done) { done(null, String(chunk).toUpperCase()) } });
    let written = '';
    await pipeline(Readable.from(['a', 'b']), upper, new Writable({ write(chunk, _encoding, done) { written += chunk; done() } }));
    console.log(body, written)`);
  assert.equal(outcome.status, 'ok', JSON.stringify(outcome));
  assert.equal(stdout, 'asked /x\necho AB\n');
});

test('handlers are found again when they are removed', async () => {
  const text = await session.value(
    'const e2 = new EventEmitter(); let calls = 0; const handler = () => { calls++ }; e2.on("x", handler); e2.once("x", handler); e2.off("x", handler); e2.off("x", handler);' +
      'e2.emit("x"); e2.once("y", handler); e2.emit("y"); e2.emit("y"); [calls, e2.listenerCount("x"), e2.listenerCount("y"), e2.listeners("x").length]',
  );
  assert.equal(text, '[ 1, 0, 0, 0 ]');
});

test('current output and work for a stream', async () => {
  const output = new RecordingOutput('streaming');
  assert.equal(session.interpreter.currentOutput(), undefined);
  session.interpreter.define('outer', () => session.interpreter.currentOutput()?.cellId);
  assert.equal((await session.run('outer()', { output })).text, "'streaming'");
  await session.value('const closure = () => console.log("from closure")');
  const closure = await session.run('outer()', { output });
  assert.equal(closure.text, "'streaming'");
  const forStream = new RecordingOutput('of the stream');
  let call: () => void = () => undefined;
  session.interpreter.define('give', (given: () => void) => {
    call = given;
  });
  await session.value('give(closure)');
  session.interpreter.runFor(forStream, () => call());
  assert.equal(forStream.stdout, 'from closure\n');
});
