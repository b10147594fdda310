/** DuckDB in this process, on two threads, as the peer of batch queries. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export interface DuckDb {
  /** Runs a query and gives its rows as text, for comparison. */
  query(sql: string): Promise<readonly (readonly string[])[]>;
  close(): void;
}

export async function openDuckDb(): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection: DuckDBConnection = await instance.connect();
  return {
    async query(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRows().map((row) => row.map(String));
    },
    close: () => connection.closeSync(),
  };
}
