/**
 * The data of TPC-H, made by `tpchgen-cli` (a Python package of the group `oracle`) into `.cache/tpch/sf<scale>/<format>/<table>.<format>`.
 * `node --import tsx test/tpch/data.ts --scale 1 --format parquet` prints the folder.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT, type Need } from '../support/requirements.ts';

const GENERATOR = join(ROOT, '.venv', 'bin', 'tpchgen-cli');

export const TPCH_TABLES = [
  'region',
  'nation',
  'supplier',
  'customer',
  'part',
  'partsupp',
  'orders',
  'lineitem',
] as const;

/** The scale factor of the answers in expected/. */
export const TEST_SCALE = 0.01;

export interface TpchDataOptions {
  /** The scale factor: 1 is about 1 GB of CSV. */
  readonly scale: number;
  readonly format: 'csv' | 'parquet';
}

export const needsTpchGenerator: Need = () =>
  existsSync(GENERATOR)
    ? undefined
    : 'no tpchgen-cli in .venv: run npm run goldens or npm run compat, which install it';

/**
 * Makes the data where it is not there yet. Several processes may ask at once: the folder appears complete by one rename.
 * @returns the folder of `<table>.<format>`
 * @throws Error where the generator is missing or fails
 */
export async function tpchData({ scale, format }: TpchDataOptions): Promise<string> {
  const folder = join(ROOT, '.cache', 'tpch', `sf${scale}`, format);
  if (existsSync(folder)) return folder;
  const missing = needsTpchGenerator();
  if (missing !== undefined) throw new Error(`The data of TPC-H cannot be made: ${missing}`);
  await mkdir(join(folder, '..'), { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await generate([format, '--scale-factor', String(scale), '--quiet', '--output-dir', partial]);
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // otherwise another process was faster
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

function generate(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(GENERATOR, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let tail = '';
    child.stderr.on('data', (chunk: Buffer) => (tail = `${tail}${chunk.toString()}`.slice(-2000)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`tpchgen-cli failed (${signal ?? String(code)}): ${tail}`));
    });
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      scale: { type: 'string', default: String(TEST_SCALE) },
      format: { type: 'string', default: 'csv' },
    },
  });
  const format = values.format === 'parquet' ? 'parquet' : 'csv';
  process.stdout.write(`${await tpchData({ scale: Number(values.scale), format })}\n`);
}
