import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { field, Types } from '../../kernel/arrow/types.ts';
import { showBatches, tableOfBatches } from '../../kernel/output/batch-table.ts';
import { doubleText } from '../../kernel/output/cell-text.ts';
import { renderTable, tableText } from '../../kernel/output/table.ts';

describe('text tables', () => {
  test('as Spark shows them', () => {
    const text = tableText({
      columns: [
        { name: 'age', type: 'bigint' },
        { name: 'name', type: 'string' },
      ],
      rows: [
        [undefined, 'Michael'],
        ['30', 'Andy'],
      ],
      truncated: false,
    });
    assert.equal(
      text,
      ['+----+-------+', '| age|   name|', '+----+-------+', '|NULL|Michael|', '|  30|   Andy|', '+----+-------+'].join(
        '\n',
      ),
    );
  });

  test('without rows, without columns', () => {
    assert.equal(
      tableText({ columns: [{ name: 'a', type: 'int' }], rows: [], truncated: false }),
      '+---+\n|  a|\n+---+\n+---+',
    );
    assert.equal(tableText({ columns: [], rows: [], truncated: false }), '++\n||\n++\n++');
  });

  test('wide characters and line breaks keep the columns straight', () => {
    const text = tableText({
      columns: [{ name: 'x', type: 'string' }],
      rows: [['日本'], ['e\u0301'], ['a\nb']],
      truncated: false,
    });
    assert.equal(text, ['+----+', '|   x|', '+----+', '|日本|', '|   e\u0301|', '|a\\nb|', '+----+'].join('\n'));
  });

  test('what is left out is told', () => {
    const columns = [{ name: 'n', type: 'int' }];
    const rows = Array.from({ length: 30 }, (_, i) => [String(i)]);
    assert.match(tableText({ columns, rows, truncated: true }), /\n\| 19\|\n\+---\+\nonly showing top 20 rows$/);
    assert.match(
      tableText({ columns, rows: rows.slice(0, 20), truncated: true, totalRows: 12345 }),
      /showing 20 of 12,345 rows$/,
    );
    const wide = Array.from({ length: 70 }, (_, i) => ({ name: `c${i}`, type: 'int' }));
    assert.match(tableText({ columns: wide, rows: [], truncated: false }), /10 more columns not shown$/);
  });
});

const schema = Types.struct([
  field('long', Types.long),
  field('double', Types.double),
  field('text', Types.string),
  field('at', Types.timestamp),
  field('list', Types.array(Types.int)),
  field('pair', Types.struct([field('a', Types.int), field('b', Types.string)])),
]);
const at = new Date(Date.UTC(2024, 0, 31, 10, 0, 0, 250));
const rows = [
  { long: 2n ** 62n, double: 1, text: 'a', at, list: [1, null], pair: { a: 1, b: null } },
  { long: null, double: 1e10, text: '<script>', at: null, list: null, pair: null },
];

describe('tables of batches', () => {
  test('cells as show() prints them', () => {
    const table = tableOfBatches(schema, [batchFromRows(rows, schema)], { rowsMax: 20, timeZone: 'Europe/Berlin' });
    assert.deepEqual(table.rows, [
      ['4611686018427387904', '1.0', 'a', '2024-01-31 11:00:00.25', '[1, NULL]', '{1, NULL}'],
      [undefined, '1.0E10', '<script>', undefined, undefined, undefined],
    ]);
    assert.deepEqual(
      table.columns.map(({ type }) => type),
      ['bigint', 'double', 'string', 'timestamp', 'array<int>', 'struct<a:int,b:string>'],
    );
    assert.equal(table.truncated, false);
  });

  test('a float is as short as it can be', () => {
    const floats = Types.struct([field('f', Types.float)]);
    const batch = batchFromRows([{ f: 0.1 }, { f: 16777216 }, { f: 1 / 3 }], floats);
    const { rows: cells } = tableOfBatches(floats, [batch], { rowsMax: 9, timeZone: 'UTC' });
    assert.deepEqual(cells, [['0.1'], ['1.6777216E7'], ['0.33333334']]);
  });

  test('only what is shown is read, over several batches', () => {
    const batch = batchFromRows(rows, schema);
    const table = tableOfBatches(schema, [batch, batch, batch], { rowsMax: 3, timeZone: 'UTC' });
    assert.deepEqual([table.rows.length, table.totalRows, table.truncated], [3, 6, true]);
  });

  test('show() cuts cells and aligns as Spark does', () => {
    const one = Types.struct([field('s', Types.string)]);
    const batch = batchFromRows([{ s: 'abcdefghijklmnopqrstuvwxyz' }, { s: 'b' }], one);
    assert.equal(
      showBatches(one, [batch], { numRows: 1, truncate: 20, timeZone: 'UTC' }),
      '+--------------------+\n|                   s|\n+--------------------+\n|abcdefghijklmnopq...|\n+--------------------+\nonly showing top 1 row\n',
    );
    assert.equal(
      showBatches(one, [batch], { numRows: 20, truncate: 0, timeZone: 'UTC' }),
      '+--------------------------+\n|s                         |\n+--------------------------+\n|abcdefghijklmnopqrstuvwxyz|\n|b                         |\n+--------------------------+\n',
    );
  });

  for (const [value, text] of [
    [0, '0.0'],
    [-0, '-0.0'],
    [1.5, '1.5'],
    [9999999, '9999999.0'],
    [1e7, '1.0E7'],
    [1.25e-5, '1.25E-5'],
    [0.001, '0.001'],
    [-123456789.125, '-1.23456789125E8'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ] as const) {
    test(`a double ${text}`, () => assert.equal(doubleText(value), text));
  }
});

describe('HTML tables', () => {
  test('a row is never markup, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'script', '/', ' ', 'x', '=') }),
        (text) => {
          const html = String(
            renderTable({ columns: [{ name: text, type: text }], rows: [[text]], truncated: false })['text/html'],
          );
          const tags = (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/ style="[^"]*"/, ''));
          assert.deepEqual(
            new Set(tags),
            new Set([
              '<div>',
              '<table>',
              '<thead>',
              '<tr>',
              '<th>',
              '<span>',
              '</span>',
              '</th>',
              '</tr>',
              '</thead>',
              '<tbody>',
              '<td>',
              '</td>',
              '</tbody>',
              '</table>',
              '</div>',
            ]),
          );
        },
      ),
    );
  });

  test('numbers stand at the right, NULL is told from the text NULL', () => {
    const html = String(
      renderTable({
        columns: [
          { name: 'n', type: 'bigint' },
          { name: 's', type: 'string' },
        ],
        rows: [
          ['1', undefined],
          ['2', 'NULL'],
        ],
        truncated: false,
      })['text/html'],
    );
    assert.match(html, /<td style="text-align:right[^"]*">1<\/td><td style="[^"]*font-style:italic;">NULL<\/td>/);
    assert.match(html, /<td style="text-align:left[^"]*vertical-align:top;">NULL<\/td>/);
  });

  test('cells, rows and columns are bounded', () => {
    const columns = Array.from({ length: 100 }, (_, i) => ({ name: `c${i}`, type: 'string' }));
    const bundle = renderTable({
      columns,
      rows: Array.from({ length: 1000 }, () => columns.map(() => 'x'.repeat(10_000))),
      truncated: false,
    });
    assert.ok(String(bundle['text/html']).length < 20 * 60 * 600, 'html');
    assert.ok(String(bundle['text/plain']).length < 25 * 60 * 65, 'text');
  });
});
