/**
 * Files (`json`, `csv`, `text`) in batch, and as a stream of the files that appear in a folder or under a glob.
 *
 * A stream takes new files in the order of their modification times, then paths. A file is taken once by its path, however
 * it changes later. One that is older than the newest file seen minus `maxFileAge` (7 days) is skipped; exactly as old is
 * taken. An offset is `{"logOffset":n}`: the files of entries 0 to n of the source's log.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ScanLease } from '../../arrow/scan.ts';
import type { Schema } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';
import { MillraceError } from '../../core/errors.ts';
import type { ReadLimit, ScanRequest, SourceProvider, StreamSource } from '../contract.ts';
import { isMissing } from '../durable.ts';
import type { FileFormat } from '../formats/contract.ts';
import { optionReader } from '../options.ts';
import { absolutePath, listFiles, listingOptions, type DataFile, type ListingOptions } from './file-listing.ts';
import { scanOf } from './scan-of.ts';
import { openSeenFilesLog, type SeenFile, type SeenFilesLog } from './seen-files.ts';

const DEFAULT_AGE_MS = 7 * 86_400_000;

export function createFileSource(format: FileFormat): SourceProvider {
  return {
    format: format.name,
    schema(request) {
      const options = fileOptions(format.name, request);
      const files = listFiles(options.paths, options.listing);
      if (request.schema !== undefined) return request.schema;
      return format.inferSchema(
        files.map((file) => file.path),
        request.options,
      );
    },
    batch(request, schema) {
      const options = fileOptions(format.name, request);
      return scanOf(leaseFiles(format, listFiles(options.paths, options.listing), request, schema));
    },
    async stream(request, schema, { metadataPath }) {
      const options = fileOptions(format.name, request);
      return new FileStream(format, request, schema, options, await openSeenFilesLog(metadataPath));
    },
  };
}

interface FileOptions {
  readonly paths: readonly string[];
  readonly listing: ListingOptions;
  readonly filesPerTriggerMax: number | undefined;
  readonly latestFirst: boolean;
  readonly ageMsMax: number;
  /** Files of equal names in different folders are one. */
  readonly nameOnly: boolean;
}

function fileOptions(format: string, { options, paths }: ScanRequest): FileOptions {
  const reader = optionReader(format, options);
  if ((reader.text('cleanSource') ?? 'off').toLowerCase() !== 'off') {
    const remedy = 'Set cleanSource to off, and remove old files yourself.';
    throw new MillraceError('NOT_SUPPORTED', { feature: 'The option cleanSource other than off', remedy });
  }
  if (reader.text('maxBytesPerTrigger') !== undefined) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'The option maxBytesPerTrigger',
      remedy: 'Use maxFilesPerTrigger.',
    });
  }
  const named = reader.text('path');
  const all = named === undefined ? paths : [named, ...paths];
  if (all.length === 0) throw reader.wrong('path', 'no path is given', 'Give it to load(...), or as this option.');
  const filesPerTriggerMax = reader.integer('maxFilesPerTrigger', { min: 1 });
  const latestFirst = reader.flag('latestFirst') ?? false;
  const unlimitedAge = latestFirst && filesPerTriggerMax !== undefined; // else old files would never get their turn
  return {
    paths: all,
    listing: listingOptions(reader),
    filesPerTriggerMax,
    latestFirst,
    ageMsMax: unlimitedAge ? Number.POSITIVE_INFINITY : (reader.durationMs('maxFileAge', 'ms') ?? DEFAULT_AGE_MS),
    nameOnly: reader.flag('fileNameOnly') ?? false,
  };
}

function* leaseFiles(
  format: FileFormat,
  files: Iterable<DataFile>,
  { options }: ScanRequest,
  schema: Schema,
): Generator<ScanLease> {
  for (const file of files) {
    for (const task of format.tasks(file.path, file.bytes, options, schema)) yield { task, release: () => undefined };
  }
}

class FileStream implements StreamSource {
  readonly description: string;
  readonly #format: FileFormat;
  readonly #request: ScanRequest;
  readonly #schema: Schema;
  readonly #options: FileOptions;
  readonly #log: SeenFilesLog;
  /** Modification times by path (or name) of files that are not too old. */
  readonly #seen = new Map<string, number>();
  /** For availableNow: the paths that the run may take. */
  #available: ReadonlySet<string> | undefined;
  #newestMs = 0;
  #oldestMs = 0;

  constructor(format: FileFormat, request: ScanRequest, schema: Schema, options: FileOptions, log: SeenFilesLog) {
    const [first = ''] = options.paths;
    this.description = `FileStreamSource[${pathToFileURL(absolutePath(first)).href}]`;
    this.#format = format;
    this.#request = request;
    this.#schema = schema;
    this.#options = options;
    this.#log = log;
    this.#remember(log.files());
  }

  initialOffset(): Promise<null> {
    return Promise.resolve(null);
  }

  prepareForAvailableNow(): Promise<void> {
    this.#available = new Set(this.#fresh().map((file) => file.path));
    return Promise.resolve();
  }

  async latestOffset(start: string | null, limit: ReadLimit): Promise<string | null> {
    const newest = this.#log.count - 1;
    // Entries that no batch has read yet, as after a crash, come first.
    if (newest > numberOf(start)) return offsetOf(newest);
    if (newest < numberOf(start)) throw this.#log.missing(numberOf(start));
    const { filesPerTriggerMax, latestFirst } = this.#options;
    const fresh = this.#fresh().filter((file) => this.#available?.has(file.path) ?? true);
    // Stable: files of the same time stay in the order of their paths.
    fresh.sort((a, b) => (latestFirst ? b.modifiedMs - a.modifiedMs : a.modifiedMs - b.modifiedMs));
    const files = limit.kind === 'all' ? fresh : fresh.slice(0, filesPerTriggerMax);
    if (files.length > 0) {
      this.#remember(files);
      const taken = files.map(({ path: file, modifiedMs }) => ({ path: file, modifiedMs }));
      await this.#log.append(taken, ({ path: file }) => this.#seen.has(this.#key(file)));
    }
    return offsetOf(this.#log.count - 1);
  }

  scan(start: string | null, end: string): AsyncIterable<ScanLease> {
    const taken = this.#log.filesOf(numberOf(start) + 1, numberOf(end) + 1);
    const files = taken.flatMap(({ path: file, modifiedMs }) => this.#openable(file, modifiedMs));
    return scanOf(leaseFiles(this.#format, files, this.#request, this.#schema));
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  reportLatest(): string | undefined {
    return offsetOf(this.#log.count - 1) ?? undefined;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing where the file is gone and that is allowed. @throws PATH_NOT_FOUND */
  #openable(file: string, modifiedMs: number): DataFile[] {
    try {
      return [{ path: file, bytes: statSync(file).size, modifiedMs }];
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      if (this.#options.listing.ignoreMissing) return [];
      throw new MillraceError('PATH_NOT_FOUND', { path: file, base: process.cwd() }, { cause });
    }
  }

  #key(file: string): string {
    return this.#options.nameOnly ? path.basename(file) : file;
  }

  #fresh(): DataFile[] {
    const { paths, listing } = this.#options;
    return listFiles(paths, { ...listing, ignoreMissing: true }).filter((file) => this.#isNew(file));
  }

  #isNew(file: DataFile): boolean {
    return file.modifiedMs >= this.#oldestMs && !this.#seen.has(this.#key(file.path));
  }

  #remember(files: readonly SeenFile[]): void {
    for (const { path: file, modifiedMs } of files) {
      this.#seen.set(this.#key(file), modifiedMs);
      this.#newestMs = Math.max(this.#newestMs, modifiedMs);
    }
    this.#oldestMs = Math.max(0, this.#newestMs - this.#options.ageMsMax);
    for (const [key, modifiedMs] of this.#seen) if (modifiedMs < this.#oldestMs) this.#seen.delete(key);
  }
}

function offsetOf(number: number): string | null {
  return number < 0 ? null : JSON.stringify({ logOffset: number });
}

function numberOf(offset: string | null): number {
  if (offset === null) return -1;
  const parsed: unknown = JSON.parse(offset);
  assert(typeof parsed === 'object' && parsed !== null && 'logOffset' in parsed, 'a file offset has logOffset');
  return Number(parsed.logOffset);
}
