/** The 22 queries of TPC-H in Spark SQL, and its tables as views over CSV files. DuckDB runs the same texts. */
import { readdirSync, readFileSync } from 'node:fs';
import { TPCH_TABLES } from './data.ts';

const folder = new URL('queries/', import.meta.url);

export interface TpchQuery {
  /** `q01` … `q22`. */
  readonly id: string;
  /** Its name in the specification. */
  readonly title: string;
  readonly sql: string;
}

/** With the validation parameters of the specification; only q11's fraction depends on the scale factor. */
export function tpchQueries(scale: number): readonly TpchQuery[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      return {
        id: file.replace('.sql', ''),
        title: /^-- ([^:]+):/.exec(text)?.[1] ?? file,
        sql: text.replace('{FRACTION}', fraction(scale)),
      };
    });
}

/** @param data what `tpchData` gave for CSV. @returns statements that make the eight views */
export function tpchViews(data: string): readonly string[] {
  const text = readFileSync(new URL('tables.sql', import.meta.url), 'utf8').replaceAll('$DATA', data);
  return text.split(';\n').filter((statement) => statement.trim() !== '');
}

/** @param data what `tpchData` gave for Parquet. @returns one text that makes the eight views in DuckDB */
export function tpchDuckdbViews(data: string): string {
  return TPCH_TABLES.map(
    (table) => `CREATE OR REPLACE VIEW ${table} AS SELECT * FROM read_parquet('${data}/${table}.parquet');`,
  ).join('\n');
}

/** 0.0001 / scale in plain digits. */
function fraction(scale: number): string {
  return (0.0001 / scale).toFixed(12).replace(/0+$/, '');
}
