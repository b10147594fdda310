/**
 * Rows of the program that stay in engine memory from one query to the next, by their number. When they outgrow their
 * bound, those not used for longest leave, unless a query is reading them.
 */
import type { RecordBatch } from '../arrow/column.ts';
import { fromIpc } from '../arrow/ipc.ts';
import type { Arena, EngineMemory } from '../arrow/memory.ts';
import { toEngine } from '../arrow/transfer.ts';
import type { InlineRows } from '../plan/logical-plan.ts';

/** Of 4 GiB in all. */
const KEPT_BYTES_MAX = 1.5 * 1024 ** 3;

interface Entry {
  readonly arena: Arena;
  readonly batches: readonly RecordBatch[];
  readonly bytes: number;
  readers: number;
  forgotten: boolean;
}

/** Valid until `release`. */
export interface KeptBatches {
  readonly batches: readonly RecordBatch[];
  readonly release: () => void;
}

export class KeptRows {
  readonly #memory: EngineMemory;
  readonly #bytesMax: number;
  /** Least recently opened first. */
  readonly #entries = new Map<number, Entry>();

  constructor(memory: EngineMemory, options: { readonly bytesMax?: number } = {}) {
    this.#memory = memory;
    this.#bytesMax = options.bytesMax ?? KEPT_BYTES_MAX;
  }

  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
  }

  /** All columns of the rows, in engine memory; undefined where they are not to be kept. @throws OUT_OF_MEMORY */
  open(rows: InlineRows): KeptBatches | undefined {
    const { id } = rows;
    if (id === undefined) return undefined;
    const entry = this.#entries.get(id) ?? this.#load(rows);
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    entry.readers++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      entry.readers--;
      if (entry.forgotten && entry.readers === 0) entry.arena.release();
      this.#makeRoom(0);
    };
    return { batches: entry.batches, release };
  }

  forget(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    entry.forgotten = true;
    if (entry.readers === 0) entry.arena.release();
  }

  #load(rows: InlineRows): Entry {
    this.#makeRoom(rows.ipc.byteLength);
    const arena = this.#memory.createArena('rows of the program');
    try {
      const batches = fromIpc(rows.ipc).batches.map((batch) => toEngine(batch, arena));
      return { arena, batches, bytes: arena.allocatedBytes, readers: 0, forgotten: false };
    } catch (error) {
      arena.release();
      throw error;
    }
  }

  #makeRoom(neededBytes: number): void {
    let bytes = this.bytes + neededBytes;
    for (const [id, entry] of this.#entries) {
      if (bytes <= this.#bytesMax) return;
      if (entry.readers > 0) continue;
      bytes -= entry.bytes;
      this.forget(id);
    }
  }
}
