/**
 * Micro-benchmark: 10 M rows (ts, key, value), count and sum by (10-minute window, key), on one thread and on two workers
 * with local tables that are merged. `node --import tsx test/bench/parts/group-table.ts [rows]`
 */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { readFile } from 'node:fs/promises';
import type { AccumulatorSpec } from '../../../kernel/functions/contract.ts';
import type { EngineInstance, GroupKeySpec, GroupTable } from '../../../kernel/physical/ports.ts';
import type { FixedColumn } from '../../../kernel/arrow/column.ts';
import { buildWasm } from '../../../kernel/bin/build-wasm.mjs';
import { allocateFixed } from '../../../kernel/arrow/make.ts';
import { Types } from '../../../kernel/arrow/types.ts';
import { fixedView } from '../../../kernel/arrow/make.ts';
import { openBatch, referenceBatch } from '../../../kernel/arrow/open.ts';
import { compileKernels, createEngineMemory, instantiate, openEngineMemory } from '../../../kernel/workers/instance.ts';
import { createGroupTable } from '../../../kernel/physical/group-table/group-table.ts';

const WINDOW_MICROS = 600_000_000n;
const TASK_ROWS = 65_536;
const KEYS: readonly GroupKeySpec[] = [
  { type: Types.timestamp, role: 'pane' },
  { type: Types.long, role: 'key' },
];
const STATES: readonly AccumulatorSpec[] = [
  { op: 'count', inputType: undefined, stateType: Types.long, onOverflow: 'error' },
  { op: 'sum', inputType: Types.double, stateType: Types.double, onOverflow: 'error' },
];

interface Range {
  readonly times: number;
  readonly keys: number;
  readonly values: number;
  readonly from: number;
  readonly to: number;
}

/** Windows and groups of a range of rows, task by task. */
function aggregate(instance: EngineInstance, range: Range): GroupTable {
  const table = createGroupTable(instance, KEYS, STATES);
  const { memory, kernels } = instance;
  const arena = memory.createArena('task');
  const starts = arena.allocate(TASK_ROWS * 8);
  const column = (type: FixedColumn['type'], pointer: number, length: number): FixedColumn => ({
    layout: 'fixed',
    type,
    length,
    validity: undefined,
    values: fixedView(type, memory.buffer, pointer, length),
  });
  for (let from = range.from; from < range.to; from += TASK_ROWS) {
    const length = Math.min(TASK_ROWS, range.to - from);
    kernels.window_start(range.times + from * 8, length, 0n, WINDOW_MICROS, starts);
    table.update(
      [column(Types.timestamp, starts, length), column(Types.long, range.keys + from * 8, length)],
      [undefined, column(Types.double, range.values + from * 8, length)],
      length,
    );
  }
  arena.release();
  return table;
}

function serve(): void {
  const { module, handle } = workerData as { module: WebAssembly.Module; handle: WebAssembly.Memory };
  const instance = instantiate(module, openEngineMemory(handle));
  const arena = instance.memory.createArena('partials');
  parentPort?.on('message', (range: Range) => {
    arena.release();
    const table = aggregate(instance, range);
    const reference = referenceBatch(table.emit('all', arena));
    table.release();
    parentPort?.postMessage(reference);
  });
}

function fillRows(instance: EngineInstance, rows: number, keyCount: number): Range {
  const arena = instance.memory.createArena('rows');
  const times = allocateFixed(Types.timestamp, rows, arena).values;
  const keys = allocateFixed(Types.long, rows, arena).values;
  const values = allocateFixed(Types.double, rows, arena).values;
  let seed = 12345;
  for (let i = 0; i < rows; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    times[i] = 1_700_000_000_000_000n + BigInt(i) * 360n;
    keys[i] = BigInt(Math.floor(((seed >>> 8) / 16_777_216) * keyCount));
    values[i] = (seed & 1023) / 8;
  }
  return { times: times.byteOffset, keys: keys.byteOffset, values: values.byteOffset, from: 0, to: rows };
}

function median(times: number[]): string {
  times.sort((a, b) => a - b);
  return `${(times[times.length >> 1] ?? 0).toFixed(1)} ms (best ${(times[0] ?? 0).toFixed(1)})`;
}

async function main(): Promise<void> {
  const rows = Number(process.argv[2] ?? 10_000_000);
  const module = await compileKernels(await readFile(await buildWasm()));
  const memory = createEngineMemory();
  const instance = instantiate(module, memory);
  // Node 20 does not pass the loader of TypeScript on to workers.
  const entry = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(import.meta.url)})))`;
  const workers = [0, 1].map(() => new Worker(entry, { eval: true, workerData: { module, handle: memory.handle } }));
  for (const keyCount of [100, 100_000]) {
    const range = fillRows(instance, rows, keyCount);
    const single: number[] = [];
    const double: number[] = [];
    let groups = 0;
    for (let round = 0; round < 15; round++) {
      let started = performance.now();
      const table = aggregate(instance, range);
      single.push(performance.now() - started);
      groups = table.groupCount;
      table.release();
      started = performance.now();
      const middle = Math.floor(rows / 2 / TASK_ROWS) * TASK_ROWS;
      const parts = [
        { ...range, to: middle },
        { ...range, from: middle },
      ];
      const partials = await Promise.all(
        workers.map(
          (worker, k) =>
            new Promise<Parameters<typeof openBatch>[0]>((resolve, reject) => {
              worker.once('message', resolve);
              worker.once('error', reject);
              worker.postMessage(parts[k]);
            }),
        ),
      );
      const merged = createGroupTable(instance, KEYS, STATES);
      for (const partial of partials) {
        const { columns, length } = openBatch(partial, memory);
        merged.merge(columns.slice(0, 2), columns.slice(2), length);
      }
      double.push(performance.now() - started);
      if (merged.groupCount !== groups) throw new Error(`${merged.groupCount} groups, not ${groups}`);
      merged.release();
    }
    console.log(`${keyCount} keys, ${groups} groups: one thread ${median(single)}, two workers ${median(double)}`);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
}

if (isMainThread) await main();
else serve();
