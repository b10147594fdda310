/**
 * Engine memory. Columns that a wasm kernel reads or writes lie in one WebAssembly memory that all engine threads share;
 * a pointer is a byte offset into it, and the `byteOffset` of a typed array laid over it.
 *
 * Lifecycle: an Arena is taken for a micro-batch, a task or an operator's state; everything allocated from it is freed
 * by one `release()`. Nothing is freed singly. What leaves the engine is copied out before the release.
 */
export interface EngineMemory {
  /** A SharedArrayBuffer of fixed size (initial = maximum), so views over it never detach. */
  readonly buffer: SharedArrayBuffer;
  createArena(label: string): Arena;
}

export interface Arena {
  readonly memory: EngineMemory;
  /**
   * A block of `bytes` bytes, 16-byte aligned, content undefined, followed by at least 16 readable bytes (SIMD kernels
   * may read, never write, past the end).
   * @throws OUT_OF_MEMORY when the engine memory is exhausted
   */
  allocate(bytes: number): number;
  /** Bytes handed out so far. */
  readonly allocatedBytes: number;
  /** Gives everything back. The arena may be used again afterwards; views over what it gave may not. */
  release(): void;
}
