/** The comparison with an answer of TPC-H: what it catches, and what an engine is free in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TextRow } from '../support/cells.ts';
import { readTpchAnswer, tpchDifference, type TpchAnswer } from './answers.ts';
import { TEST_SCALE } from './data.ts';
import { tpchQueries } from './queries.ts';

const answer = readTpchAnswer('q10');
const given = (rows: readonly TextRow[], columns = answer.columns) => tpchDifference(answer, { columns, rows });

describe('an answer of TPC-H', () => {
  it('is there for each of the 22 queries, is its own equal, and was given by both engines', () => {
    const queries = tpchQueries(TEST_SCALE);
    assert.equal(queries.length, 22);
    for (const { id, title } of queries) {
      const expected = readTpchAnswer(id);
      assert.ok(expected.rowCount > 0, `${id} ${title} gives rows`);
      const rows = expected.rows.slice(0, expected.rowCount);
      assert.equal(tpchDifference(expected, { columns: expected.columns, rows }), undefined, id);
    }
  });

  it('is broken by a changed value, wherever it stands', () => {
    for (const [row, cells] of answer.rows.entries()) {
      for (const column of cells.keys()) {
        const broken = answer.rows.map((r, i) => (i === row ? r.with(column, `${String(r[column])}1`) : r));
        assert.match(given(broken) ?? '', new RegExp(`^row ${row + 1}\n`));
      }
    }
    assert.match(given(answer.rows.map((r, i) => (i === 3 ? r.with(1, null) : r))) ?? '', /^row 4\n/);
  });

  it('is broken by a lost, a doubled and a moved row', () => {
    const [first = [], second = [], ...rest] = answer.rows;
    assert.equal(given([first, ...rest]), '19 rows instead of 20');
    assert.equal(given([first, first, second, ...rest]), '21 rows instead of 20');
    assert.match(given([first, first, ...rest]) ?? '', /^row 2\n/);
    assert.match(given([second, first, ...rest]) ?? '', /^row 1\n/);
  });

  it('is broken by another name or type of a column', () => {
    const renamed = answer.columns.map(([name, type], i) => [i === 0 ? 'id' : name, type] as const);
    const retyped = answer.columns.map(([name, type], i) => [name, i === 2 ? 'double' : type] as const);
    assert.match(given(answer.rows, renamed) ?? '', /^columns/);
    assert.match(given(answer.rows, retyped) ?? '', /^columns/);
  });
});

const tied: TpchAnswer = {
  columns: [
    ['k', 'int'],
    ['v', 'string'],
    ['d', 'double'],
  ],
  orderBy: ['k'],
  rowCount: 4,
  rows: [
    ['1', 'a', '0.5'],
    ['1', 'b', '0.5'],
    ['2', 'c', '0.5'],
    ['3', 'd', '0.5'],
    ['3', 'e', '0.5'],
  ],
};
const pick = (...values: readonly string[]) =>
  tpchDifference(tied, {
    columns: tied.columns,
    rows: values.flatMap((value) => tied.rows.filter((row) => row[1] === value)),
  });

describe('rows that tie', () => {
  it('may come in any order', () => assert.equal(pick('b', 'a', 'c', 'd'), undefined));
  it('may be any of those that tie at the limit', () => assert.equal(pick('a', 'b', 'c', 'e'), undefined));
  it('are not given twice', () => assert.match(pick('a', 'a', 'c', 'd') ?? '', /^row 2\n/));
  it('do not take the place of rows with other keys', () => assert.match(pick('a', 'b', 'd', 'e') ?? '', /^row 3\n/));
  it('are all rows where the query does not order', () => {
    const rows = tied.rows.toReversed();
    assert.equal(tpchDifference({ ...tied, orderBy: [], rowCount: 5 }, { columns: tied.columns, rows }), undefined);
  });
});

describe('a double', () => {
  const one = (text: string) =>
    tpchDifference(
      { columns: [['d', 'double']], orderBy: [], rowCount: 1, rows: [['100']] },
      { columns: [['d', 'double']], rows: [[text]] },
    );
  it('is equal to a relative 1e-9', () => {
    assert.equal(one('100.00000009'), undefined);
    assert.match(one('100.0000002') ?? '', /^row 1\n/);
    assert.match(one('NaN') ?? '', /^row 1\n/);
  });
  it('is exact as a decimal', () => {
    const columns = [['d', 'decimal(38,8)']] as const;
    const expected = { columns, orderBy: [], rowCount: 1, rows: [['100.00000000']] };
    assert.match(tpchDifference(expected, { columns, rows: [['100.00000001']] }) ?? '', /^row 1\n/);
  });
});
