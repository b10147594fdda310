/**
 * The latency of a micro-batch: 100 rows, a windowed count by key, a durable checkpoint on this disk.
 *
 *     node --import tsx test/bench/parts/micro-batch.ts [batches]
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Sink } from '../../../kernel/connectors/contract.ts';
import { systemClock } from '../../../kernel/core/clock.ts';
import { checksumOf } from '../../../kernel/state/disk-checksum.ts';
import { openDiskLogStore } from '../../../kernel/state/disk-log-store.ts';
import { createStateStores } from '../../../kernel/state/state-stores.ts';
import { openCheckpoint } from '../../../kernel/stream/checkpoint.ts';
import { startQuery } from '../../../kernel/stream/start-query.ts';
import { createGroupTable } from '../../../kernel/physical/group-table/group-table.ts';
import { createTestEngine } from '../../support/engine.ts';
import { createTestExecutor, eventBatch, windowedCount } from '../../support/stream-plans.ts';
import { TestSource } from '../../support/stream-test.ts';

const ROWS = 100;
const WARMUP_BATCHES = 50;

async function measure(
  folder: string,
  batchCount: number,
): Promise<{ readonly ms: number[]; readonly phases: ReadonlyMap<string, number> }> {
  const instance = await createTestEngine(1 << 28);
  const { memory } = instance;
  const source = new TestSource(memory, { chunksMax: 1 });
  for (let batch = 0; batch < batchCount; batch++) {
    source.chunks.push(
      eventBatch(Array.from({ length: ROWS }, (_, row) => ({ ts: batch + row / ROWS, key: `k${row % 20}` }))),
    );
  }
  const sink: Sink = { description: 'none', addBatch: () => Promise.resolve(), stop: () => Promise.resolve() };
  const store = openDiskLogStore(folder);
  const checkpoint = await openCheckpoint(store, { owner: 'bench', newId: () => crypto.randomUUID() });
  const environment = { instance, createGroupTable, store, clock: systemClock, checksum: checksumOf };
  const prepared = windowedCount({ delaySeconds: 10, windowSeconds: 60, byKey: true });
  const ms: number[] = [];
  const phases = new Map<string, number>();
  let lastEndMs = performance.now();
  const query = startQuery({
    ...{ checkpoint, prepared, memory, sink },
    runId: crypto.randomUUID(),
    name: undefined,
    trigger: { kind: 'availableNow' },
    outputMode: 'update',
    program: '',
    sources: new Map([[0, source]]),
    executor: createTestExecutor(memory),
    stateStores: createStateStores(environment),
    clock: systemClock,
    conf: {},
    listener: {
      onProgress: (progress) => {
        const nowMs = performance.now();
        ms.push(nowMs - lastEndMs);
        lastEndMs = nowMs;
        for (const [phase, phaseMs] of Object.entries(progress.durationMs)) {
          phases.set(phase, (phases.get(phase) ?? 0) + phaseMs);
        }
      },
    },
  });
  await query.awaitTermination();
  return { ms: ms.slice(WARMUP_BATCHES), phases };
}

const batchCount = Number(process.argv[2] ?? '1000');
const folder = fs.mkdtempSync(path.join(process.cwd(), 'dist', 'bench-micro-batch-'));
try {
  const { ms, phases } = await measure(path.join(folder, 'checkpoint'), batchCount + WARMUP_BATCHES);
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2);
  console.log(
    `${ms.length} batches of ${ROWS} rows: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
  );
  const means = [...phases].map(([phase, total]) => `${phase} ${(total / (batchCount + WARMUP_BATCHES)).toFixed(2)}`);
  console.log(`mean ms: ${means.join(', ')}`);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
