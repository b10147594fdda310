/** DuckDB as a contestant of the Nexmark suite, in this process. */
import { duckdbTables } from '../../nexmark/queries.ts';
import { duckDbSummary } from '../batch/duckdb.ts';
import { THREADS } from '../batch/engine.ts';
import { took } from '../contract.ts';
import { openDuckDb } from '../duckdb.ts';
import { timed } from '../statistics.ts';
import type { NexmarkEngine } from './engine.ts';

/** @param data the folder of `nexmarkData` */
export async function duckDbInBatch(data: string): Promise<NexmarkEngine> {
  const duck = await openDuckDb({ threads: THREADS });
  await duck.query('SET preserve_insertion_order = false');
  for (const statement of duckdbTables(data).split(';')) if (/\S/.test(statement)) await duck.query(statement);
  return {
    engine: {
      name: 'DuckDB',
      version: duck.version,
      settings: `in this process, ${THREADS} threads, insertion order not preserved; \`read_json\` with the columns given, results into a temporary table`,
    },
    async run({ duckdb }) {
      const { ms } = await timed(() => duck.query(`CREATE OR REPLACE TEMP TABLE result AS ${duckdb}`));
      return took(ms, await duckDbSummary(duck));
    },
    close: () => {
      duck.close();
      return Promise.resolve();
    },
  };
}
