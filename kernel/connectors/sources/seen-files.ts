/**
 * Which files a file source has taken, in which batch of its own.
 *
 * Disk format, as in Spark: `<metadataPath>/<n>`, n from 0: `v1`, then a line of JSON per file,
 * `{"path":"file:///…","timestamp":<modified ms>,"batchId":n}`. Order of writes: entry n is durable before the query's offset
 * log names the offset `{"logOffset":n}`; so an entry may be newer than the offset log, never older.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MillraceError } from '../../core/errors.ts';
import { isMissing, readDurable, writeDurable } from '../durable.ts';
import type { DataFile } from './file-listing.ts';

export interface SeenFile {
  readonly path: string;
  readonly modifiedMs: number;
}

export interface SeenFilesLog {
  /** All entries so far, entry n at n. */
  readonly entries: readonly (readonly SeenFile[])[];
  append(files: readonly DataFile[]): Promise<void>;
  /** The error for an entry that the query's offset log names and that is not there. */
  missing(entry: number): MillraceError;
}

/** @param folder undefined: kept in memory only, for a query without a checkpoint. @throws CHECKPOINT_DAMAGED */
export async function openSeenFilesLog(folder: string | undefined): Promise<SeenFilesLog> {
  const entries = folder === undefined ? [] : await readEntries(folder);
  return {
    entries,
    missing: (entry) => damaged(path.join(folder ?? 'memory', String(entry)), 'it is missing'),
    async append(files) {
      const batchId = entries.length;
      if (folder !== undefined) await writeDurable(path.join(folder, String(batchId)), entryText(files, batchId));
      entries.push(files.map(({ path: file, modifiedMs }) => ({ path: file, modifiedMs })));
    },
  };
}

function entryText(files: readonly DataFile[], batchId: number): string {
  const lines = files.map(({ path: file, modifiedMs }) =>
    JSON.stringify({ path: pathToFileURL(file).href, timestamp: modifiedMs, batchId }),
  );
  return ['v1', ...lines].join('\n');
}

async function readEntries(folder: string): Promise<SeenFile[][]> {
  const entries: SeenFile[][] = [];
  for (const number of await entryNumbers(folder)) {
    const file = path.join(folder, String(number));
    if (number !== entries.length) throw damaged(path.join(folder, String(entries.length)), 'it is missing');
    entries.push(parseEntry((await readDurable(file)) ?? '', file));
  }
  return entries;
}

async function entryNumbers(folder: string): Promise<number[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /^\d+$/.test(name));
    return names.map(Number).sort((a, b) => a - b);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function parseEntry(text: string, file: string): SeenFile[] {
  const [version, ...lines] = text.split('\n');
  if (version !== 'v1') throw damaged(file, `it begins with '${version}', not with v1`);
  return lines.filter((line) => line !== '').map((line) => parseLine(line, file));
}

function parseLine(line: string, file: string): SeenFile {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && 'path' in parsed && 'timestamp' in parsed) {
      return { path: fileURLToPath(String(parsed.path)), modifiedMs: Number(parsed.timestamp) };
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
  }
  throw damaged(file, `it has the line ${line.slice(0, 100)}`);
}

function damaged(file: string, problem: string): MillraceError {
  return new MillraceError('CHECKPOINT_DAMAGED', {
    file,
    problem,
    remedy: 'Restore it from a copy, or start with a new checkpoint location.',
  });
}
