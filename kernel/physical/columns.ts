/** Conditions as bitmaps and row numbers, constants as columns, and choosing between columns. */
import type { Column } from '../arrow/column.ts';
import { concatColumns } from '../arrow/concat.ts';
import { selectionOf, trueBits as bitsOfTrue } from '../arrow/gather.ts';
import { allocateBitmap, allocateBytes, allocateFixed, bitmapBytes, nullColumn } from '../arrow/make.ts';
import type { Arena } from '../arrow/memory.ts';
import { pointerOf } from '../arrow/open.ts';
import { type DataType, fixedWidth } from '../arrow/types.ts';
import type { Argument, EvalContext } from '../functions/contract.ts';
import { asColumn } from '../functions/vectors.ts';
import { takeColumn } from './take.ts';

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
export function trueBits(column: Column, { arena, kernels }: EvalContext): Uint8Array {
  return bitsOfTrue(column, kernels, arena);
}

/** The numbers of the rows whose bit is set (or not), ascending, in the arena. */
export function rowsWhere(
  bits: Uint8Array,
  length: number,
  which: 'set' | 'unset',
  { arena, kernels }: EvalContext,
): Uint32Array {
  if (which === 'set') return selectionOf(bits, length, kernels, arena);
  const others = allocateBytes(bitmapBytes(length), arena);
  kernels.bitmap_not(pointerOf(bits), pointerOf(others), length);
  return selectionOf(others, length, kernels, arena);
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
  const rows = new Uint32Array(length);
  for (let row = 0; row < length; row++) rows[row] = ((bits[row >> 3] ?? 0) >> (row & 7)) & 1 ? row : length + row;
  return takeColumn(concatColumns(a.type, [a, b], arena), rows, context);
}

function selectValidity(
  bits: Uint8Array,
  a: Column,
  b: Column,
  { arena, kernels }: EvalContext,
): Uint8Array | undefined {
  if (a.validity === undefined && b.validity === undefined) return undefined;
  const { length } = a;
  const out = allocateBytes(bitmapBytes(length), arena);
  const ofA = a.validity ?? allocateBitmap(length, arena, 1);
  const ofB = b.validity ?? allocateBitmap(length, arena, 1);
  kernels.bitmap_select(pointerOf(bits), pointerOf(ofA), pointerOf(ofB), pointerOf(out), length);
  return out;
}
