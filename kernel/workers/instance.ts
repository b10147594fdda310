/** Engine memory and the wasm instances over it: one memory for all engine threads, one instance on each. */
import type { Arena, EngineMemory } from '../arrow/memory.ts';
import type { EngineInstance } from '../physical/ports.ts';
import type { Kernels } from '../../wasm/abi/kernels.ts';
import { assert } from '../core/assert.ts';
import { MillraceError } from '../core/errors.ts';
import { PAGE_BYTES } from '../../wasm/abi/layout.ts';
import { PageAllocator, type PageRun } from './page-allocator.ts';

const ENGINE_BYTES_MAX = 4 * 1024 ** 3;
const ENGINE_BYTES_MIN = 64 * 1024 ** 2;
const CHUNK_PAGES_MAX = 16;
const LARGE_BLOCK_BYTES = 256 * 1024;
/** Readable bytes that follow every block. */
const SLACK_BYTES = 16;

/** Engine memory as one thread sees it; `handle` is posted to other threads, which call `openEngineMemory` with it. */
export interface SharedEngineMemory extends EngineMemory {
  readonly handle: WebAssembly.Memory;
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/**
 * Reserves address space for the engine; pages become resident at first touch. Where the system refuses that much, half
 * is tried, down to 64 MiB.
 * @throws OUT_OF_MEMORY
 */
export function createEngineMemory(options: { readonly maximumBytes?: number } = {}): SharedEngineMemory {
  for (let bytes = options.maximumBytes ?? ENGINE_BYTES_MAX; ; bytes /= 2) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    try {
      return openEngineMemory(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (bytes / 2 < ENGINE_BYTES_MIN) {
        throw new MillraceError('OUT_OF_MEMORY', { bytes, owner: 'the engine', used: 0, total: 0 }, { cause: error });
      }
    }
  }
}

/** The memory that another thread created. */
export function openEngineMemory(handle: WebAssembly.Memory): SharedEngineMemory {
  const { buffer } = handle;
  assert(buffer instanceof SharedArrayBuffer, 'engine memory is shared');
  const pages = new PageAllocator(buffer);
  const memory: SharedEngineMemory = {
    handle,
    buffer,
    createArena: (label) => new PagedArena(memory, pages, label),
    get usedBytes() {
      return pages.usedPages * PAGE_BYTES;
    },
    get totalBytes() {
      return pages.totalPages * PAGE_BYTES;
    },
  };
  return memory;
}

export function compileKernels(bytes: ArrayBufferView | ArrayBuffer): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytes);
}

/** Synchronous: for a thread that has just started. `module` comes from `compileKernels`, by post where need be. */
export function instantiate(module: WebAssembly.Module, memory: SharedEngineMemory): EngineInstance {
  const instance = new WebAssembly.Instance(module, { env: { memory: memory.handle } });
  // The boundary between wasm and TypeScript: test/kernels/exports.test.ts holds the module to the interface.
  return { memory, kernels: instance.exports as unknown as Kernels };
}

/** Bump allocation in runs of pages that grow from 64 KiB to 1 MiB; a large block has a run of its own. */
class PagedArena implements Arena {
  readonly memory: EngineMemory;
  readonly #pages: PageAllocator;
  readonly #label: string;
  #runs: PageRun[] = [];
  #chunkPages = 1;
  #next = 0;
  #end = 0;
  #allocatedBytes = 0;

  constructor(memory: EngineMemory, pages: PageAllocator, label: string) {
    this.memory = memory;
    this.#pages = pages;
    this.#label = label;
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  allocate(bytes: number): number {
    assert(Number.isInteger(bytes) && bytes >= 0, `a block has a whole number of bytes, not ${bytes}`);
    const aligned = Math.ceil(bytes / 16) * 16;
    if (this.#next + aligned + SLACK_BYTES > this.#end) return this.#allocateInNewRun(aligned);
    const pointer = this.#next;
    this.#next += aligned;
    this.#allocatedBytes += aligned;
    return pointer;
  }

  release(): void {
    for (const run of this.#runs) this.#pages.give(run);
    this.#runs = [];
    this.#chunkPages = 1;
    this.#next = 0;
    this.#end = 0;
    this.#allocatedBytes = 0;
  }

  #allocateInNewRun(bytes: number): number {
    const needed = Math.ceil((bytes + SLACK_BYTES) / PAGE_BYTES);
    const run = this.#takeRun(bytes > LARGE_BLOCK_BYTES ? needed : Math.max(needed, this.#chunkPages));
    this.#chunkPages = Math.min(this.#chunkPages * 2, CHUNK_PAGES_MAX);
    const end = run.pointer + run.pages * PAGE_BYTES;
    const next = run.pointer + bytes;
    if (end - next > this.#end - this.#next) {
      this.#next = next;
      this.#end = end;
    }
    this.#allocatedBytes += bytes;
    return run.pointer;
  }

  #takeRun(pages: number): PageRun {
    const run = this.#pages.take(pages);
    if (run === undefined) {
      throw new MillraceError('OUT_OF_MEMORY', {
        bytes: pages * PAGE_BYTES,
        owner: this.#label,
        used: this.#pages.usedPages * PAGE_BYTES,
        total: this.#pages.totalPages * PAGE_BYTES,
      });
    }
    this.#runs.push(run);
    return run;
  }
}
