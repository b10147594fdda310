/** The groups of an operator, in hash partitions: a key's partition follows from its hash alone (key-hash.ts). */
import type { Column, RecordBatch } from '../arrow/column.ts';
import { gatherColumn } from '../arrow/gather.ts';
import type { Arena } from '../arrow/memory.ts';
import type { CreateGroupTable, EngineInstance, GroupKeySpec, GroupTable } from '../physical/ports.ts';
import { hashRows } from './key-hash.ts';
import { allocateRowNumbers, joinBatches } from './rows.ts';

export class PartitionedTable {
  readonly partitions: readonly GroupTable[];
  readonly #instance: EngineInstance;

  constructor(
    create: CreateGroupTable,
    instance: EngineInstance,
    keys: readonly GroupKeySpec[],
    accumulators: Parameters<CreateGroupTable>[2],
    partitionCount: number,
  ) {
    this.#instance = instance;
    this.partitions = Array.from({ length: partitionCount }, () => create(instance, keys, accumulators));
  }

  get groupCount(): number {
    return this.partitions.reduce((sum, table) => sum + table.groupCount, 0);
  }

  get dirtyCount(): number {
    return this.partitions.reduce((sum, table) => sum + table.dirtyCount, 0);
  }

  get memoryBytes(): number {
    return this.partitions.reduce((sum, table) => sum + table.memoryBytes, 0);
  }

  /** Adds partial results to the partitions of their keys. */
  merge(keys: readonly Column[], states: readonly Column[], length: number, arena: Arena): void {
    this.#routed(keys, states, length, arena, (table, ...rows) => {
      table.merge(...rows);
    });
  }

  /** Replaces the state of keys. */
  put(keys: readonly Column[], states: readonly Column[], length: number, arena: Arena): void {
    this.#routed(keys, states, length, arena, (table, ...rows) => {
      table.put(...rows);
    });
  }

  emit(which: 'all' | 'dirty', arena: Arena): RecordBatch {
    return joinBatches(
      this.partitions.map((table) => table.emit(which, arena)),
      arena,
    );
  }

  markClean(): void {
    for (const table of this.partitions) table.markClean();
  }

  release(): void {
    for (const table of this.partitions) table.release();
  }

  #routed(
    keys: readonly Column[],
    states: readonly Column[],
    length: number,
    arena: Arena,
    apply: (table: GroupTable, keys: readonly Column[], states: readonly Column[], length: number) => void,
  ): void {
    if (length === 0) return;
    const routes = this.#routesOf(keys, length, arena);
    const take = (columns: readonly Column[], rows: Uint32Array): readonly Column[] =>
      columns.map((column) => gatherColumn(column, rows, this.#instance.kernels, arena));
    for (const [index, table] of this.partitions.entries()) {
      const rows = routes[index];
      if (rows === undefined || rows.length === 0) continue;
      if (rows.length === length) apply(table, keys, states, length);
      else apply(table, take(keys, rows), take(states, rows), rows.length);
    }
  }

  /** The rows of each partition. */
  #routesOf(keys: readonly Column[], length: number, arena: Arena): readonly Uint32Array[] {
    const count = this.partitions.length;
    const hashes = hashRows(keys, length);
    const sizes = new Int32Array(count);
    for (let row = 0; row < length; row++) {
      const partition = (hashes[row] ?? 0) % count;
      hashes[row] = partition;
      sizes[partition] = (sizes[partition] ?? 0) + 1;
    }
    const routes = Array.from(sizes, (size) => allocateRowNumbers(size, arena));
    const filled = new Int32Array(count);
    for (let row = 0; row < length; row++) {
      const partition = hashes[row] ?? 0;
      const at = filled[partition] ?? 0;
      const route = routes[partition];
      if (route !== undefined) route[at] = row;
      filled[partition] = at + 1;
    }
    return routes;
  }
}
