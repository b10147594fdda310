/** What sources share whose rows are a function of their number: splitting a range of rows into tasks. */
import type { ScanLease } from '../../arrow/scan.ts';
import { scanOf } from './scan-of.ts';

/** Rows per task. */
const TASK_ROWS = 65_536;

/** `from`, `to`: row numbers, `to` exclusive. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

export function splitRows(range: RowRange): RowRange[] {
  const parts: RowRange[] = [];
  for (let from = range.from; from < range.to; from += TASK_ROWS) {
    parts.push({ from, to: Math.min(from + TASK_ROWS, range.to) });
  }
  return parts;
}

/** One lease per task of at most TASK_ROWS rows; nothing to release, since the rows are made where they are read. */
export function leaseRows(
  reader: string,
  range: RowRange,
  rowBytes: number,
  payloadOf: (part: RowRange) => object,
): AsyncIterable<ScanLease> {
  return scanOf(leases(reader, range, rowBytes, payloadOf));
}

function* leases(
  reader: string,
  range: RowRange,
  rowBytes: number,
  payloadOf: (part: RowRange) => object,
): Generator<ScanLease> {
  for (const part of splitRows(range)) {
    yield {
      task: { reader, payload: payloadOf(part), bytes: (part.to - part.from) * rowBytes },
      release: () => undefined,
    };
  }
}
