/** DuckDB from Node, as the benchmarks run it, gives the expected answers: by its own texts where it has them. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DuckDBDecimalValue, DuckDBInstance, DuckDBTimestampValue, type DuckDBValue } from '@duckdb/node-api';
import type { CellText } from '../support/cells.ts';
import { nexmarkDifference, readNexmarkAnswer } from './answers.ts';
import { nexmarkData, TEST_DATA } from './data.ts';
import { duckdbTables, nexmarkQueries } from './queries.ts';

function textOf(value: DuckDBValue): CellText {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof DuckDBTimestampValue) return new Date(Number(value.micros / 1000n)).toISOString();
  if (value instanceof DuckDBDecimalValue || typeof value !== 'object') return String(value);
  throw new Error(`not a plain value: ${String(value)}`);
}

describe('DuckDB answers Nexmark', () => {
  const opened = nexmarkData(TEST_DATA).then(async (data) => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    const connection = await instance.connect();
    await connection.run(duckdbTables(data));
    return { instance, connection };
  });
  after(async () => {
    const { instance, connection } = await opened;
    connection.closeSync();
    instance.closeSync();
  });
  for (const { id, title, duckdb } of nexmarkQueries()) {
    it(`${id} ${title}`, async () => {
      const expected = readNexmarkAnswer(id);
      const { connection } = await opened;
      const rows = (await connection.runAndReadAll(duckdb)).getRows().map((row) => row.map(textOf));
      assert.equal(nexmarkDifference(expected, { columns: expected.columns, rows }), undefined);
    });
  }
});
