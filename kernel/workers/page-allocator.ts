/**
 * Hands out runs of 64-KiB pages of the shared engine memory to any thread, without locks: one free stack per size class
 * (LIFO, because the first touch of a fresh page costs 2 µs), then the untouched frontier, then larger free runs split.
 * Only when all that fails are free runs sorted and joined, by one thread at a time.
 *
 * ```
 * control block, i32 words from CONTROL_OFFSET
 *   0        frontier: first page never handed out
 *   1        end: first page that must not be handed out
 *   2        1 while a thread joins free runs
 *   3        pages in use
 *   16 ..    head of each class's free stack: tag << 16 | page (0: empty); the tag counts changes, against ABA
 *   256 ..   next[page]: the run below in its stack
 * ```
 */
import { CONTROL_OFFSET, PAGE_BYTES, PAGES_OFFSET } from '../../wasm/abi/layout.ts';

const FRONTIER = 0;
const END = 1;
const JOINING = 2;
const USED = 3;
const HEADS = 16;
const NEXT = 256;
const PAGES_MAX = 65536;
const JOIN_WAIT_MS = 100;

/** Pages per run of each class: steps of a quarter power of two, so that rounding up wastes at most a fifth. */
const CLASS_PAGES: readonly number[] = sizeClasses();

function sizeClasses(): number[] {
  const classes: number[] = [1, 2, 3];
  for (let base = 4; base < PAGES_MAX; base *= 2) for (let i = 4; i < 8; i++) classes.push((base / 4) * i);
  return classes;
}

function classFor(pages: number): number {
  return CLASS_PAGES.findIndex((size) => size >= pages);
}

export interface PageRun {
  /** Byte offset of the first page. */
  readonly pointer: number;
  readonly pages: number;
}

export class PageAllocator {
  readonly totalPages: number;
  readonly #control: Int32Array;

  /** Any number of allocators may be opened over the same memory; the first prepares the control block. */
  constructor(buffer: SharedArrayBuffer) {
    this.#control = new Int32Array(buffer, CONTROL_OFFSET, NEXT + PAGES_MAX);
    const first = PAGES_OFFSET / PAGE_BYTES;
    const end = Math.min(buffer.byteLength / PAGE_BYTES, PAGES_MAX) - 1;
    this.totalPages = end - first;
    Atomics.compareExchange(this.#control, END, 0, end);
    Atomics.compareExchange(this.#control, FRONTIER, 0, first);
  }

  get usedPages(): number {
    return Atomics.load(this.#control, USED);
  }

  /** @returns a run of at least `pages` pages, or undefined where there is none */
  take(pages: number): PageRun | undefined {
    const wanted = classFor(pages);
    if (wanted < 0) return undefined;
    const page = this.#takeClass(wanted) ?? this.#joinAndTake(wanted);
    if (page === undefined) return undefined;
    const taken = this.#pagesOf(wanted);
    Atomics.add(this.#control, USED, taken);
    return { pointer: page * PAGE_BYTES, pages: taken };
  }

  give(run: PageRun): void {
    Atomics.sub(this.#control, USED, run.pages);
    this.#push(classFor(run.pages), run.pointer / PAGE_BYTES);
  }

  #pagesOf(sizeClass: number): number {
    return CLASS_PAGES[sizeClass] ?? 0;
  }

  #takeClass(wanted: number): number | undefined {
    return this.#pop(wanted) ?? this.#advanceFrontier(this.#pagesOf(wanted)) ?? this.#split(wanted);
  }

  #advanceFrontier(pages: number): number | undefined {
    for (;;) {
      const page = Atomics.load(this.#control, FRONTIER);
      if (page + pages > Atomics.load(this.#control, END)) return undefined;
      if (Atomics.compareExchange(this.#control, FRONTIER, page, page + pages) === page) return page;
    }
  }

  #split(wanted: number): number | undefined {
    const pages = this.#pagesOf(wanted);
    for (let larger = wanted + 1; larger < CLASS_PAGES.length; larger++) {
      const page = this.#pop(larger);
      if (page === undefined) continue;
      this.#pushRange(page + pages, this.#pagesOf(larger) - pages);
      return page;
    }
    return undefined;
  }

  #joinAndTake(wanted: number): number | undefined {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (Atomics.compareExchange(this.#control, JOINING, 0, 1) !== 0) {
        Atomics.wait(this.#control, JOINING, 1, JOIN_WAIT_MS);
      } else {
        this.#joinFreeRuns();
        Atomics.store(this.#control, JOINING, 0);
        Atomics.notify(this.#control, JOINING);
      }
      const page = this.#takeClass(wanted);
      if (page !== undefined) return page;
    }
    return undefined;
  }

  #joinFreeRuns(): void {
    const runs: { page: number; pages: number }[] = [];
    for (let sizeClass = 0; sizeClass < CLASS_PAGES.length; sizeClass++) {
      for (let page = this.#pop(sizeClass); page !== undefined; page = this.#pop(sizeClass)) {
        runs.push({ page, pages: this.#pagesOf(sizeClass) });
      }
    }
    runs.sort((a, b) => a.page - b.page);
    let start = 0;
    let pages = 0;
    for (const run of runs) {
      if (start + pages !== run.page) {
        this.#pushRange(start, pages);
        start = run.page;
        pages = 0;
      }
      pages += run.pages;
    }
    const retreated = Atomics.compareExchange(this.#control, FRONTIER, start + pages, start) === start + pages;
    if (!retreated || pages === 0) this.#pushRange(start, pages);
  }

  #pushRange(page: number, pages: number): void {
    while (pages > 0) {
      const sizeClass = CLASS_PAGES.findLastIndex((size) => size <= pages);
      this.#push(sizeClass, page);
      page += this.#pagesOf(sizeClass);
      pages -= this.#pagesOf(sizeClass);
    }
  }

  #push(sizeClass: number, page: number): void {
    for (;;) {
      const head = Atomics.load(this.#control, HEADS + sizeClass);
      Atomics.store(this.#control, NEXT + page, head & 0xffff);
      if (this.#replaceHead(sizeClass, head, page)) return;
    }
  }

  #pop(sizeClass: number): number | undefined {
    for (;;) {
      const head = Atomics.load(this.#control, HEADS + sizeClass);
      const page = head & 0xffff;
      if (page === 0) return undefined;
      if (this.#replaceHead(sizeClass, head, Atomics.load(this.#control, NEXT + page))) return page;
    }
  }

  #replaceHead(sizeClass: number, head: number, page: number): boolean {
    const next = (((head >>> 16) + 1) << 16) | page;
    return Atomics.compareExchange(this.#control, HEADS + sizeClass, head, next) === head;
  }
}
