/** The records of dense groups: a block per pane, found by a directory of pane numbers, and the kernels' state block. */
import type { Arena, EngineMemory } from '../../arrow/memory.ts';
import { assert } from '../../core/assert.ts';
import {
  DENSE_DIRECTORY,
  DENSE_DIRECTORY_COUNT,
  DENSE_FIRST_PANE,
  DENSE_KEY_BASE,
  DENSE_KEY_COUNT,
  DENSE_ORIGIN,
  DENSE_PANE_MICROS,
  DENSE_STATE_BYTES,
  DENSE_STRIDE,
  DENSE_TIME_STEP,
} from '../../../wasm/abi/dense-layout.ts';
import type { DenseShape } from './shape.ts';

/** Records that may stay empty: so many bytes, or this much for each row counted so far. */
const BYTES_FREE = 32 * 1024 ** 2;
const BYTES_PER_ROW = 16;
const BYTES_MAX = 512 * 1024 ** 2;
const DIRECTORY_MIN = 64;
const DIRECTORY_MAX = 1 << 20;
/** Where there is no time, every row is of pane 0. */
const FOREVER_MICROS = 1n << 62n;

export class PaneRecords {
  readonly #memory: EngineMemory;
  readonly #stride: number;
  readonly #state: DataView;
  readonly #blocks: Arena;
  #records: Arena;
  #panes: { readonly pane: bigint; readonly pointer: number }[] = [];
  #keyBase = 0n;
  #keyCount = 0;
  #rows = 0;

  constructor(memory: EngineMemory, { panes, stride }: DenseShape) {
    this.#memory = memory;
    this.#stride = stride;
    this.#blocks = memory.createArena('dense groups');
    this.#records = memory.createArena('dense records');
    this.#state = new DataView(memory.buffer, this.#blocks.allocate(DENSE_STATE_BYTES), DENSE_STATE_BYTES);
    this.#state.setUint32(DENSE_STRIDE, stride, true);
    this.#state.setUint32(DENSE_TIME_STEP, panes === undefined ? 0 : 8, true);
    this.#state.setBigInt64(DENSE_ORIGIN, panes?.originMicros ?? 0n, true);
    this.#state.setBigInt64(DENSE_PANE_MICROS, panes?.paneMicros ?? FOREVER_MICROS, true);
    this.#setDirectory(0n, 0);
  }

  get statePointer(): number {
    return this.#state.byteOffset;
  }

  get keyBase(): bigint {
    return this.#keyBase;
  }

  get keyCount(): number {
    return this.#keyCount;
  }

  get panes(): readonly { readonly pane: bigint; readonly pointer: number }[] {
    return this.#panes;
  }

  /** Rows that have been counted: the more there are, the more records may be empty. */
  noteRows(count: number): void {
    this.#rows += count;
  }

  /** Records for the keys `base .. base + count` in every pane. @returns false where that would be a waste */
  ensureKeys(base: bigint, count: number): boolean {
    if (base >= this.#keyBase && base + BigInt(count) <= this.#keyBase + BigInt(this.#keyCount)) return true;
    if (!this.#hasRoom(this.#panes.length, count)) return false;
    const old = { base: this.#keyBase, count: this.#keyCount, panes: this.#panes, arena: this.#records };
    assert(old.panes.length === 0 || base <= old.base, 'a range of keys only grows');
    this.#keyBase = base;
    this.#keyCount = count;
    this.#records = this.#memory.createArena('dense records');
    const shift = Number(old.base - base) * this.#stride;
    this.#panes = old.panes.map(({ pane, pointer }) => {
      const moved = this.#allocateRecords();
      const bytes = new Uint8Array(this.#memory.buffer, pointer, old.count * this.#stride);
      new Uint8Array(this.#memory.buffer, moved + shift, bytes.length).set(bytes);
      this.#enter(pane, moved);
      return { pane, pointer: moved };
    });
    old.arena.release();
    this.#state.setUint32(DENSE_KEY_COUNT, count, true);
    this.#state.setBigInt64(DENSE_KEY_BASE, base, true);
    return true;
  }

  /** Records for a pane. @returns false where that would be a waste */
  ensurePane(pane: bigint): boolean {
    if (this.#pointerOf(pane) !== 0) return true;
    if (!this.#hasRoom(this.#panes.length + 1, this.#keyCount) || !this.#coverPane(pane)) return false;
    const pointer = this.#allocateRecords();
    this.#panes.push({ pane, pointer });
    this.#enter(pane, pointer);
    return true;
  }

  release(): void {
    this.#blocks.release();
    this.#records.release();
    this.#panes = [];
  }

  #hasRoom(panes: number, keys: number): boolean {
    const bytes = panes * keys * this.#stride;
    return bytes <= Math.min(BYTES_MAX, Math.max(BYTES_FREE, this.#rows * BYTES_PER_ROW));
  }

  #allocateRecords(): number {
    const bytes = this.#keyCount * this.#stride;
    const pointer = this.#records.allocate(bytes);
    new Uint8Array(this.#memory.buffer, pointer, bytes).fill(0);
    return pointer;
  }

  get #firstPane(): bigint {
    return this.#state.getBigInt64(DENSE_FIRST_PANE, true);
  }

  get #directoryCount(): number {
    return this.#state.getUint32(DENSE_DIRECTORY_COUNT, true);
  }

  get #directory(): Uint32Array {
    return new Uint32Array(this.#memory.buffer, this.#state.getUint32(DENSE_DIRECTORY, true), this.#directoryCount);
  }

  #pointerOf(pane: bigint): number {
    const at = pane - this.#firstPane;
    return at < 0n || at >= this.#directoryCount ? 0 : (this.#directory[Number(at)] ?? 0);
  }

  #enter(pane: bigint, pointer: number): void {
    this.#directory[Number(pane - this.#firstPane)] = pointer;
  }

  /** Sees to it that the directory reaches the pane, with room on both sides. */
  #coverPane(pane: bigint): boolean {
    const known = this.#panes.map((entry) => entry.pane);
    const at = pane - this.#firstPane;
    if (at >= 0n && at < this.#directoryCount) return true;
    const least = known.reduce((a, b) => (a < b ? a : b), pane);
    const most = known.reduce((a, b) => (a > b ? a : b), pane);
    const span = most - least + 1n;
    if (span > DIRECTORY_MAX) return false;
    const room = Math.max(DIRECTORY_MIN, Number(span));
    this.#setDirectory(least - BigInt(room), Number(span) + 2 * room);
    for (const entry of this.#panes) this.#enter(entry.pane, entry.pointer);
    return true;
  }

  #setDirectory(firstPane: bigint, count: number): void {
    const pointer = this.#blocks.allocate(count * 4);
    new Uint32Array(this.#memory.buffer, pointer, count).fill(0);
    this.#state.setUint32(DENSE_DIRECTORY, pointer, true);
    this.#state.setUint32(DENSE_DIRECTORY_COUNT, count, true);
    this.#state.setBigInt64(DENSE_FIRST_PANE, firstPane, true);
  }
}
