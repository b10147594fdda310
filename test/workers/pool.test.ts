import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Types } from '../../kernel/arrow/types.ts';
import type { ScanLease } from '../../kernel/arrow/scan.ts';
import { MillraceError } from '../../kernel/core/errors.ts';
import { Exprs } from '../../kernel/expr/expr.ts';
import { prepare } from '../../kernel/physical/planner.ts';
import type { ExecutionOptions } from '../../kernel/physical/ports.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import {
  aggregate,
  alias,
  asAsync,
  call,
  column,
  lit,
  OPTIONS,
  resultRows,
  source,
  TestScan,
} from '../physical/support.ts';
import { createPooledEngine, type PooledEngine } from './support.ts';

const engines = new Map<number, PooledEngine>();

before(async () => {
  for (const size of [1, 2, 4]) engines.set(size, await createPooledEngine(size));
});
after(async () => {
  for (const { pool } of engines.values()) await pool.close();
});

function engineOf(size: number): PooledEngine {
  const engine = engines.get(size);
  assert.ok(engine !== undefined);
  return engine;
}

const ts = column('ts', Types.timestamp);
const key = column('key', Types.string);
const value = column('value', Types.int);
const COLUMNS = [ts, key, value];
const ROWS = Array.from({ length: 20_000 }, (_, i) => ({
  ts: new Date(((i * 7919) % 3600) * 1000),
  key: i % 19 === 0 ? null : `key-${(i * 31) % 101}`,
  value: i % 7 === 0 ? null : (i * 17) % 1000,
}));
const ORDERED = [{ child: key, direction: 'asc', nulls: 'first' } as const];

const count = alias(aggregate('count', lit(1)), 'count');
const grouped: LogicalPlan = {
  kind: 'sort',
  orders: ORDERED,
  child: {
    kind: 'aggregate',
    groupings: [key],
    outputs: [key, count, alias(aggregate('sum', value), 'sum')],
    child: source(COLUMNS),
  },
};
const filtered: LogicalPlan = {
  kind: 'project',
  expressions: [key, alias(call('+', value, lit(1)), 'next')],
  child: { kind: 'filter', condition: call('>', value, lit(300)), child: source(COLUMNS) },
};
const top: LogicalPlan = {
  kind: 'limit',
  count: 17,
  child: {
    kind: 'sort',
    orders: [{ child: value, direction: 'desc', nulls: 'last' }, ...ORDERED],
    child: source(COLUMNS),
  },
};

async function run(
  engine: PooledEngine,
  plan: LogicalPlan,
  options: ExecutionOptions = OPTIONS,
): Promise<readonly object[]> {
  const used = engine.memory.usedBytes;
  const scan = new TestScan(engine.instance, COLUMNS, ROWS, { taskRows: 512 });
  try {
    const result = await engine.executor.run(prepare(plan, options), new Map([[0, scan.leases()]]), new Map(), options);
    const rows = resultRows(result);
    result.release();
    return rows;
  } finally {
    assert.equal(scan.held, 0, 'every lease is released');
    await settled(engine, used);
  }
}

/** Workers free their memory when they hear of the release: an empty round trip through all of them waits for that. */
async function settled(engine: PooledEngine, used: number): Promise<void> {
  const stage = {
    source: { kind: 'scan', schema: Types.struct([]), output: [] },
    operators: [],
    sink: { kind: 'collect' },
  };
  const noLeases: AsyncIterable<ScanLease> = asAsync([]);
  const { signal: _signal, ...options } = OPTIONS;
  for (let round = 0; round < 2; round++) {
    (await engine.pool.run({ stage, options, leases: noLeases, signal: undefined })).release();
  }
  assert.equal(engine.memory.usedBytes, used, 'engine memory is back at its baseline');
}

for (const [name, plan] of Object.entries({ grouped, filtered, top })) {
  test(`${name}: 1, 2 and 4 workers give the same rows`, async () => {
    const expected = await run(engineOf(1), plan);
    assert.ok(expected.length > 10);
    for (const size of [2, 4]) assert.deepEqual(await run(engineOf(size), plan), expected);
  });
}

test('groups agree with a Map', async () => {
  const groups = new Map<string | null, { count: bigint; sum: bigint | null }>();
  for (const row of ROWS) {
    const group = groups.get(row.key) ?? { count: 0n, sum: null };
    group.count++;
    if (row.value !== null) group.sum = (group.sum ?? 0n) + BigInt(row.value);
    groups.set(row.key, group);
  }
  const expected = [...groups]
    .map(([k, group]) => ({ key: k, ...group }))
    .sort((x, y) => ((x.key ?? '') < (y.key ?? '') ? -1 : 1));
  assert.deepEqual(await run(engineOf(2), grouped), expected);
});

test('an error in a worker ends the stage and leaves the pool usable', async () => {
  const quotient = call('/', Exprs.cast(lit(1), Types.double), Exprs.cast(value, Types.double));
  const failing: LogicalPlan = { kind: 'project', expressions: [alias(quotient, 'q')], child: source(COLUMNS) };
  await assert.rejects(
    run(engineOf(2), failing),
    (error) => error instanceof MillraceError && error.condition === 'DIVIDE_BY_ZERO',
  );
  assert.ok((await run(engineOf(2), grouped)).length > 10);
});

test('an abort ends the stage between tasks', async () => {
  const engine = engineOf(2);
  const controller = new AbortController();
  const scan = new TestScan(engine.instance, COLUMNS, ROWS, { taskRows: 512 });
  const stopping: AsyncIterable<ScanLease> = {
    async *[Symbol.asyncIterator]() {
      let given = 0;
      for await (const lease of scan.leases()) {
        yield lease;
        if (++given === 5)
          controller.abort(new MillraceError('NOT_SUPPORTED', { feature: 'Going on', remedy: 'Stop.' }));
      }
    },
  };
  const options = { ...OPTIONS, signal: controller.signal };
  await assert.rejects(
    engine.executor.run(prepare(grouped, options), new Map([[0, stopping]]), new Map(), options),
    (error) => error instanceof MillraceError && error.condition === 'NOT_SUPPORTED',
  );
  assert.equal(scan.held, 0);
});

test('a source that fails ends the stage, releasing what it gave', async () => {
  const engine = engineOf(2);
  const scan = new TestScan(engine.instance, COLUMNS, ROWS, { taskRows: 512 });
  const failing: AsyncIterable<ScanLease> = {
    async *[Symbol.asyncIterator]() {
      let given = 0;
      for await (const lease of scan.leases()) {
        yield lease;
        if (++given === 10) throw new MillraceError('PATH_NOT_FOUND', { path: 'x', base: '/' });
      }
    },
  };
  await assert.rejects(
    engine.executor.run(prepare(grouped, OPTIONS), new Map([[0, failing]]), new Map(), OPTIONS),
    (error) => error instanceof MillraceError && error.condition === 'PATH_NOT_FOUND',
  );
  assert.equal(scan.held, 0);
});

test('two stages share the workers', async () => {
  const engine = engineOf(2);
  const scans = [1, 2, 3].map(() => new TestScan(engine.instance, COLUMNS, ROWS, { taskRows: 512 }));
  const results = await Promise.all(
    scans.map((scan) =>
      engine.executor.run(prepare(grouped, OPTIONS), new Map([[0, scan.leases()]]), new Map(), OPTIONS),
    ),
  );
  const [first, ...others] = results.map(resultRows);
  for (const other of others) assert.deepEqual(other, first);
  for (const result of results) result.release();
});

test('small inputs start no worker', async () => {
  const engine = await createPooledEngine(2);
  const scan = new TestScan(engine.instance, COLUMNS, ROWS.slice(0, 100), { bytes: 4000 });
  const result = await engine.executor.run(
    prepare(grouped, OPTIONS),
    new Map([[0, scan.leases()]]),
    new Map(),
    OPTIONS,
  );
  assert.equal(result.rowCount, new Set(ROWS.slice(0, 100).map((row) => row.key)).size);
  assert.equal(engine.pool.startedCount, 0);
  result.release();
});

const id = column('id', Types.long, false);
const ids: LogicalPlan = { kind: 'range', output: [id], start: 0n, end: 300_000n, step: 1n };

async function runRange(engine: PooledEngine, plan: LogicalPlan): Promise<readonly object[]> {
  const used = engine.memory.usedBytes;
  const result = await engine.executor.run(prepare(plan, OPTIONS), new Map(), new Map(), OPTIONS);
  const rows = resultRows(result);
  result.release();
  await settled(engine, used);
  return rows;
}

test('many groups are merged by partition, each once', async () => {
  const bucket = call('%', id, lit(110_000n));
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [bucket],
    outputs: [alias(bucket, 'bucket'), count, alias(aggregate('sum', id), 'sum')],
    child: ids,
  };
  const rows = (await runRange(engineOf(4), plan)) as readonly { bucket: bigint; count: bigint; sum: bigint }[];
  const expected = new Map<bigint, { count: bigint; sum: bigint }>();
  for (let i = 0n; i < 300_000n; i++) {
    const group = expected.get(i % 110_000n) ?? { count: 0n, sum: 0n };
    expected.set(i % 110_000n, { count: group.count + 1n, sum: group.sum + i });
  }
  assert.equal(rows.length, expected.size);
  for (const row of rows) assert.deepEqual({ count: row.count, sum: row.sum }, expected.get(row.bucket));
});

test('many panes become windows on the workers as on one thread', async () => {
  const time = alias(Exprs.cast(id, Types.timestamp, 'ansi'), 'time');
  const bucket = alias(call('%', id, lit(7n)), 'bucket');
  const timeColumn = Exprs.column(time.id, 'time', Types.timestamp, false);
  const bucketColumn = Exprs.column(bucket.id, 'bucket', Types.long, true);
  const windowType = Types.struct([
    { name: 'start', type: Types.timestamp, nullable: true },
    { name: 'end', type: Types.timestamp, nullable: true },
  ]);
  const window = column('window', windowType, false);
  const windows: LogicalPlan = {
    kind: 'aggregate',
    groupings: [window, bucketColumn],
    outputs: [window, bucketColumn, count],
    child: {
      kind: 'timeWindow',
      time: timeColumn,
      windowMicros: 60_000_000n,
      slideMicros: 20_000_000n,
      startMicros: 0n,
      window,
      child: { kind: 'project', expressions: [time, bucket], child: ids },
    },
  };
  const totals: LogicalPlan = {
    kind: 'aggregate',
    groupings: [],
    outputs: [
      alias(aggregate('count', lit(1)), 'groups'),
      alias(aggregate('sum', Exprs.column(count.id, 'count', Types.long, false)), 'rows'),
    ],
    child: windows,
  };
  const [one, four] = [await runRange(engineOf(1), totals), await runRange(engineOf(4), totals)];
  // 15,000 slides and two windows before the first row, 7 buckets each, but for the windows that hold 20 s only: still 7.
  assert.deepEqual(one, [{ groups: 15_002n * 7n, rows: 900_000n }]);
  assert.deepEqual(four, one);
});
