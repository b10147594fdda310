/**
 * Runs the cells given on the command line and interrupts each as the jupyter worker does: flag and message, SIGINT,
 * terminateExecution, every step only if the main thread has not answered. Prints outcome, latency and what a later cell
 * finds, as JSON. Bundled and started by interrupts.test.ts.
 */
import { tmpdir } from 'node:os';
import { Worker, type MessagePort, MessageChannel } from 'node:worker_threads';
import { createInterpreter } from '../../kernel/session/interpreter.ts';
import type { CellOutput } from '../../kernel/session/contract.ts';

interface Case {
  readonly code: string;
  readonly then: string;
  /** The step that is to be enough: it gets the time of a busy machine. */
  readonly steps: number;
}

/** Shared words: 0 the cell has begun, 1 the steps taken (bits). */
const shared = new Int32Array(new SharedArrayBuffer(16));
const times = new BigInt64Array(new SharedArrayBuffer(8));
const flag = new Int32Array(new SharedArrayBuffer(8));
const { port1, port2 } = new MessageChannel();
const INTERRUPTER = `
const { workerData, threadId } = require('node:worker_threads');
const { Session } = require('node:inspector');
const { shared, times, flag, port } = workerData;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let seen = 0;
port.on('message', (message) => { if (message === 'seen') seen++; else void interrupt(message); });
async function interrupt(steps) {
  seen = 0;
  Atomics.store(shared, 1, 0);
  Atomics.wait(shared, 0, 0);
  await pause(20);
  Atomics.store(times, 0, process.hrtime.bigint());
  Atomics.store(flag, 0, 1); Atomics.notify(flag, 0);
  port.postMessage('interrupt');
  for (const end = performance.now() + (steps === 0 ? 2000 : 4); !seen && performance.now() < end; ) await pause(1);
  if (seen) return;
  Atomics.or(shared, 1, 1);
  Atomics.store(flag, 0, 1);
  process.kill(process.pid, 'SIGINT');
  for (const end = performance.now() + (steps === 1 ? 2000 : 6); !seen && performance.now() < end; ) await pause(1);
  if (seen) return;
  Atomics.or(shared, 1, 2);
  Atomics.store(flag, 0, 1);
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.terminateExecution', () => session.disconnect());
  port.postMessage('interrupt');
}`;
const worker = new Worker(INTERRUPTER, {
  eval: true,
  workerData: { shared, times, flag, port: port2 },
  transferList: [port2],
});
await new Promise((resolve) => worker.once('online', resolve));
process.on('SIGINT', () => undefined);

const texts: string[] = [];
const output: CellOutput = {
  cellId: 'driver',
  stream: (_name, text) => texts.push(text),
  display: () => undefined,
  error: (error) => texts.push(`error ${error.evalue}`),
  clear: () => undefined,
  input: () => Promise.resolve(''),
};
const interpreter = createInterpreter({
  globals: {
    began: () => {
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
    },
  },
  modules: {},
  sqlRunner: () => undefined,
  cwd: tmpdir(),
  interrupt: { flag },
  moduleHooksUrl: 'unused:',
  internalRoots: [],
  onShutdown: () => Promise.resolve(),
});
listen(port1);

const results: unknown[] = [];
for (const { code, then, steps } of JSON.parse(process.argv[2] ?? '[]') as Case[]) {
  texts.length = 0;
  Atomics.store(shared, 0, 0);
  port1.postMessage(steps);
  const { status } = await execute(code);
  const latencyMs = Number(process.hrtime.bigint() - (times[0] ?? 0n)) / 1e6;
  const taken = Atomics.load(shared, 1);
  // The interrupter's last step may still be on its way; nothing may run before it has passed.
  await new Promise((resolve) => setTimeout(resolve, 40));
  const after = await execute(then);
  const value =
    after.status === 'ok'
      ? after.result?.data['text/plain']
      : after.status === 'error'
        ? after.error.evalue
        : after.status;
  results.push({ status, latencyMs, steps: taken, after: value, output: texts.join('') });
}
await worker.terminate();
port1.close();
await interpreter.shutdown();
process.stdout.write(JSON.stringify(results));

function execute(code: string): ReturnType<typeof interpreter.execute> {
  return interpreter.execute(
    { code, silent: false, storeHistory: true, allowStdin: false, executionCount: 1, userExpressions: {} },
    output,
  );
}

function listen(port: MessagePort): void {
  port.on('message', () => {
    port.postMessage('seen');
    interpreter.interruptAwait();
  });
}
