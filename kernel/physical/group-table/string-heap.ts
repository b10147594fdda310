/** Strings that accumulators hold: each group reuses its own room, so the heap grows only with longer values. */
import type { BytesColumn } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { EngineInstance } from '../ports.ts';
import { validityFrom } from './key-codec.ts';

const HEAP_BYTES_MIN = 16 * 1024;
const HEAP_BYTES_MAX = 4 * 1024 * 1024;

/** Rows of one block. */
export interface FeedRows {
  /** Where in the columns they start. */
  readonly from: number;
  readonly length: number;
  /** u32 each: the record of row i is at `records + ids[i] * stride`. */
  readonly ids: number;
  readonly records: number;
}

export class StringHeap {
  readonly #instance: EngineInstance;
  readonly #arena: Arena;
  /** {next free byte u32, end u32} */
  #header: Uint32Array | undefined;
  #bytes = HEAP_BYTES_MIN;

  constructor(instance: EngineInstance) {
    this.#instance = instance;
    this.#arena = instance.memory.createArena('group strings');
  }

  get memoryBytes(): number {
    return this.#arena.allocatedBytes;
  }

  /** @param mode one of PICK */
  feed(mode: number, column: BytesColumn, rows: FeedRows, stride: number, slot: number, has: number): void {
    const offsets = column.offsets.subarray(rows.from);
    for (let row = 0; ;) {
      this.#header ??= this.#createHeader();
      row = this.#instance.kernels.acc_bytes(
        mode,
        rows.ids,
        offsets.byteOffset,
        column.data.byteOffset,
        validityFrom(column, rows.from),
        row,
        rows.length,
        rows.records,
        stride,
        slot,
        has,
        this.#header.byteOffset,
      );
      if (row < 0) return;
      this.#grow(this.#header, (offsets[row + 1] ?? 0) - (offsets[row] ?? 0));
    }
  }

  #createHeader(): Uint32Array {
    return new Uint32Array(this.#instance.memory.buffer, this.#arena.allocate(16), 2).fill(0);
  }

  #grow(header: Uint32Array, neededBytes: number): void {
    const bytes = Math.max(this.#bytes, Math.ceil(neededBytes / 16) * 16);
    this.#bytes = Math.min(this.#bytes * 2, HEAP_BYTES_MAX);
    const pointer = this.#arena.allocate(bytes);
    header[0] = pointer;
    header[1] = pointer + bytes;
  }

  release(): void {
    this.#arena.release();
    this.#header = undefined;
  }
}
