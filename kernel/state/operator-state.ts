/**
 * The state of one operator: its groups in memory, and on disk a changelog of every batch with a snapshot now and then.
 * Lifecycle: openOperatorState → (table changes, recordRemoved, commit)* → close.
 */
import type { RecordBatch } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import { Types } from '../arrow/types.ts';
import { assert } from '../core/assert.ts';
import type { Clock } from '../core/clock.ts';
import type { CreateGroupTable, EngineInstance, GroupKeySpec } from '../physical/ports.ts';
import type { LogStore, OpenStateOptions } from '../stream/ports.ts';
import { PartitionedTable } from './partitioned-table.ts';
import { encodeStateFile, headerOf, type Checksum, type PartitionChange } from './state-file.ts';
import { readPartitions } from './state-file-reader.ts';
import { StateFiles } from './state-files.ts';

/** Deltas from one snapshot to the next: a restart reads at most so many. */
const SNAPSHOT_INTERVAL = 10;

export type AccumulatorSpec = Parameters<CreateGroupTable>[2][number];

export interface StateEnvironment {
  readonly instance: EngineInstance;
  readonly createGroupTable: CreateGroupTable;
  readonly store: LogStore;
  readonly checksum: Checksum;
  readonly clock: Clock;
}

export interface OperatorStateSpec {
  readonly stateId: number;
  readonly keys: readonly GroupKeySpec[];
  readonly accumulators: readonly AccumulatorSpec[];
}

export class OperatorState {
  readonly table: PartitionedTable;
  readonly #environment: StateEnvironment;
  readonly #spec: OperatorStateSpec;
  readonly #files: StateFiles;
  /** For what is needed only while a version is written. */
  readonly #scratch: Arena;
  #removed: readonly (RecordBatch | undefined)[] = [];
  #version: number;
  #snapshot: Promise<void> = Promise.resolve();

  private constructor(environment: StateEnvironment, spec: OperatorStateSpec, options: OpenStateOptions) {
    const { instance, createGroupTable, store, checksum } = environment;
    const { stateId, keys, accumulators } = spec;
    const { partitionCount, version } = options;
    this.#environment = environment;
    this.#spec = spec;
    this.#version = version;
    this.#scratch = instance.memory.createArena(`state ${stateId}`);
    // Without keys there is one group, and no hash to place it by.
    const count = keys.length === 0 ? 1 : partitionCount;
    this.table = new PartitionedTable(createGroupTable, instance, keys, accumulators, count);
    const { operator, partitions, keys: keyNames, states } = this.#header('delta', version);
    this.#files = new StateFiles(store, checksum, { operator, partitions, keys: keyNames, states });
  }

  /** @throws CHECKPOINT_DAMAGED, CHECKPOINT_MISMATCH */
  static async open(
    environment: StateEnvironment,
    spec: OperatorStateSpec,
    options: OpenStateOptions,
  ): Promise<OperatorState> {
    const state = new OperatorState(environment, spec, options);
    try {
      await state.#load(options.version);
    } catch (error) {
      state.#free();
      throw error;
    }
    return state;
  }

  /** Takes note of the keys of evicted groups, by partition; the batches lie on the heap. */
  recordRemoved(removed: readonly (RecordBatch | undefined)[]): void {
    assert(this.#removed.length === 0, 'groups are evicted once per batch');
    this.#removed = removed;
  }

  /** Writes what changed as the next version. */
  async commit(version: number): Promise<void> {
    assert(version === this.#version + 1, 'state versions follow each other');
    // One snapshot at a time; this also raises what went wrong with the last one.
    const isSnapshotDue = version % SNAPSHOT_INTERVAL === 0;
    if (isSnapshotDue) await this.#snapshot;
    await this.#files.write('delta', version, this.#encode('delta', version));
    this.#removed = [];
    this.table.markClean();
    this.#version = version;
    if (isSnapshotDue) this.#startSnapshot(version);
  }

  async purge(oldestVersion: number): Promise<void> {
    await this.#files.purge(oldestVersion);
  }

  async close(): Promise<void> {
    try {
      await this.#snapshot;
    } finally {
      this.#free();
    }
  }

  #free(): void {
    this.table.release();
    this.#scratch.release();
  }

  /** The copy is made now, the writing goes on while batches run; `close` or the next snapshot waits for it. */
  #startSnapshot(version: number): void {
    const bytes = this.#encode('snapshot', version);
    this.#snapshot = this.#files.write('snapshot', version, bytes);
    // The rejection is kept for whoever awaits the snapshot.
    this.#snapshot.catch(() => undefined);
  }

  #encode(kind: 'delta' | 'snapshot', version: number): Uint8Array {
    const which = kind === 'delta' ? 'dirty' : 'all';
    try {
      const changes = this.table.partitions.map((partition, index): PartitionChange => {
        const removed = kind === 'delta' ? this.#removed[index] : undefined;
        return { put: partition.emit(which, this.#scratch), removed: removed?.length === 0 ? undefined : removed };
      });
      return encodeStateFile(this.#header(kind, version), changes, this.#environment.checksum);
    } finally {
      this.#scratch.release();
    }
  }

  #header(kind: 'delta' | 'snapshot', version: number): ReturnType<typeof headerOf> {
    const { stateId, keys, accumulators } = this.#spec;
    return headerOf(
      { kind, operator: stateId, version, partitions: this.table.partitions.length },
      keys.map(({ type }) => type),
      accumulators.map(({ stateType }) => stateType),
    );
  }

  async #load(version: number): Promise<void> {
    const keyTypes = this.#spec.keys.map(({ type }) => type);
    const stateTypes = this.#spec.accumulators.map(({ stateType }) => stateType);
    for await (const { body } of this.#files.load(version)) {
      const { partitions } = this.table;
      const stored = readPartitions(body, partitions.length, keyTypes, stateTypes, this.#scratch);
      for (const partition of partitions) {
        const { value, done } = stored.next();
        assert(done !== true, 'a state file has every partition');
        if (value.removedLength > 0) partition.remove(value.removedKeys, value.removedLength);
        if (value.length > 0) partition.put(value.keys, value.states, value.length);
      }
      assert(stored.next().done === true, 'a state file has no further partitions');
      this.#scratch.release();
    }
    this.table.markClean();
    await this.#files.dropSnapshotsAfter(version);
  }
}

/** The batch without the columns after the first `keyCount`. */
export function keysOf(batch: RecordBatch, keyCount: number): RecordBatch {
  const fields = batch.schema.fields.slice(0, keyCount);
  return { schema: Types.struct(fields), length: batch.length, columns: batch.columns.slice(0, keyCount) };
}
