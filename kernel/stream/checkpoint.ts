/**
 * A checkpoint as a query opens it.
 *
 * ```
 * metadata              {"id":"…"}: the query's id, the same after every restart
 * offsets/N, commits/N  batch-log.ts
 * sources/I/initial     v1, then the offset at which source I began; absent: before its first row
 * state/program         fingerprint.ts
 * state/OPERATOR/…      files of the state store
 * ```
 */
import type { Offset } from '../connectors/contract.ts';
import { type BatchLog, damaged, LOG_VERSION, LogSyntaxError, parseJsonObject, REMEDY } from './batch-log.ts';
import { commitLog, type CommitLogEntry } from './commit-log.ts';
import { offsetLog, type OffsetLogEntry } from './offset-log.ts';
import type { LogStore, StoreLock } from './ports.ts';
import type { LogTail } from './recovery.ts';

/** Lifecycle: openCheckpoint → used by one query → `close`. */
export interface Checkpoint {
  readonly id: string;
  readonly store: LogStore;
  readonly offsets: BatchLog<OffsetLogEntry>;
  readonly commits: BatchLog<CommitLogEntry>;
  close(): Promise<void>;
}

/**
 * Locks the checkpoint and finds or makes the query's id.
 * @throws CONCURRENT_QUERY, CHECKPOINT_DAMAGED
 */
export async function openCheckpoint(
  store: LogStore,
  options: { readonly owner: string; readonly newId: () => string },
): Promise<Checkpoint> {
  const lock = await store.lock(options.owner);
  try {
    return await open(store, lock, options.newId);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function open(store: LogStore, lock: StoreLock, newId: () => string): Promise<Checkpoint> {
  const offsets = offsetLog(store);
  const commits = commitLog(store);
  let id = await readQueryId(store);
  if (id === undefined) {
    const [lost] = await offsets.batchIds();
    if (lost !== undefined) throw damaged(store, 'metadata', `it is missing, but offsets/${lost} is there`, REMEDY);
    id = newId();
    await store.write('metadata', new TextEncoder().encode(JSON.stringify({ id })), 'sidecar');
  }
  return { id, store, offsets, commits, close: () => lock.release() };
}

async function readQueryId(store: LogStore): Promise<string | undefined> {
  const bytes = await store.read('metadata', 'sidecar');
  if (bytes === undefined) return undefined;
  try {
    const id = parseJsonObject(new TextDecoder().decode(bytes), 'its text').get('id');
    if (typeof id !== 'string' || id === '') throw new LogSyntaxError('it has no id');
    return id;
  } catch (error) {
    if (error instanceof LogSyntaxError) throw damaged(store, 'metadata', error.message, REMEDY, error);
    throw error;
  }
}

/** Reads a log's batch numbers and last two entries. @throws CHECKPOINT_DAMAGED */
export async function readTail<Entry>(log: BatchLog<Entry>): Promise<LogTail<Entry>> {
  const batchIds = await log.batchIds();
  const at = async (index: number): Promise<Entry | undefined> => {
    const batchId = batchIds.at(index);
    return batchId === undefined ? undefined : await log.get(batchId);
  };
  return { batchIds, last: await at(-1), beforeLast: await at(-2) };
}

/** Where a source began; undefined: it has not begun, or it began before its first row. */
export async function readInitialOffset(store: LogStore, source: number): Promise<Offset | undefined> {
  const path = `sources/${source}/initial`;
  const bytes = await store.read(path, 'sidecar');
  if (bytes === undefined) return undefined;
  const [version, offset] = new TextDecoder().decode(bytes).split('\n', 2);
  if (version !== LOG_VERSION || offset === undefined || offset === '') {
    throw damaged(store, path, `it is not the line ${LOG_VERSION} and an offset`, REMEDY);
  }
  return offset;
}

export async function writeInitialOffset(store: LogStore, source: number, offset: Offset): Promise<void> {
  await store.write(`sources/${source}/initial`, new TextEncoder().encode(`${LOG_VERSION}\n${offset}`), 'sidecar');
}
