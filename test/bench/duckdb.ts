/** DuckDB in this process. */
import { DuckDBInstance, version, type DuckDBConnection } from '@duckdb/node-api';

export interface DuckDb {
  readonly version: string;
  /** Runs a query and gives its rows as text, for comparison. */
  query(sql: string): Promise<readonly (readonly string[])[]>;
  close(): void;
}

export async function openDuckDb(options: { readonly threads: number }): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(options.threads) });
  const connection: DuckDBConnection = await instance.connect();
  return {
    version: version().replace(/^v/, ''),
    async query(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRows().map((row) => row.map(String));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
