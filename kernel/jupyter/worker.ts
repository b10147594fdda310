/** Entry of the jupyter worker: opens the sockets, says 'ready', serves until the kernel leaves. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../core/clock.ts';
import { assert, present } from '../core/assert.ts';
import { Kernel } from './kernel.ts';
import { stderrLog } from './log.ts';
import { watchParent } from './parent-watch.ts';
import { closeSockets, openSockets } from './sockets.ts';
import { THREAD_PROTOCOL_VERSION, type JupyterWorkerData } from './thread-protocol.ts';

const FAILED = 1;
/** How long an orphaned kernel may take to leave by itself. */
const ORPHAN_MS = 10_000;

const data = workerData as JupyterWorkerData;
const { protocol }: { readonly protocol: number } = data;
assert(protocol === THREAD_PROTOCOL_VERSION, 'the jupyter worker and the main thread are of the same version');

const sockets = await openSockets(data.connection);
process.on('uncaughtException', (error) => {
  stderrLog(`the kernel failed: ${error.stack ?? String(error)}`);
  closeSockets(sockets);
  process.exit(FAILED);
});
const kernel = new Kernel(data, sockets, { clock: systemClock, log: stderrLog });
const stopWatching = watchParent(() => {
  stderrLog('the process that started the kernel is gone; the kernel ends');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ORPHAN_MS).unref();
  kernel.leave().catch((error: unknown) => stderrLog(`leaving failed: ${String(error)}`));
});
present(parentPort, 'the port to the main thread').postMessage('ready');
await kernel.run();
stopWatching();
await kernel.leave();
