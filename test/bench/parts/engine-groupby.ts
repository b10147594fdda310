/**
 * Group-by with a window over 10 M rows of an Arrow table in engine memory, by the whole executor with 2 workers:
 * `node --import tsx test/bench/parts/engine-groupby.ts [rows]`. Prints the median and the best of the runs, in ms.
 */
import { allocateFixed } from '../../../kernel/arrow/make.ts';
import { referenceBatch } from '../../../kernel/arrow/open.ts';
import type { BatchReference } from '../../../kernel/arrow/reference.ts';
import type { ScanLease } from '../../../kernel/arrow/scan.ts';
import { Types } from '../../../kernel/arrow/types.ts';
import { optimize } from '../../../kernel/optimizer/optimize.ts';
import { prepare } from '../../../kernel/physical/planner.ts';
import type { LogicalPlan } from '../../../kernel/plan/logical-plan.ts';
import { aggregate, alias, asAsync, column, lit, OPTIONS, schemaOfColumns, source } from '../../physical/support.ts';
import { createPooledEngine } from '../../workers/support.ts';

const ROWS = Number(process.argv[2] ?? 10_000_000);
const WORKERS = Number(process.argv[3] ?? 2);
const TASK_ROWS = 65_536;
const RUNS = 9;
const WINDOW_MICROS = 600_000_000n;

const ts = column('ts', Types.timestamp, false);
const key = column('key', Types.long, false);
const value = column('value', Types.long, false);
const window = column(
  'window',
  Types.struct([
    { name: 'start', type: Types.timestamp, nullable: true },
    { name: 'end', type: Types.timestamp, nullable: true },
  ]),
  false,
);

const engine = await createPooledEngine(WORKERS, 4 * 1024 ** 3);

function fillTask(first: number, length: number, keyCount: number): BatchReference {
  const arena = engine.memory.createArena('table');
  const columns = [ts, key, value].map((c) => allocateFixed(c.type, length, arena));
  const [times, keys, values] = columns.map((c) => c.values as BigInt64Array);
  let seed = (first * 2654435761 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    // About an hour of rows in time order, with some disorder.
    if (times !== undefined) times[i] = BigInt(Math.floor(((first + i) * 3_600_000_000) / ROWS) + (seed & 0xfffff));
    if (keys !== undefined) keys[i] = BigInt((seed >>> 8) % keyCount);
    if (values !== undefined) values[i] = BigInt(seed & 1023);
  }
  return referenceBatch({ schema: schemaOfColumns([ts, key, value]), length, columns });
}

function tasksOf(keyCount: number): readonly BatchReference[] {
  const tasks: BatchReference[] = [];
  for (let first = 0; first < ROWS; first += TASK_ROWS)
    tasks.push(fillTask(first, Math.min(TASK_ROWS, ROWS - first), keyCount));
  return tasks;
}

function* leases(tasks: readonly BatchReference[]): Generator<ScanLease> {
  for (const payload of tasks)
    yield { task: { reader: 'columns', payload, bytes: payload.length * 24 }, release: () => undefined };
}

const plan: LogicalPlan = {
  kind: 'aggregate',
  groupings: [window, key],
  outputs: [window, key, alias(aggregate('count', lit(1)), 'count'), alias(aggregate('sum', value), 'sum')],
  child: {
    kind: 'timeWindow',
    time: ts,
    windowMicros: WINDOW_MICROS,
    slideMicros: WINDOW_MICROS,
    startMicros: 0n,
    window,
    child: source([ts, key, value]),
  },
};

for (const keyCount of [100, 100_000]) {
  const tasks = tasksOf(keyCount);
  const prepared = prepare(optimize(plan), OPTIONS);
  const times: number[] = [];
  let rows = 0;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    const result = await engine.executor.run(prepared, new Map([[0, asAsync(leases(tasks))]]), new Map(), OPTIONS);
    times.push(performance.now() - start);
    rows = result.rowCount;
    result.release();
  }
  const sorted = times.toSorted((a, b) => a - b);
  const [best = 0] = sorted;
  const median = sorted[sorted.length >> 1] ?? 0;
  console.log(
    `${ROWS} rows, ${keyCount} keys, ${WORKERS} workers: median ${median.toFixed(1)} ms, best ${best.toFixed(1)} ms, ${rows} groups`,
  );
}
await engine.pool.close();
