/**
 * The text logs of a checkpoint, in Spark's format: a file per batch, named by the batch's number.
 *
 * ```
 * offsets/N   v1                                              durable before batch N runs
 *             {"batchWatermarkMs":…,"batchTimestampMs":…,"conf":{…}}
 *             one line per source: its end offset, or -
 * commits/N   v1                                              durable after N's rows are in the sink and its state is written
 *             {"nextBatchWatermarkMs":…}
 * .N.crc      checksum of N, durable before N appears
 * ```
 * Order of writes of a batch: offsets/N → run → sink → state → commits/N.
 *
 * @see org.apache.spark.sql.execution.streaming.{OffsetSeqLog,CommitLog}
 */
import { MillraceError } from '../core/errors.ts';
import type { LogStore } from './ports.ts';

export const LOG_VERSION = 'v1';

/** How the text after the version line is made and understood. `parse` throws a LogSyntaxError. */
export interface LogCodec<Entry> {
  encode(entry: Entry): readonly string[];
  parse(lines: readonly string[]): Entry;
}

/** What a codec finds wrong with a text; BatchLog adds the file's name. */
export class LogSyntaxError extends Error {
  override readonly name = 'LogSyntaxError';
}

export class BatchLog<Entry> {
  readonly #store: LogStore;
  readonly #folder: string;
  readonly #codec: LogCodec<Entry>;
  /** No entry is older; a crash may have left some that were due to be removed. */
  #oldest: number | undefined;

  constructor(store: LogStore, folder: string, codec: LogCodec<Entry>) {
    this.#store = store;
    this.#folder = folder;
    this.#codec = codec;
  }

  /** The batches that have an entry, ascending. @throws CHECKPOINT_DAMAGED where a file is not named by a number */
  async batchIds(): Promise<readonly number[]> {
    const names = await this.#store.list(this.#folder);
    const batchIds = names.map((name) => this.#batchIdOf(name)).sort((a, b) => a - b);
    this.#oldest = batchIds[0];
    return batchIds;
  }

  /** @throws CHECKPOINT_DAMAGED */
  async get(batchId: number): Promise<Entry | undefined> {
    const bytes = await this.#store.read(this.#path(batchId), 'sidecar');
    return bytes === undefined ? undefined : this.#parse(batchId, bytes);
  }

  async add(batchId: number, entry: Entry): Promise<void> {
    const text = [LOG_VERSION, ...this.#codec.encode(entry)].join('\n');
    await this.#store.write(this.#path(batchId), new TextEncoder().encode(text), 'sidecar');
  }

  /** Removes the entries up to `batchId`, oldest first, so that a crash leaves no gap. */
  async purge(batchId: number): Promise<void> {
    const oldest = this.#oldest ?? 0;
    if (oldest > batchId) return;
    const expired = Array.from({ length: batchId + 1 - oldest }, (_, index) => this.#path(oldest + index));
    await this.#store.remove(expired);
    this.#oldest = batchId + 1;
  }

  #path(batchId: number): string {
    return `${this.#folder}/${batchId}`;
  }

  #batchIdOf(name: string): number {
    if (/^(0|[1-9]\d{0,14})$/.test(name)) return Number(name);
    throw damaged(
      this.#store,
      `${this.#folder}/${name}`,
      'it is not named by a batch number',
      'Move it elsewhere if it is yours.',
    );
  }

  #parse(batchId: number, bytes: Uint8Array): Entry {
    const path = this.#path(batchId);
    const lines = decode(this.#store, path, bytes).split('\n');
    const version = lines[0];
    if (version !== LOG_VERSION) {
      const problem =
        version !== undefined && /^v\d+$/.test(version)
          ? `its version is ${version}, this program knows ${LOG_VERSION}`
          : `it does not begin with the line ${LOG_VERSION}`;
      throw damaged(this.#store, path, problem, REMEDY);
    }
    try {
      return this.#codec.parse(lines.slice(1));
    } catch (error) {
      if (!(error instanceof LogSyntaxError)) throw error;
      throw damaged(this.#store, path, error.message, REMEDY, error);
    }
  }
}

export const REMEDY = 'Restore the checkpoint from a copy, or start with a new checkpointLocation.';

export function damaged(
  store: LogStore,
  path: string,
  problem: string,
  remedy: string,
  cause?: unknown,
): MillraceError<'CHECKPOINT_DAMAGED'> {
  return new MillraceError('CHECKPOINT_DAMAGED', { file: `${store.location}/${path}`, problem, remedy }, { cause });
}

function decode(store: LogStore, path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damaged(store, path, 'it is not UTF-8 text', REMEDY, cause);
  }
}

/** A JSON object's members. @throws LogSyntaxError */
export function parseJsonObject(text: string | undefined, what: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new LogSyntaxError(`${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LogSyntaxError(`${what} is not a JSON object`);
  }
  return new Map(Object.entries(value));
}

/** A whole number of ms. @throws LogSyntaxError */
export function parseMs(members: ReadonlyMap<string, unknown>, name: string): number {
  const value = members.get(name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new LogSyntaxError(`${name} is not a whole number`);
  return value;
}
