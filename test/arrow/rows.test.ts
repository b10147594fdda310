import { test } from 'node:test';
import assert from 'node:assert/strict';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { inferSchema } from '../../kernel/arrow/infer.ts';
import { SqlDate, Timestamp } from '../../kernel/arrow/temporal.ts';
import { copyOut, toEngine } from '../../kernel/arrow/transfer.ts';
import { openBatch, referenceBatch } from '../../kernel/arrow/open.ts';
import { rowsOf } from '../../kernel/arrow/values.ts';
import { Types, field, typeName } from '../../kernel/arrow/types.ts';
import { createTestEngine } from '../support/engine.ts';

const schema = Types.struct([
  field('b', Types.boolean),
  field('i', Types.int),
  field('l', Types.long),
  field('d', Types.double),
  field('m', Types.decimal(38, 2)),
  field('s', Types.string),
  field('x', Types.binary),
  field('day', Types.date),
  field('ts', Types.timestamp),
  field('list', Types.array(Types.string)),
  field('map', Types.map(Types.string, Types.int)),
  field('st', Types.struct([field('a', Types.byte), field('n', Types.void)])),
]);

const full = {
  b: true,
  i: -2147483648,
  l: 2n ** 63n - 1n,
  d: -0,
  m: new Decimal(-(10n ** 38n) + 1n, 2),
  s: 'grün 𝄞 and a text beyond the short path',
  x: new Uint8Array([0, 255]),
  day: new SqlDate(-1),
  ts: new Timestamp(-1n),
  list: ['a', null, ''],
  map: new Map([['k', 1]]),
  st: { a: -128, n: null },
};
const empty = Object.fromEntries(schema.fields.map((f) => [f.name, null]));

test('rows survive the engine: in, referenced, opened, out', async () => {
  const { memory } = await createTestEngine();
  const arena = memory.createArena('test');
  const rows = [full, empty, full];
  const batch = toEngine(batchFromRows(rows, schema), arena);
  const opened = openBatch(structuredClone(referenceBatch(batch)), memory);
  const out = copyOut(opened);
  arena.release();
  assert.deepEqual(rowsOf(out), rows);
});

test('a bad value names row, field and type', () => {
  const ints = Types.struct([field('n', Types.int, false)]);
  const raises = (rows: unknown[], pattern: RegExp): void =>
    assert.throws(() => batchFromRows(rows, ints), { condition: 'INVALID_ROW', message: pattern });
  raises([{ n: 1 }, { n: 2 ** 31 }], /Row 1, field n: 2147483648 \(number\) does not fit int/);
  raises([{ n: 1.5 }], /Row 0/);
  raises([{}], /it is null/);
  raises([[1, 2]], /it has 2 values, the schema 1/);
  const decimals = Types.struct([field('m', Types.decimal(4, 2))]);
  assert.throws(() => batchFromRows([{ m: '1.005' }], decimals), { condition: 'INVALID_ROW' });
  assert.throws(() => batchFromRows([{ m: '100' }], decimals), { condition: 'INVALID_ROW' });
});

test('a schema is inferred from all rows', () => {
  const rows = [
    { a: 1, b: null, c: [1], d: new Date(0) },
    { a: 0.5, b: 'x', c: [], d: null, e: { f: 1n } },
  ];
  assert.equal(typeName(inferSchema(rows)), 'struct<a:double,b:string,c:array<bigint>,d:timestamp,e:struct<f:bigint>>');
  assert.equal(typeName(inferSchema([[1, 'x']], ['n'])), 'struct<n:bigint,_2:string>');
  assert.throws(() => inferSchema([{ a: 1 }, { a: 'x' }]), { condition: 'INVALID_ROW', message: /Row 1, field a/ });
});

test('decimals are exact and print all digits', () => {
  assert.equal(String(Decimal.parse('-0.05')), '-0.05');
  assert.equal(String(Decimal.parse('1e3')), '1000');
  assert.equal(Decimal.parse('1.005')?.rescale(2).toString(), '1.01');
  assert.equal(Decimal.parse('1.1')?.equals(new Decimal(110n, 2)), true);
  assert.equal(Decimal.parse('abc'), undefined);
});

test('timestamps print as Spark does and lose no microsecond', () => {
  assert.equal(String(new Timestamp(0n)), '1970-01-01 00:00:00');
  assert.equal(new Timestamp(1_700_000_000_250_000n).toString('America/New_York'), '2023-11-14 17:13:20.25');
  assert.equal(new Timestamp(-1n).toString('+05:30'), '1970-01-01 05:29:59.999999');
  assert.equal(JSON.stringify(new Timestamp(-1n)), '"1969-12-31T23:59:59.999999Z"');
  assert.equal(String(new SqlDate(-719529)), '-0001-12-31');
});
