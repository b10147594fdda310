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
   * @returns the first group id: that of row i is it + ids[i]. undefined: most records would be of groups that do not
   * exist, no record was touched, and a DictionaryIndex should take over
   */
  assign(keys: readonly Column[], from: number, length: number, ids: number): number | undefined;
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
  readonly #paneIds: number;
  #keyCapacity = KEY_CAPACITY_MIN;

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
    this.#paneIds = scratch.allocate(BLOCK_ROWS * 4);
    this.#words = scratch.allocate(BLOCK_ROWS * 8);
  }

  get memoryBytes(): number {
    return this.#tuples.memoryBytes + this.#panes.memoryBytes;
  }

  assign(keys: readonly Column[], from: number, length: number, ids: number): number | undefined {
    const { kernels, memory } = this.#instance;
    const others = keys.filter((_, k) => k !== this.#pane);
    this.#tuples.encode(others, from, length, ids);
    const column = present(keys[this.#pane], 'the pane column');
    const words = wordsOf(column, from, length, this.#words, this.#instance);
    const validity = validityFrom(column, from);
    const isOnePane = validity === 0 && kernels.words_equal(words, length) === 1;
    this.#panes.encode(words, validity, isOnePane ? 1 : length, this.#paneIds);
    if (!this.#makeRoom(length)) return undefined;
    if (isOnePane) return (new Uint32Array(memory.buffer, this.#paneIds, 1)[0] ?? 0) * this.#keyCapacity;
    const done = this.#panes.paneIds(words, validity, ids, 0, length, this.#keyCapacity, ids);
    assert(done === length, 'every pane is known');
    return 0;
  }

  /** Records for all panes × keys. @returns false where that would be a waste */
  #makeRoom(length: number): boolean {
    const before = this.#keyCapacity;
    let keyCapacity = before;
    while (keyCapacity < this.#tuples.count) keyCapacity *= 2;
    const needed = this.#panes.count * keyCapacity;
    if (needed > this.#records.capacity && this.#isWaste(needed, length)) return false;
    this.#keyCapacity = keyCapacity;
    if (keyCapacity > before) this.#records.spread(this.#panes.count, before, keyCapacity);
    this.#records.ensure(needed);
    return true;
  }

  #isWaste(needed: number, newRows: number): boolean {
    const { pointer, stride, capacity } = this.#records;
    if (needed * stride < WASTE_BYTES_MIN) return false;
    const live = this.#instance.kernels.group_ids(pointer, stride, capacity, RECORD.live, 0);
    return live + newRows < needed * LIVE_SHARE_MIN;
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
