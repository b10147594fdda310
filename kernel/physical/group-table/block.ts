/** A block of engine memory that can grow: each has an arena of its own, since arenas free only as a whole. */
import type { Arena, EngineMemory } from '../../arrow/memory.ts';

export class Block {
  readonly #memory: EngineMemory;
  readonly #label: string;
  #arena: Arena;
  #pointer = 0;
  #bytes = 0;

  constructor(memory: EngineMemory, label: string) {
    this.#memory = memory;
    this.#label = label;
    this.#arena = memory.createArena(label);
  }

  get pointer(): number {
    return this.#pointer;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Room for `bytes`; the first `keepBytes` stay, the rest is undefined. */
  grow(bytes: number, keepBytes: number): void {
    const arena = this.#memory.createArena(this.#label);
    const pointer = arena.allocate(bytes);
    if (keepBytes > 0) {
      const old = new Uint8Array(this.#memory.buffer, this.#pointer, keepBytes);
      new Uint8Array(this.#memory.buffer, pointer, keepBytes).set(old);
    }
    this.#arena.release();
    this.#arena = arena;
    this.#pointer = pointer;
    this.#bytes = bytes;
  }

  zero(from: number, to: number): void {
    new Uint8Array(this.#memory.buffer, this.#pointer + from, to - from).fill(0);
  }

  release(): void {
    this.#arena.release();
    this.#pointer = 0;
    this.#bytes = 0;
  }
}
