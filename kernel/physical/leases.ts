/** Leases over rows that need no source. */
import type { RecordBatch } from '../arrow/column.ts';
import { referenceBatch } from '../arrow/open.ts';
import type { ScanLease } from '../arrow/scan.ts';
import { sliceBatch } from '../arrow/slice.ts';
import type { PhysicalOf } from './physical-plan.ts';
import type { PartitionPayload, RangePayload } from './task-readers.ts';

const TASK_ROWS = 65_536;
/** Tasks of many rows in memory are larger, down to about so many: posting one costs some 10 µs, and they are even. */
const TASKS_ENOUGH = 48;
const TASK_GROWTH_MAX = 4;

function nothingToRelease(): void {
  // The rows belong to the run.
}

function asAsync(leases: Iterable<ScanLease>): AsyncIterable<ScanLease> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = leases[Symbol.iterator]();
      return { next: () => Promise.resolve(iterator.next()) };
    },
  };
}

export const NO_LEASES: AsyncIterable<ScanLease> = asAsync([]);

/** Batches in engine memory as tasks of `columns`, cut so that workers share them. */
export function batchLeases(batches: readonly RecordBatch[]): AsyncIterable<ScanLease> {
  return asAsync(cutBatches(batches));
}

function* cutBatches(batches: readonly RecordBatch[]): Generator<ScanLease> {
  const total = batches.reduce((rows, batch) => rows + batch.length, 0);
  const growth = Math.floor(total / (TASKS_ENOUGH * TASK_ROWS));
  const taskRows = TASK_ROWS * Math.max(1, Math.min(TASK_GROWTH_MAX, growth));
  for (const batch of batches) {
    const [column] = batch.columns;
    if (column === undefined) continue;
    for (let start = 0; start < batch.length; start += taskRows) {
      const length = Math.min(taskRows, batch.length - start);
      const payload = referenceBatch(
        length === batch.length ? batch : sliceBatch(batch, start, start + length, 'heap'),
      );
      yield {
        task: { reader: 'columns', payload, bytes: length * 8 * batch.columns.length },
        release: nothingToRelease,
      };
    }
  }
}

/** Partial results as one task for each partition of the keys (ordinals of columns). */
export function partitionLeases(
  partials: readonly RecordBatch[],
  keys: readonly number[],
  partitions: number,
): AsyncIterable<ScanLease> {
  const batches = partials.map(referenceBatch);
  const bytes = partials.reduce((sum, batch) => sum + batch.length * 8 * batch.columns.length, 0);
  const leases = Array.from({ length: partitions }, (_, partition): ScanLease => {
    const payload: PartitionPayload = { batches, keys, partition, partitions };
    return { task: { reader: 'partition', payload, bytes: bytes / partitions }, release: nothingToRelease };
  });
  return asAsync(leases);
}

export function rangeLeases(range: PhysicalOf<'range'>): AsyncIterable<ScanLease> {
  return asAsync(cutRange(range));
}

function* cutRange({ start, end, step }: PhysicalOf<'range'>): Generator<ScanLease> {
  const span = step > 0n ? end - start : start - end;
  const stride = step > 0n ? step : -step;
  const total = span <= 0n ? 0n : (span + stride - 1n) / stride;
  for (let done = 0n; done < total; done += BigInt(TASK_ROWS)) {
    const left = total - done;
    const count = left < BigInt(TASK_ROWS) ? Number(left) : TASK_ROWS;
    const payload: RangePayload = { first: start + done * step, step, count };
    yield { task: { reader: 'range', payload, bytes: count * 8 }, release: nothingToRelease };
  }
}

/**
 * One scan for several readers. Leases are kept from the first reading on, since reading a task again gives the same rows;
 * they go back when the run is released.
 */
export class SharedLeases implements AsyncIterable<ScanLease> {
  readonly #source: AsyncIterator<ScanLease>;
  readonly #taken: ScanLease[] = [];
  #pending: Promise<boolean> | undefined;
  #ended = false;

  constructor(source: AsyncIterable<ScanLease>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ScanLease> {
    for (let index = 0; ; index++) {
      while (this.#taken.length <= index) {
        if (this.#ended || !(await this.#takeNext())) return;
      }
      const lease = this.#taken[index];
      if (lease !== undefined) yield { task: lease.task, release: nothingToRelease };
    }
  }

  release(): void {
    for (const lease of this.#taken.splice(0)) lease.release();
  }

  /** Readers that wait at the same time wait for the same lease. */
  #takeNext(): Promise<boolean> {
    this.#pending ??= this.#source.next().then((next) => {
      this.#pending = undefined;
      if (next.done === true) this.#ended = true;
      else this.#taken.push(next.value);
      return !this.#ended;
    });
    return this.#pending;
  }
}
