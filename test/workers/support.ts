/** An engine with a pool of real compute workers over its memory. */
import { computeWorkerEntry } from '../../kernel/workers/entry.ts';
import { createEngineMemory, instantiate, type SharedEngineMemory } from '../../kernel/workers/instance.ts';
import { createPool, type WorkerPool } from '../../kernel/workers/pool.ts';
import { createExecutor } from '../../kernel/physical/executor.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import type { EngineInstance, Executor } from '../../kernel/physical/ports.ts';
import { compiledKernels } from '../support/engine.ts';

export interface PooledEngine {
  readonly memory: SharedEngineMemory;
  readonly instance: EngineInstance;
  readonly pool: WorkerPool;
  readonly executor: Executor;
}

export async function createPooledEngine(size: number, maximumBytes = 1024 ** 3): Promise<PooledEngine> {
  const module = await compiledKernels();
  const memory = createEngineMemory({ maximumBytes });
  const instance = instantiate(module, memory);
  const pool = createPool({ size, entry: computeWorkerEntry(), workerData: { memory: memory.handle, module } });
  return { memory, instance, pool, executor: createExecutor({ instance, createGroupTable, readers: new Map(), pool }) };
}
