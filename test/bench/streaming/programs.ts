/** Runs one program of a contestant in a fresh process: from its start to its end, its last line being the answer as JSON. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/requirements.ts';
import type { ProgramHost } from './peers.ts';

const PROGRAMS = join(ROOT, 'test', 'bench', 'programs');
const RUN_MS_MAX = 600_000;

export interface ProgramRun {
  /** From the process's start to its end. */
  readonly ms: number;
  /** The last line that it wrote, parsed. */
  readonly answer: unknown;
}

/**
 * @param onReady called once it has written the line `ready`; the run ends when that has ended too
 * @throws with the end of what it wrote, where it fails or takes more than ten minutes
 */
export function runProgram(
  host: ProgramHost,
  program: string,
  folder: string,
  env: Readonly<Record<string, string>>,
  onReady: () => Promise<void> = () => Promise.resolve(),
): Promise<ProgramRun> {
  const checkpoint = join(folder, 'checkpoint');
  mkdirSync(checkpoint, { recursive: true });
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(host.command, [...host.args, join(PROGRAMS, program + host.suffix)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...host.env, ...env, CHECKPOINT: checkpoint },
      timeout: RUN_MS_MAX,
      killSignal: 'SIGKILL',
    });
    let [output, errors] = ['', ''];
    let feeding: Promise<void> | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-100_000);
      if (/^ready$/m.test(output)) feeding ??= onReady();
      feeding?.catch(() => child.kill('SIGKILL'));
    });
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const ms = performance.now() - startedMs;
      const last = output.trim().split('\n').at(-1) ?? '';
      if (code !== 0)
        reject(new Error(`${program} ended with ${signal ?? String(code)}: ${errors}${output.slice(-1000)}`));
      else if (!last.startsWith('{')) reject(new Error(`${program} gave no answer but ${last}: ${errors}`));
      else (feeding ?? Promise.resolve()).then(() => resolve({ ms, answer: JSON.parse(last) as unknown }), reject);
    });
  });
}
