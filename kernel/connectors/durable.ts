/** Small files that must survive a crash: written aside, synced, renamed into place, and the folder synced. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

/** @returns the file's text; undefined where there is no such file */
export async function readDurable(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Replaces the file's content: after a crash it is the old one or the new one, never a part. */
export async function writeDurable(file: string, content: string | Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const aside = path.join(folder, `.${path.basename(file)}.${process.pid}.tmp`);
  const handle = await open(aside, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, file);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Whether a file system call failed because the file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
