import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Types } from '../../kernel/arrow/types.ts';
import type { Expr } from '../../kernel/expr/expr.ts';
import { optimize } from '../../kernel/optimizer/optimize.ts';
import type { EngineInstance, Executor, StatefulOperator } from '../../kernel/physical/ports.ts';
import { createExecutor } from '../../kernel/physical/executor.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import { prepare } from '../../kernel/physical/planner.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { createEngineMemory, instantiate, type SharedEngineMemory } from '../../kernel/workers/instance.ts';
import { compiledKernels } from '../support/engine.ts';
import { aggregate, alias, call, column, lit, OPTIONS, resultRows, source, TestScan } from './support.ts';

let engine: EngineInstance;
let memory: SharedEngineMemory;
let executor: Executor;

before(async () => {
  memory = createEngineMemory({ maximumBytes: 512 * 1024 ** 2 });
  engine = instantiate(await compiledKernels(), memory);
  executor = createExecutor({ instance: engine, createGroupTable, readers: new Map(), pool: undefined });
});

const ts = column('ts', Types.timestamp);
const url = column('url', Types.string);
const bytes = column('bytes', Types.int);
const COLUMNS = [ts, url, bytes];
const ROWS = Array.from({ length: 5000 }, (_, i) => ({
  ts: i % 97 === 0 ? null : new Date(((i * 7919) % 600) * 1000 - 120_000),
  url: i % 13 === 0 ? null : `/page/${(i * 31) % 40}`,
  bytes: i % 5 === 0 ? null : (i * 17) % 1000,
}));

const MINUTE = 60_000_000n;
const windowColumn = column(
  'window',
  Types.struct([
    { name: 'start', type: Types.timestamp, nullable: true },
    { name: 'end', type: Types.timestamp, nullable: true },
  ]),
  false,
);

function windowed(windowMicros: bigint, slideMicros: bigint, child: LogicalPlan): LogicalPlan {
  return {
    kind: 'timeWindow',
    time: ts,
    windowMicros,
    slideMicros,
    startMicros: 5_000_000n,
    window: windowColumn,
    child,
  };
}

async function run(plan: LogicalPlan, rows: readonly object[] = ROWS): Promise<readonly object[]> {
  const used = memory.usedBytes;
  const scan = new TestScan(engine, COLUMNS, rows, { taskRows: 777 });
  const result = await executor.run(prepare(plan, OPTIONS), new Map([[0, scan.leases()]]), new Map(), OPTIONS);
  try {
    return resultRows(result);
  } finally {
    result.release();
    assert.equal(scan.held, 0);
    assert.equal(memory.usedBytes, used, 'engine memory is back at its baseline');
  }
}

/** Order does not matter: rows as sorted texts. */
function texts(rows: readonly object[]): readonly string[] {
  return rows
    .map((row) => JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)))
    .toSorted();
}

interface Group {
  readonly start: number;
  readonly url: string | null;
  rows: typeof ROWS;
}

function groupRows(windowMs: number, slideMs: number): Group[] {
  const groups = new Map<string, Group>();
  for (const row of ROWS) {
    if (row.ts === null) continue;
    const time = row.ts.getTime();
    const last = 5000 + Math.floor((time - 5000) / slideMs) * slideMs;
    for (let start = last; start + windowMs > time; start -= slideMs) {
      const key = `${start} ${row.url}`;
      const group = groups.get(key) ?? { start, url: row.url, rows: [] };
      group.rows.push(row);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

const sum = (rows: typeof ROWS): number => rows.reduce((total, row) => total + (row.bytes ?? 0), 0);
const counted = (rows: typeof ROWS): number => rows.filter((row) => row.bytes !== null).length;

for (const [windowMs, slideMs] of [
  [60_000, 60_000],
  [60_000, 20_000],
  [50_000, 20_000],
] as const) {
  test(`window of ${windowMs} ms every ${slideMs} ms by url: count, sum, avg`, async () => {
    const count = alias(aggregate('count', lit(1)), 'count');
    const plan: LogicalPlan = {
      kind: 'aggregate',
      groupings: [windowColumn, url],
      outputs: [windowColumn, url, count, alias(aggregate('sum', bytes), 'sum'), alias(aggregate('avg', bytes), 'avg')],
      child: windowed(BigInt(windowMs) * 1000n, BigInt(slideMs) * 1000n, source(COLUMNS)),
    };
    const expected = groupRows(windowMs, slideMs).map((group) => ({
      window: { start: new Date(group.start), end: new Date(group.start + windowMs) },
      url: group.url,
      count: `${group.rows.length}n`,
      sum: counted(group.rows) === 0 ? null : `${sum(group.rows)}n`,
      avg: counted(group.rows) === 0 ? null : sum(group.rows) / counted(group.rows),
    }));
    const got = (await run(plan)).map(
      (row) => JSON.parse(texts([row])[0] ?? '') as { window: { start: string; end: string } },
    );
    const millis = got.map((row) => ({
      ...row,
      window: { start: new Date(row.window.start), end: new Date(row.window.end) },
    }));
    assert.deepEqual(texts(millis), texts(expected));
  });
}

test('grouping by an expression, results used in expressions', async () => {
  const key = call('%', bytes, lit(10));
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [key],
    outputs: [
      alias(call('+', key, lit(1)), 'next'),
      alias(call('+', aggregate('max', bytes), aggregate('count', lit(1))), 'both'),
    ],
    child: source(COLUMNS),
  };
  const groups = new Map<number | null, typeof ROWS>();
  for (const row of ROWS) {
    const k = row.bytes === null ? null : row.bytes % 10;
    groups.set(k, [...(groups.get(k) ?? []), row]);
  }
  const expected = [...groups].map(([k, rows]) => ({
    next: k === null ? null : k + 1,
    both: k === null ? null : `${Math.max(...rows.map((row) => row.bytes ?? 0)) + rows.length}n`,
  }));
  assert.deepEqual(texts(await run(plan)), texts(expected));
});

test('a global aggregate gives one row, also of nothing', async () => {
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [],
    outputs: [alias(aggregate('count', lit(1)), 'count'), alias(aggregate('sum', bytes), 'sum')],
    child: source(COLUMNS),
  };
  assert.deepEqual(await run(plan), [{ count: BigInt(ROWS.length), sum: BigInt(sum(ROWS)) }]);
  assert.deepEqual(await run(plan, []), [{ count: 0n, sum: null }]);
  const grouped: LogicalPlan = { ...plan, groupings: [url] };
  assert.deepEqual(await run(grouped, []), []);
});

test('FILTER counts only the rows that it lets through', async () => {
  const filtered = { ...aggregate('count', lit(1)), filter: call('>', bytes, lit(500)) };
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [],
    outputs: [alias(filtered, 'n')],
    child: source(COLUMNS),
  };
  assert.deepEqual(await run(plan), [{ n: BigInt(ROWS.filter((row) => (row.bytes ?? 0) > 500).length) }]);
});

test('a window filtered by its end is materialised', async () => {
  const end = {
    kind: 'field',
    child: windowColumn,
    index: 1,
    name: 'end',
    type: Types.timestamp,
    nullable: true,
  } as const;
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [windowColumn],
    outputs: [windowColumn, alias(aggregate('count', lit(1)), 'count')],
    child: {
      kind: 'filter',
      condition: call('>', end, lit(60_000_000n, Types.timestamp)),
      child: windowed(MINUTE, MINUTE, source(COLUMNS)),
    },
  };
  const expected = new Map<number, number>();
  for (const group of groupRows(60_000, 60_000)) {
    if (group.start + 60_000 > 60_000) expected.set(group.start, (expected.get(group.start) ?? 0) + group.rows.length);
  }
  const got = (await run(plan)).map((row) => {
    const { window, count } = row as { window: { start: Date }; count: bigint };
    return `${window.start.getTime()} ${count}`;
  });
  assert.deepEqual(got.toSorted(), [...expected].map(([start, count]) => `${start} ${count}`).toSorted());
});

test('state sees each key once per batch and its answer is finished', async () => {
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [windowColumn],
    outputs: [windowColumn, alias(aggregate('avg', bytes), 'avg')],
    child: windowed(MINUTE, MINUTE, {
      kind: 'withWatermark',
      eventTime: ts,
      delay: { months: 0, days: 0, microseconds: 1_000_000n },
      child: source(COLUMNS, { streaming: true }),
    }),
  };
  const prepared = prepare(plan, OPTIONS);
  const [spec] = prepared.stateful;
  assert.ok(spec?.kind === 'aggregate');
  assert.deepEqual(spec.eventTimeKey, { index: 0, kind: 'window', windowMicros: MINUTE });
  assert.deepEqual(spec.keys, [{ type: Types.timestamp, role: 'pane', name: 'window' }]);
  let rowsSeen = 0;
  const state: StatefulOperator = {
    process(input) {
      rowsSeen = input.length;
      return input;
    },
  };
  const scan = new TestScan(engine, COLUMNS, ROWS);
  const result = await executor.run(prepared, new Map([[0, scan.leases()]]), new Map([[0, state]]), OPTIONS);
  assert.equal(rowsSeen, new Set(groupRows(60_000, 60_000).map((group) => group.start)).size);
  assert.equal(result.rowCount, rowsSeen);
  assert.equal(result.eventTimes[0]?.count, ROWS.filter((row) => row.ts !== null).length);
  result.release();
});

test('distinct counts beside other aggregates', async () => {
  const distinct: Expr = {
    kind: 'aggregate',
    name: 'count',
    args: [bytes],
    distinct: true,
    type: Types.long,
    nullable: false,
  };
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [url],
    outputs: [
      url,
      alias(distinct, 'kinds'),
      alias(aggregate('count', lit(1)), 'n'),
      alias(aggregate('sum', bytes), 'sum'),
    ],
    child: source(COLUMNS),
  };
  const groups = new Map<string | null, typeof ROWS>();
  for (const row of ROWS) groups.set(row.url, [...(groups.get(row.url) ?? []), row]);
  const expected = [...groups].map(([key, rows]) => ({
    url: key,
    kinds: `${new Set(rows.flatMap((row) => (row.bytes === null ? [] : [row.bytes]))).size}n`,
    n: `${rows.length}n`,
    sum: counted(rows) === 0 ? null : `${sum(rows)}n`,
  }));
  assert.deepEqual(texts(await run(optimize(plan))), texts(expected));
  const nothing: LogicalPlan = { ...plan, groupings: [], outputs: plan.outputs.slice(1) };
  assert.deepEqual(await run(optimize(nothing), []), [{ kinds: 0n, n: 0n, sum: null }]);
});

test('a try_sum of bigints that overflows is null for good', async () => {
  const outputs = [url, alias(aggregate('try_sum', lit(2n ** 62n)), 'most'), alias(aggregate('try_sum', lit(1n)), 'n')];
  const groups = await run({ kind: 'aggregate', groupings: [url], outputs, child: source(COLUMNS) });
  assert.equal(groups.length, 41);
  for (const group of groups) assert.ok('most' in group && group.most === null);
  const all = await run({ kind: 'aggregate', groupings: [], outputs: outputs.slice(1), child: source(COLUMNS) });
  assert.deepEqual(all, [{ most: null, n: BigInt(ROWS.length) }]);
});
