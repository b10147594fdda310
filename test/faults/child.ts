/** The program in a process of its own, by the built `millrace run`: killed where told, and ended where it takes too long. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../support/requirements.ts';
import { startTimeLimit } from '../support/deadline.ts';
import type { Assignment } from './program.ts';

/** The build under test. */
export const DIST = process.env['MILLRACE_TEST_DIST'] ?? path.join(ROOT, 'dist');

const PROGRAM = fileURLToPath(new URL('programs/streaming.ts', import.meta.url));

export interface ChildOptions {
  /** A program that does not end by itself in this time hangs. */
  readonly boundMs: number;
  /** The fault point that kills it, as `MILLRACE_FAULT` has it. */
  readonly fault?: string;
  /** Killed so long after it has started its query. */
  readonly killAfterMs?: number;
  /** What is done while the program waits at its gate. */
  readonly atGate?: () => Promise<void>;
  /** A command that runs the rest of its arguments elsewhere: `nsenter …`. */
  readonly within?: readonly string[];
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
  /** It was ended by us, since it took more than its time. */
  readonly hung: boolean;
}

export function runChild(assignment: Assignment, options: ChildOptions): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const { within = [], fault = '', killAfterMs, atGate, boundMs } = options;
    const node = [process.execPath, path.join(DIST, 'millrace.js'), 'run', PROGRAM] as const;
    const [command = '', ...args] = [...within, ...node] as readonly string[];
    const child = spawn(command, args, {
      env: { ...process.env, FAULTS_PROGRAM: JSON.stringify(assignment), MILLRACE_FAULT: fault },
    });
    let [output, errors, hung] = ['', '', false];
    const endLimit = startTimeLimit(boundMs, () => {
      hung = true;
      child.kill('SIGKILL');
    });
    let killing: NodeJS.Timeout | undefined;
    const fail = (error: unknown): void => {
      child.kill('SIGKILL');
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    let [started, waited] = [false, false];
    child.stdin.on('error', () => undefined); // it may be dead already
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (!started && killAfterMs !== undefined && /^started$/m.test(output)) {
        started = true;
        killing = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      }
      if (!waited && atGate !== undefined && /^gate$/m.test(output)) {
        waited = true;
        atGate().then(() => child.stdin.write('go\n'), fail);
      }
    });
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      endLimit();
      clearTimeout(killing);
      resolve({ code, signal, errors, hung });
    });
  });
}
