/**
 * A query for crash.test.ts, run in a process of its own: `node crash-program.mjs DIR CHUNKS KERNELS.wasm`. It counts generated events by
 * window and key, one chunk a batch, and writes each batch to DIR/sink/N.json, replacing what an earlier try has written.
 */
import fs from 'node:fs';
import path from 'node:path';
import { rowsOf } from '../../kernel/arrow/values.ts';
import type { EngineMemory } from '../../kernel/arrow/memory.ts';
import type { Sink, StreamSource } from '../../kernel/connectors/contract.ts';
import { leaseBatches } from '../../kernel/connectors/sources/heap-batches.ts';
import { systemClock } from '../../kernel/core/clock.ts';
import { checksumOf } from '../../kernel/state/disk-checksum.ts';
import { openDiskLogStore } from '../../kernel/state/disk-log-store.ts';
import { createStateStores } from '../../kernel/state/state-stores.ts';
import { openCheckpoint } from '../../kernel/stream/checkpoint.ts';
import { startQuery } from '../../kernel/stream/start-query.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import { compileKernels, createEngineMemory, instantiate } from '../../kernel/workers/instance.ts';
import { createTestExecutor, eventBatch, textOf, windowedCount, type Event } from '../support/stream-plans.ts';

const EVENTS_PER_CHUNK = 20;

/** Chunk i always has the same events; some are out of order, some late. */
function chunk(index: number): Event[] {
  let seed = (index + 1) * 2_654_435_761;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  return Array.from({ length: EVENTS_PER_CHUNK }, () => ({ ts: index + random(40) - 20, key: `k${random(7)}` }));
}

function generatedSource(memory: EngineMemory, chunkCount: number): StreamSource {
  return {
    description: 'GeneratedSource',
    initialOffset: () => Promise.resolve(null),
    latestOffset: (start) =>
      Promise.resolve(String(Math.min((start === null ? -1 : Number(start)) + 1, chunkCount - 1))),
    prepareForAvailableNow: () => Promise.resolve(),
    scan: (start, end) => {
      const from = start === null ? 0 : Number(start) + 1;
      const chunks = Array.from({ length: Number(end) + 1 - from }, (_, index) => eventBatch(chunk(from + index)));
      return leaseBatches(chunks, memory);
    },
    commit: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

function fileSink(folder: string): Sink {
  fs.mkdirSync(folder, { recursive: true });
  return {
    description: 'FileSink',
    addBatch: ({ batchId, batches }) => {
      const rows = batches.flatMap(rowsOf).map(textOf);
      const temporary = path.join(folder, `.${batchId}.tmp`);
      fs.writeFileSync(temporary, JSON.stringify(rows));
      fs.renameSync(temporary, path.join(folder, `${batchId}.json`));
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
}

async function main(folder: string, chunkCount: number, kernels: string): Promise<void> {
  const memory = createEngineMemory({ maximumBytes: 1 << 28 });
  const instance = instantiate(await compileKernels(fs.readFileSync(kernels)), memory);
  const store = openDiskLogStore(path.join(folder, 'checkpoint'));
  const checkpoint = await openCheckpoint(store, { owner: 'crash test', newId: () => crypto.randomUUID() });
  const environment = { instance, createGroupTable, store, clock: systemClock, checksum: checksumOf };
  const prepared = windowedCount({ delaySeconds: 5, windowSeconds: 10, byKey: true });
  const query = startQuery({
    ...{ checkpoint, prepared, memory },
    runId: crypto.randomUUID(),
    name: undefined,
    trigger: { kind: 'availableNow' },
    outputMode: 'append',
    program: prepared.text,
    sources: new Map([[0, generatedSource(memory, chunkCount)]]),
    executor: createTestExecutor(memory),
    sink: fileSink(path.join(folder, 'sink')),
    stateStores: createStateStores(environment),
    clock: systemClock,
    conf: { 'spark.sql.streaming.minBatchesToRetain': '15' },
    listener: {},
  });
  process.stdout.write('started\n');
  await query.awaitTermination();
}

const [folder, chunkCount, kernels] = process.argv.slice(2);
await main(folder ?? '', Number(chunkCount), kernels ?? '');
