/**
 * The groups' records: one block, `stride` bytes a group, zeroed when first covered. Address space is reserved well ahead,
 * which costs nothing until it is touched.
 */
import type { EngineInstance } from '../ports.ts';
import { Block } from './block.ts';

const RESERVE_FACTOR = 4;
const RESERVE_AHEAD_BYTES_MAX = 64 * 1024 * 1024;

export class Records {
  readonly stride: number;
  readonly #instance: EngineInstance;
  readonly #block: Block;
  #capacity = 0;

  constructor(instance: EngineInstance, stride: number) {
    this.stride = stride;
    this.#instance = instance;
    this.#block = new Block(instance.memory, 'group records');
  }

  get pointer(): number {
    return this.#block.pointer;
  }

  /** Records that exist: ids are below. */
  get capacity(): number {
    return this.#capacity;
  }

  get memoryBytes(): number {
    return this.#capacity * this.stride;
  }

  ensure(capacity: number): void {
    if (capacity <= this.#capacity) return;
    const used = this.#capacity * this.stride;
    const needed = capacity * this.stride;
    if (needed > this.#block.bytes) {
      this.#block.grow(Math.max(needed, Math.min(needed * RESERVE_FACTOR, needed + RESERVE_AHEAD_BYTES_MAX)), used);
    }
    this.#block.zero(used, needed);
    this.#capacity = capacity;
  }

  /** Moves `runs` runs of `from` records each to runs of `to` records. */
  spread(runs: number, from: number, to: number): void {
    const { buffer } = this.#instance.memory;
    this.ensure(runs * to);
    const bytes = new Uint8Array(buffer, this.#block.pointer, this.#capacity * this.stride);
    for (let run = runs - 1; run >= 0; run--) {
      const at = run * to * this.stride;
      bytes.copyWithin(at, run * from * this.stride, (run + 1) * from * this.stride);
      bytes.fill(0, at + from * this.stride, at + to * this.stride);
    }
  }

  release(): void {
    this.#block.release();
    this.#capacity = 0;
  }
}
