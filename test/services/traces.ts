/** For the tests of services: what one leaves behind, in processes and in files. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningService } from './contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

const GONE_MS_MAX = 5000;

export interface Traces {
  /** Stops the service. @throws AssertionError where one of its processes runs on, or something of it lies in the temporary folder */
  stopsWithoutTrace(service: RunningService): Promise<void>;
  /** Gives the temporary folder back. */
  end(): Promise<void>;
}

/** From now on this process has a temporary folder of its own, so that what a service puts there is known. One service at a time. */
export async function watchTraces(): Promise<Traces> {
  const before = process.env['TMPDIR'];
  const folder = await temporaryFolder('traces');
  process.env['TMPDIR'] = folder.path;
  const ours = new Set(descendants(process.pid).map(({ pid }) => pid)); // such as the TypeScript compiler's
  return {
    async stopsWithoutTrace(service) {
      const processes = descendants(process.pid).filter(({ pid }) => !ours.has(pid));
      assert.ok(processes.length >= 2, 'a guard and a server run');
      assert.notDeepEqual(await readdir(folder.path), []);
      await service.stop();
      assert.deepEqual(await thoseThatStay(processes), []);
      assert.deepEqual(await readdir(folder.path), []);
    },
    async end() {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      await folder.remove();
    },
  };
}

export interface Process {
  readonly pid: number;
  /** With its arguments. */
  readonly command: string;
}

/** All processes below this one: children and their children. */
export function descendants(root: number): readonly Process[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (parents.get(pid) === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow).map((pid) => ({ pid, command: commandOf(pid) }));
}

/** Gives those who were killed a moment to end. @returns the processes that still run then */
export async function thoseThatStay(processes: readonly Process[]): Promise<readonly Process[]> {
  const staying = (): readonly Process[] => processes.filter(({ pid }) => parentOf(pid) !== undefined);
  for (const endMs = performance.now() + GONE_MS_MAX; performance.now() < endMs && staying().length > 0;) {
    await delay(20); // a poll with its bound
  }
  return staying();
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/**
 * Undefined where it does not run: also where it has ended and its parent has not yet asked about it.
 * @see proc_pid_stat(5): pid (name) state parent …
 */
function parentOf(pid: number): number | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
