/** DuckDB in this process as a contestant of the batch suite. */
import { join } from 'node:path';
import { took } from '../contract.ts';
import { openDuckDb, type DuckDb } from '../duckdb.ts';
import { timed } from '../statistics.ts';
import { THREADS, type BatchEngine } from './engine.ts';

const NUMBER = /INT|DOUBLE|FLOAT|DECIMAL/;

export async function duckDbBatch(): Promise<BatchEngine> {
  const duck = await openDuckDb({ threads: THREADS });
  await duck.query('SET preserve_insertion_order = false');
  return {
    engine: {
      name: 'DuckDB',
      version: duck.version,
      settings: `in this process (@duckdb/node-api), ${THREADS} threads, insertion order not preserved; tables of its own in memory, results into a temporary table`,
    },
    async load(folder, tables) {
      for (const name of tables)
        await duck.query(`CREATE OR REPLACE TABLE ${name} AS FROM read_parquet('${join(folder, `${name}.parquet`)}')`);
    },
    async ask({ duckdb }) {
      const { ms } = await timed(() => duck.query(`CREATE OR REPLACE TEMP TABLE result AS ${duckdb}`));
      return took(ms, await duckDbSummary(duck));
    },
    close: () => {
      duck.close();
      return Promise.resolve();
    },
  };
}

/** Rows of the table `result`, sums of numbers and bytes of text. */
export async function duckDbSummary(duck: DuckDb): Promise<Record<string, number>> {
  const columns = (await duck.query('DESCRIBE result')).flatMap(([name = '', type = '']) => {
    if (NUMBER.test(type)) return [{ name, sum: `coalesce(sum("${name}"::DOUBLE), 0)` }];
    return type === 'VARCHAR' ? [{ name, sum: `coalesce(sum(strlen("${name}")), 0)` }] : [];
  });
  const sums = ['count(*)', ...columns.map(({ sum }) => sum)].join(', ');
  const [row = []] = await duck.query(`SELECT ${sums} FROM result`);
  return Object.fromEntries([
    ['rows', Number(row[0])],
    ...columns.map(({ name }, i): [string, number] => [name, Number(row[i + 1])]),
  ]);
}
