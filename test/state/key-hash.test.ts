/** The partition of a key is part of the checkpoint format: these values must never change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { SqlDate, Timestamp } from '../../kernel/arrow/temporal.ts';
import { field, Types, type DataType } from '../../kernel/arrow/types.ts';
import { hashRows } from '../../kernel/state/key-hash.ts';

function hashesOf(type: DataType, values: readonly unknown[]): number[] {
  const batch = batchFromRows(values.map((value) => ({ value })), Types.struct([field('value', type)])); // prettier-ignore
  return [...hashRows(batch.columns, batch.length)];
}

const PINNED: readonly (readonly [string, DataType, readonly unknown[], readonly number[]])[] = [
  ['boolean', Types.boolean, [true, false, null], [2416545486, 3139624308, 2073240092]],
  ['int', Types.int, [0, 1, -1, 2147483647, null], [621800908, 490139481, 1881248761, 3465337857, 2073240092]],
  [
    'long',
    Types.long,
    [0n, 1n, -1n, 9223372036854775807n, null],
    [621800908, 490139481, 1881248761, 4245486013, 2073240092],
  ],
  [
    'double',
    Types.double,
    [0, 1.5, -1e300, NaN, Infinity, null],
    [621800908, 2661948441, 139675382, 1372346641, 1977459645, 2073240092],
  ],
  [
    'decimal',
    Types.decimal(38, 2),
    [new Decimal(12345n, 2), new Decimal(-1n, 2), null],
    [3371437816, 235340431, 2073240092],
  ],
  [
    'string',
    Types.string,
    ['', 'a', 'abcd', 'abcde', 'größer als sechzehn Bytes', null],
    [3139624308, 552876293, 3259764343, 3379433338, 720417432, 2073240092],
  ],
  ['binary', Types.binary, [new Uint8Array([1, 2, 3]), new Uint8Array([255, 0, 0, 0, 255])], [87612732, 3144002689]],
  ['date', Types.date, [new SqlDate(0), new SqlDate(-1)], [621800908, 1881248761]],
  ['timestamp', Types.timestamp, [new Timestamp(0n), new Timestamp(1_700_000_000_000_000n)], [621800908, 2386417950]],
  ['array', Types.array(Types.int), [[], [1, 2], [null], null], [3139624308, 4247267611, 752443094, 2073240092]],
  [
    'struct',
    Types.struct([field('a', Types.int), field('b', Types.string)]),
    [
      { a: 1, b: 'x' },
      { a: null, b: 'x' },
    ],
    [285283752, 1347079092],
  ],
];

for (const [name, type, values, expected] of PINNED) {
  test(`${name} keys hash as ever`, () => {
    assert.deepEqual(hashesOf(type, values), expected);
  });
}

test('values that are equal as keys hash the same', () => {
  assert.equal(new Set(hashesOf(Types.double, [0, -0])).size, 1);
  const nans = new Float64Array(
    new BigUint64Array([0x7ff8000000000000n, 0xfff8000000000001n, 0x7ff0000000000001n]).buffer,
  );
  const column = { layout: 'fixed', type: Types.double, length: 3, validity: undefined, values: nans } as const;
  assert.equal(new Set(hashRows([column], 3)).size, 1);
  assert.deepEqual(hashesOf(Types.float, [1.5, NaN]), hashesOf(Types.double, [1.5, NaN]));
  assert.deepEqual(hashesOf(Types.int, [-5]), hashesOf(Types.long, [-5n]));
});

test('keys spread over partitions', () => {
  const counts = new Array<number>(8).fill(0);
  for (const hash of hashesOf(
    Types.long,
    Array.from({ length: 8000 }, (_, value) => BigInt(value)),
  )) {
    counts[hash % 8] = (counts[hash % 8] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1150, String(counts));
});
