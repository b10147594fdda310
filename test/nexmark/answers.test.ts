/** The comparison with an answer of Nexmark: what it catches, and that order does not count. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TextRow } from '../support/cells.ts';
import { digestOf, nexmarkDifference, readNexmarkAnswer, sortedLines, type NexmarkAnswer } from './answers.ts';
import { nexmarkQueries, streamOf } from './queries.ts';
import { latestRows } from './run-query.ts';

const ROWS: readonly TextRow[] = Array.from({ length: 300 }, (_, i) => [
  String(i % 290),
  i === 7 ? null : `text ${i % 290}`,
]);
const COLUMNS = [
  ['id', 'bigint'],
  ['name', 'string'],
] as const;

/** As goldens.py writes it: `listed` of the rows, and the digest of all. */
function answerOf(rows: readonly TextRow[], listed: number): NexmarkAnswer {
  const lines = sortedLines(rows);
  const shown = lines.slice(0, listed).map((line) => JSON.parse(line) as TextRow);
  const isComplete = listed >= rows.length;
  return { columns: COLUMNS, rowCount: rows.length, digest: digestOf(lines), isComplete, rows: shown };
}

for (const { name, listed } of [
  { name: 'all rows', listed: 300 },
  { name: 'some rows and a digest', listed: 20 },
]) {
  describe(`an answer of ${name}`, () => {
    const answer = answerOf(ROWS, listed);
    const given = (rows: readonly TextRow[], columns: NexmarkAnswer['columns'] = COLUMNS) =>
      nexmarkDifference(answer, { columns, rows });

    it('is equal in any order', () => {
      assert.equal(given(ROWS), undefined);
      assert.equal(given(ROWS.toReversed()), undefined);
    });

    it('is broken by a changed value in any row', () => {
      for (const at of ROWS.keys()) {
        assert.match(given(ROWS.with(at, [ROWS[at]?.[0] ?? null, 'other'])) ?? '', /^300 rows, expected 300/);
      }
      assert.match(given(ROWS.with(7, ['7', 'null'])) ?? '', /^300 rows/);
    });

    it('is broken by any lost row, and by any doubled one', () => {
      for (const at of ROWS.keys()) {
        assert.match(given(ROWS.toSpliced(at, 1)) ?? '', /^299 rows, expected 300/);
        assert.match(given(ROWS.toSpliced(at, 0, ROWS[at] ?? [])) ?? '', /^301 rows, expected 300/);
      }
    });

    it('is broken where one row is lost and another doubled', () => {
      assert.match(given(ROWS.with(0, ROWS[1] ?? [])) ?? '', /^300 rows/);
    });

    it('is broken by another name or type', () => {
      assert.match(given(ROWS, [COLUMNS[0], ['title', 'string']]) ?? '', /^columns/);
      assert.match(given(ROWS, [['id', 'int'], COLUMNS[1]]) ?? '', /^columns/);
    });
  });
}

describe('a difference', () => {
  const known = answerOf([['a'], ['c']], 2);
  const found = (...texts: readonly string[]) =>
    nexmarkDifference(known, { columns: COLUMNS, rows: texts.map((text) => [text]) });
  it('shows the first row that differs', () =>
    assert.match(found('c', 'b') ?? '', /expected \["a"\]\n.*given {4}\["b"\]/));
  it('shows the first row that is missing', () =>
    assert.match(found('a') ?? '', /expected \["c"\]\n.*given {4}nothing/));
  it('shows the first row that is too much', () => assert.match(found('a', 'c', 'd') ?? '', /too much: \["d"\]/));
});

describe("a stream's rows in update mode", () => {
  const columns = [...COLUMNS, ['n', 'bigint']] as const;
  const rows = [
    ['1', 'a', '1'],
    ['1', 'b', '1'],
    ['1', 'a', '2'],
    ['2', 'a', '1'],
  ];
  it('are the last of each key', () => {
    assert.deepEqual(latestRows(rows, columns, ['id', 'name']), [rows[2], rows[1], rows[3]]);
    assert.deepEqual(latestRows(rows, columns, ['name']), [rows[3], rows[1]]);
  });
  it('are all where there is no key', () => assert.deepEqual(latestRows(rows, columns, []), rows));
});

describe('the queries', () => {
  it('are q0 to q22 with an answer each, and say how they run as a stream', () => {
    const queries = nexmarkQueries();
    assert.deepEqual(
      queries.map(({ id }) => id),
      Array.from({ length: 23 }, (_, i) => `q${i}`),
    );
    for (const { id, title } of queries) {
      const answer = readNexmarkAnswer(id);
      assert.ok(answer.rowCount > 0, `${id} ${title} gives rows`);
      assert.equal(answer.isComplete, answer.rows.length === answer.rowCount, id);
      if (answer.isComplete)
        assert.equal(digestOf(sortedLines(answer.rows)), answer.digest, `${id} as Python writes it`);
    }
  });

  it('are read from a line of the file', () => {
    assert.deepEqual(streamOf('q', '-- t\n-- stream: append\nSELECT'), {
      mode: 'append',
      keys: [],
      needsClosing: false,
    });
    assert.deepEqual(streamOf('q', '-- stream: append closing\n'), { mode: 'append', keys: [], needsClosing: true });
    assert.deepEqual(streamOf('q', '-- stream: update by a, b\n'), {
      mode: 'update',
      keys: ['a', 'b'],
      needsClosing: false,
    });
    assert.equal(streamOf('q', '-- stream: no: windows over rows\n'), undefined);
    assert.throws(() => streamOf('q', '-- stream: no\nSELECT'), /does not say/);
    assert.throws(() => streamOf('q', 'SELECT'), /does not say/);
  });
});
