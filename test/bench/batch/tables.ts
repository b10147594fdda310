/** The shared tables of the batch suite, made once and kept in .cache/bench: one .arrow and one .parquet file a table. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PYTHON, ROOT } from '../../support/requirements.ts';
import { tpchData } from '../../tpch/data.ts';
import type { SectionContext, Size } from '../contract.ts';

const ROWS: Readonly<Record<Size, number>> = { small: 100_000, full: 10_000_000 };
export const TPCH_SCALE: Readonly<Record<Size, number>> = { small: 0.01, full: 1 };
/** Changes when the scripts make other files. */
const TABLES_VERSION = 2;

/** The tables of make_tables.py. @returns their folder */
export function sharedTables(context: SectionContext): Promise<string> {
  const rows = String(ROWS[context.size]);
  return made(`tables-${TABLES_VERSION}-${rows}`, async (folder) => {
    context.note(`making tables of ${rows} rows`);
    await python('make_tables.py', folder, rows);
  });
}

/** The tables of TPC-H. @returns their folder */
export function tpchTables(context: SectionContext): Promise<string> {
  const scale = TPCH_SCALE[context.size];
  return made(`tpch-${TABLES_VERSION}-${scale}`, async (folder) => {
    context.note(`making TPC-H at scale ${scale}`);
    await python('arrow_tables.py', await tpchData({ scale, format: 'parquet' }), folder);
  });
}

/** The folder appears complete by one rename. */
async function made(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(ROOT, '.cache', 'bench', name);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.partial-`);
  try {
    await make(work);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

async function python(script: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)(PYTHON, [join(ROOT, 'test', 'bench', 'peers', script), ...args]);
}
