/**
 * JSON lines in a file → from_json → one-minute window → count by url, by the whole executor:
 * `node --import tsx test/bench/parts/engine-json.ts [lines] [workers]`. Prints the median and the best of the runs, in ms.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { field, Types } from '../../../kernel/arrow/types.ts';
import { createConnectors } from '../../../kernel/connectors/registry.ts';
import { AssertionError } from '../../../kernel/core/assert.ts';
import { systemClock } from '../../../kernel/core/clock.ts';
import { type Expr, Exprs } from '../../../kernel/expr/expr.ts';
import { optimize } from '../../../kernel/optimizer/optimize.ts';
import { prepare } from '../../../kernel/physical/planner.ts';
import type { LogicalPlan } from '../../../kernel/plan/logical-plan.ts';
import { aggregate, alias, column, columnOf, lit, OPTIONS, source } from '../../physical/support.ts';
import { createPooledEngine } from '../../workers/support.ts';

const LINES = Number(process.argv[2] ?? 1_000_000);
const WORKERS = Number(process.argv[3] ?? 2);
const RUNS = 9;

const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const file = join(folder, 'events.json');
const lines: string[] = [];
for (let i = 0; i < LINES; i++) {
  const time = new Date(1_700_000_000_000 + Math.floor((i * 3_600_000) / LINES)).toISOString();
  lines.push(
    `{"timestamp":"${time}","url":"/page/${(i * 7919) % 1000}","user":"user-${(i * 31) % 5000}","bytes":${(i * 17) % 9999}}`,
  );
}
writeFileSync(file, `${lines.join('\n')}\n`);
const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
lines.length = 0;

const engine = await createPooledEngine(WORKERS, 4 * 1024 ** 3);
const never = (): never => {
  throw new AssertionError('a benchmark has no sinks');
};
const provider = createConnectors({ show: never, print: never, foreachBatch: never }).source('text');

const value = column('value', Types.string);
const schema = Types.struct([
  field('timestamp', Types.timestamp),
  field('url', Types.string),
  field('user', Types.string),
  field('bytes', Types.long),
]);
const parsed = alias(
  { kind: 'function', name: 'from_json', args: [value, Exprs.literal(null, schema)], type: schema, nullable: true },
  'data',
);
const fields = schema.fields.map((f, index) => {
  const child: Expr = { kind: 'field', child: columnOf(parsed), index, name: f.name, type: f.type, nullable: true };
  return alias(child, f.name);
});
const [time, url] = fields.map(columnOf);
if (time === undefined || url === undefined) throw new AssertionError('four fields');
const window = column('window', Types.struct([field('start', Types.timestamp), field('end', Types.timestamp)]), false);
const minute = 60_000_000n;
const plan: LogicalPlan = {
  kind: 'aggregate',
  groupings: [window, url],
  outputs: [window, url, alias(aggregate('count', lit(1)), 'count')],
  child: {
    kind: 'timeWindow',
    time,
    windowMicros: minute,
    slideMicros: minute,
    startMicros: 0n,
    window,
    child: {
      kind: 'project',
      expressions: fields,
      child: { kind: 'project', expressions: [parsed], child: source([value]) },
    },
  },
};

const prepared = prepare(optimize(plan), OPTIONS);
console.log(prepared.text);
const times: number[] = [];
let rows = 0;
for (let run = 0; run < RUNS; run++) {
  const arena = engine.memory.createArena('scan');
  const request = { options: {}, paths: [file], schema: undefined, streaming: false };
  const context = { memory: engine.memory, clock: systemClock, metadataPath: undefined };
  const start = performance.now();
  const leases = provider.batch?.(request, Types.struct([field('value', Types.string)]), context, arena);
  if (leases === undefined) throw new AssertionError('text is read in batch');
  const result = await engine.executor.run(prepared, new Map([[0, leases]]), new Map(), OPTIONS);
  times.push(performance.now() - start);
  rows = result.rowCount;
  result.release();
  arena.release();
}
const sorted = times.toSorted((a, b) => a - b);
const median = sorted[sorted.length >> 1] ?? 0;
console.log(
  `${LINES} lines, ${(bytes / 1e6).toFixed(0)} MB, ${WORKERS} workers: median ${median.toFixed(1)} ms, best ${(sorted[0] ?? 0).toFixed(1)} ms, ${rows} groups`,
);
await engine.pool.close();
rmSync(folder, { recursive: true });
