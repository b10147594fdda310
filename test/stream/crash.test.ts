/**
 * A query is killed by SIGKILL, at every step of a batch and at random under load, and started again until it is done: the
 * sink must hold what an undisturbed run gives. `MILLRACE_TEST_KILLS=n` sets the number of random kills (default 50).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildWasm } from '../../kernel/bin/build-wasm.mjs';
import type { FaultPoint } from '../../kernel/core/fault.ts';

const FAULT_POINTS: readonly FaultPoint[] = [
  'batch-start',
  'offsets-writing',
  'offsets-written',
  'batch-run',
  'sink-writing',
  'sink-done',
  'state-writing',
  'state-written',
  'commit-writing',
  'commit-written',
];
const RANDOM_KILLS = Number(process.env['MILLRACE_TEST_KILLS'] ?? '50');
/** Time for a run to get to work and make some batches. */
const RUN_MS_MAX = 60;

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-crash-'));
const program = path.join(root, 'program.mjs');

let kernels = '';

before(async () => {
  kernels = await buildWasm();
  await build({
    entryPoints: [fileURLToPath(new URL('crash-program.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
});

after(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** Runs the program; with `killAfterMs`, kills it so long after it has started its query. */
function run(
  folder: string,
  chunkCount: number,
  options: { readonly fault?: string; readonly killAfterMs?: number } = {},
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, MILLRACE_FAULT: options.fault ?? '' };
    const child = spawn(process.execPath, [program, folder, String(chunkCount), kernels], { env });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.stdout.once('data', () => {
      if (options.killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, errors });
    });
  });
}

/** The rows of the sink and the batches that they came in. */
function sinkOf(folder: string): { readonly batches: readonly string[]; readonly rows: readonly string[] } {
  const sink = path.join(folder, 'sink');
  const batches = fs.readdirSync(sink).filter((name) => name.endsWith('.json'));
  const rows = batches.flatMap((name) => JSON.parse(fs.readFileSync(path.join(sink, name), 'utf8')) as string[]);
  return { batches: batches.sort(), rows: rows.sort() };
}

async function runToTheEnd(folder: string, chunkCount: number): Promise<void> {
  const { code, errors } = await run(folder, chunkCount);
  assert.equal(code, 0, errors);
}

async function killAt(point: FaultPoint, occurrence: number, chunkCount: number, expected: unknown): Promise<void> {
  const folder = path.join(root, `${point}-${occurrence}`);
  const killed = await run(folder, chunkCount, { fault: `${point}:${occurrence}` });
  assert.equal(killed.signal, 'SIGKILL', `${point}: ${killed.errors}`);
  await runToTheEnd(folder, chunkCount);
  assert.deepEqual(sinkOf(folder), expected, `killed at ${point}, occurrence ${occurrence}`);
}

test('a kill at every step of a batch loses and doubles nothing', async () => {
  const chunkCount = 50;
  const undisturbed = path.join(root, 'undisturbed');
  await runToTheEnd(undisturbed, chunkCount);
  const expected = sinkOf(undisturbed);
  assert.ok(expected.rows.length > 20, 'windows went out');
  for (const point of FAULT_POINTS) {
    // In the first batch, and in one after a snapshot and with purged logs.
    await Promise.all([1, 31].map((occurrence) => killAt(point, occurrence, chunkCount, expected)));
  }
});

test(`${RANDOM_KILLS} kills at random under load lose and double nothing`, async () => {
  const chunkCount = RANDOM_KILLS * 10;
  const undisturbed = path.join(root, 'undisturbed-load');
  const disturbed = path.join(root, 'disturbed-load');
  await runToTheEnd(undisturbed, chunkCount);
  let kills = 0;
  while (kills < RANDOM_KILLS) {
    const { signal, code, errors } = await run(disturbed, chunkCount, { killAfterMs: Math.random() * RUN_MS_MAX });
    if (signal === 'SIGKILL') kills += 1;
    else {
      assert.equal(code, 0, errors);
      break;
    }
  }
  assert.ok(kills > RANDOM_KILLS / 2, `the load ended after ${kills} kills`);
  await runToTheEnd(disturbed, chunkCount);
  assert.deepEqual(sinkOf(disturbed), sinkOf(undisturbed));
});
