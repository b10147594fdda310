/**
 * Distinct 64-bit words → dense ids. Keys in a dense range of integers are looked up in a direct table, others by hash;
 * which it is, is decided anew each time the dictionary grows.
 */
import type { EngineInstance } from '../ports.ts';
import { DICTIONARY } from '../../../wasm/abi/group-kernels.ts';
import { Block } from './block.ts';

const CAPACITY_MIN = 4096;
const DIRECT_PER_ID = 4;
const HASHED_MIN = 1024;

export class WordDictionary {
  readonly #instance: EngineInstance;
  readonly #control: Block;
  readonly #header: Uint32Array;
  readonly #keys: Block;
  readonly #table: Block;
  readonly #direct: Block;
  #tableBits = 0;
  #directBase = 0n;
  #directCount = 0;

  constructor(instance: EngineInstance) {
    const { memory } = instance;
    this.#instance = instance;
    this.#control = new Block(memory, 'dictionary');
    this.#control.grow(DICTIONARY.bytes + 32, 0);
    this.#control.zero(0, DICTIONARY.bytes + 32);
    this.#header = new Uint32Array(memory.buffer, this.#control.pointer, DICTIONARY.bytes / 4);
    this.#keys = new Block(memory, 'dictionary keys');
    this.#table = new Block(memory, 'dictionary table');
    this.#direct = new Block(memory, 'dictionary direct table');
    this.#rebuild(CAPACITY_MIN);
  }

  get count(): number {
    return this.#read(DICTIONARY.count);
  }

  /** The id of null + 1, 0 where there is none. */
  get nullMark(): number {
    return this.#read(DICTIONARY.nullId);
  }

  /** The words by id, u64 each. */
  get keysPointer(): number {
    return this.#keys.pointer;
  }

  get memoryBytes(): number {
    return this.#keys.bytes + this.#table.bytes + this.#direct.bytes;
  }

  /** The ids of `length` words, added where they are new. @param validity bitmap pointer, 0: no nulls */
  encode(words: number, validity: number, length: number, ids: number): void {
    const { kernels } = this.#instance;
    for (let row = 0; ;) {
      row = kernels.dict_words(
        words,
        validity,
        row,
        length,
        ids,
        this.#control.pointer,
        this.#table.pointer,
        this.#tableBits,
        this.#keys.pointer,
        this.#direct.pointer,
        this.#directBase,
        this.#directCount,
      );
      if (row === length) return;
      const isFull = this.count >= this.#read(DICTIONARY.countMax);
      this.#rebuild(this.#read(DICTIONARY.countMax) * (isFull ? 2 : 1));
    }
  }

  /**
   * Group ids of (pane, key), this dictionary being the panes': `id of the pane * keyCapacity + keyIds[row]`, from `row`.
   * @returns `length`, or the first row whose pane is not known
   */
  paneIds(
    words: number,
    validity: number,
    keyIds: number,
    row: number,
    length: number,
    keyCapacity: number,
    out: number,
  ): number {
    return this.#instance.kernels.pane_ids(
      words,
      validity,
      keyIds,
      row,
      length,
      this.nullMark - 1,
      keyCapacity,
      out,
      this.#table.pointer,
      this.#tableBits,
      this.#direct.pointer,
      this.#directBase,
      this.#directCount,
    );
  }

  release(): void {
    for (const block of [this.#control, this.#keys, this.#table, this.#direct]) block.release();
  }

  #read(offset: number): number {
    return this.#header[offset / 4] ?? 0;
  }

  #rebuild(capacity: number): void {
    const { kernels } = this.#instance;
    this.#header[DICTIONARY.countMax / 4] = capacity;
    if (this.#keys.bytes < capacity * 8) this.#keys.grow(capacity * 8, this.count * 8);
    const isDense = this.#chooseDirectRange(capacity);
    const hashedMax = isDense ? HASHED_MIN : Math.max(HASHED_MIN, this.count * 2, this.#read(DICTIONARY.hashedMax));
    this.#header[DICTIONARY.hashedMax / 4] = hashedMax;
    this.#tableBits = Math.ceil(Math.log2(hashedMax * 2));
    const tableBytes = 16 * 2 ** this.#tableBits;
    this.#table.grow(tableBytes, 0);
    this.#table.zero(0, tableBytes);
    this.#direct.grow(this.#directCount * 4, 0);
    this.#direct.zero(0, this.#directCount * 4);
    kernels.dict_words_rebuild(
      this.#keys.pointer,
      this.#control.pointer,
      this.#table.pointer,
      this.#tableBits,
      this.#direct.pointer,
      this.#directBase,
      this.#directCount,
    );
  }

  /** @returns whether all the keys so far lie in the direct table's range */
  #chooseDirectRange(capacity: number): boolean {
    const { kernels, memory } = this.#instance;
    const span = BigInt(capacity * DIRECT_PER_ID);
    const scratch = this.#control.pointer + DICTIONARY.bytes;
    const known = kernels.min_max_sum_i64(this.#keys.pointer, 0, this.count, scratch);
    const extremes = new BigInt64Array(memory.buffer, scratch, 2);
    const least = known === 0 ? 0n : (extremes[0] ?? 0n);
    const most = known === 0 ? 0n : (extremes[1] ?? 0n);
    const isDense = most - least < span;
    this.#directBase = least >= 0n && most < span ? 0n : least;
    this.#directCount = isDense ? Number(span) : 0;
    return isDense;
  }
}
