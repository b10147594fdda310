#!/usr/bin/env node
/**
 * Brings the kernels that ours is measured beside and that npm has: Deno and tslab (with Node's types, which it looks for),
 * into `.cache/kernels/<versions>`. Prints the folder. Safe to run again, and by several processes at once: the folder
 * appears complete by one rename.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const PACKAGES = { deno: '2.9.6', tslab: '1.0.22', '@types/node': '20.19.43' };
const DOWNLOAD_MS_MAX = 300_000;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** @returns the folder with their node_modules, and their versions. @throws Error where npm fails, with the end of what it says */
export async function fetchKernels() {
  const home = path.join(root, '.cache', 'kernels', `deno-${PACKAGES.deno}-tslab-${PACKAGES.tslab}`);
  const found = { home, versions: { deno: PACKAGES.deno, tslab: PACKAGES.tslab } };
  if (await exists(home)) return found;
  await mkdir(path.dirname(home), { recursive: true });
  const work = await mkdtemp(`${home}.partial-`);
  try {
    await writeFile(path.join(work, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
    await promisify(execFile)('npm', ['install', '--no-package-lock', '--no-fund', '--no-audit', '--loglevel=error'], {
      cwd: work,
      timeout: DOWNLOAD_MS_MAX,
    });
    await rename(work, home).catch((error) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process was faster
    });
  } catch (error) {
    throw new Error(`npm could not bring Deno and tslab: ${String(error.stderr || error.message).slice(-500)}`, {
      cause: error,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return found;
}

async function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${(await fetchKernels()).home}\n`);
}
