/** DuckDB from Node over Parquet, as the benchmarks run it, gives the expected answers. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DuckDBDateValue, DuckDBDecimalValue, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { CellText } from '../support/cells.ts';
import { skipWithout } from '../support/requirements.ts';
import { readTpchAnswer, tpchDifference } from './answers.ts';
import { needsTpchGenerator, TEST_SCALE, tpchData } from './data.ts';
import { tpchDuckdbViews, tpchQueries } from './queries.ts';

/** DuckDB computes averages and quotients of decimals as doubles: rounded, they are Spark's decimals. */
function textOf(value: DuckDBValue, type: string): CellText {
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number') return scale === undefined ? String(value) : value.toFixed(Number(scale));
  if (value instanceof DuckDBDateValue || value instanceof DuckDBDecimalValue) return value.toString();
  if (typeof value === 'bigint') return String(value);
  throw new Error(`not a plain value: ${String(value)}`);
}

describe('DuckDB answers TPC-H', { skip: skipWithout(needsTpchGenerator) }, () => {
  const opened = tpchData({ scale: TEST_SCALE, format: 'parquet' }).then(async (data) => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    const connection = await instance.connect();
    await connection.run(tpchDuckdbViews(data));
    return { instance, connection };
  });
  after(async () => {
    const { instance, connection } = await opened;
    connection.closeSync();
    instance.closeSync();
  });
  for (const { id, title, sql } of tpchQueries(TEST_SCALE)) {
    it(`${id} ${title}`, async () => {
      const { connection } = await opened;
      const { columns, ...expected } = readTpchAnswer(id);
      const found = (await connection.runAndReadAll(sql)).getRows();
      const rows = found.map((row) => row.map((value, i) => textOf(value, columns[i]?.[1] ?? '')));
      assert.equal(tpchDifference({ columns, ...expected }, { columns, rows }), undefined);
    });
  }
});
