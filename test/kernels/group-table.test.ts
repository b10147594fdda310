import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RecordBatch } from '../../kernel/arrow/column.ts';
import type { AccumulatorOp, AccumulatorSpec } from '../../kernel/functions/contract.ts';
import type { GroupKeySpec, GroupTable } from '../../kernel/physical/ports.ts';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { Timestamp } from '../../kernel/arrow/temporal.ts';
import { Types, field, sameType, type DataType } from '../../kernel/arrow/types.ts';
import { toEngine } from '../../kernel/arrow/transfer.ts';
import { valuesOf } from '../../kernel/arrow/values.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import { createTestEngine } from '../support/engine.ts';
import { OracleTable, rowText, type Cell } from './group-oracle.ts';

const engine = await createTestEngine();

const decimal = Types.decimal(20, 2);
const samples: readonly (readonly [DataType, fc.Arbitrary<Cell>])[] = [
  [Types.boolean, fc.boolean()],
  [Types.byte, fc.integer({ min: -128, max: 127 })],
  [Types.short, fc.integer({ min: -32768, max: 32767 })],
  [Types.int, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  [Types.long, fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 50n }))],
  [Types.float, fc.constantFrom(0, -0, NaN, 1.5, -2.25, Infinity)],
  [Types.double, fc.constantFrom(0, -0, NaN, 1.5, -2.25, -Infinity, 1e300)],
  [
    Types.string,
    fc.oneof(
      fc.string({ maxLength: 40, unit: 'grapheme' }),
      fc.constantFrom('', 'a', 'a\0', '12345678', '123456789', '1234567890123456', '12345678901234567'),
    ),
  ],
  [decimal, fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map((n) => new Decimal(n, 2))],
  [Types.timestamp, fc.bigInt({ min: -3n, max: 3n }).map((n) => new Timestamp(n * 60_000_000n))],
];

function arbitraryOf(type: DataType): fc.Arbitrary<Cell> {
  const found = samples.find(([t]) => sameType(t, type));
  assert.ok(found);
  return fc.option(found[1], { nil: null, freq: 5 });
}

function stateOf(op: AccumulatorOp, input: DataType): DataType | undefined {
  if (op === 'count') return Types.long;
  if (op !== 'sum') return input;
  if (input.kind === 'decimal') return Types.decimal(30, 2);
  if (input.kind === 'float' || input.kind === 'double') return Types.double;
  return ['byte', 'short', 'int', 'long'].includes(input.kind) ? Types.long : undefined;
}

const OPS: readonly AccumulatorOp[] = [
  'count',
  'sum',
  'min',
  'max',
  'first',
  'last',
  'first_non_null',
  'last_non_null',
];

interface Case {
  readonly keys: readonly GroupKeySpec[];
  readonly specs: readonly AccumulatorSpec[];
  readonly rows: readonly (readonly Cell[])[];
}

const typeArbitrary = fc.constantFrom(...samples.map(([type]) => type));

const specArbitrary = fc.tuple(fc.constantFrom(...OPS), typeArbitrary).map(([op, inputType]): AccumulatorSpec => {
  const stateType = stateOf(op, inputType);
  if (stateType === undefined) return { op: 'min', inputType, stateType: inputType, onOverflow: 'wrap' };
  return { op, inputType, stateType, onOverflow: 'wrap' };
});

const caseArbitrary: fc.Arbitrary<Case> = fc
  .tuple(
    fc.array(typeArbitrary, { maxLength: 3 }),
    fc.boolean(),
    fc.array(specArbitrary, { minLength: 1, maxLength: 4 }),
    fc.constantFrom(0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 200),
  )
  .chain(([keyTypes, hasPane, specs, length]) => {
    const keys = [
      ...(hasPane ? [{ type: Types.timestamp, role: 'pane' as const }] : []),
      ...keyTypes.map((type) => ({ type, role: 'key' as const })),
    ];
    const cells = [
      ...keys.map((k) => arbitraryOf(k.type)),
      ...specs.map((s) => arbitraryOf(s.inputType ?? Types.long)),
    ];
    return fc.record({
      keys: fc.constant(keys),
      specs: fc.constant(specs),
      rows: fc.array(fc.tuple(...cells), { minLength: length, maxLength: length }),
    });
  });

function inputSchema({ keys, specs }: Case): ReturnType<typeof Types.struct> {
  return Types.struct([
    ...keys.map((k, i) => field(`k${i}`, k.type)),
    ...specs.map((s, i) => field(`v${i}`, s.inputType ?? Types.long)),
  ]);
}

function texts(batch: RecordBatch): string[] {
  return valuesOf(batch).map(rowText).sort();
}

function emitted(table: GroupTable, which: 'all' | 'dirty'): string[] {
  const arena = engine.memory.createArena('emit');
  const result = texts(table.emit(which, arena));
  arena.release();
  return result;
}

test('update, merge, put, remove, dirty, evict agree with the oracle', () => {
  fc.assert(
    fc.property(caseArbitrary, fc.boolean(), (example, doesEvictEven) => {
      const { keys, specs, rows } = example;
      const arena = engine.memory.createArena('test');
      const tables = [0, 1, 2].map(() => createGroupTable(engine, keys, specs));
      const [table, partial, loaded] = tables;
      assert.ok(table && partial && loaded);
      const oracle = new OracleTable(specs);
      const oraclePartial = new OracleTable(specs);
      const half = Math.floor(rows.length / 2);
      const feed = (target: GroupTable, from: number, to: number): void => {
        const batch = toEngine(batchFromRows(rows.slice(from, to), inputSchema(example)), arena);
        target.update(batch.columns.slice(0, keys.length), batch.columns.slice(keys.length), batch.length);
      };
      const split = (row: readonly Cell[]): [readonly Cell[], readonly Cell[]] => [
        row.slice(0, keys.length),
        row.slice(keys.length),
      ];
      for (const row of rows.slice(0, half)) oracle.feed('update', ...split(row));
      feed(table, 0, half);
      assert.deepEqual(emitted(table, 'all'), oracle.emit('all'));
      table.markClean();
      oracle.markClean();

      for (const row of rows.slice(half)) oraclePartial.feed('update', ...split(row));
      feed(partial, half, rows.length);
      const groups = partial.emit('all', arena);
      assert.deepEqual(texts(groups), oraclePartial.emit('all'));
      table.merge(groups.columns.slice(0, keys.length), groups.columns.slice(keys.length), groups.length);
      for (const row of valuesOf(groups)) oracle.feed('merge', ...split(row));
      assert.deepEqual(emitted(table, 'all'), oracle.emit('all'));
      assert.deepEqual(emitted(table, 'dirty'), oracle.emit('dirty'));
      assert.equal(table.dirtyCount, oracle.emit('dirty').length);

      loaded.put(groups.columns.slice(0, keys.length), groups.columns.slice(keys.length), groups.length);
      assert.deepEqual(emitted(loaded, 'all'), texts(groups));
      loaded.remove(groups.columns.slice(0, keys.length), groups.length);
      assert.equal(loaded.groupCount, 0);

      const gone: string[] = [];
      const evicted = table.evict((all) => {
        const bits = new Uint8Array((all.length + 7) >> 3);
        valuesOf(all).forEach((row, i) => {
          if ((i % 2 === 0) !== doesEvictEven) return;
          bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
          gone.push(rowText(row));
          oracle.remove(row.slice(0, keys.length));
        });
        return bits;
      }, arena);
      assert.deepEqual(texts(evicted), gone.sort());
      assert.deepEqual(emitted(table, 'all'), oracle.emit('all'));
      assert.deepEqual(emitted(table, 'dirty'), oracle.emit('dirty'));
      for (const row of rows) oracle.feed('update', ...split(row));
      feed(table, 0, rows.length);
      assert.deepEqual(emitted(table, 'all'), oracle.emit('all'));
      for (const each of tables) each.release();
      arena.release();
    }),
    { numRuns: 300, includeErrorInReport: true },
  );
  assert.equal(usedBytes(), 0);
});

function usedBytes(): number {
  return 'usedBytes' in engine.memory ? Number(engine.memory.usedBytes) : 0;
}

const countAndSum: readonly AccumulatorSpec[] = [
  { op: 'count', inputType: undefined, stateType: Types.long, onOverflow: 'error' },
  { op: 'sum', inputType: Types.double, stateType: Types.double, onOverflow: 'error' },
];

/** Rows of (pane, key, value), made by a formula: many keys, many blocks. */
function manyRows(count: number, keyCount: number, paneCount: number): (readonly Cell[])[] {
  return Array.from({ length: count }, (_, i) => [
    new Timestamp(BigInt(Math.floor((i * paneCount) / count) + (i % 3 === 0 ? 1 : 0)) * 600_000_000n),
    BigInt((i * 7919) % keyCount) * (i % 2 === 0 ? 1n : 1n << 40n),
    i % 11 === 0 ? null : i / 4,
  ]);
}

for (const [role, keyCount, paneCount] of [
  ['pane', 3000, 6],
  ['pane', 9000, 700],
  ['key', 9000, 6],
] as const) {
  test(`${keyCount} keys × ${paneCount} windows by ${role}: dictionaries grow, panes come and go`, () => {
    const keys: GroupKeySpec[] = [
      { type: Types.timestamp, role },
      { type: Types.long, role: 'key' },
    ];
    const table = createGroupTable(engine, keys, countAndSum);
    const oracle = new OracleTable(countAndSum);
    const rows = manyRows(40_000, keyCount, paneCount);
    const schema = Types.struct([field('w', Types.timestamp), field('k', Types.long), field('v', Types.double)]);
    const arena = engine.memory.createArena('test');
    const { columns, length } = toEngine(batchFromRows(rows, schema), arena);
    const [window, key, value] = columns;
    assert.ok(window && key && value);
    for (let round = 0; round < 2; round++) {
      table.update([window, key], [undefined, value], length);
      for (const [w, k, v] of rows) oracle.feed('update', [w, k], [true, v]);
      assert.deepEqual(emitted(table, 'all'), oracle.emit('all'));
      const isOld = (w: Cell): boolean => w instanceof Timestamp && w.micros < BigInt(paneCount - 1) * 600_000_000n;
      const evicted = table.evict((all) => {
        const bits = new Uint8Array((all.length + 7) >> 3);
        valuesOf(all).forEach(([w], i) => {
          if (isOld(w)) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
        });
        return bits;
      }, arena);
      assert.deepEqual(
        texts(evicted),
        oracle.evict(([w]) => isOld(w)),
      );
      assert.deepEqual(emitted(table, 'dirty'), oracle.emit('dirty'));
      assert.equal(table.groupCount, oracle.emit('all').length);
    }
    table.release();
    arena.release();
  });
}

test('scattered times with many keys do not take a record for every key in every window', () => {
  const keys: GroupKeySpec[] = [
    { type: Types.timestamp, role: 'pane' },
    { type: Types.long, role: 'key' },
  ];
  const table = createGroupTable(engine, keys, countAndSum);
  const rows = Array.from({ length: 30_000 }, (_, i) => [
    new Timestamp(BigInt((i * 7919) % 20_011) * 60_000_000n),
    BigInt((i * 104_729) % 50_021),
    1,
  ]);
  const schema = Types.struct([field('w', Types.timestamp), field('k', Types.long), field('v', Types.double)]);
  const arena = engine.memory.createArena('test');
  const { columns, length } = toEngine(batchFromRows(rows, schema), arena);
  table.update(columns.slice(0, 2), [undefined, columns[2]], length);
  assert.equal(table.groupCount, 30_000);
  assert.ok(table.memoryBytes < 16 * 1024 ** 2, String(table.memoryBytes));
  table.release();
  arena.release();
});

test('a sum beyond 64 bits is an error, or wraps; one beyond its decimal is an error, or null', () => {
  const sums = (stateType: DataType, onOverflow: AccumulatorSpec['onOverflow'], rows: Cell[]): Cell => {
    const inputType = stateType.kind === 'decimal' ? Types.decimal(38, 0) : Types.long;
    const table = createGroupTable(engine, [], [{ op: 'sum', inputType, stateType, onOverflow }]);
    const batch = batchFromRows(
      rows.map((v) => [v]),
      Types.struct([field('v', inputType)]),
    );
    const arena = engine.memory.createArena('test');
    table.update([], batch.columns, batch.length);
    const result = valuesOf(table.emit('all', arena))[0]?.[0];
    table.release();
    return result;
  };
  const most = 2n ** 63n - 1n;
  assert.throws(() => sums(Types.long, 'error', [most, 1n]), { condition: 'ARITHMETIC_OVERFLOW' });
  assert.equal(sums(Types.long, 'wrap', [most, 1n]), -(2n ** 63n));
  const large = new Decimal(10n ** 38n - 1n, 0);
  const state = Types.decimal(38, 0);
  assert.throws(() => sums(state, 'error', [large, new Decimal(1n, 0)]), { condition: 'ARITHMETIC_OVERFLOW' });
  assert.equal(sums(state, 'null', [large, new Decimal(1n, 0), new Decimal(-5n, 0)]), null);
  assert.deepEqual(sums(state, 'error', [large, new Decimal(-1n, 0)]), new Decimal(10n ** 38n - 2n, 0));
});

test('struct keys group by their fields, null structs by themselves', () => {
  const type = Types.struct([field('a', Types.int), field('b', Types.string)]);
  const rows = [{ a: 1, b: 'x' }, null, { a: null, b: null }, { a: 1, b: 'x' }, null, { a: 1, b: 'y' }].map((s) => [s]);
  const table = createGroupTable(engine, [{ type, role: 'key' }], countAndSum.slice(0, 1));
  const arena = engine.memory.createArena('test');
  const batch = toEngine(batchFromRows(rows, Types.struct([field('s', type)])), arena);
  table.update(batch.columns, [undefined], batch.length);
  assert.deepEqual(valuesOf(table.emit('all', arena)), [
    [{ a: 1, b: 'x' }, 2n],
    [null, 2n],
    [{ a: null, b: null }, 1n],
    [{ a: 1, b: 'y' }, 1n],
  ]);
  table.release();
  arena.release();
});
