/**
 * A checkpoint's files in a folder. A file is written under a temporary name, synced, renamed into place, and its folder
 * synced; a sidecar is in place before its file. A crash leaves a whole file, the whole older one, or none, and perhaps
 * temporary files (`.name.PID.tmp`) or a sidecar without its file, which nobody reads.
 *
 * Files are written synchronously: an fsync takes about 0.3 ms, a round through the thread pool costs as much again, and a
 * micro-batch cannot go on before it anyway. Large ones (snapshots) go through the thread pool.
 */
import fs from 'node:fs';
import path from 'node:path';
import { MillraceError } from '../core/errors.ts';
import type { ChecksumKind, LogStore, StoreLock } from '../stream/ports.ts';
import { encodeSidecar, sidecarProblem } from '../core/checksum-file.ts';
import { checksumOf } from './disk-checksum.ts';
import { codeOf, lockFolder } from './disk-lock.ts';

const SYNCHRONOUS_MAX_BYTES = 1 << 20;

/** @param location a folder; made when something is written */
export function openDiskLogStore(location: string): LogStore {
  return new DiskLogStore(location);
}

class DiskLogStore implements LogStore {
  readonly location: string;
  #temporaryCount = 0;

  constructor(location: string) {
    this.location = path.resolve(location);
  }

  async read(file: string, checksum: ChecksumKind): Promise<Uint8Array | undefined> {
    const full = this.#full(file);
    const bytes = await readWhole(full);
    if (bytes === undefined || checksum === 'inside') return bytes;
    const sidecar = await readWhole(sidecarOf(full));
    const problem = sidecar === undefined ? 'its checksum file is missing' : sidecarProblem(bytes, sidecar, checksumOf);
    if (problem === undefined) return bytes;
    throw new MillraceError('CHECKPOINT_DAMAGED', {
      file: full,
      problem: sidecar === undefined ? `${problem} (${path.basename(sidecarOf(full))})` : problem,
      remedy: 'Restore the checkpoint from a copy, hidden files included, or start with a new checkpointLocation.',
    });
  }

  async write(file: string, bytes: Uint8Array, checksum: ChecksumKind): Promise<void> {
    const full = this.#full(file);
    try {
      await this.#write(full, bytes, checksum);
    } catch (error) {
      throw notWritable(full, error);
    }
  }

  async #write(full: string, bytes: Uint8Array, checksum: ChecksumKind): Promise<void> {
    const folder = path.dirname(full);
    if (fs.mkdirSync(folder, { recursive: true }) !== undefined) syncFoldersUpTo(folder, path.dirname(this.location));
    if (checksum === 'sidecar') this.#writeSync(sidecarOf(full), encodeSidecar(bytes, checksumOf));
    if (bytes.length <= SYNCHRONOUS_MAX_BYTES) this.#writeSync(full, bytes);
    else await this.#writeAside(full, bytes);
    syncFolder(folder);
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      const names = await fs.promises.readdir(this.#full(folder));
      return names.filter((name) => !name.startsWith('.'));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async remove(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const full = this.#full(file);
      // The file first: a sidecar alone is harmless, a file alone would count as damaged.
      await unlinkIfThere(full);
      await unlinkIfThere(sidecarOf(full));
    }
  }

  lock(owner: string): Promise<StoreLock> {
    return new Promise((resolve) => {
      resolve(lockFolder(this.location, owner));
    });
  }

  #full(file: string): string {
    return path.join(this.location, ...file.split('/'));
  }

  #temporaryOf(full: string): string {
    this.#temporaryCount += 1;
    return path.join(path.dirname(full), `.${path.basename(full)}.${process.pid}-${this.#temporaryCount}.tmp`);
  }

  #writeSync(full: string, bytes: Uint8Array): void {
    const temporary = this.#temporaryOf(full);
    const descriptor = fs.openSync(temporary, 'w');
    try {
      for (let written = 0; written < bytes.length;) written += fs.writeSync(descriptor, bytes, written);
      fs.fsyncSync(descriptor);
    } catch (error) {
      fs.unlinkSync(temporary); // what is half written must not fill a full disk further
      throw error;
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, full);
  }

  async #writeAside(full: string, bytes: Uint8Array): Promise<void> {
    const temporary = this.#temporaryOf(full);
    const handle = await fs.promises.open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } catch (error) {
      await fs.promises.unlink(temporary);
      throw error;
    } finally {
      await handle.close();
    }
    await fs.promises.rename(temporary, full);
  }
}

/** What a user can do about the disk; any other failure stays as it is. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on its disk and start the query again.',
  EDQUOT: 'Make room in its quota and start the query again.',
  EROFS: 'Its file system is read-only: make it writable, or give another checkpointLocation.',
  EACCES: 'Give this user the right to write there, or give another checkpointLocation.',
  EPERM: 'Give this user the right to write there, or give another checkpointLocation.',
  EIO: 'Its disk fails: give a checkpointLocation on another one.',
};

function notWritable(file: string, error: unknown): unknown {
  const remedy = REMEDIES[codeOf(error) ?? ''];
  if (remedy === undefined || !(error instanceof Error)) return error;
  return new MillraceError('CHECKPOINT_NOT_WRITABLE', { file, problem: error.message, remedy }, { cause: error });
}

function sidecarOf(full: string): string {
  return path.join(path.dirname(full), `.${path.basename(full)}.crc`);
}

async function readWhole(full: string): Promise<Uint8Array | undefined> {
  try {
    return await fs.promises.readFile(full);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function unlinkIfThere(full: string): Promise<void> {
  try {
    await fs.promises.unlink(full);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** New folders are durable once their parents are synced. */
function syncFoldersUpTo(folder: string, top: string): void {
  for (let at = path.dirname(folder); at.startsWith(top) && at !== path.dirname(at); at = path.dirname(at)) {
    syncFolder(at);
    if (at === top) return;
  }
}
