/** Conditions as bitmaps and row numbers, constants as columns, and choosing between columns. */
import type { Column } from '../arrow/column.ts';
import { allocateBitmap, allocateBytes, allocateFixed, allocateInt32, bitmapBytes, nullColumn } from '../arrow/make.ts';
import type { Arena } from '../arrow/memory.ts';
import { pointerOf } from '../arrow/open.ts';
import { type DataType, fixedWidth } from '../arrow/types.ts';
import { assert } from '../core/assert.ts';
import type { Argument, EvalContext } from '../functions/contract.ts';
import { asColumn } from '../functions/vectors.ts';
import { concatColumns } from './rows/concat.ts';
import { takeColumn } from './rows/gather.ts';

/** A column as it is; a constant repeated. */
export function columnOfArgument(argument: Argument, length: number, arena: Arena): Column {
  return argument.kind === 'column' ? argument.column : asColumn(argument, length, arena);
}

export function nullsOf(type: DataType, length: number, { arena }: EvalContext): Column {
  return nullColumn(type, length, arena);
}

/** Both bitmaps; the first where the second is absent. */
export function andValidity(
  a: Uint8Array,
  b: Uint8Array | undefined,
  length: number,
  { arena, kernels }: EvalContext,
): Uint8Array {
  if (b === undefined) return a;
  const both = allocateBytes(bitmapBytes(length), arena);
  kernels.bitmap_and(pointerOf(a), pointerOf(b), pointerOf(both), length);
  return both;
}

/** The rows of a boolean column that are true; neither false nor null. */
export function trueBits(column: Column, context: EvalContext): Uint8Array {
  if (column.layout === 'null') return allocateBitmap(column.length, context.arena, 0);
  assert(column.layout === 'bits', 'a condition is boolean');
  return andValidity(column.values, column.validity, column.length, context);
}

/** The numbers of the rows whose bit is set (or not), ascending, in the arena. */
export function rowsWhere(
  bits: Uint8Array,
  length: number,
  which: 'set' | 'unset',
  { arena, kernels }: EvalContext,
): Int32Array {
  let wanted = bits;
  if (which === 'unset') {
    wanted = allocateBytes(bitmapBytes(length), arena);
    kernels.bitmap_not(pointerOf(bits), pointerOf(wanted), length);
  }
  const rows = allocateInt32(length, arena);
  const count = kernels.bits_to_selection(pointerOf(wanted), length, pointerOf(rows));
  return rows.subarray(0, count);
}

/** `a` where the bit is set, else `b`. */
export function selectColumn(bits: Uint8Array, a: Column, b: Column, context: EvalContext): Column {
  const { arena, kernels } = context;
  const { length } = a;
  const width = fixedWidth(a.type);
  if (a.layout === 'fixed' && b.layout === 'fixed' && width !== undefined) {
    const out = allocateFixed(a.type, length, arena, selectValidity(bits, a, b, context));
    const [mask, left, right, to] = [bits, a.values, b.values, out.values].map(pointerOf);
    kernels[`select_fixed${width}`](mask ?? 0, left ?? 0, 1, right ?? 0, 1, length, to ?? 0);
    return out;
  }
  const rows = allocateInt32(length, arena);
  for (let row = 0; row < length; row++) rows[row] = ((bits[row >> 3] ?? 0) >> (row & 7)) & 1 ? row : length + row;
  return takeColumn(concatColumns([a, b], context), rows, context);
}

function selectValidity(bits: Uint8Array, a: Column, b: Column, { arena, kernels }: EvalContext): Uint8Array | undefined {
  if (a.validity === undefined && b.validity === undefined) return undefined;
  const { length } = a;
  const out = allocateBytes(bitmapBytes(length), arena);
  const ofA = a.validity ?? allocateBitmap(length, arena, 1);
  const ofB = b.validity ?? allocateBitmap(length, arena, 1);
  kernels.bitmap_select(pointerOf(bits), pointerOf(ofA), pointerOf(ofB), pointerOf(out), length);
  return out;
}
