/** The group table of ports.ts over wasm dictionaries and records. */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { Schema } from '../../arrow/types.ts';
import type { AccumulatorSpec } from '../../functions/contract.ts';
import type { CreateGroupTable, EngineInstance, GroupKeySpec, GroupTable } from '../ports.ts';
import { RECORD } from '../../../wasm/abi/group-kernels.ts';
import { assert, present } from '../../core/assert.ts';
import { Types, field, fixedWidth } from '../../arrow/types.ts';
import { layoutOf } from '../../arrow/column.ts';
import { makeBatch } from '../../arrow/make.ts';
import { columnToEngine } from '../../arrow/transfer.ts';
import { SCRATCH_BYTES, feed, type AccumulatorContext, type FeedMode } from './accumulators.ts';
import { layOutRecord, type RecordLayout } from './record-layout.ts';
import { DictionaryIndex, PaneIndex, type GroupIndex } from './group-index.ts';
import { BLOCK_ROWS, validityFrom } from './key-codec.ts';
import { Records } from './records.ts';
import { StringHeap, type FeedRows } from './string-heap.ts';
import { stateColumn } from './group-output.ts';

/** Evicted groups leave their ids behind: the table is rebuilt when fewer than a quarter of at least this many are live. */
const REBUILD_CAPACITY_MIN = 4096;
const REBUILD_LIVE_SHARE = 1 / 4;

/** Live, dirty, and the has bytes of accumulators 0 and 1. */
const FIRST_TWO_MARKS = 0x01010101;

/** The arrangement of one generation of a table; a rebuild makes a new one. */
interface Storage {
  readonly index: GroupIndex;
  readonly records: Records;
  readonly context: AccumulatorContext;
  readonly scratch: Arena;
  readonly ids: number;
}

/** @see CreateGroupTable */
export const createGroupTable: CreateGroupTable = (instance, keys, accumulators) =>
  new WasmGroupTable(instance, keys, accumulators);

class WasmGroupTable implements GroupTable {
  readonly #instance: EngineInstance;
  readonly #keys: readonly GroupKeySpec[];
  readonly #layout: RecordLayout;
  readonly #schema: Schema;
  /** Positions of a count of all rows and a sum of doubles, which one kernel feeds in one pass. */
  readonly #pair: { readonly count: number; readonly sum: number } | undefined;
  #storage: Storage;

  constructor(instance: EngineInstance, keys: readonly GroupKeySpec[], specs: readonly AccumulatorSpec[]) {
    this.#instance = instance;
    this.#keys = keys;
    this.#layout = layOutRecord(specs);
    this.#schema = Types.struct([
      ...keys.map((key, k) => field(`k${k}`, key.type)),
      ...specs.map((spec, k) => field(`s${k}`, spec.stateType, spec.op !== 'count')),
    ]);
    this.#pair = findPair(specs);
    this.#storage = this.#createStorage(this.#paneKey());
  }

  get groupCount(): number {
    return this.#countIds(RECORD.live);
  }

  get dirtyCount(): number {
    return this.#countIds(RECORD.dirty);
  }

  get memoryBytes(): number {
    const { index, records, context } = this.#storage;
    return index.memoryBytes + records.memoryBytes + context.strings.memoryBytes;
  }

  update(keys: readonly Column[], inputs: readonly (Column | undefined)[], length: number): void {
    this.#feed('update', keys, inputs, length);
  }

  merge(keys: readonly Column[], states: readonly Column[], length: number): void {
    this.#feed('merge', keys, states, length);
  }

  put(keys: readonly Column[], states: readonly Column[], length: number): void {
    this.#feed('put', keys, states, length);
  }

  remove(keys: readonly Column[], length: number): void {
    const arena = this.#instance.memory.createArena('group table input');
    const columns = keys.map((column) => columnToEngine(column, arena));
    this.#eachBlock(columns, length, ({ ids, length: count, records }) => {
      this.#instance.kernels.group_clear(ids, count, records, this.#layout.stride);
    });
    arena.release();
  }

  emit(which: 'all' | 'dirty', arena: Arena): RecordBatch {
    const { ids, count } = this.#listIds(which === 'all' ? RECORD.live : RECORD.dirty, arena);
    return this.#groups(ids, count, arena);
  }

  markClean(): void {
    const { pointer, stride, capacity } = this.#storage.records;
    this.#instance.kernels.group_clean(pointer, stride, capacity);
  }

  evict(selects: (groups: RecordBatch) => Uint8Array, arena: Arena): RecordBatch {
    const { kernels, memory } = this.#instance;
    const work = memory.createArena('group table eviction');
    const all = this.#listIds(RECORD.live, work);
    const bits = selects(this.#groups(all.ids, all.count, work));
    const bitmap = new Uint8Array(memory.buffer, work.allocate(bits.length), bits.length);
    bitmap.set(bits);
    const selection = work.allocate(all.count * 4);
    const count = kernels.bits_to_selection(bitmap.byteOffset, all.count, selection);
    const ids = work.allocate(count * 4);
    kernels.gather_fixed4(all.ids, selection, count, ids);
    const evicted = this.#groups(ids, count, arena);
    const { records } = this.#storage;
    kernels.group_clear(ids, count, records.pointer, records.stride);
    work.release();
    const live = all.count - count;
    if (records.capacity >= REBUILD_CAPACITY_MIN && live < records.capacity * REBUILD_LIVE_SHARE && count > 0) {
      this.#rebuild(this.#storage.index instanceof PaneIndex ? this.#paneKey() : undefined);
    }
    return evicted;
  }

  release(): void {
    releaseStorage(this.#storage);
  }

  /** The one key with the role of a pane, where there is exactly one and it is an 8-byte integer. */
  #paneKey(): number | undefined {
    const panes = this.#keys.flatMap((key, k) => (key.role === 'pane' ? [k] : []));
    const [pane] = panes;
    const type = pane === undefined ? undefined : this.#keys[pane]?.type;
    if (panes.length !== 1 || type === undefined || layoutOf(type) !== 'fixed') return undefined;
    return fixedWidth(type) === 8 && type.kind !== 'double' ? pane : undefined;
  }

  #createStorage(pane: number | undefined): Storage {
    const instance = this.#instance;
    const scratch = instance.memory.createArena('group table scratch');
    const records = new Records(instance, this.#layout.stride);
    const index =
      pane === undefined
        ? new DictionaryIndex(this.#keys, records, instance, scratch)
        : new PaneIndex(this.#keys, pane, records, instance, scratch);
    // Without keys there is one group: a stride of 0 tells the kernels.
    const stride = this.#keys.length === 0 ? 0 : this.#layout.stride;
    const context = { instance, stride, strings: new StringHeap(instance), scratch: scratch.allocate(SCRATCH_BYTES) };
    return { index, records, context, scratch, ids: scratch.allocate(BLOCK_ROWS * 4) };
  }

  #feed(mode: FeedMode, keys: readonly Column[], inputs: readonly (Column | undefined)[], length: number): void {
    assert(inputs.length === this.#layout.accumulators.length, 'an input for each accumulator');
    const arena = this.#instance.memory.createArena('group table input');
    const keyColumns = keys.map((column) => columnToEngine(column, arena));
    const columns = inputs.map((column) => (column === undefined ? undefined : columnToEngine(column, arena)));
    try {
      this.#eachBlock(keyColumns, length, (rows) => this.#feedBlock(mode, columns, rows));
    } finally {
      arena.release();
    }
  }

  #feedBlock(mode: FeedMode, columns: readonly (Column | undefined)[], rows: FeedRows): void {
    const { context } = this.#storage;
    const isPaired = mode === 'update' && this.#feedPair(columns, rows);
    if (!isPaired) this.#instance.kernels.acc_mark(rows.ids, rows.length, rows.records, context.stride);
    this.#layout.accumulators.forEach((accumulator, k) => {
      if (isPaired && (k === this.#pair?.count || k === this.#pair?.sum)) return;
      feed(accumulator, columns[k], mode, rows, context);
    });
  }

  /** @returns whether count and sum were fed together */
  #feedPair(columns: readonly (Column | undefined)[], { ids, from, length, records }: FeedRows): boolean {
    if (this.#pair === undefined || this.#keys.length === 0) return false;
    const counted = columns[this.#pair.count];
    const summed = columns[this.#pair.sum];
    if (counted !== undefined && (counted.validity !== undefined || counted.layout === 'null')) return false;
    if (summed?.layout !== 'fixed' || !(summed.values instanceof Float64Array)) return false;
    const count = present(this.#layout.accumulators[this.#pair.count], 'the count');
    const sum = present(this.#layout.accumulators[this.#pair.sum], 'the sum');
    const areFirst = this.#pair.count + this.#pair.sum === 1;
    this.#instance.kernels.acc_count_sum_f64(
      ids,
      summed.values.byteOffset + from * 8,
      validityFrom(summed, from),
      length,
      records,
      this.#layout.stride,
      count.slot,
      sum.slot,
      sum.has,
      areFirst ? FIRST_TWO_MARKS : 0,
    );
    return true;
  }

  /** Group ids block by block. `use` must take what it needs of `#storage` anew: a block may rebuild it. */
  #eachBlock(keys: readonly Column[], length: number, use: (rows: FeedRows) => void): void {
    for (let from = 0; from < length; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, length - from);
      const first = this.#assign(keys, from, count);
      const { ids, records } = this.#storage;
      use({ ids, from, length: count, records: records.pointer + first * this.#layout.stride });
    }
  }

  /** Group ids to `#storage.ids`. @returns the first, to be added to them */
  #assign(keys: readonly Column[], from: number, count: number): number {
    const first = this.#storage.index.assign(keys, from, count, this.#storage.ids);
    if (first !== undefined) return first;
    this.#rebuild(undefined);
    return present(this.#storage.index.assign(keys, from, count, this.#storage.ids), 'ids of a dictionary index');
  }

  /** Moves the live groups to fresh storage; what was dirty stays dirty. @param pane as for a PaneIndex, or undefined */
  #rebuild(pane: number | undefined): void {
    const old = this.#storage;
    const arena = this.#instance.memory.createArena('group table rebuild');
    const all = this.emit('all', arena);
    const dirty = this.emit('dirty', arena);
    this.#storage = this.#createStorage(pane);
    this.#putBatch(all);
    this.markClean();
    this.#putBatch(dirty);
    releaseStorage(old);
    arena.release();
  }

  #putBatch(groups: RecordBatch): void {
    const { length } = this.#keys;
    this.#feed('put', groups.columns.slice(0, length), groups.columns.slice(length), groups.length);
  }

  #countIds(flag: number): number {
    const { pointer, stride, capacity } = this.#storage.records;
    return this.#instance.kernels.group_ids(pointer, stride, capacity, flag, 0);
  }

  #listIds(flag: number, arena: Arena): { readonly ids: number; readonly count: number } {
    const { pointer, stride, capacity } = this.#storage.records;
    const count = this.#countIds(flag);
    const ids = arena.allocate(count * 4);
    this.#instance.kernels.group_ids(pointer, stride, capacity, flag, ids);
    return { ids, count };
  }

  #groups(ids: number, count: number, arena: Arena): RecordBatch {
    const { index, records } = this.#storage;
    const states = this.#layout.accumulators.map((accumulator) =>
      stateColumn(accumulator, ids, count, records, this.#instance, arena),
    );
    return makeBatch(this.#schema, [...index.keysOf(ids, count, arena), ...states], count);
  }
}

function releaseStorage({ index, records, context, scratch }: Storage): void {
  index.release();
  records.release();
  context.strings.release();
  scratch.release();
}

function findPair(specs: readonly AccumulatorSpec[]): { count: number; sum: number } | undefined {
  const count = specs.findIndex((spec) => spec.op === 'count');
  const sum = specs.findIndex((spec) => spec.op === 'sum' && spec.stateType.kind === 'double');
  return count < 0 || sum < 0 ? undefined : { count, sum };
}
