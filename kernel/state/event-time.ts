/** Late rows and expired groups (SEMANTICS.md 5, 7, 9). */
import { isValid, type Column, type FixedColumn } from '../arrow/column.ts';
import { bitmapBytes } from '../arrow/make.ts';
import { assert } from '../core/assert.ts';
import type { Arena } from '../arrow/memory.ts';
import { allocateRowNumbers } from './rows.ts';

/** Event times in µs; a row is over once `value + offsetMicros <= watermark`. Rows with a null time are never over. */
export interface EventTimes {
  readonly column: FixedColumn;
  readonly micros: BigInt64Array;
  readonly offsetMicros: bigint;
}

/** @param column timestamps, or windows: then their ends, which are the last of their fields */
export function eventTimesOf(column: Column | undefined, offsetMicros: bigint): EventTimes {
  if (column?.layout === 'struct') return eventTimesOf(column.children.at(-1), offsetMicros);
  assert(column?.layout === 'fixed', 'event times are timestamps');
  const { values } = column;
  assert(values instanceof BigInt64Array, 'event times have 64 bits');
  return { column, micros: values, offsetMicros };
}

/** The rows that are not over. */
export function rowsNotOver(times: EventTimes, length: number, watermarkMs: number, arena: Arena): Uint32Array {
  const limit = limitMicros(times, watermarkMs);
  const rows = allocateRowNumbers(length, arena);
  let count = 0;
  for (let row = 0; row < length; row++) {
    if ((times.micros[row] ?? 0n) > limit || !isValid(times.column, row)) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** Whether a row is over, as a bit each; and the least time of the others, null if there is none. */
export function splitByWatermark(
  times: EventTimes,
  length: number,
  watermarkMs: number,
): { readonly over: Uint8Array; readonly leastOther: bigint | null } {
  const limit = limitMicros(times, watermarkMs);
  const over = new Uint8Array(bitmapBytes(length));
  let leastOther: bigint | null = null;
  for (let row = 0; row < length; row++) {
    if (!isValid(times.column, row)) continue;
    const micros = times.micros[row] ?? 0n;
    if (micros <= limit) over[row >> 3] = (over[row >> 3] ?? 0) | (1 << (row & 7));
    else if (leastOther === null || micros < leastOther) leastOther = micros;
  }
  return { over, leastOther };
}

/** The least time, null where all are null. */
export function leastOf({ column, micros }: EventTimes, length: number): bigint | null {
  let least: bigint | null = null;
  for (let row = 0; row < length; row++) {
    const value = micros[row] ?? 0n;
    if ((least === null || value < least) && isValid(column, row)) least = value;
  }
  return least;
}

/** Whether a group with the time `least` is over. */
export function isOver(least: bigint | null, offsetMicros: bigint, watermarkMs: number): boolean {
  return least !== null && least + offsetMicros <= BigInt(watermarkMs) * 1000n;
}

function limitMicros({ offsetMicros }: EventTimes, watermarkMs: number): bigint {
  return BigInt(watermarkMs) * 1000n - offsetMicros;
}
