/**
 * `_spark_metadata`: which files of a folder a streaming file sink has committed. A reader sees only those.
 *
 * Disk format, as in Spark: one file per batch, named by its id: `v1`, then a line of JSON per file,
 * `{"path":"file:///…","size":…,"isDir":false,"modificationTime":…,"blockReplication":1,"blockSize":…,"action":"add"}`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../../core/errors.ts';
import { isMissing } from '../durable.ts';

const SINK_LOG = '_spark_metadata';

/** @returns absolute paths; undefined where the folder was not written by a streaming sink. @throws CHECKPOINT_DAMAGED */
export function committedFiles(folder: string): ReadonlySet<string> | undefined {
  const names = logNames(path.join(folder, SINK_LOG));
  if (names === undefined) return undefined;
  const files = new Set<string>();
  for (const name of names) {
    const file = path.join(folder, SINK_LOG, name);
    const [version, ...lines] = readFileSync(file, 'utf8').split('\n');
    if (version !== 'v1') throw damaged(file);
    for (const line of lines) if (line !== '') files.add(committedPath(line, file));
  }
  return files;
}

/** The batches in their order; a compacted log (`9.compact`) stands for all up to it. */
function logNames(folder: string): readonly string[] | undefined {
  try {
    const numbered = readdirSync(folder).filter((name) => /^\d+(\.compact)?$/.test(name));
    const compacted = numbered.filter((name) => name.endsWith('.compact')).map((name) => Number.parseInt(name, 10));
    const from = Math.max(-1, ...compacted);
    return numbered
      .filter((name) => Number.parseInt(name, 10) > from || name === `${from}.compact`)
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function committedPath(line: string, file: string): string {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && 'path' in parsed && typeof parsed.path === 'string') {
      return fileURLToPath(parsed.path);
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
  }
  throw damaged(file);
}

function damaged(file: string): MillraceError {
  return new MillraceError('CHECKPOINT_DAMAGED', {
    file,
    problem: 'it is not a log of a file sink',
    remedy: 'Restore it from a copy, or read the files themselves by a glob.',
  });
}
