/**
 * Which files a file source has taken, in which batch of its own.
 *
 * Disk format, as in Spark: `<metadataPath>/<n>`, n from 0: `v1`, then a line of JSON per file,
 * `{"path":"file:///…","timestamp":<modified ms>,"batchId":n}`. Every tenth entry is `<n>.compact`, which has the lines of all
 * entries up to n but for files that need not be known any longer; what it replaces is then removed.
 *
 * Order of writes: entry n is durable before the query's offset log names the offset `{"logOffset":n}`; so an entry may be
 * newer than the offset log, never older. A compact entry is durable before what it replaces is removed.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { MillraceError } from '../../core/errors.ts';
import { damagedFile, isMissing, readDurable, removeDurable, writeDurable } from '../durable.ts';

export interface SeenFile {
  readonly path: string;
  readonly modifiedMs: number;
}

/** Every so many entries are compacted, as in Spark. */
const COMPACT_INTERVAL = 10;
/** A query may go back by so many batches (spark.sql.streaming.minBatchesToRetain), and reads their files again. */
const ENTRIES_KEPT = 100;

/** @param folder undefined: kept in memory only, for a query without a checkpoint. @throws CHECKPOINT_DAMAGED */
export async function openSeenFilesLog(folder: string | undefined): Promise<SeenFilesLog> {
  return folder === undefined ? new SeenFilesLog(undefined, new Map(), 0) : await readLog(folder);
}

export class SeenFilesLog {
  readonly #folder: string | undefined;
  /** By entry; those that were compacted may lack files, or be gone. */
  readonly #entries: Map<number, readonly SeenFile[]>;
  #count: number;

  constructor(folder: string | undefined, entries: Map<number, readonly SeenFile[]>, count: number) {
    this.#folder = folder;
    this.#entries = entries;
    this.#count = count;
  }

  /** The number of the next entry. */
  get count(): number {
    return this.#count;
  }

  /** The files that are known. */
  files(): readonly SeenFile[] {
    return [...this.#entries.values()].flat();
  }

  /** The files of the entries from `from` up to and without `to`. @throws CHECKPOINT_DAMAGED */
  filesOf(from: number, to: number): readonly SeenFile[] {
    const files: SeenFile[] = [];
    for (let entry = from; entry < to; entry++) {
      const found = this.#entries.get(entry);
      if (found === undefined) throw this.missing(entry);
      files.push(...found);
    }
    return files;
  }

  /** @param isNeeded whether a file of an old entry must still be known */
  async append(files: readonly SeenFile[], isNeeded: (file: SeenFile) => boolean): Promise<void> {
    const entry = this.#count;
    this.#entries.set(entry, [...files]);
    const isCompact = (entry + 1) % COMPACT_INTERVAL === 0;
    if (isCompact) this.#forget(entry - ENTRIES_KEPT, isNeeded);
    if (this.#folder !== undefined) await this.#write(this.#folder, entry, isCompact);
    this.#count += 1;
  }

  /** The error for an entry that the query's offset log names and that is not there. */
  missing(entry: number): MillraceError {
    return damagedFile(path.join(this.#folder ?? 'memory', String(entry)), 'it is missing');
  }

  #forget(newest: number, isNeeded: (file: SeenFile) => boolean): void {
    for (const [entry, files] of this.#entries) {
      if (entry > newest) continue;
      const needed = files.filter(isNeeded);
      if (needed.length === 0) this.#entries.delete(entry);
      else this.#entries.set(entry, needed);
    }
  }

  async #write(folder: string, entry: number, isCompact: boolean): Promise<void> {
    const written = isCompact ? [...this.#entries] : [[entry, this.#entries.get(entry) ?? []] as const];
    const lines = written.flatMap(([batchId, files]) => files.map((file) => lineOf(file, batchId)));
    const name = isCompact ? `${entry}.compact` : String(entry);
    await writeDurable(path.join(folder, name), ['v1', ...lines].join('\n'));
    if (!isCompact) return;
    const replaced = (await entryFiles(folder)).filter((file) => file.entry < entry);
    await removeDurable(replaced.map((file) => path.join(folder, file.name)));
  }
}

function lineOf({ path: file, modifiedMs }: SeenFile, batchId: number): string {
  return JSON.stringify({ path: pathToFileURL(file).href, timestamp: modifiedMs, batchId });
}

async function readLog(folder: string): Promise<SeenFilesLog> {
  const entries = new Map<number, SeenFile[]>();
  const all = await entryFiles(folder);
  const base = all.findLastIndex(({ isCompact }) => isCompact);
  let count = base === -1 ? 0 : (all[base]?.entry ?? 0);
  for (const { name, entry, isCompact } of all.slice(Math.max(0, base))) {
    if (entry !== count) throw damagedFile(path.join(folder, String(count)), 'it is missing');
    const file = path.join(folder, name);
    entries.set(entry, []);
    const lines = parseEntry((await readDurable(file)) ?? '', file);
    requireOwn(lines, { name, entry, isCompact }, file);
    for (const line of lines) {
      const files = entries.get(line.batchId) ?? [];
      files.push(line);
      entries.set(line.batchId, files);
    }
    count += 1;
  }
  return new SeenFilesLog(folder, entries, count);
}

/**
 * A copy under another number is whole by itself; taken as it is, its files would be read twice, and others never. An entry has
 * its own files, a compact one those of older entries too.
 */
function requireOwn(
  lines: readonly { readonly batchId: number }[],
  { entry, isCompact }: EntryFile,
  file: string,
): void {
  const written = lines.map(({ batchId }) => batchId);
  if (written.length === 0) return;
  const newest = written.reduce((one, other) => Math.max(one, other));
  const oldest = written.reduce((one, other) => Math.min(one, other));
  const other = isCompact || newest !== entry ? newest : oldest;
  if (other !== entry) throw damagedFile(file, `it is entry ${other}`);
}

interface EntryFile {
  readonly name: string;
  readonly entry: number;
  readonly isCompact: boolean;
}

async function entryFiles(folder: string): Promise<EntryFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /^\d+(\.compact)?$/.test(name));
    const files = names.map((name) => ({ name, entry: parseInt(name, 10), isCompact: name.endsWith('.compact') }));
    return files.sort((a, b) => a.entry - b.entry);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function parseEntry(text: string, file: string): (SeenFile & { readonly batchId: number })[] {
  const [version, ...lines] = text.split('\n');
  if (version !== 'v1') throw damagedFile(file, `it begins with '${version}', not with v1`);
  return lines.filter((line) => line !== '').map((line) => parseLine(line, file));
}

function isEntryLine(parsed: unknown): parsed is Readonly<Record<'path' | 'timestamp' | 'batchId', unknown>> {
  const members = ['path', 'timestamp', 'batchId'];
  return typeof parsed === 'object' && parsed !== null && members.every((member) => member in parsed);
}

function parseLine(line: string, file: string): SeenFile & { readonly batchId: number } {
  try {
    const parsed: unknown = JSON.parse(line);
    if (isEntryLine(parsed)) {
      const { path: url, timestamp, batchId } = parsed;
      return { path: fileURLToPath(String(url)), modifiedMs: Number(timestamp), batchId: Number(batchId) };
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
  }
  throw damagedFile(file, `it has the line ${line.slice(0, 100)}`);
}
