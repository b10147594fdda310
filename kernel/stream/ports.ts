/** What a stream needs of others: a place for its checkpoint, stores for its state, and listeners. */
import type { SinkBatch } from '../connectors/contract.ts';
import type { StatefulOperator, StatefulSpec } from '../physical/ports.ts';
import type { OutputMode, StateOperatorProgress, StreamingQueryProgress, StreamSnapshot } from '../plan/runner-port.ts';

/** What a state store is told and tells, for the room that fills the port. */
export type { OutputMode, StateOperatorProgress };

/**
 * The files of one checkpoint. Paths are relative to its root, parts joined by `/`. `state/` fills it on a disk and in
 * memory. A file is there whole or not at all.
 */
export interface LogStore {
  /** For messages: the folder, or a name. */
  readonly location: string;
  /**
   * @returns undefined where there is no such file
   * @throws CHECKPOINT_DAMAGED where the file does not agree with its checksum sidecar
   */
  read(path: string, checksum: ChecksumKind): Promise<Uint8Array | undefined>;
  /** Resolves once the file is durable under its name. An existing file is replaced. */
  write(path: string, bytes: Uint8Array, checksum: ChecksumKind): Promise<void>;
  /** Names in a folder, unsorted, hidden and temporary files left out; empty where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Removes files with their sidecars; absent ones are fine. Need not be durable. */
  remove(paths: readonly string[]): Promise<void>;
  /**
   * Keeps other queries, in this process and in others, from using the checkpoint.
   * @throws CONCURRENT_QUERY
   */
  lock(owner: string): Promise<StoreLock>;
}

/** `sidecar`: a file `.name.crc` beside it; `inside`: the format checks itself. */
export type ChecksumKind = 'sidecar' | 'inside';

export interface StoreLock {
  release(): Promise<void>;
}

/** What a stateful operator must know of the micro-batch. Watermarks in ms since the epoch. */
export interface StatefulBatch {
  readonly batchId: number;
  /** The previous batch's: late rows are told by it (SEMANTICS.md 5). */
  readonly lateWatermarkMs: number;
  /** The current one: groups are evicted by it. */
  readonly evictionWatermarkMs: number;
}

/**
 * A stateful operator with its state. Lifecycle, per batch: beginBatch → process (by the executor, once) → commit.
 * State has versions: version v is what batches 0 … v-1 made. After an error it is closed and opened again.
 */
export interface StatefulStore extends StatefulOperator {
  beginBatch(batch: StatefulBatch): void;
  /** Makes the state of this batch durable as version `batchId + 1`. */
  commit(): Promise<void>;
  progress(): StateOperatorProgress;
  /** Forgets files that no version >= `oldestVersion` needs. */
  purge(oldestVersion: number): Promise<void>;
  /** Waits for files being written aside, and frees the memory. */
  close(): Promise<void>;
}

export interface OpenStateOptions {
  /** The version to start from; 0: empty. */
  readonly version: number;
  readonly partitionCount: number;
  readonly outputMode: OutputMode;
}

export interface StateStoreFactory {
  /** @throws CHECKPOINT_DAMAGED where a file of that version is missing or wrong */
  open(spec: StatefulSpec, options: OpenStateOptions): Promise<StatefulStore>;
}

/** Called in order, synchronously; must not throw. */
export interface QueryListener {
  onProgress?(progress: StreamingQueryProgress): void;
  /** What the query does now, where it differs from what was told last: at the start of a batch, and where it waits. */
  onStatus?(status: StreamSnapshot['status']): void;
  /** The rows a batch gave to the sink, valid during the call: for a live view. */
  onBatch?(batch: SinkBatch): void;
  /** Something the user should know of a restart that goes on: a changed delay, output mode, … */
  onNotice?(message: string): void;
  onTerminated?(exception: Error | undefined): void;
}
