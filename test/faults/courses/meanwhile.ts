/**
 * What happens around a running program: its disk is full, a folder is read-only, a server is away. The program waits before a
 * batch goes to its sink while that is brought about. It may go on or fail; once all is well again it is started again.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DiskFull, Outage, ReadOnly } from '../fault.ts';
import type { Interruptible } from '../servers.ts';
import { errorOf, toTheEnd, troubleOf, type Course, type Run } from './course.ts';
import { mountsMissing, openMountNamespace, type MountNamespace } from './mounts.ts';

const DISK_BYTES = 4 << 20;
/** The program ends earlier, or is ended. */
const LONGEST_MS = 3_600_000;

interface Disturbance {
  readonly batch: number;
  readonly begin: () => Promise<void>;
  /** Once it is over, or when the program has ended. */
  readonly end: () => Promise<void>;
  /** How long it lasts at most; without it until the program has ended. */
  readonly forMs?: number;
  /** Where the program runs. */
  readonly within?: readonly string[];
}

export async function outage(run: Run, server: Interruptible, { batch, forMs }: Outage): Promise<Course> {
  return await disturbed(run, { batch, forMs, begin: () => server.pause(), end: () => server.resume() });
}

/** The checkpoint is on a small disk of its own, which a file fills. */
export function diskFull(run: Run, folder: string, { batch, freeBytes }: DiskFull): Promise<Course> {
  const checkpoint = made(folder, 'checkpoint');
  const fill = `head -c "$(($(stat -f -c '%a * %S' "$1") - $2))" /dev/zero > "$1/filler"`;
  return inNamespace(async (mounts) => {
    mounts.run(`mount -t tmpfs -o size=${DISK_BYTES} tmpfs "$1"`, checkpoint);
    return await disturbed(run, {
      batch,
      within: mounts.within,
      begin: () => step(() => mounts.run(fill, checkpoint, String(freeBytes))),
      end: () => step(() => mounts.run('rm "$1/filler"', checkpoint)),
    });
  });
}

export function readOnlyCheckpoint(run: Run, folder: string, { batch }: ReadOnly): Promise<Course> {
  const checkpoint = made(folder, 'checkpoint');
  return inNamespace(async (mounts) => {
    mounts.run('mount --bind "$1" "$1"', checkpoint);
    return await disturbed(run, {
      batch,
      within: mounts.within,
      begin: () => step(() => mounts.run('mount -o remount,bind,ro "$1"', checkpoint)),
      end: () => step(() => mounts.run('mount -o remount,bind,rw "$1"', checkpoint)),
    });
  });
}

/** Reading needs no right to write. */
export function readOnlyInput(run: Run, input: string): Promise<Course> {
  return inNamespace(async (mounts) => {
    mounts.run('mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"', input);
    return await toTheEnd(run, { kills: 0 }, { within: mounts.within });
  });
}

async function disturbed(run: Run, disturbance: Disturbance): Promise<Course> {
  const { batch, begin, end, forMs, within = [] } = disturbance;
  const ended = new AbortController();
  let begun: Promise<void> | undefined;
  const ending = await run({
    within,
    gateAt: batch,
    atGate: async () => {
      await begin();
      begun = waited(forMs ?? LONGEST_MS, ended.signal).then(end);
    },
  });
  ended.abort();
  await begun;
  if (ending.hung || (ending.code !== 0 && begun === undefined)) return { kills: 0, ...troubleOf(ending) };
  if (begun === undefined) return { kills: 0, problem: 'fails', error: `the program did not come to batch ${batch}` };
  if (ending.code === 0) return { kills: 0 };
  return await toTheEnd(run, { kills: 0, error: errorOf(ending) }, { within });
}

/** Ends early, and not in vain, at the signal. */
async function waited(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

async function inNamespace(job: (mounts: MountNamespace) => Promise<Course>): Promise<Course> {
  const missing = mountsMissing();
  if (missing !== undefined) return { kills: 0, skipped: missing };
  const mounts = await openMountNamespace();
  try {
    return await job(mounts);
  } finally {
    await mounts.close();
  }
}

function made(folder: string, name: string): string {
  const full = path.join(folder, name);
  mkdirSync(full, { recursive: true });
  return full;
}

function step(job: () => void): Promise<void> {
  return Promise.resolve().then(job);
}
