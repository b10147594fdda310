/**
 * `npm run build`: kernels.wasm by the AssemblyScript compiler, the kernel's TypeScript by esbuild into dist/. Packages
 * of plain JavaScript that every kernel loads are bundled, which halves its start; native and rarely used ones stay external.
 * Fast enough (about a second without wasm and declarations) to run before every start; the stamp makes it skip when
 * nothing has changed. Type checking is `npm run typecheck`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTypes } from './build-types.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const DIST = join(ROOT, 'dist');

/** Loaded by every kernel or worker, and many small files each. What they import comes along. */
const BUNDLED = new Set(['acorn', 'apache-arrow', 'comlink', 'fzstd', 'magic-string', 'papaparse', 'typescript']);

/** Output name → source. Each is a program, a worker's entry or the public module; shared code goes to common chunks. */
const ENTRIES = {
  index: 'kernel/index.ts',
  main: 'kernel/main.ts',
  millrace: 'kernel/bin/millrace.ts',
  'jupyter-worker': 'kernel/jupyter/worker.ts',
  'language-worker': 'kernel/language.ts',
  'engine-worker': 'kernel/engine/worker.ts',
  'compute-worker': 'kernel/compute.ts',
  'module-hooks': 'kernel/session/host/module-hooks.ts',
};

export async function build() {
  const { buildWasm } = await import('./build-wasm.mjs');
  await buildWasm();
  const stamp = sourcesHash();
  const stampFile = join(DIST, '.stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return { built: false };
  const { build: bundle } = await import('esbuild');
  const fresh = join(DIST, `.building-${process.pid}`);
  const bundled = bundle({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(ENTRIES).map(([out, source]) => ({ in: source, out })),
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: { typescript: './kernel/bin/typescript.mjs' },
    external: Object.keys(readPackage().dependencies).filter((name) => !BUNDLED.has(name)),
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    // Beside the entries, so that `new URL(…, import.meta.url)` means dist/ in shared code too.
    chunkNames: 'shared-[hash]',
  });
  buildTypes();
  await bundled;
  replaceBundles(fresh);
  writeFileSync(stampFile, stamp);
  return { built: true };
}

function readPackage() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

/** A digest of everything that the bundles are made of. */
function sourcesHash() {
  const hash = createHash('sha256');
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(ts|mjs)$/.test(entry.name)) hash.update(relative(ROOT, path)).update(readFileSync(path));
    }
  };
  walk(join(ROOT, 'kernel'));
  walk(join(ROOT, 'wasm', 'abi'));
  hash.update(readFileSync(join(ROOT, 'package.json')));
  return hash.digest('hex');
}

/** File by file, so that a kernel that starts meanwhile finds whole ones; then the chunks that nothing needs any more. */
function replaceBundles(fresh) {
  const names = new Set(readdirSync(fresh));
  for (const name of names) renameSync(join(fresh, name), join(DIST, name));
  rmSync(fresh, { recursive: true });
  for (const name of readdirSync(DIST)) {
    if (/\.js(\.map)?$/.test(name) && !names.has(name)) rmSync(join(DIST, name), { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const startedMs = performance.now();
  const { built } = await build();
  console.log(built ? `built dist/ in ${Math.round(performance.now() - startedMs)} ms` : 'dist/ is up to date');
}
