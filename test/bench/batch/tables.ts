/** The shared tables of the batch suite, made once and kept in .cache/bench. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PYTHON, ROOT } from '../../support/requirements.ts';
import type { SectionContext, Size } from '../contract.ts';

const ROWS: Readonly<Record<Size, number>> = { small: 100_000, full: 10_000_000 };
/** Changes when make_tables.py makes other rows. */
const TABLES_VERSION = 2;
const SCRIPT = join(ROOT, 'test', 'bench', 'peers', 'make_tables.py');

/** @returns their folder: one .arrow and one .parquet file a table, with the same rows */
export async function sharedTables(context: SectionContext): Promise<string> {
  const rows = ROWS[context.size];
  const folder = join(ROOT, '.cache', 'bench', `tables-${TABLES_VERSION}-${rows}`);
  if (existsSync(folder)) return folder;
  context.note(`making tables of ${rows} rows`);
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.partial-`);
  try {
    await promisify(execFile)(PYTHON, [SCRIPT, work, String(rows)]);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
