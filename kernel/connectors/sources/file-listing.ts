/**
 * The data files behind paths, folders and globs. As in Spark: a folder stands for the files directly in it (all below it
 * with `recursiveFileLookup`); names that begin with `_` or `.` are hidden; `*`, `?`, `[a-z]` and `{a,b}` match within one
 * part of a path.
 */
import { readdirSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../../core/errors.ts';
import { isMissing } from '../durable.ts';
import type { OptionReader } from '../options.ts';
import { committedFiles } from './sink-log.ts';

/** A file as it was listed. A source reads each file once; it must not change afterwards. */
export interface DataFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface ListingOptions {
  readonly recursive: boolean;
  /** `pathGlobFilter`: of the file's name. */
  readonly nameFilter: RegExp | undefined;
  readonly ignoreMissing: boolean;
}

export function listingOptions(options: OptionReader): ListingOptions {
  for (const name of ['modifiedBefore', 'modifiedAfter', 'basePath']) {
    if (options.text(name) === undefined) continue;
    throw new MillraceError('NOT_SUPPORTED', { feature: `The option ${name} of files`, remedy: 'Leave it out.' });
  }
  const filter = options.text('pathGlobFilter');
  return {
    recursive: options.flag('recursiveFileLookup') ?? false,
    nameFilter: filter === undefined ? undefined : globRegExp(filter),
    ignoreMissing: options.flag('ignoreMissingFiles') ?? false,
  };
}

/** A path as users give it (relative, absolute, `file:…`) as an absolute path. */
export function absolutePath(given: string): string {
  return given.startsWith('file:') ? fileURLToPath(new URL(given)) : path.resolve(given);
}

/**
 * In the order of their paths.
 * @throws PATH_NOT_FOUND where a path or glob matches nothing
 */
export function listFiles(paths: readonly string[], options: ListingOptions): DataFile[] {
  const files = new Map<string, DataFile>();
  for (const given of paths) {
    const roots = expandGlob(absolutePath(given));
    if (roots.length === 0 && !options.ignoreMissing) throw notFound(given);
    for (const root of roots) for (const file of filesIn(root, given, options)) files.set(file.path, file);
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function filesIn(root: string, given: string, options: ListingOptions): DataFile[] {
  const stats = statOrUndefined(root);
  if (stats === undefined) {
    if (options.ignoreMissing) return [];
    throw notFound(given);
  }
  // A path that was named is read whatever its name is.
  return stats.isDirectory() ? filesBelow(root, options) : [dataFile(root, stats)];
}

function filesBelow(folder: string, options: ListingOptions): DataFile[] {
  const committed = committedFiles(folder);
  const files: DataFile[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith('_') || name.startsWith('.')) continue;
    const full = path.join(folder, name);
    if (entry.isDirectory()) {
      if (options.recursive) files.push(...filesBelow(full, options));
      else if (name.includes('=')) throw partitioned(folder, name);
      continue;
    }
    if (options.nameFilter?.test(name) === false || committed?.has(full) === false) continue;
    const stats = statOrUndefined(full); // a link that leads nowhere, or a file that is gone again
    if (stats?.isFile() === true) files.push(dataFile(full, stats));
  }
  return files;
}

function dataFile(file: string, { size, mtimeMs }: Stats): DataFile {
  return { path: file, bytes: size, modifiedMs: Math.floor(mtimeMs) };
}

function statOrUndefined(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function notFound(given: string): MillraceError {
  return new MillraceError('PATH_NOT_FOUND', { path: given, base: process.cwd() });
}

function partitioned(folder: string, name: string): MillraceError {
  return new MillraceError('NOT_SUPPORTED', {
    feature: `A folder partitioned by columns (${path.join(folder, name)})`,
    remedy: 'Set recursiveFileLookup to true to read the files without these columns.',
  });
}

const GLOB = /[*?[{]/;

function expandGlob(pattern: string): string[] {
  if (!GLOB.test(pattern)) return [pattern];
  const parts = pattern.split(path.sep);
  let found = [parts[0] === '' ? path.sep : (parts[0] ?? '')];
  for (const [index, part] of parts.entries()) {
    if (index === 0) continue;
    const last = index === parts.length - 1;
    found = found.flatMap((folder) => matching(folder, part, last));
  }
  return found.sort();
}

function matching(folder: string, part: string, last: boolean): string[] {
  if (!GLOB.test(part)) {
    const full = path.join(folder, part);
    return statOrUndefined(full) === undefined ? [] : [full];
  }
  if (statOrUndefined(folder)?.isDirectory() !== true) return [];
  const expression = globRegExp(part);
  const entries = readdirSync(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !/^[_.]/.test(name) || /^[_.]/.test(part));
  const fitting = visible.filter((entry) => expression.test(entry.name) && (last || !entry.isFile()));
  return fitting.map(({ name }) => path.join(folder, name));
}

/** The glob of one part of a path as an anchored expression. */
function globRegExp(glob: string): RegExp {
  let source = '';
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const char = glob.charAt(at);
    const close = char === '[' ? glob.indexOf(']', at + 2) : -1;
    if (close > 0) {
      source += `[${glob
        .slice(at + 1, close)
        .replace(/^!/, '^')
        .replace(/\\/g, '\\\\')}]`;
      at = close;
    } else if (char === '{') {
      source += '(?:';
      depth++;
    } else if (char === '}' && depth > 0) {
      source += ')';
      depth--;
    } else if (char === ',' && depth > 0) source += '|';
    else if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else source += char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  }
  return new RegExp(`^${source}${')'.repeat(depth)}$`, 's');
}
