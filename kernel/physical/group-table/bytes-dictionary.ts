/** Distinct strings → dense ids. Up to 16 bytes are compared inside the table; all bytes are kept in a heap for decoding. */
import type { Arena } from '../../arrow/memory.ts';
import type { EngineInstance } from '../ports.ts';
import { DICTIONARY } from '../../../wasm/abi/group-kernels.ts';
import { Block } from './block.ts';

const CAPACITY_MIN = 1024;
const HEAP_BYTES_MIN = 32 * 1024;
const HEAP_BYTES_MAX = 16 * 1024 * 1024;
export const ENTRY_BYTES = 16;

export class BytesDictionary {
  readonly #instance: EngineInstance;
  readonly #control: Block;
  readonly #header: Uint32Array;
  readonly #entries: Block;
  readonly #table: Block;
  readonly #heap: Arena;
  #heapBytes = HEAP_BYTES_MIN;
  #tableBits = 0;

  constructor(instance: EngineInstance) {
    const { memory } = instance;
    this.#instance = instance;
    this.#control = new Block(memory, 'dictionary');
    this.#control.grow(DICTIONARY.bytes, 0);
    this.#control.zero(0, DICTIONARY.bytes);
    this.#header = new Uint32Array(memory.buffer, this.#control.pointer, DICTIONARY.bytes / 4);
    this.#entries = new Block(memory, 'dictionary entries');
    this.#table = new Block(memory, 'dictionary table');
    this.#heap = memory.createArena('dictionary strings');
    this.#rebuild(CAPACITY_MIN);
  }

  get count(): number {
    return this.#read(DICTIONARY.count);
  }

  /** The id of null + 1, 0 where there is none. */
  get nullMark(): number {
    return this.#read(DICTIONARY.nullId);
  }

  /** By id: {pointer u32, length u32, 8 unused bytes}. */
  get entriesPointer(): number {
    return this.#entries.pointer;
  }

  get memoryBytes(): number {
    return this.#entries.bytes + this.#table.bytes + this.#heap.allocatedBytes;
  }

  /** @param offsets of `length` rows; the ids of new strings are added */
  encode(offsets: Int32Array, data: number, validity: number, length: number, ids: number): void {
    for (let row = 0; ;) {
      row = this.#instance.kernels.dict_bytes(
        offsets.byteOffset,
        data,
        validity,
        row,
        length,
        ids,
        this.#control.pointer,
        this.#table.pointer,
        this.#tableBits,
        this.#entries.pointer,
      );
      if (row === length) return;
      if (this.count >= this.#read(DICTIONARY.countMax)) this.#rebuild(this.count * 2);
      else this.#addHeap((offsets[row + 1] ?? 0) - (offsets[row] ?? 0));
    }
  }

  release(): void {
    for (const block of [this.#control, this.#entries, this.#table]) block.release();
    this.#heap.release();
  }

  #read(offset: number): number {
    return this.#header[offset / 4] ?? 0;
  }

  #addHeap(neededBytes: number): void {
    const bytes = Math.max(this.#heapBytes, neededBytes);
    this.#heapBytes = Math.min(this.#heapBytes * 2, HEAP_BYTES_MAX);
    const pointer = this.#heap.allocate(bytes);
    this.#header[DICTIONARY.heapNext / 4] = pointer;
    this.#header[DICTIONARY.heapEnd / 4] = pointer + bytes;
  }

  #rebuild(capacity: number): void {
    this.#header[DICTIONARY.countMax / 4] = capacity;
    this.#entries.grow(capacity * ENTRY_BYTES, this.count * ENTRY_BYTES);
    this.#tableBits = Math.ceil(Math.log2(capacity * 2));
    const tableBytes = 32 * 2 ** this.#tableBits;
    this.#table.grow(tableBytes, 0);
    this.#table.zero(0, tableBytes);
    this.#instance.kernels.dict_bytes_rebuild(
      this.#entries.pointer,
      this.#control.pointer,
      this.#table.pointer,
      this.#tableBits,
    );
  }
}
