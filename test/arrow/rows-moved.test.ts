import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { concatBatches } from '../../kernel/arrow/concat.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { filterBatch, gatherBatch, trueBits } from '../../kernel/arrow/gather.ts';
import { sliceBatch } from '../../kernel/arrow/slice.ts';
import { toEngine } from '../../kernel/arrow/transfer.ts';
import { Types, field } from '../../kernel/arrow/types.ts';
import { valuesOf } from '../../kernel/arrow/values.ts';
import { createTestEngine } from '../support/engine.ts';

const { kernels, memory } = await createTestEngine();

const types = [
  Types.boolean,
  Types.byte,
  Types.short,
  Types.int,
  Types.long,
  Types.decimal(38, 0),
  Types.string,
  Types.array(Types.string),
  Types.map(Types.int, Types.boolean),
  Types.struct([field('a', Types.double), field('b', Types.string)]),
  Types.void,
];
const schema = Types.struct(types.map((type, k) => field(`c${k}`, type)));
const text = fc.string({ maxLength: 20, unit: 'grapheme' });
const nullable = (cell: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.option(cell, { freq: 4 });
const row = fc.tuple(
  ...[
    fc.boolean(),
    fc.integer({ min: -128, max: 127 }),
    fc.integer({ min: -32768, max: 32767 }),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map((n) => new Decimal(n, 0)),
    text,
    fc.array(nullable(text), { maxLength: 3 }),
    fc.array(fc.tuple(fc.integer(), fc.boolean()), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.record({ a: fc.double(), b: nullable(text) }, { noNullPrototype: true }),
    fc.constant(null),
  ].map(nullable),
);
const rowsArbitrary = fc
  .constantFrom(0, 1, 7, 8, 9, 16, 63, 64, 65, 130)
  .chain((n) => fc.array(row, { minLength: n, maxLength: n }));

test('gather, filter, slice and concat move whole rows of every layout', () => {
  fc.assert(
    fc.property(rowsArbitrary, fc.infiniteStream(fc.nat()), (rows, numbers) => {
      const arena = memory.createArena('test');
      const batch = toEngine(batchFromRows(rows, schema), arena);
      const next = (below: number): number => (numbers.next().value ?? 0) % below;
      const nulls = schema.fields.map(() => null);

      const wanted = rows.flatMap(() => [next(rows.length + 1) - 1, next(rows.length)]);
      const indices = new Int32Array(memory.buffer, arena.allocate(wanted.length * 4), wanted.length);
      indices.set(wanted);
      const gathered = gatherBatch(batch, indices, kernels, arena);
      assert.deepEqual(
        valuesOf(gathered),
        wanted.map((i) => (i < 0 ? nulls : rows[i])),
      );

      const conditions = rows.map(() => [true, false, null][next(3)] ?? null);
      const condition = toEngine(
        batchFromRows(
          conditions.map((c) => [c]),
          Types.struct([field('c', Types.boolean)]),
        ),
        arena,
      );
      const [bits] = condition.columns;
      assert.ok(bits);
      const filtered = filterBatch(batch, trueBits(bits, kernels, arena), kernels, arena);
      const kept = rows.filter((_, i) => conditions[i] === true);
      assert.deepEqual(valuesOf(filtered), kept);

      const from = next(rows.length + 1);
      const to = from + next(rows.length - from + 1);
      const slice = sliceBatch(batch, from, to, arena);
      assert.deepEqual(valuesOf(slice), rows.slice(from, to));

      const all = concatBatches(schema, [slice, batch, filtered, slice], arena);
      const part = rows.slice(from, to);
      assert.deepEqual(valuesOf(all), [...part, ...rows, ...kept, ...part]);
      arena.release();
    }),
    { numRuns: 60, includeErrorInReport: true },
  );
});
