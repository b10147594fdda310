/**
 * Nexmark's queries in Spark SQL, the same text for batch and stream. Where DuckDB needs another text it is in queries/duckdb, where
 * tables.sql comes first there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { NexmarkKind } from './generator.ts';

const folder = new URL('queries/', import.meta.url);

export type NexmarkTable = NexmarkKind | 'side_input';

/** How a query runs as a stream. */
export interface NexmarkStream {
  readonly mode: 'append' | 'update';
  /** In update mode: columns by which a row replaces an earlier one. */
  readonly keys: readonly string[];
  /** It gives rows only when the watermark passes them: it reads the files of `closed/`, whose last event moves it past all. */
  readonly needsClosing: boolean;
}

export interface NexmarkQuery {
  /** `q0` … `q22`. */
  readonly id: string;
  readonly title: string;
  readonly sql: string;
  /** Absent where Spark runs it in batch only: the file says why. */
  readonly stream: NexmarkStream | undefined;
  /** The text for DuckDB. */
  readonly duckdb: string;
}

/** Columns in Spark's DDL. */
export const NEXMARK_SCHEMA = JSON.parse(readFileSync(new URL('schema.json', import.meta.url), 'utf8')) as Readonly<
  Record<NexmarkTable, string>
>;

/** Of a stream's views; above the disorder of the tests' events, so that no row is late. */
export const NEXMARK_WATERMARK = '4 seconds';

/** @param data the folder of `nexmarkData`. @returns one text that makes the tables' views, and what the queries need besides */
export function duckdbTables(data: string): string {
  return readFileSync(new URL('duckdb/tables.sql', folder), 'utf8').replaceAll('$DATA', data);
}

/** In the order of their numbers. */
export function nexmarkQueries(): readonly NexmarkQuery[] {
  return readdirSync(folder)
    .flatMap((file) => /^(q\d+)\.sql$/.exec(file)?.[1] ?? [])
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map((id) => {
      const sql = readFileSync(new URL(`${id}.sql`, folder), 'utf8');
      const own = new URL(`duckdb/${id}.sql`, folder);
      const title = /^-- ([^:;.]+)/.exec(sql)?.[1] ?? id;
      return { id, title, sql, stream: streamOf(id, sql), duckdb: existsSync(own) ? readFileSync(own, 'utf8') : sql };
    });
}

const STREAM = /^-- stream: (?:(no): .+|(append|update)(?: by ([\w, ]+?))?( closing)?)$/m;

/** From the line `-- stream: …` at a file's head. @throws Error where there is none */
export function streamOf(id: string, sql: string): NexmarkStream | undefined {
  const found = STREAM.exec(sql);
  if (found === null) throw new Error(`${id}.sql does not say whether it runs as a stream`);
  const [, no, mode, keys = '', closing] = found;
  if (no !== undefined) return undefined;
  return {
    mode: mode === 'update' ? 'update' : 'append',
    keys: keys.split(', ').filter((key) => key !== ''),
    needsClosing: closing !== undefined,
  };
}
