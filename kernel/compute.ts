/** Program of a compute worker: an engine instance over the shared memory, and stages as the engine thread posts them. */
import { parentPort, workerData } from 'node:worker_threads';
import { createTaskReaders } from './connectors/readers.ts';
import { assert } from './core/assert.ts';
import { createGroupTable } from './physical/group-table/group-table.ts';
import { stageRunnerFactory } from './physical/stage-runner.ts';
import { ComputeServer } from './workers/compute-server.ts';
import { instantiate, openEngineMemory } from './workers/instance.ts';
import type { ToWorker } from './workers/protocol.ts';

/** What the engine thread gives each worker at its start. */
export interface ComputeWorkerData {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
}

const port = parentPort;
assert(port !== null, 'a compute worker runs in a worker thread');
// The boundary to the pool, which posts exactly this.
const { memory, module } = workerData as ComputeWorkerData;
const instance = instantiate(module, openEngineMemory(memory));
const server = new ComputeServer(
  {
    post: (message) => port.postMessage(message),
    later: (work) => {
      setImmediate(work);
    },
  },
  stageRunnerFactory({ instance, createGroupTable, readers: createTaskReaders(instance.kernels) }),
);
port.on('message', (message: ToWorker) => server.receive(message));
