import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** Runs as the built kernel does: bundled, in plain Node, where no other loader knows TypeScript. */
const root = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';
let built = '';

before(async () => {
  built = mkdtempSync(join(root, 'node_modules', '.cache-session-test-'));
  folder = mkdtempSync(join(tmpdir(), 'millrace-notebook-'));
  await build({
    entryPoints: {
      driver: join(root, 'test/session/driver.ts'),
      'module-hooks': join(root, 'kernel/session/host/module-hooks.ts'),
    },
    outdir: built,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
  });
});
after(() => {
  rmSync(built, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Step {
  readonly code: string;
  /** Files written before the cell runs. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The text of each cell's result, or `ename: evalue`. */
async function run(steps: readonly (Step | string)[]): Promise<string[]> {
  const cells = steps.map((step) => (typeof step === 'string' ? { code: step } : step));
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(built, 'driver.mjs'),
    folder,
    JSON.stringify(cells),
  ]);
  return JSON.parse(stdout) as string[];
}

test('modules of Node, of the package, of npm beside the notebook', async () => {
  file('node_modules/esm-only/package.json', JSON.stringify({ name: 'esm-only', exports: { import: './index.mjs' } }));
  file('node_modules/esm-only/index.mjs', 'export const esm = "esm"; export default () => "called";');
  file('node_modules/old/package.json', JSON.stringify({ name: 'old', main: 'main.js' }));
  file(
    'node_modules/old/main.js',
    'const api = {}; for (const key of ["dynamic"]) api[key] = "cjs"; module.exports = api;',
  );
  file(
    'node_modules/sub/package.json',
    JSON.stringify({ name: 'sub', exports: { './deep': './deep.js' }, type: 'module' }),
  );
  file('node_modules/sub/deep.js', 'export { esm as inner } from "esm-only";');
  assert.deepEqual(
    await run([
      'import { join } from "node:path"; import * as os from "os"; join("a", "b") + typeof os.cpus',
      'import call, { esm } from "esm-only"; import old, { dynamic } from "old"; import { inner } from "sub/deep"; [call(), esm, old.dynamic, dynamic, inner]',
      'import { answer, type Nothing } from "millrace"; import type { Gone } from "nowhere"; answer',
      '(await import("millrace")).answer + require("old").dynamic',
      'call() + esm',
      'import "esm-only"; 1',
      'import.meta.dirname === process.cwd() || import.meta.url',
      'esm = 3',
    ]),
    [
      "'a/bfunction'",
      "[ 'called', 'esm', 'cjs', 'cjs', 'esm' ]",
      '42',
      "'42cjs'",
      "'calledesm'",
      '1',
      `'${new URL(`file://${folder}/notebook-cell.ts`).href}'`,
      'TypeError: Assignment to constant variable.',
    ],
  );
});

test('files beside the notebook: TypeScript, JavaScript, JSON, what they import', async () => {
  file('lib/types.ts', 'export interface Shape { area: number }\nexport enum Kind { A, B }');
  file(
    'lib/shape.ts',
    'import { Kind, Shape } from "./types";\nimport { factor } from "../plain.js";\nimport { answer } from "millrace";\nexport const shape: Shape = { area: factor * answer };\nexport const kind = Kind.B;',
  );
  file('plain.js', 'export const factor = 2;');
  file('common.cjs', 'module.exports = { common: true };');
  file('script.js', 'module.exports = { script: 1 };');
  file('data.json', '{ "rows": [1, 2] }');
  assert.deepEqual(
    await run([
      'import { shape, kind } from "./lib/shape.ts"; [shape.area, kind]',
      'import { shape as again } from "./lib/shape"; again === shape',
      'import data from "./data.json"; data.rows',
      'import { common } from "./common.cjs"; import { script } from "./script.js"; [common, script]',
      'import { missing } from "./plain.js"; missing',
      'await import("./nowhere.ts")',
      'await import("no-such-package/deep")',
    ]),
    [
      '[ 84, 1 ]',
      'true',
      '[ 1, 2 ]',
      '[ true, 1 ]',
      '',
      `Error: Cannot find module '${folder}/nowhere.ts'`,
      "Error: Cannot find package 'no-such-package'. Install it beside the notebook: npm install no-such-package",
    ],
  );
});

test('a changed file is read again, with what imports it; an unchanged one stays the same module', async () => {
  file('counter.ts', 'export const counted = { times: 0 };');
  file('top.ts', 'export { inner } from "./below.ts"; import { counted } from "./counter.ts"; counted.times++;');
  file('below.ts', 'export const inner: number = 1;');
  assert.deepEqual(
    await run([
      'import { inner } from "./top.ts"; import { counted } from "./counter.ts"; [inner, counted.times]',
      'import { inner } from "./top.ts"; [inner, counted.times]',
      {
        code: 'import { inner } from "./top.ts"; [inner, counted.times]',
        files: { 'below.ts': 'export const inner: number = 22;' },
      },
    ]),
    ['[ 1, 1 ]', '[ 1, 1 ]', '[ 22, 2 ]'],
  );
});

test('an error in a file has its place in the file as written', async () => {
  file(
    'thrower.ts',
    'interface A {\n  a: number;\n}\nexport function thrower(_a: A): never {\n  throw new Error("thrown");\n}',
  );
  const code =
    'import { thrower } from "./thrower.ts"; try { thrower({ a: 1 }) } catch (e) { (globalThis as any).caught = (e as Error).stack }';
  const [, stack] = await run([code, '(globalThis as any).caught.split("\\n    ").join(" ")']);
  assert.equal(stack, `'Error: thrown at thrower (${folder}/thrower.ts:5:9) at Cell [1]:1:47'`);
});

test('a mistake in a file names it', async () => {
  file('broken.ts', 'export const x: = 1;');
  const [text] = await run(['import { x } from "./broken.ts"']);
  assert.match(text ?? '', /SyntaxError: .*broken\.ts: Unexpected token/);
});

test('modules with top-level await', async () => {
  file(
    'slow.ts',
    'export const ready = await new Promise<string>((resolve) => setTimeout(() => resolve("ready"), 5));',
  );
  assert.deepEqual(await run(['import { ready } from "./slow.ts"; ready']), ["'ready'"]);
});
