/**
 * Compiles the AssemblyScript kernels (wasm/kernels/index.ts, options in asconfig.json) to dist/kernels.wasm.
 * Nothing is done where the sources, the options and the compiler's version are those of the last build.
 *
 *   node kernel/bin/build-wasm.mjs
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = join(ROOT, 'dist/kernels.wasm');
const STAMP = join(ROOT, 'dist/kernels.hash');

/** @returns the path of the compiled module */
export async function buildWasm() {
  const hash = sourceHash();
  if (existsSync(OUTPUT) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return OUTPUT;
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  const bytes = await compile();
  replaceFile(OUTPUT, bytes);
  replaceFile(STAMP, hash);
  return OUTPUT;
}

async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await asc.main(
    ['wasm/kernels/index.ts', '--config', 'asconfig.json', '--outFile', 'out.wasm'],
    {
      readFile: (name, base) => {
        const path = join(base === undefined || base === '.' ? ROOT : join(ROOT, base), name);
        return existsSync(path) ? readFileSync(path, 'utf8') : null;
      },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || bytes === undefined)
    throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  return bytes;
}

/** A build that runs at the same time elsewhere never sees half a file. */
function replaceFile(path, contents) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

function sourceHash() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(ROOT, 'wasm'), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .sort();
  for (const path of [
    'asconfig.json',
    'node_modules/assemblyscript/package.json',
    ...sources.map((name) => join('wasm', name)),
  ]) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const started = performance.now();
  const path = await buildWasm();
  console.error(`${path}: ${readFileSync(path).length} bytes, ${Math.round(performance.now() - started)} ms`);
}
