/** Windows of rows and panes (SEMANTICS.md 12). All times in µs. */
import type { Column, StructColumn } from '../../arrow/column.ts';
import { allocateFixed, allocateInt32 } from '../../arrow/make.ts';
import type { Arena } from '../../arrow/memory.ts';
import { field, Types } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';

export const WINDOW_TYPE = Types.struct([
  field('start', Types.timestamp, true),
  field('end', Types.timestamp, true),
]);

/** struct<start, end> out of starts. */
export function windowStruct(starts: Column, windowMicros: bigint, arena: Arena): StructColumn {
  assert(starts.layout === 'fixed' && starts.values instanceof BigInt64Array, 'starts are timestamps');
  const { length, values } = starts;
  const ends = allocateFixed(Types.timestamp, length, arena);
  addMicros(values, windowMicros, ends.values);
  const start: Column = { ...starts, type: Types.timestamp };
  return { layout: 'struct', type: WINDOW_TYPE, length, validity: starts.validity, children: [start, ends] };
}

function addMicros(values: BigInt64Array, micros: bigint, out: unknown): void {
  assert(out instanceof BigInt64Array, 'timestamps are 64 bits wide');
  for (let i = 0; i < values.length; i++) out[i] = (values[i] ?? 0n) + micros;
}

/**
 * A row for each window that holds a row's time.
 * @param lastStarts the start of the last window that holds each time
 * @returns the source row of each, ascending, and the windows
 */
export function expandWindows(
  times: Column,
  lastStarts: Column,
  windowMicros: bigint,
  slideMicros: bigint,
  arena: Arena,
): { readonly rows: Int32Array; readonly windows: StructColumn } {
  assert(times.layout === 'fixed' && times.values instanceof BigInt64Array, 'times are timestamps');
  assert(lastStarts.layout === 'fixed' && lastStarts.values instanceof BigInt64Array, 'starts are timestamps');
  const perRow = Number((windowMicros + slideMicros - 1n) / slideMicros);
  const rows = allocateInt32(times.length * perRow, arena);
  const starts = allocateFixed(Types.timestamp, times.length * perRow, arena);
  assert(starts.values instanceof BigInt64Array, 'timestamps are 64 bits wide');
  let count = 0;
  for (let row = 0; row < times.length; row++) {
    const time = times.values[row] ?? 0n;
    let start = lastStarts.values[row] ?? 0n;
    for (let i = 0; i < perRow && start + windowMicros > time; i++) {
      rows[count] = row;
      starts.values[count++] = start;
      start -= slideMicros;
    }
  }
  const kept: Column = { ...starts, length: count, values: starts.values.subarray(0, count) };
  return { rows: rows.subarray(0, count), windows: windowStruct(kept, windowMicros, arena) };
}

/**
 * The windows of each pane: a pane lies wholly inside a window or outside.
 * @returns the source row of each, ascending, and the windows' starts
 */
export function expandPanes(
  panes: Column,
  expansion: {
    readonly windowMicros: bigint;
    readonly slideMicros: bigint;
    readonly startMicros: bigint;
    readonly paneMicros: bigint;
  },
  arena: Arena,
): { readonly rows: Int32Array; readonly starts: Column } {
  assert(panes.layout === 'fixed' && panes.values instanceof BigInt64Array, 'panes are timestamps');
  const { windowMicros, slideMicros, startMicros, paneMicros } = expansion;
  const perPane = Number((windowMicros + slideMicros - 1n) / slideMicros);
  const rows = allocateInt32(panes.length * perPane, arena);
  const starts = allocateFixed(Types.timestamp, panes.length * perPane, arena);
  assert(starts.values instanceof BigInt64Array, 'timestamps are 64 bits wide');
  let count = 0;
  for (let row = 0; row < panes.length; row++) {
    const pane = panes.values[row] ?? 0n;
    let start = pane - floorMod(pane - startMicros, slideMicros);
    for (let i = 0; i < perPane && start + windowMicros >= pane + paneMicros; i++) {
      rows[count] = row;
      starts.values[count++] = start;
      start -= slideMicros;
    }
  }
  return {
    rows: rows.subarray(0, count),
    starts: { ...starts, length: count, values: starts.values.subarray(0, count) },
  };
}

function floorMod(a: bigint, b: bigint): bigint {
  const remainder = a % b;
  return remainder < 0n ? remainder + b : remainder;
}
