import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession, RecordingOutput, type TestSession } from './support.ts';

/** A session whose process handlers are the only ones: the test runner's would take the errors for a test's. */
function openAlone(): { readonly session: TestSession; readonly close: () => Promise<void> } {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const saved = events.map((event) => ({ event, listeners: process.rawListeners(event) }));
  for (const event of events) process.removeAllListeners(event);
  const session = openSession();
  const close = async (): Promise<void> => {
    await session.interpreter.shutdown();
    for (const { event, listeners } of saved) {
      for (const listener of listeners) process.on(event, listener as (...parameters: unknown[]) => void);
    }
  };
  return { session, close };
}

/** Errors that nobody awaits are shown on the cell they come from. */
for (const [code, evalue] of [
  ['setTimeout(() => { throw new Error("in timer") }, 5);', 'in timer'],
  ['void Promise.reject(new Error("unhandled"));', 'unhandled'],
  ['void (async () => { await null; throw new Error("async") })();', 'async'],
  ['setTimeout(() => { throw "text" }, 5);', "'text'"],
  ['queueMicrotask(() => { throw new Error("micro") });', 'micro'],
  ['const e3 = new EventEmitter(); setTimeout(() => e3.emit("error", new Error("emitted")), 5);', 'emitted'],
  ['setTimeout(() => process.exit(2), 5);', /^\[EXIT_IN_CELL\]/],
] as const) {
  test(`is shown on its cell: ${code}`, async () => {
    const { session, close } = openAlone();
    const output = new RecordingOutput('erring');
    await session.value("import { EventEmitter } from 'node:events'");
    await session.run(code, { output });
    await session.run('1');
    await output.until(() => output.errors.length > 0);
    const [error] = output.errors;
    if (typeof evalue === 'string') assert.equal(error?.evalue, evalue);
    else assert.match(error?.evalue ?? '', evalue);
    assert.equal(await session.value('2'), '2');
    await close();
  });
}
