/** Bytes of files, read straight into engine memory, in ranges that hold whole lines. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync, inflateSync } from 'node:zlib';
import type { Arena } from '../../arrow/memory.ts';
import { allocateBytes } from '../../arrow/make.ts';
import type { ScanTask } from '../../arrow/scan.ts';
import type { Schema } from '../../arrow/types.ts';
import { MillraceError } from '../../core/errors.ts';
import type { ConnectorOptions } from '../contract.ts';
import type { FileTask } from './contract.ts';

/** A task: large enough that waking a worker for it costs nothing, small enough that its columns stay in the cache. */
export const TASK_BYTES = 1024 ** 2;
/** Large files have larger tasks: each costs as much as reading some hundred lines. */
const TASK_BYTES_MAX = 2 * TASK_BYTES;
const TASKS_ENOUGH = 64;
const TAIL_BYTES = 4 * 1024;
const NEWLINE = 0x0a;

/** Compressions that Spark reads by the file's name and that are not here yet. */
const UNREADABLE = /\.(bz2|lz4|snappy|zst|xz)$/i;

export interface TaskOptions {
  /** Which TaskReader reads the tasks. */
  readonly reader: string;
  readonly options: ConnectorOptions;
  readonly schema: Schema;
  /** Records span lines: the file is one task. */
  readonly whole: boolean;
  readonly targetBytes?: number;
}

/** Cuts a file into tasks of about `targetBytes`; a compressed one, or one whose records span lines, is one task. */
export function splitFile(path: string, sizeBytes: number, task: TaskOptions): ScanTask[] {
  const { reader, options, schema } = task;
  const targetBytes = task.targetBytes ?? Math.min(TASK_BYTES_MAX, Math.max(TASK_BYTES, sizeBytes / TASKS_ENOUGH));
  const whole = task.whole || isCompressed(path);
  if (sizeBytes === 0) return [];
  const count = whole ? 1 : Math.max(1, Math.round(sizeBytes / targetBytes));
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((sizeBytes * i) / count);
    const end = Math.floor((sizeBytes * (i + 1)) / count);
    const payload: FileTask = { path, start, end, whole, options, schema };
    return { reader, payload, bytes: end - start };
  });
}

export function isCompressed(path: string): boolean {
  return /\.(gz|gzip|deflate)$/i.test(path);
}

/** @throws NOT_SUPPORTED for a compression that cannot be read */
export function readWhole(path: string): Uint8Array {
  if (UNREADABLE.test(path)) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `Reading the compressed file ${path}`,
      remedy: 'Decompress it, or compress it with gzip.',
    });
  }
  const bytes = readFileSync(path);
  if (/\.deflate$/i.test(path)) return inflateSync(bytes);
  return isCompressed(path) ? gunzipSync(bytes) : bytes;
}

/** A byte order mark at the file's start is no content. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The task's bytes in engine memory: lines whose first byte lies in its range, whole. */
export function readTask(task: FileTask, arena: Arena): Uint8Array {
  if (!task.whole) return readLines(task, arena);
  const content = withoutMark(readWhole(task.path));
  const bytes = allocateBytes(content.length, arena);
  bytes.set(content);
  return bytes;
}

function readLines({ path, start, end }: FileTask, arena: Arena): Uint8Array {
  if (UNREADABLE.test(path)) return readWhole(path);
  const file = openSync(path, 'r');
  try {
    // The byte before the range says whether a line starts at its first.
    const from = Math.max(0, start - 1);
    let bytes = allocateBytes(end - from + TAIL_BYTES, arena);
    let length = fill(file, bytes, 0, end - from, from);
    while (length > 0 && bytes[length - 1] !== NEWLINE) {
      if (length === bytes.length) {
        const larger = allocateBytes(bytes.length * 2, arena);
        larger.set(bytes);
        bytes = larger;
      }
      const more = fill(file, bytes, length, bytes.length - length, from + length);
      if (more === 0) break;
      const newline = bytes.subarray(length, length + more).indexOf(NEWLINE);
      length += newline < 0 ? more : newline + 1;
    }
    const content = bytes.subarray(0, length);
    if (start === 0) return withoutMark(content);
    const first = content.indexOf(NEWLINE) + 1;
    // No line starts in the range: all of it is the middle of one that belongs to a range before.
    return first === 0 || from + first >= end ? content.subarray(0, 0) : content.subarray(first);
  } finally {
    closeSync(file);
  }
}

/** Reads until `count` bytes are there or the file ends. @returns bytes read */
function fill(file: number, bytes: Uint8Array, at: number, count: number, position: number): number {
  let done = 0;
  while (done < count) {
    const read = readSync(file, bytes, at + done, count - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

/** The first `bytesMax` bytes of a file, decompressed: what a schema is inferred from. Ends at a line's end. */
export function readHead(path: string, bytesMax: number): Uint8Array {
  if (isCompressed(path) || UNREADABLE.test(path)) return withoutMark(readWhole(path));
  const file = openSync(path, 'r');
  try {
    const size = Math.min(bytesMax, fstatSync(file).size);
    const bytes = new Uint8Array(size);
    const length = fill(file, bytes, 0, size, 0);
    const complete = size < bytesMax ? length : bytes.lastIndexOf(NEWLINE, length - 1) + 1;
    return withoutMark(bytes.subarray(0, complete === 0 ? length : complete));
  } finally {
    closeSync(file);
  }
}
