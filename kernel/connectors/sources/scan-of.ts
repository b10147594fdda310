/** Leases that are made without waiting, as the asynchronous sequence that a scan is. */
import type { ScanLease } from '../../arrow/scan.ts';

export function scanOf(leases: Iterable<ScanLease>): AsyncIterable<ScanLease> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = leases[Symbol.iterator]();
      return {
        // The executor turns what `next` throws into a rejection.
        next: () => new Promise<IteratorResult<ScanLease, undefined>>((resolve) => resolve(iterator.next())),
        return: () => {
          iterator.return?.();
          return Promise.resolve({ done: true as const, value: undefined });
        },
      };
    },
  };
}
