/** DuckDB as a contestant of the Nexmark suite, in this process. */
import { duckdbMacros } from '../../nexmark/queries.ts';
import { duckDbSummary } from '../batch/duckdb.ts';
import { THREADS } from '../batch/engine.ts';
import { took } from '../contract.ts';
import { openDuckDb } from '../duckdb.ts';
import { timed } from '../statistics.ts';
import { fileTables, type FileTable, type NexmarkEngine } from './engine.ts';

/** @param data the folder of `nexmarkData` */
export async function duckDbInBatch(data: string): Promise<NexmarkEngine> {
  const duck = await openDuckDb({ threads: THREADS });
  await duck.query('SET preserve_insertion_order = false');
  for (const [name, table] of Object.entries(fileTables(data, data)))
    await duck.query(`CREATE VIEW ${name} AS SELECT * FROM ${reader(table)}`);
  for (const macro of duckdbMacros().split(';')) if (/\S/.test(macro)) await duck.query(macro);
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

function reader({ schema, format, path }: FileTable): string {
  const columns = schema
    .split(', ')
    .map((column) => column.split(' '))
    .map(([name = '', type = '']) => `'${name}': '${type === 'STRING' ? 'VARCHAR' : type}'`)
    .join(', ');
  return format === 'csv'
    ? `read_csv('${path}/*.csv', header = false, columns = {${columns}})`
    : `read_json('${path}/*.json', format = 'newline_delimited', columns = {${columns}})`;
}
