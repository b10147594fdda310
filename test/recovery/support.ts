/** Runs test/recovery/program.ts by the built `millrace run`, kills it where told, and reads what it left in its sink. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultPoint } from '../../kernel/core/fault.ts';
import type { OutputMode } from '../../kernel/plan/runner-port.ts';
import { ROOT } from '../support/requirements.ts';

export const FAULT_POINTS: readonly FaultPoint[] = [
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

/** The build under test. */
export const DIST = process.env['MILLRACE_TEST_DIST'] ?? path.join(ROOT, 'dist');

const PROGRAM = fileURLToPath(new URL('program.ts', import.meta.url));

/** A program that does not end by itself in this time hangs. */
const RUN_MS_MAX = 60_000;

export interface Program {
  readonly source: 'files' | 'kafka' | 'traffic';
  readonly mode: OutputMode;
  readonly sink: 'files' | 'memory';
  /** The folder of the files, or the broker. */
  readonly input?: string;
  /** Rows in all; of `traffic`. */
  readonly rows?: number;
  /** Files or rows per batch. */
  readonly step: number;
}

export interface Ending {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly errors: string;
}

/** With `killAfterMs` the program is killed so long after it has started its query. */
export function run(
  program: Program,
  folder: string,
  options: { readonly fault?: string; readonly killAfterMs?: number } = {},
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const { source, mode, sink, input = '', rows = 0, step } = program;
    const variables = { SOURCE: source, MODE: mode, SINK: sink, INPUT: input, ROWS: `${rows}`, STEP: `${step}` };
    const child = spawn(process.execPath, [path.join(DIST, 'millrace.js'), 'run', PROGRAM], {
      env: { ...process.env, ...variables, FOLDER: folder, MILLRACE_FAULT: options.fault ?? '' },
      timeout: RUN_MS_MAX,
      killSignal: 'SIGTERM',
    });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      if (options.killAfterMs !== undefined && data.toString().startsWith('started')) {
        setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, errors });
    });
  });
}

export async function runToTheEnd(program: Program, folder: string): Promise<void> {
  const { code, signal, errors } = await run(program, folder);
  assert.equal(code, 0, `${signal ?? ''} ${errors}`);
}

/** What each batch wrote, its rows in a fixed order. */
export function sinkOf(folder: string): ReadonlyMap<string, readonly string[]> {
  const sink = path.join(folder, 'sink');
  const names = fs.readdirSync(sink).sort();
  return new Map(
    names.map((name) => [name, (JSON.parse(fs.readFileSync(path.join(sink, name), 'utf8')) as string[]).sort()]),
  );
}

/** All rows that the sink holds, whichever batch they came in. */
export function rowsOf(sink: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...sink.values()].flat().sort();
}

export function batchesCommitted(folder: string): number {
  const numbers = fs.readdirSync(path.join(folder, 'checkpoint', 'commits')).filter((name) => /^\d+$/.test(name));
  return Math.max(...numbers.map(Number)) + 1;
}

/** Kills at a fault point, goes on to the end, and compares the sink with an undisturbed run's. */
export async function killAt(
  program: Program,
  folder: string,
  fault: string,
  expected: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const killed = await run(program, folder, { fault });
  assert.equal(killed.signal, 'SIGKILL', `${fault}: ended with ${String(killed.code)} ${killed.errors}`);
  await runToTheEnd(program, folder);
  assert.deepEqual(sinkOf(folder), expected, `killed at ${fault}`);
}

/** Kills at random moments until it has killed so often or the program is done; returns the number of kills. */
export async function killAtRandom(
  program: Program,
  folder: string,
  { kills, withinMs }: { readonly kills: number; readonly withinMs: number },
): Promise<number> {
  let killed = 0;
  while (killed < kills) {
    const { signal, code, errors } = await run(program, folder, { killAfterMs: Math.random() * withinMs });
    if (signal !== 'SIGKILL') {
      assert.equal(code, 0, errors);
      break;
    }
    killed += 1;
  }
  await runToTheEnd(program, folder);
  return killed;
}

/** Runs the jobs, two at a time. */
export async function inPairs<T>(items: readonly T[], job: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await job(item);
  };
  await Promise.all([worker(), worker()]);
}
