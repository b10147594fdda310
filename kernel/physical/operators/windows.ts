/** Windows of rows and panes (SEMANTICS.md 12). All times in µs. */
import type { Column, StructColumn } from '../../arrow/column.ts';
import { allocateFixed } from '../../arrow/make.ts';
import type { Arena } from '../../arrow/memory.ts';
import { pointerOf } from '../../arrow/open.ts';
import { constantBlock, fixedOperand } from '../../arrow/operand.ts';
import { field, Types } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';
import type { EvalContext } from '../../functions/contract.ts';
import type { PaneExpansion } from '../stage.ts';

type Space = Pick<EvalContext, 'arena' | 'kernels'>;

export const WINDOW_TYPE = Types.struct([field('start', Types.timestamp, true), field('end', Types.timestamp, true)]);

/** struct<start, end> out of starts. */
export function windowStruct(starts: Column, windowMicros: bigint, { arena, kernels }: Space): StructColumn {
  assert(starts.layout === 'fixed', 'starts are timestamps');
  const { length } = starts;
  const { pointer, step } = fixedOperand(starts);
  const added = constantBlock(Types.long, windowMicros, arena);
  const ends = allocateFixed(Types.timestamp, length, arena);
  kernels.add_i64(pointer, step, added.pointer, added.step, length, pointerOf(ends.values));
  const start: Column = { ...starts, type: Types.timestamp };
  return { layout: 'struct', type: WINDOW_TYPE, length, validity: starts.validity, children: [start, ends] };
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
  space: Space,
): { readonly rows: Uint32Array; readonly windows: StructColumn } {
  assert(times.layout === 'fixed' && times.values instanceof BigInt64Array, 'times are timestamps');
  assert(lastStarts.layout === 'fixed' && lastStarts.values instanceof BigInt64Array, 'starts are timestamps');
  const perRow = Number((windowMicros + slideMicros - 1n) / slideMicros);
  const { arena } = space;
  const rows = new Uint32Array(times.length * perRow);
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
  return { rows: rows.subarray(0, count), windows: windowStruct(kept, windowMicros, space) };
}

/**
 * The windows of each pane: a pane lies wholly inside a window or outside.
 * @returns the source row of each, ascending, and the windows' starts
 */
export function expandPanes(
  panes: Column,
  expansion: PaneExpansion,
  arena: Arena,
): { readonly rows: Uint32Array; readonly starts: Column } {
  assert(panes.layout === 'fixed' && panes.values instanceof BigInt64Array, 'panes are timestamps');
  const { windowMicros, slideMicros, startMicros, paneMicros } = expansion;
  const perPane = windowsPerPane(expansion);
  const rows = new Uint32Array(panes.length * perPane);
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

/** At most. */
export function windowsPerPane({ windowMicros, slideMicros }: PaneExpansion): number {
  return Number((windowMicros + slideMicros - 1n) / slideMicros);
}

function floorMod(a: bigint, b: bigint): bigint {
  const remainder = a % b;
  return remainder < 0n ? remainder + b : remainder;
}
