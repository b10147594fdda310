/**
 * Small files that must survive a crash: written aside, synced, renamed into place, and the folder synced. Their checksum
 * stands beside them (`.NAME.crc`), in place first; one without (as 0.1.0 wrote them) is taken as it is.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { encodeSidecar, sidecarProblem } from '../core/checksum-file.ts';
import { MillraceError } from '../core/errors.ts';

/** @returns the file's text; undefined where there is no such file. @throws CHECKPOINT_DAMAGED */
export async function readDurable(file: string): Promise<string | undefined> {
  const bytes = await readIfThere(file);
  const sidecar = bytes === undefined ? undefined : await readIfThere(sidecarOf(file));
  const problem = bytes === undefined || sidecar === undefined ? undefined : sidecarProblem(bytes, sidecar, crc32);
  if (problem !== undefined) throw damagedFile(file, problem);
  return bytes?.toString('utf8');
}

export function damagedFile(file: string, problem: string): MillraceError {
  return new MillraceError('CHECKPOINT_DAMAGED', {
    file,
    problem,
    remedy: 'Restore it from a copy, or start with a new checkpoint location.',
  });
}

/** Removes files with their checksums. */
export async function removeDurable(files: readonly string[]): Promise<void> {
  for (const file of files) {
    await rm(file, { force: true });
    await rm(sidecarOf(file), { force: true });
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function sidecarOf(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.crc`);
}

/** Replaces the file's content: after a crash it is the old one or the new one, never a part. */
export async function writeDurable(file: string, content: string): Promise<void> {
  const folder = path.dirname(file);
  const bytes = Buffer.from(content);
  await mkdir(folder, { recursive: true });
  await writeAside(sidecarOf(file), encodeSidecar(bytes, crc32));
  await writeAside(file, bytes);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function writeAside(file: string, content: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  const aside = path.join(folder, `.${path.basename(file)}.${process.pid}.tmp`);
  const handle = await open(aside, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, file);
}

/** Whether a file system call failed because the file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
