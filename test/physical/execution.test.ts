import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MillraceError } from '../../kernel/core/errors.ts';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { fromIpc, toIpc } from '../../kernel/arrow/ipc.ts';
import { Types } from '../../kernel/arrow/types.ts';
import { rowsOf } from '../../kernel/arrow/values.ts';
import { Exprs, type Expr } from '../../kernel/expr/expr.ts';
import type { CreateGroupTable, EngineInstance, Executor } from '../../kernel/physical/ports.ts';
import { createExecutor } from '../../kernel/physical/executor.ts';
import { prepare } from '../../kernel/physical/planner.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { createTestEngine } from '../support/engine.ts';
import { alias, call, column, lit, OPTIONS, resultRows, schemaOfColumns, source, TestScan } from './support.ts';

let engine: EngineInstance;
let executor: Executor;

const noGroups: CreateGroupTable = () => {
  throw new Error('these plans do not group');
};

before(async () => {
  engine = await createTestEngine();
  executor = createExecutor({ instance: engine, createGroupTable: noGroups, readers: new Map(), pool: undefined });
});

async function run(plan: LogicalPlan, ...scans: readonly TestScan[]): Promise<readonly object[]> {
  const leases = new Map(scans.map((scan, i) => [i, scan.leases()]));
  const result = await executor.run(prepare(plan, OPTIONS), leases, new Map(), OPTIONS);
  try {
    return resultRows(result);
  } finally {
    result.release();
    for (const scan of scans) assert.equal(scan.held, 0, 'every lease is released');
  }
}

const id = column('id', Types.long, false);
const name = column('name', Types.string);
const value = column('value', Types.int);
const COLUMNS = [id, name, value];
const ROWS = Array.from({ length: 2500 }, (_, i) => ({
  id: BigInt(i),
  name: i % 7 === 0 ? null : `n${i % 5}`,
  value: i % 11 === 0 ? null : (i * 37) % 100,
}));

test('filter and project over tasks keep order and drop nulls of the condition', async () => {
  const plan: LogicalPlan = {
    kind: 'project',
    expressions: [id, alias(call('+', value, lit(1)), 'next')],
    child: { kind: 'filter', condition: call('>', value, lit(50)), child: source(COLUMNS) },
  };
  const expected = ROWS.filter((row) => row.value !== null && row.value > 50).map((row) => ({
    id: row.id,
    next: (row.value ?? 0) + 1,
  }));
  assert.deepEqual(await run(plan, new TestScan(engine, COLUMNS, ROWS)), expected);
});

test('a branch that can fail is computed only for its rows', async () => {
  const quotient: Expr = {
    kind: 'case',
    branches: [{ when: call('=', value, lit(0)), then: lit(-1) }],
    otherwise: Exprs.cast(
      call('/', Exprs.cast(lit(100), Types.double), Exprs.cast(value, Types.double)),
      Types.int,
      'ansi',
    ),
  };
  const plan: LogicalPlan = { kind: 'project', expressions: [alias(quotient, 'q')], child: source(COLUMNS) };
  const expected = ROWS.map(({ value: v }) => ({ q: v === 0 ? -1 : v === null ? null : Math.trunc(100 / v) }));
  assert.deepEqual(await run(plan, new TestScan(engine, COLUMNS, ROWS)), expected);
});

test('and computes its second argument only where the first is not false', async () => {
  const safe = call(
    'and',
    call('<>', value, lit(0)),
    call('>', call('/', Exprs.cast(lit(100), Types.double), Exprs.cast(value, Types.double)), lit(10.5)),
  );
  const plan: LogicalPlan = { kind: 'filter', condition: safe, child: source(COLUMNS) };
  const expected = ROWS.filter(({ value: v }) => v !== null && v !== 0 && 100 / v > 10.5);
  assert.deepEqual(await run(plan, new TestScan(engine, COLUMNS, ROWS)), expected);
});

test('an error of a row ends the run and gives all memory back', async () => {
  const plan: LogicalPlan = {
    kind: 'project',
    expressions: [alias(call('/', Exprs.cast(lit(1), Types.double), Exprs.cast(value, Types.double)), 'q')],
    child: source(COLUMNS),
  };
  const scan = new TestScan(engine, COLUMNS, ROWS);
  await assert.rejects(
    run(plan, scan),
    (error) => error instanceof MillraceError && error.condition === 'DIVIDE_BY_ZERO',
  );
  assert.equal(scan.held, 0);
});

test('sort orders by several keys with nulls where asked, limit keeps the first', async () => {
  const sorted: LogicalPlan = {
    kind: 'sort',
    orders: [
      { child: name, direction: 'desc', nulls: 'last' },
      { child: value, direction: 'asc', nulls: 'first' },
      { child: id, direction: 'asc', nulls: 'first' },
    ],
    child: source(COLUMNS),
  };
  const rank = (text: string | null): string => text ?? '';
  const expected = ROWS.toSorted(
    (a, b) =>
      (rank(a.name) < rank(b.name) ? 1 : rank(a.name) > rank(b.name) ? -1 : 0) ||
      (a.value ?? -1) - (b.value ?? -1) ||
      Number(a.id - b.id),
  );
  assert.deepEqual(await run(sorted, new TestScan(engine, COLUMNS, ROWS)), expected);
  const limited: LogicalPlan = { kind: 'limit', count: 13, child: sorted };
  assert.deepEqual(await run(limited, new TestScan(engine, COLUMNS, ROWS)), expected.slice(0, 13));
  const paged: LogicalPlan = { kind: 'limit', count: 5, child: { kind: 'offset', count: 10, child: sorted } };
  assert.deepEqual(await run(paged, new TestScan(engine, COLUMNS, ROWS)), expected.slice(10, 15));
});

test('a limit over a scan reads no more tasks than it needs', async () => {
  const scan = new TestScan(engine, COLUMNS, ROWS, { taskRows: 100 });
  const leases = scan.leases();
  let taken = 0;
  const counted = {
    async *[Symbol.asyncIterator]() {
      for await (const lease of leases) {
        taken++;
        yield lease;
      }
    },
  };
  const prepared = prepare({ kind: 'limit', count: 150, child: source(COLUMNS) }, OPTIONS);
  const result = await executor.run(prepared, new Map([[0, counted]]), new Map(), OPTIONS);
  assert.deepEqual(resultRows(result), ROWS.slice(0, 150));
  assert.equal(taken, 2);
  result.release();
});

test('rows of sliding windows', async () => {
  const ts = column('ts', Types.timestamp);
  const window = column(
    'window',
    Types.struct([
      { name: 'start', type: Types.timestamp, nullable: true },
      { name: 'end', type: Types.timestamp, nullable: true },
    ]),
    false,
  );
  const micros = (v: number): bigint => BigInt(v) * 1_000_000n;
  const plan: LogicalPlan = {
    kind: 'timeWindow',
    time: ts,
    windowMicros: micros(10),
    slideMicros: micros(4),
    startMicros: micros(1),
    window,
    child: source([ts]),
  };
  const times = [null, -7, 0, 1, 4.5, 9, 13];
  const rows = times.map((t) => ({ ts: t === null ? null : new Date(t * 1000) }));
  const got = await run(plan, new TestScan(engine, [ts], rows));
  const expected: string[] = [];
  for (const t of times) {
    if (t === null) continue;
    for (let start = 1 + Math.floor((t - 1) / 4) * 4; start + 10 > t; start -= 4)
      expected.push(`${t}:${start}-${start + 10}`);
  }
  const seconds = (date: unknown): number => (date instanceof Date ? date.getTime() / 1000 : NaN);
  const texts = got.map((row) => {
    const { ts: at, window: w } = row as { ts: unknown; window: { start: unknown; end: unknown } };
    return `${seconds(at)}:${seconds(w.start)}-${seconds(w.end)}`;
  });
  assert.deepEqual(texts, expected);
});

const right = [column('key', Types.long, false), column('label', Types.string)];
const LABELS = [3, 5, 5, 9000].map((k, i) => ({ key: BigInt(k), label: `l${i}` }));

for (const type of ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const) {
  test(`${type} join agrees with a nested loop`, async () => {
    const left = ROWS.slice(0, 10);
    const plan: LogicalPlan = {
      kind: 'join',
      type,
      left: source(COLUMNS),
      right: source(right, { sourceId: 1 }),
      condition: call('=', id, right[0] ?? lit(0n)),
    };
    const pairs = left.flatMap((l) => LABELS.filter((r) => r.key === l.id).map((r) => ({ ...l, ...r })));
    const lonelyLeft = left.filter((l) => !LABELS.some((r) => r.key === l.id));
    const lonelyRight = LABELS.filter((r) => !left.some((l) => l.id === r.key));
    const expected: Record<typeof type, object[]> = {
      inner: pairs,
      left: [...pairs, ...lonelyLeft.map((l) => ({ ...l, key: null, label: null }))],
      right: [...pairs, ...lonelyRight.map((r) => ({ id: null, name: null, value: null, ...r }))],
      full: [
        ...pairs,
        ...lonelyLeft.map((l) => ({ ...l, key: null, label: null })),
        ...lonelyRight.map((r) => ({ id: null, name: null, value: null, ...r })),
      ],
      semi: left.filter((l) => !lonelyLeft.includes(l)),
      anti: lonelyLeft,
    };
    const got = await run(plan, new TestScan(engine, COLUMNS, left), new TestScan(engine, right, LABELS));
    assert.deepEqual(got, expected[type]);
  });
}

test('batch deduplication keeps the first row of each key', async () => {
  const plan: LogicalPlan = { kind: 'deduplicate', keys: [name], withinWatermark: false, child: source(COLUMNS) };
  const expected = ROWS.filter((row, i) => ROWS.findIndex((other) => other.name === row.name) === i);
  assert.deepEqual(await run(plan, new TestScan(engine, COLUMNS, ROWS)), expected);
});

test('union appends, range counts', async () => {
  const numbers = column('id', Types.long, false);
  const range: LogicalPlan = { kind: 'range', output: [numbers], start: 10n, end: 0n, step: -3n };
  const more: LogicalPlan = { kind: 'range', output: [column('id', Types.long, false)], start: 0n, end: 2n, step: 1n };
  assert.deepEqual(
    await run({ kind: 'union', byName: false, children: [range, more] }),
    [10n, 7n, 4n, 1n, 0n, 1n].map((n) => ({ id: n })),
  );
});

test('watermarks note event times of streams', async () => {
  const ts = column('ts', Types.timestamp);
  const plan: LogicalPlan = {
    kind: 'withWatermark',
    eventTime: ts,
    delay: { months: 0, days: 0, microseconds: 5_000_000n },
    child: source([ts], { streaming: true }),
  };
  const prepared = prepare(plan, OPTIONS);
  assert.deepEqual(prepared.watermarks, [{ watermarkId: 0, delayMicros: 5_000_000n, column: 'ts' }]);
  const scan = new TestScan(engine, [ts], [{ ts: new Date(2000) }, { ts: null }, { ts: new Date(-1000) }]);
  const result = await executor.run(prepared, new Map([[0, scan.leases()]]), new Map(), OPTIONS);
  assert.deepEqual(result.eventTimes, [
    {
      watermarkId: 0,
      delayMicros: 5_000_000n,
      count: 2,
      minMicros: -1_000_000n,
      maxMicros: 2_000_000n,
      sumMicros: 1_000_000n,
    },
  ]);
  assert.deepEqual([...result.inputRows], [[0, 3]]);
  result.release();
});

test('a source that is read twice gives its rows twice', async () => {
  const other = COLUMNS.map((c) => column(c.name, c.type, c.nullable));
  const plan: LogicalPlan = { kind: 'union', byName: false, children: [source(COLUMNS), source(other)] };
  const rows = ROWS.slice(0, 50);
  assert.deepEqual(await run(plan, new TestScan(engine, COLUMNS, rows, { taskRows: 20 })), [...rows, ...rows]);
});

test('rows in memory, and a result as Arrow IPC', async () => {
  const schema = schemaOfColumns(COLUMNS);
  const ipc = toIpc([batchFromRows(ROWS.slice(0, 40), schema)], schema);
  const plan: LogicalPlan = {
    kind: 'project',
    expressions: [value, id],
    child: {
      kind: 'filter',
      condition: call('isnotnull', value),
      child: { kind: 'localRelation', output: COLUMNS, schema, rows: { ipc, rowCount: 40 } },
    },
  };
  const expected = ROWS.slice(0, 40).flatMap((row) => (row.value === null ? [] : [{ value: row.value, id: row.id }]));
  const result = await executor.run(prepare(plan, OPTIONS), new Map(), new Map(), OPTIONS);
  const copy = toIpc(result.batches, result.schema);
  result.release();
  assert.deepEqual(
    fromIpc(copy).batches.flatMap((batch) => rowsOf(batch)),
    expected,
  );
});

test('expressions of literals need no row of their own', async () => {
  const plan: LogicalPlan = {
    kind: 'project',
    expressions: [
      alias(call('+', lit(1), lit(2)), 'three'),
      alias(call('concat', lit('a'), lit('b')), 'ab'),
      alias(lit(null), 'nothing'),
    ],
    child: { kind: 'oneRow' },
  };
  assert.deepEqual(await run(plan), [{ three: 3, ab: 'ab', nothing: null }]);
});

test('explain names the kernels of every operator', () => {
  const plan: LogicalPlan = {
    kind: 'sort',
    orders: [{ child: value, direction: 'asc', nulls: 'first' }],
    child: { kind: 'filter', condition: call('>', value, lit(1)), child: source([value]) },
  };
  assert.equal(
    prepare(plan, OPTIONS).text,
    [
      `Sort [value ASC NULLS FIRST] [javascript]`,
      `+- Filter (value > 1) [wasm:gather, wasm:gt_i32]`,
      `  +- Scan test [value#${value.id}] [columns]`,
    ].join('\n'),
  );
});
