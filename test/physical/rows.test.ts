import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { field, Types } from '../../kernel/arrow/types.ts';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { toEngine } from '../../kernel/arrow/transfer.ts';
import { rowsOf } from '../../kernel/arrow/values.ts';
import type { EngineInstance } from '../../kernel/physical/ports.ts';
import { concatBatches } from '../../kernel/physical/rows/concat.ts';
import { takeBatch } from '../../kernel/physical/rows/gather.ts';
import { sliceBatch } from '../../kernel/physical/rows/slice.ts';
import { createTestEngine } from '../support/engine.ts';

let engine: EngineInstance;
before(async () => {
  engine = await createTestEngine();
});

const schema = Types.struct([
  field('flag', Types.boolean),
  field('small', Types.short),
  field('number', Types.long),
  field('ratio', Types.double),
  field('amount', Types.decimal(20, 2)),
  field('text', Types.string),
  field('list', Types.array(Types.string)),
  field('point', Types.struct([field('x', Types.int), field('name', Types.string)])),
]);

function makeRows(count: number, seed: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, i) => {
    const n = (i * 2654435761 + seed) >>> 0;
    const some = (value: unknown, k: number): unknown => ((n >> k) % 5 === 0 ? null : value);
    return {
      flag: some(n % 2 === 0, 1),
      small: some((n % 1000) - 500, 2),
      number: some(BigInt(n) * 3n, 3),
      ratio: some(n / 7, 4),
      text: some('x'.repeat(n % 40) + String(n), 5),
      list: some(Array.from({ length: n % 4 }, (_, k) => (k === 2 ? null : `e${k}${n % 10}`)), 6),
      point: some({ x: some(n % 100, 8), name: `p${n % 17}` }, 7),
    };
  });
}

for (const count of [1, 7, 8, 9, 64, 333]) {
  test(`take, slice and concat agree with arrays, ${count} rows`, () => {
    const arena = engine.memory.createArena('test');
    const space = { arena, kernels: engine.kernels };
    const given = [makeRows(count, 1), makeRows(count * 2 + 1, 99)];
    const [a, b] = given.map((rows) => toEngine(batchFromRows(rows, schema), arena));
    assert.ok(a !== undefined && b !== undefined);
    const all = concatBatches([a, b, a], space);
    const expected = [...rowsOf(a), ...rowsOf(b), ...rowsOf(a)];
    assert.deepEqual(rowsOf(all), expected);

    const rows = Int32Array.from({ length: 50 }, (_, i) => (i * 37) % expected.length);
    assert.deepEqual(rowsOf(takeBatch(all, rows, space)), [...rows].map((row) => expected[row]));

    const start = all.length > 16 ? 16 : 0;
    const slice = sliceBatch(all, start, all.length - start);
    assert.deepEqual(rowsOf(slice), expected.slice(start));
    assert.deepEqual(rowsOf(concatBatches([slice, a], space)), [...expected.slice(start), ...rowsOf(a)]);
    arena.release();
  });
}

test('a negative row number takes a row of nulls', () => {
  const arena = engine.memory.createArena('test');
  const batch = toEngine(batchFromRows(makeRows(9, 5), schema), arena);
  const [first, second] = rowsOf(takeBatch(batch, Int32Array.of(-1, 8), { arena, kernels: engine.kernels }));
  assert.ok(first !== undefined);
  assert.deepEqual(Object.values(first), schema.fields.map(() => null));
  assert.deepEqual(second, rowsOf(batch)[8]);
  arena.release();
});
