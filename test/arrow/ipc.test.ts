import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as arrow from 'apache-arrow';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { fromArrowTable, fromIpc, toArrowTable, toIpc } from '../../kernel/arrow/ipc.ts';
import { typeName, type Schema } from '../../kernel/arrow/types.ts';
import { rowsOf } from '../../kernel/arrow/values.ts';
import { sqlParser } from '../../kernel/sql/parser.ts';

const schema: Schema = sqlParser.parseSchema(
  'b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, dec DECIMAL(38,10), str STRING, bin BINARY, day DATE, ts TIMESTAMP, ntz TIMESTAMP_NTZ, arr ARRAY<INT>, m MAP<STRING, INT>, st STRUCT<x: INT, y: STRING>, v VOID',
);
const full = {
  b: true, t: -128, s: 32767, i: -2147483648, l: 9223372036854775807n, f: 1.5, d: Number.NaN, dec: '-1234567890123456789012345678.0123456789', str: 'héllo 🎈', bin: Uint8Array.of(0, 255),
  day: new Date('0001-01-01T00:00:00Z'), ts: new Date('2024-02-29T12:34:56.789Z'), ntz: new Date('1969-12-31T23:59:59.999Z'), arr: [1, null, 3], m: new Map([['k', 1]]), st: { x: 1, y: null }, v: null,
}; // prettier-ignore
const nulls = Object.fromEntries(schema.fields.map(({ name }) => [name, null]));

describe('Arrow IPC', () => {
  for (const count of [0, 1, 7, 8, 9, 64, 65]) {
    it(`keeps ${count} rows of every type`, () => {
      const batch = batchFromRows(
        Array.from({ length: count }, (_, i) => (i % 3 === 1 ? nulls : full)),
        schema,
      );
      const back = fromIpc(toIpc([batch], schema));
      assert.deepEqual(
        back.schema.fields.map((f) => `${f.name} ${typeName(f.type)} ${f.nullable}`),
        schema.fields.map((f) => `${f.name} ${typeName(f.type)} ${f.nullable}`),
      );
      assert.deepEqual(
        back.batches.flatMap((b) => [...rowsOf(b)]),
        [...rowsOf(batch)],
      );
    });
  }

  it('gives other readers the same values', () => {
    const table = toArrowTable([batchFromRows([full], schema)], schema);
    const row: Record<string, unknown> = arrow.tableFromIPC(arrow.tableToIPC(table)).get(0)?.toJSON() ?? {};
    assert.equal(row['l'], 9223372036854775807n);
    assert.equal(row['str'], 'héllo 🎈');
  });

  it('reads what Spark has no type for', () => {
    const table = new arrow.Table({
      u8: arrow.vectorFromArray([255, null], new arrow.Uint8()),
      u32: arrow.vectorFromArray([4294967295, null], new arrow.Uint32()),
      ms: arrow.vectorFromArray([new Date(5), null], new arrow.TimestampMillisecond('UTC')),
      dict: arrow.vectorFromArray(['a', null], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
    });
    const { schema: read, batches } = fromArrowTable(table);
    assert.deepEqual(
      read.fields.map((f) => typeName(f.type)),
      ['smallint', 'bigint', 'timestamp', 'string'],
    );
    const [first = {}, second = {}] = batches.flatMap((b) => rowsOf(b));
    assert.equal(first['u8'], 255);
    assert.equal(first['u32'], 4294967295n);
    assert.equal(Number(first['ms']), 5);
    assert.equal(first['dict'], 'a');
    assert.deepEqual(Object.values(second), [null, null, null, null]);
  });

  it('reads slices, also with nulls at any bit', () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      n: i % 3 === 0 ? null : BigInt(i),
      b: i % 4 === 0 ? null : i % 2 === 0,
      text: i % 5 === 0 ? null : `text ${i}`,
      word: i % 7 === 0 ? null : `w${i % 2}`,
      list: [i, i + 1],
    }));
    const list = new arrow.List(new arrow.Field('element', new arrow.Int32(), true));
    const table = new arrow.Table({
      n: arrow.vectorFromArray(
        rows.map((row) => row.n),
        new arrow.Int64(),
      ),
      b: arrow.vectorFromArray(
        rows.map((row) => row.b),
        new arrow.Bool(),
      ),
      text: arrow.vectorFromArray(
        rows.map((row) => row.text),
        new arrow.Utf8(),
      ),
      word: arrow.vectorFromArray(
        rows.map((row) => row.word),
        new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
      ),
      list: arrow.vectorFromArray(
        rows.map((row) => row.list),
        list,
      ),
    });
    for (const [from, to] of [
      [0, 40],
      [3, 40],
      [8, 19],
      [13, 13],
      [39, 40],
    ] as const) {
      const read = fromArrowTable(table.slice(from, to)).batches.flatMap((batch) => rowsOf(batch));
      assert.deepEqual(
        read.map((row) => ({ ...row })),
        rows.slice(from, to),
      );
    }
  });

  it('reads tables of another copy of apache-arrow: the same fields, other classes', () => {
    const text = arrow.vectorFromArray(['a', null, 'c'], new arrow.Utf8());
    const own = new arrow.Table({ text, n: arrow.vectorFromArray([1, 2, null], new arrow.Int32()) });
    const batches = own.batches.map((batch) => ({
      numRows: batch.numRows,
      data: { children: batch.data.children.map(foreign) },
    }));
    const read = fromArrowTable({ schema: own.schema, batches: batches as unknown as arrow.RecordBatch[] });
    assert.deepEqual(
      read.batches.flatMap((batch) => rowsOf(batch)).map((row) => ({ ...row })),
      [
        { text: 'a', n: 1 },
        { text: null, n: 2 },
        { text: 'c', n: null },
      ],
    );
  });
});

const DATA_FIELDS = ['type', 'offset', 'length', 'nullCount', 'nullBitmap', 'values', 'valueOffsets', 'children'];

/** Everything that `data` says, without its class. */
function foreign(data: arrow.Data): unknown {
  return Object.fromEntries(DATA_FIELDS.map((name) => [name, Reflect.get(data, name) as unknown]));
}
