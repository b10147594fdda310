/** Keys → group ids, one number per group, below `capacity`: where its record is. */
import type { Column } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { EngineInstance, GroupKeySpec } from '../ports.ts';
import type { Records } from './records.ts';
import { RECORD } from '../../../wasm/abi/group-kernels.ts';
import { assert, present } from '../../core/assert.ts';
import { createKeyCodec } from './create-codec.ts';
import { TupleCodec } from './composite-codec.ts';
import { BLOCK_ROWS, decodeValidity, validityFrom } from './key-codec.ts';
import { WordDictionary } from './word-dictionary.ts';
import { wordsOf, wordsToColumn } from './word-codec.ts';

export interface GroupIndex {
  readonly memoryBytes: number;
  /**
   * Numbers rows `from .. from + length` and sees to it that their groups' records exist.
   * @returns the first group id: that of row i is it + ids[i]
   */
  assign(keys: readonly Column[], from: number, length: number, ids: number): number;
  /** Whether a DictionaryIndex would serve better from now on. */
  isWasteful(): boolean;
  keysOf(ids: number, count: number, arena: Arena): Column[];
  release(): void;
}

/** Group ids are the ids of key tuples, whatever the keys. */
export class DictionaryIndex implements GroupIndex {
  readonly #tuples: TupleCodec;
  readonly #records: Records;

  constructor(keys: readonly GroupKeySpec[], records: Records, instance: EngineInstance, scratch: Arena) {
    this.#records = records;
    this.#tuples = new TupleCodec(
      keys.map((key) => createKeyCodec(key.type, instance, scratch)),
      instance,
      scratch,
    );
  }

  get memoryBytes(): number {
    return this.#tuples.memoryBytes;
  }

  assign(keys: readonly Column[], from: number, length: number, ids: number): number {
    this.#tuples.encode(keys, from, length, ids);
    const { count } = this.#tuples;
    if (count > this.#records.capacity) this.#records.ensure(Math.max(count, this.#records.capacity * 2, 256));
    return 0;
  }

  isWasteful(): boolean {
    return false;
  }

  keysOf(ids: number, count: number, arena: Arena): Column[] {
    return this.#tuples.decode(ids, count, arena);
  }

  release(): void {
    this.#tuples.release();
  }
}

const KEY_CAPACITY_MIN = 64;
const WASTE_BYTES_MIN = 32 * 1024 * 1024;
const LIVE_SHARE_MIN = 1 / 8;

/**
 * One window (pane) × other keys: group id = slot of the pane × key capacity + id of the key tuple. Window starts come in
 * runs, so a row costs a comparison and the look-up of its key, which is shared by all panes.
 */
export class PaneIndex implements GroupIndex {
  readonly #pane: number;
  readonly #paneType: GroupKeySpec['type'];
  readonly #instance: EngineInstance;
  readonly #records: Records;
  readonly #tuples: TupleCodec;
  /** A pane keeps its id when its groups are gone; the table is rebuilt when such outnumber the rest. */
  readonly #panes: WordDictionary;
  readonly #words: number;
  readonly #newIds: number;
  #keyCapacity = KEY_CAPACITY_MIN;
  #capacityChecked = 0;

  /** @param pane which of `keys` is the pane: a fixed 8-byte type */
  constructor(keys: readonly GroupKeySpec[], pane: number, records: Records, instance: EngineInstance, scratch: Arena) {
    this.#pane = pane;
    this.#paneType = present(keys[pane], 'the pane key').type;
    this.#instance = instance;
    this.#records = records;
    const others = keys.filter((_, k) => k !== pane);
    this.#tuples = new TupleCodec(
      others.map((key) => createKeyCodec(key.type, instance, scratch)),
      instance,
      scratch,
    );
    this.#panes = new WordDictionary(instance);
    this.#newIds = scratch.allocate(8 * 4);
    this.#words = scratch.allocate(BLOCK_ROWS * 8);
  }

  get memoryBytes(): number {
    return this.#tuples.memoryBytes + this.#panes.memoryBytes;
  }

  /** Whether most of the records are of keys that never came in their pane. Counted only when records were added. */
  isWasteful(): boolean {
    const { pointer, stride, capacity, memoryBytes } = this.#records;
    if (memoryBytes < WASTE_BYTES_MIN || capacity === this.#capacityChecked) return false;
    this.#capacityChecked = capacity;
    return this.#instance.kernels.group_ids(pointer, stride, capacity, RECORD.live, 0) < capacity * LIVE_SHARE_MIN;
  }

  assign(keys: readonly Column[], from: number, length: number, ids: number): number {
    const others = keys.filter((_, k) => k !== this.#pane);
    this.#tuples.encode(others, from, length, ids);
    if (this.#tuples.count > this.#keyCapacity) this.#growKeys();
    const column = present(keys[this.#pane], 'the pane column');
    const words = wordsOf(column, from, length, this.#words, this.#instance);
    const first = this.#assignPanes(words, validityFrom(column, from), length, ids);
    this.#records.ensure(this.#panes.count * this.#keyCapacity);
    return first;
  }

  /** Where all rows are of one pane, the common case, the ids of the keys stay as they are. */
  #assignPanes(words: number, validity: number, length: number, ids: number): number {
    if (validity === 0 && this.#instance.kernels.words_equal(words, length) === 1) {
      this.#panes.encode(words, 0, 1, this.#newIds);
      const [pane = 0] = new Uint32Array(this.#instance.memory.buffer, this.#newIds, 1);
      return pane * this.#keyCapacity;
    }
    for (let row = 0; ;) {
      row = this.#panes.paneIds(words, validity, ids, row, length, this.#keyCapacity, ids);
      if (row === length) return 0;
      this.#addPane(words, validity, row);
    }
  }

  /** Adds the pane of `row`; the rows before it in its block of 8 are known. */
  #addPane(words: number, validity: number, row: number): void {
    const start = row - (row % 8);
    const before = this.#panes.count;
    this.#panes.encode(words + start * 8, validity === 0 ? 0 : validity + start / 8, row - start + 1, this.#newIds);
    assert(this.#panes.count > before, 'an unknown pane is new');
  }

  #growKeys(): void {
    const before = this.#keyCapacity;
    while (this.#keyCapacity < this.#tuples.count) this.#keyCapacity *= 2;
    this.#records.spread(this.#panes.count, before, this.#keyCapacity);
  }

  keysOf(ids: number, count: number, arena: Arena): Column[] {
    const { kernels } = this.#instance;
    const slots = arena.allocate(count * 4);
    const keyIds = arena.allocate(count * 4);
    kernels.unpack_panes(ids, count, this.#keyCapacity, slots, keyIds);
    const validity = decodeValidity(this.#panes.nullMark, slots, count, this.#instance, arena);
    const pane = wordsToColumn(this.#paneType, this.#panes.keysPointer, slots, count, validity, this.#instance, arena);
    const columns = this.#tuples.decode(keyIds, count, arena);
    columns.splice(this.#pane, 0, pane);
    return columns;
  }

  release(): void {
    this.#tuples.release();
    this.#panes.release();
  }
}
