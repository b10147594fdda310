/** How rows enter the engine: a source describes work as plain data, a reader in a compute worker turns it into batches. */
import type { RecordBatch } from './column.ts';
import type { Arena } from './memory.ts';
import type { Schema } from './types.ts';

/**
 * A piece of a scan: a range of a file, rows already in engine memory, … Plain data, posted to a compute worker.
 * Reading it again gives the same rows.
 */
export interface ScanTask {
  /** Which TaskReader understands `payload`. `columns`: rows in engine memory, payload a BatchReference. */
  readonly reader: string;
  readonly payload: unknown;
  /** Rough size, to balance workers. */
  readonly bytes: number;
}

/** A task, and what to do once its rows have been consumed (free the engine memory that it points into). */
export interface ScanLease {
  readonly task: ScanTask;
  release(): void;
}

export interface ReadRequest {
  /** The columns wanted, in this order: a subset of what the source offers, by name. */
  readonly schema: Schema;
  /** Takes the batches; they stay valid until the consumer releases it. */
  readonly arena: Arena;
  /** Rows per batch, at most. */
  readonly batchRowsMax: number;
  /**
   * `any`: lines of text may come with their line feed (and carriage return), as ranges of the file's own bytes, since what
   * reads them takes no notice of white space at the end. Absent: without.
   */
  readonly lineEnds?: 'any' | undefined;
  /** Session configuration and batch time, where reading depends on them. */
  readonly timeZone: string;
}

/** Runs in a compute worker, synchronously. */
export interface TaskReader {
  read(task: ScanTask, request: ReadRequest): Iterable<RecordBatch>;
}
