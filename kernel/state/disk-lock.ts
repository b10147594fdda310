/**
 * Keeps two queries off one checkpoint, also from two processes.
 *
 * ```
 * millrace.lock      {"pid":…,"started":"…","owner":"…"}; appears whole (linked from a temporary file)
 * millrace.takeover  a folder, there for the moment in which a dead process's lock is replaced
 * ```
 * A lock belongs to a living process if there is one with its pid that started at its time; else it is stale and taken
 * over. Where start times cannot be read (other systems than Linux) the pid alone decides.
 */
import fs from 'node:fs';
import path from 'node:path';
import { MillraceError } from '../core/errors.ts';
import type { StoreLock } from '../stream/ports.ts';

const LOCK = 'millrace.lock';
const TAKEOVER = 'millrace.takeover';
/** A takeover takes a millisecond; one older than this was left by a crash. */
const TAKEOVER_MAX_MS = 10_000;

/** @throws CONCURRENT_QUERY */
export function lockFolder(root: string, owner: string): StoreLock {
  fs.mkdirSync(root, { recursive: true });
  const lockPath = path.join(root, LOCK);
  const text = JSON.stringify({ pid: process.pid, started: startTimeOf(process.pid), owner });
  if (!createWhole(lockPath, text)) takeOver(root, lockPath, text);
  return {
    release: () => {
      if (readText(lockPath) === text) fs.rmSync(lockPath, { force: true });
      return Promise.resolve();
    },
  };
}

function takeOver(root: string, lockPath: string, text: string): void {
  requireStale(root, lockPath);
  const guard = path.join(root, TAKEOVER);
  if (!tryMakeGuard(guard)) throw concurrent(root, 'another process');
  try {
    // Another process may have taken over meanwhile.
    requireStale(root, lockPath);
    fs.rmSync(lockPath, { force: true });
    if (!createWhole(lockPath, text)) throw concurrent(root, 'another process');
  } finally {
    fs.rmSync(guard, { recursive: true, force: true });
  }
}

function requireStale(root: string, lockPath: string): void {
  const holder = parseLock(readText(lockPath));
  if (holder !== undefined && isAlive(holder)) throw concurrent(root, `${holder.owner} (process ${holder.pid})`);
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly owner: string;
}

/** A lock that cannot be read protects nothing: it appears whole, so it was damaged by a crash of the machine. */
function parseLock(text: string | undefined): Holder | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, started, owner } = value as Partial<Record<keyof Holder, unknown>>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof owner !== 'string') return undefined;
    return { pid, started, owner };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const now = startTimeOf(pid);
  return now === '' || started === '' || now === started;
}

/** Boot and clock ticks since it, as Linux tells them; empty where that cannot be read. */
function startTimeOf(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  const boot = readText('/proc/sys/kernel/random/boot_id');
  // The command, in parentheses, may hold blanks; the start time is the 20th field after it.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined || boot === undefined ? '' : `${boot.trim()} ${ticks}`;
}

/** @returns false where the file is there already */
function createWhole(target: string, text: string): boolean {
  const temporary = `${target}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  fs.writeFileSync(temporary, text);
  try {
    fs.linkSync(temporary, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function tryMakeGuard(guard: string): boolean {
  try {
    fs.mkdirSync(guard);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  // Ages are compared within the file system's own clock: a fresh folder tells its present time.
  const probe = fs.mkdtempSync(`${guard}.probe-`);
  const ageMs = fs.statSync(probe).mtimeMs - (fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  fs.rmdirSync(probe);
  if (ageMs < TAKEOVER_MAX_MS) return false;
  fs.rmSync(guard, { recursive: true, force: true });
  fs.mkdirSync(guard, { recursive: true });
  return true;
}

function concurrent(root: string, name: string): MillraceError {
  return new MillraceError('CONCURRENT_QUERY', { name, what: `checkpoint ${root}` });
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
