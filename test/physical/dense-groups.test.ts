/** Counts and sums by window and keys against plain TypeScript, on two workers and on the engine thread alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DataType } from '../../kernel/arrow/types.ts';
import { Types } from '../../kernel/arrow/types.ts';
import { createExecutor } from '../../kernel/physical/executor.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import { prepare } from '../../kernel/physical/planner.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { createEngineMemory, instantiate } from '../../kernel/workers/instance.ts';
import { compiledKernels } from '../support/engine.ts';
import { createPooledEngine, type PooledEngine } from '../workers/support.ts';
import { aggregate, alias, column, lit, OPTIONS, resultRows, source, TestScan } from './support.ts';

let pooled: PooledEngine;
let inline: Pick<PooledEngine, 'memory' | 'instance' | 'executor'>;

before(async () => {
  pooled = await createPooledEngine(2, 2 * 1024 ** 3);
  const memory = createEngineMemory({ maximumBytes: 1024 ** 3 });
  const instance = instantiate(await compiledKernels(), memory);
  const executor = createExecutor({ instance, createGroupTable, readers: new Map(), pool: undefined });
  inline = { memory, instance, executor };
});
after(() => pooled.pool.close());

const ROWS = 24_000;
const TASK_ROWS = 5000;

type Key = bigint | number | string | null;

interface Row {
  readonly ts: Date | null;
  readonly key: Key;
  readonly other: string | null;
  readonly x: number | null;
  readonly n: bigint | null;
}

interface Case {
  readonly name: string;
  readonly keyType?: DataType;
  /** `other` is a key too. */
  readonly twoKeys?: boolean;
  /** 0: no window. */
  readonly windowMs: number;
  readonly slideMs?: number;
  readonly row: (i: number, random: () => number) => Partial<Row>;
}

const CASES: readonly Case[] = [
  {
    name: 'few longs, times in order',
    windowMs: 60_000,
    row: (i, random) => ({ ts: new Date(i * 40), key: BigInt(Math.floor(random() * 100)) }),
  },
  {
    name: 'NaN, infinities and -0.0 in sums',
    windowMs: 60_000,
    row: (i) => ({
      ts: new Date(i * 40),
      key: BigInt(i % 11),
      x: [Number.NaN, Infinity, -0, -Infinity, -0][i % 11] ?? 1,
    }),
  },
  {
    name: 'negative ints, negative times out of order',
    keyType: Types.int,
    windowMs: 10_000,
    row: (_, random) => ({
      ts: new Date(Math.floor(random() * 400_000) - 200_000),
      key: Math.floor(random() * 90) - 1_000_000,
    }),
  },
  {
    name: 'longs far apart',
    windowMs: 60_000,
    row: (i, random) => ({ ts: new Date(i * 40), key: BigInt(Math.floor(random() * 500)) * 10n ** 15n - 7n }),
  },
  {
    name: 'a range that grows on both sides, with outliers',
    windowMs: 120_000,
    row: (i, random) => ({
      ts: new Date(i * 40),
      key: i % 997 === 996 ? 2n ** 62n : BigInt(Math.floor((random() - 0.5) * i)),
    }),
  },
  {
    name: 'many panes times many keys',
    windowMs: 1000,
    row: (i, random) => ({ ts: new Date(i * 40), key: BigInt(Math.floor(random() * 200_000)) }),
  },
  {
    name: 'panes very far apart',
    windowMs: 1000,
    row: (i, random) => ({ ts: new Date(i % 100 === 0 ? i * 10 ** 8 : i), key: BigInt(Math.floor(random() * 10)) }),
  },
  {
    name: 'strings short and long, null among them',
    keyType: Types.string,
    windowMs: 60_000,
    row: (i, random) => {
      const u = Math.floor(random() * 3000);
      // Lengths around those at which the dictionary changes its ways, and texts that differ in one place only.
      const text = Array.from({ length: u % 80 }, (_, at) => (at === Math.floor((u * 7) / 80) ? 'y' : 'x')).join('');
      return { ts: new Date(i * 40), key: u === 0 ? null : text };
    },
  },
  {
    name: 'many panes times many strings',
    keyType: Types.string,
    windowMs: 1000,
    row: (i, random) => ({ ts: new Date(i * 400), key: `k${Math.floor(random() * 10_000)}` }),
  },
  {
    name: 'two keys',
    twoKeys: true,
    windowMs: 60_000,
    row: (i, random) => ({ ts: new Date(i * 40), key: BigInt(i % 7), other: `o${Math.floor(random() * 9)}` }),
  },
  {
    name: 'nulls in times, keys and values here and there',
    windowMs: 60_000,
    row: (i, random) => ({
      ts: i % 31 === 0 ? null : new Date(i * 40),
      key: i > 12_000 && i % 29 === 0 ? null : BigInt(Math.floor(random() * 50)),
      x: i > 16_000 && i % 3 === 0 ? null : random() < 0.5 ? 1 : 2.5,
      n: i < 4000 && i % 7 === 0 ? null : BigInt(i),
    }),
  },
  {
    name: 'sliding windows',
    windowMs: 50_000,
    slideMs: 20_000,
    row: (i) => ({ ts: new Date(i * 40), key: BigInt(i % 33) }),
  },
  { name: 'no window', windowMs: 0, row: (_, random) => ({ key: BigInt(Math.floor(random() * 1000)) - 500n }) },
];

const windowColumn = column(
  'window',
  Types.struct([
    { name: 'start', type: Types.timestamp, nullable: true },
    { name: 'end', type: Types.timestamp, nullable: true },
  ]),
  false,
);

function rowsOf({ row }: Case): Row[] {
  let seed = 42;
  const random = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  return Array.from({ length: ROWS }, (_, i) => ({
    ts: new Date(0),
    key: 0n,
    other: null,
    x: Math.floor(random() * 64) / 8,
    n: BigInt(i),
    ...row(i, random),
  }));
}

const SUMS = ['all', 'count', 'countSum', 'long'] as const;
type Sums = (typeof SUMS)[number];

function outputsOf(sums: Sums, x: ReturnType<typeof column>, n: ReturnType<typeof column>) {
  const count = alias(aggregate('count', lit(1)), 'count');
  const sumX = alias(aggregate('sum', x), 'sumX');
  const sumN = alias(aggregate('sum', n), 'sumN');
  switch (sums) {
    case 'all':
      return [count, sumX, sumN, alias(aggregate('avg', x), 'avgX'), alias(aggregate('count', n), 'countN')];
    case 'count':
      return [count];
    case 'countSum':
      return [count, sumX];
    case 'long':
      return [sumN];
  }
}

function planOf(given: Case, sums: Sums) {
  const ts = column('ts', Types.timestamp);
  const key = column('key', given.keyType ?? Types.long);
  const other = column('other', Types.string);
  const x = column('x', Types.double);
  const n = column('n', Types.long);
  const columns = [ts, key, other, x, n];
  const keys = [...(given.windowMs === 0 ? [] : [windowColumn]), key, ...(given.twoKeys === true ? [other] : [])];
  const windowMicros = BigInt(given.windowMs) * 1000n;
  const slideMicros = BigInt(given.slideMs ?? given.windowMs) * 1000n;
  const rows = source(columns);
  const child: LogicalPlan =
    given.windowMs === 0
      ? rows
      : {
          kind: 'timeWindow',
          time: ts,
          windowMicros,
          slideMicros,
          startMicros: 3_000_000n,
          window: windowColumn,
          child: rows,
        };
  const plan: LogicalPlan = { kind: 'aggregate', groupings: keys, outputs: [...keys, ...outputsOf(sums, x, n)], child };
  return { plan, columns };
}

function expectedOf(given: Case, rows: readonly Row[], sums: Sums): string[] {
  const groups = new Map<string, { start: number; rows: Row[] }>();
  const slide = given.slideMs ?? given.windowMs;
  for (const row of rows) {
    const starts: number[] = [];
    if (given.windowMs === 0) starts.push(0);
    else if (row.ts !== null) {
      const time = row.ts.getTime();
      const last = 3000 + Math.floor((time - 3000) / slide) * slide;
      for (let start = last; start + given.windowMs > time; start -= slide) starts.push(start);
    }
    for (const start of starts) {
      const id = `${start} ${typeof row.key} ${row.key} ${given.twoKeys === true ? row.other : ''}`;
      const group = groups.get(id) ?? { start, rows: [] };
      group.rows.push(row);
      groups.set(id, group);
    }
  }
  return [...groups.values()]
    .map(({ start, rows: members }) => {
      const xs = members.flatMap(({ x }) => (x === null ? [] : [x]));
      const ns = members.flatMap(({ n }) => (n === null ? [] : [n]));
      const sumX = xs.length === 0 ? null : xs.reduce((a, b) => a + b, 0);
      const all: Readonly<Record<string, unknown>> = {
        count: BigInt(members.length),
        sumX,
        sumN: ns.length === 0 ? null : ns.reduce((a, b) => a + b, 0n),
        avgX: sumX === null ? null : sumX / xs.length,
        countN: BigInt(ns.length),
      };
      const names = { all: Object.keys(all), count: ['count'], countSum: ['count', 'sumX'], long: ['sumN'] }[sums];
      return textOf({
        ...(given.windowMs === 0 ? {} : { window: { start: new Date(start), end: new Date(start + given.windowMs) } }),
        key: members[0]?.key,
        ...(given.twoKeys === true ? { other: members[0]?.other } : {}),
        ...Object.fromEntries(names.map((name) => [name, all[name]])),
      });
    })
    .toSorted();
}

function textOf(row: object): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  }).replaceAll(/(\.\d{3})000Z/g, '$1Z');
}

async function run(engine: typeof inline, plan: LogicalPlan, scan: TestScan): Promise<readonly string[]> {
  const { memory, executor } = engine;
  const used = memory.usedBytes;
  const result = await executor.run(prepare(plan, OPTIONS), new Map([[0, scan.leases()]]), new Map(), OPTIONS);
  try {
    return resultRows(result).map(textOf).toSorted();
  } finally {
    result.release();
    if (engine === inline) assert.equal(memory.usedBytes, used, 'engine memory is back at its baseline');
  }
}

for (const given of CASES) {
  test(given.name, async () => {
    const rows = rowsOf(given);
    for (const sums of SUMS) {
      const { plan, columns } = planOf(given, sums);
      const expected = expectedOf(given, rows, sums);
      for (const engine of [pooled, inline]) {
        const scan = new TestScan(engine.instance, columns, rows, { taskRows: TASK_ROWS });
        assert.deepEqual(
          await run(engine, plan, scan),
          expected,
          `${sums}, ${engine === inline ? 'inline' : 'pooled'}`,
        );
      }
    }
  });
}

test('a long sum that overflows is an error, in a thread and when threads are merged', async () => {
  const given: Case = {
    name: '',
    windowMs: 60_000,
    row: (i) => ({ key: 1n, n: i % TASK_ROWS === 0 ? 2n ** 62n : 0n }),
  };
  const { plan, columns } = planOf(given, 'long');
  for (const engine of [pooled, inline]) {
    const scan = new TestScan(engine.instance, columns, rowsOf(given), { taskRows: TASK_ROWS });
    await assert.rejects(run(engine, plan, scan), { condition: 'ARITHMETIC_OVERFLOW' });
  }
});
