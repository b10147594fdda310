/** Several scans as one: up to `concurrency` of them are read at a time, each one lease ahead of the consumer. */
import type { ScanLease } from '../arrow/scan.ts';

type Scan = AsyncGenerator<ScanLease>;
interface Arrival {
  readonly scan: Scan;
  readonly result: IteratorResult<ScanLease>;
}

/** Leases come in the order of their arrival. When the consumer stops early, what was read ahead is released. */
export async function* mergeScans(scans: readonly Scan[], concurrency: number): AsyncGenerator<ScanLease> {
  const waiting = [...scans];
  const arriving = new Map<Scan, Promise<Arrival>>();
  const advance = (scan: Scan): void => {
    arriving.set(
      scan,
      scan.next().then((result) => ({ scan, result })),
    );
  };
  try {
    for (;;) {
      while (arriving.size < concurrency) {
        const next = waiting.shift();
        if (next === undefined) break;
        advance(next);
      }
      if (arriving.size === 0) return;
      const { scan, result } = await Promise.race(arriving.values());
      arriving.delete(scan);
      if (result.done === true) continue;
      advance(scan);
      yield result.value;
    }
  } finally {
    await Promise.all([...arriving].map(([scan, arrival]) => abandon(scan, arrival)));
  }
}

async function abandon(scan: Scan, arrival: Promise<Arrival>): Promise<void> {
  try {
    const { result } = await arrival;
    if (result.done !== true) result.value.release();
    await scan.return(undefined);
  } catch {
    // The consumer has its error already, or left of its own will.
  }
}
