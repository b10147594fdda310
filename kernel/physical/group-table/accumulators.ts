/** Which kernel feeds an accumulator from a column: decided per block, by operation and types. Kernels only loop. */
import type { Column } from '../../arrow/column.ts';
import type { DataType } from '../../arrow/types.ts';
import type { AccumulatorSpec } from '../../functions/contract.ts';
import type { EngineInstance } from '../ports.ts';
import type { AccumulatorLayout } from './record-layout.ts';
import { PICK } from '../../../wasm/abi/group-kernels.ts';
import { assert } from '../../core/assert.ts';
import { MillraceError } from '../../core/errors.ts';
import { fixedWidth, typeName } from '../../arrow/types.ts';
import { BLOCK_ROWS, validityFrom } from './key-codec.ts';
import type { FeedRows, StringHeap } from './string-heap.ts';

/** What the kernels of one table share. */
export interface AccumulatorContext {
  readonly instance: EngineInstance;
  readonly stride: number;
  /** Where the strings of min, max, first and last are kept. */
  readonly strings: StringHeap;
  /** BLOCK_ROWS * 16 bytes for converted inputs. */
  readonly scratch: number;
}

/** How rows reach an accumulator: new rows, partial states to merge, or states to take as they are. */
export type FeedMode = 'update' | 'merge' | 'put';

/** @throws ARITHMETIC_OVERFLOW */
export function feed(
  { spec, slot, has }: AccumulatorLayout,
  column: Column | undefined,
  mode: FeedMode,
  rows: FeedRows,
  context: AccumulatorContext,
): void {
  const { instance, stride } = context;
  const { ids, from, length, records } = rows;
  if (mode === 'update' && spec.op === 'count') {
    const validity = column === undefined ? 0 : columnValidity(column, from, length, context);
    instance.kernels.acc_count(ids, validity, length, records, stride, slot);
    return;
  }
  assert(column !== undefined, `${spec.op} has an input`);
  if (column.layout === 'null') {
    feedNulls(mode, spec, rows, has, context);
    return;
  }
  const input: Input = { column, slot, has, rows, context };
  if (mode === 'put') {
    pick(PICK.last, input);
    return;
  }
  switch (spec.op) {
    case 'count': {
      addCounts(input);
      return;
    }
    case 'sum': {
      sum(spec, mode, input);
      return;
    }
    case 'min':
    case 'max': {
      extreme(spec.op, input);
      return;
    }
    case 'first': {
      pick(PICK.first, input);
      return;
    }
    case 'last': {
      pick(PICK.last, input);
      return;
    }
    case 'first_non_null': {
      pick(PICK.firstNonNull, input);
      return;
    }
    case 'last_non_null': {
      pick(PICK.lastNonNull, input);
      return;
    }
  }
}

interface Input {
  readonly column: Exclude<Column, { layout: 'null' }>;
  readonly slot: number;
  readonly has: number;
  readonly rows: FeedRows;
  readonly context: AccumulatorContext;
}

/** A count's validity; a column of the void type is all nulls. */
function columnValidity(
  column: Column,
  from: number,
  length: number,
  { scratch, instance }: AccumulatorContext,
): number {
  if (column.layout !== 'null') return validityFrom(column, from);
  instance.kernels.bitmap_fill(scratch, length, 0);
  return scratch;
}

/** A void input only tells first and last that a row was there. */
function feedNulls(
  mode: FeedMode,
  spec: AccumulatorSpec,
  { ids, length, records }: FeedRows,
  has: number,
  { instance, stride, scratch }: AccumulatorContext,
): void {
  if (mode !== 'put' && spec.op !== 'first' && spec.op !== 'last') return;
  instance.kernels.bitmap_fill(scratch, length, 0);
  const picked = mode === 'put' || spec.op === 'last' ? PICK.last : PICK.first;
  instance.kernels.acc_pick_fixed1(picked, ids, scratch, scratch, length, records, stride, has, has);
}

function addCounts({ column, slot, rows, context }: Input): void {
  assert(column.layout === 'fixed', 'counts are longs');
  const { stride } = context;
  const values = column.values.byteOffset + rows.from * 8;
  context.instance.kernels.acc_add_counts(rows.ids, values, rows.length, rows.records, stride, slot);
}

/** What the kernels of integer sums do where one overflows. */
const CHECKED = { wrap: 0, error: 1, null: 2 } as const;

function sum(spec: AccumulatorSpec, mode: FeedMode, input: Input): void {
  const { column, slot, has, rows, context } = input;
  assert(column.layout === 'fixed', 'a sum adds numbers');
  const { kernels } = context.instance;
  const { stride } = context;
  const checked = CHECKED[spec.onOverflow];
  const state = spec.stateType;
  const wantsDouble = state.kind === 'double' || state.kind === 'float';
  const values = wantsDouble ? toDoubles(column, rows, context) : pointerFrom(column.values, rows.from, column.type);
  const args = [
    rows.ids,
    values,
    validityFrom(column, rows.from),
    rows.length,
    rows.records,
    stride,
    slot,
    has,
  ] as const;
  let overflow = -1;
  if (wantsDouble) kernels.acc_sum_f64(...args);
  else if (state.kind === 'decimal') {
    assert(column.type.kind === 'decimal', 'a decimal sum adds decimals');
    const limit = writeLimit(state.precision, context);
    overflow = kernels.acc_sum_d128(...args, limit, spec.onOverflow === 'error' ? 1 : 0);
  } else overflow = sumIntegers(column.values, checked, args, context.instance);
  if (overflow >= 0) {
    throw new MillraceError('ARITHMETIC_OVERFLOW', {
      operation: `${mode === 'merge' ? 'Merging sums' : 'sum'} of type ${typeName(state)}`,
      remedy: 'Use try_sum to get NULL instead, or set spark.sql.ansi.enabled to false.',
    });
  }
}

type AccumulateArgs = readonly [number, number, number, number, number, number, number, number];

/** What the kernels of single values take, given where the values lie. */
function argsOf({ column, slot, has, rows, context }: Input): (values: number) => AccumulateArgs {
  const validity = validityFrom(column, rows.from);
  return (values) => [rows.ids, values, validity, rows.length, rows.records, context.stride, slot, has];
}

function sumIntegers(
  values: ArrayBufferView,
  checked: (typeof CHECKED)[keyof typeof CHECKED],
  args: AccumulateArgs,
  { kernels }: EngineInstance,
): number {
  if (values instanceof BigInt64Array) return kernels.acc_sum_i64(checked, ...args);
  if (values instanceof Int32Array) return kernels.acc_sum_i32(checked, ...args);
  if (values instanceof Int16Array) return kernels.acc_sum_i16(checked, ...args);
  assert(values instanceof Int8Array, 'a long sum adds integers');
  return kernels.acc_sum_i8(checked, ...args);
}

/** The rows as f64: in place where they are, else converted into scratch. */
function toDoubles(
  column: Extract<Column, { layout: 'fixed' }>,
  { from, length }: FeedRows,
  { scratch, instance }: AccumulatorContext,
): number {
  const { values } = column;
  const { kernels } = instance;
  const pointer = values.byteOffset + from * values.BYTES_PER_ELEMENT;
  if (values instanceof Float64Array) return pointer;
  if (values instanceof Float32Array) kernels.cast_f32_f64(pointer, length, scratch);
  else if (values instanceof Int32Array) kernels.cast_i32_f64(pointer, length, scratch);
  else if (values instanceof Int16Array) kernels.cast_i16_f64(pointer, length, scratch);
  else if (values instanceof Int8Array) kernels.cast_i8_f64(pointer, length, scratch);
  else kernels.cast_i64_f64(pointer, length, scratch);
  return scratch;
}

function pointerFrom(values: { readonly byteOffset: number }, from: number, type: DataType): number {
  return values.byteOffset + from * (fixedWidth(type) ?? 0);
}

/** 10^precision as 128 bits, in scratch. */
function writeLimit(precision: number, { scratch, instance }: AccumulatorContext): number {
  const words = new BigUint64Array(instance.memory.buffer, scratch, 2);
  const limit = 10n ** BigInt(precision);
  words[0] = BigInt.asUintN(64, limit);
  words[1] = limit >> 64n;
  return scratch;
}

function extreme(op: 'min' | 'max', input: Input): void {
  const { column, slot, has, rows, context } = input;
  const { kernels } = context.instance;
  if (column.layout === 'bytes') {
    context.strings.feed(op === 'min' ? PICK.min : PICK.max, column, rows, context.stride, slot, has);
    return;
  }
  const most = op === 'max' ? 1 : 0;
  const args = argsOf(input);
  if (column.layout === 'bits') {
    kernels.acc_extreme_i8(most, ...args(bitsAsBytes(column.values, rows, context)));
    return;
  }
  assert(column.layout === 'fixed', 'min and max of fixed columns');
  const at = args(pointerFrom(column.values, rows.from, column.type));
  const { values } = column;
  if (column.type.kind === 'decimal') kernels.acc_extreme_d128(most, ...at);
  else if (values instanceof BigInt64Array) kernels.acc_extreme_i64(most, ...at);
  else if (values instanceof Float64Array) kernels.acc_extreme_f64(most, ...at);
  else if (values instanceof Float32Array) kernels.acc_extreme_f32(most, ...at);
  else if (values instanceof Int32Array) kernels.acc_extreme_i32(most, ...at);
  else if (values instanceof Int16Array) kernels.acc_extreme_i16(most, ...at);
  else kernels.acc_extreme_i8(most, ...at);
}

function bitsAsBytes(bits: Uint8Array, { from, length }: FeedRows, { scratch, instance }: AccumulatorContext): number {
  instance.kernels.bits_to_bytes(bits.byteOffset + from / 8, length, scratch);
  return scratch;
}

function pick(mode: number, input: Input): void {
  const { column, slot, has, rows, context } = input;
  const { kernels } = context.instance;
  if (column.layout === 'bytes') {
    context.strings.feed(mode, column, rows, context.stride, slot, has);
    return;
  }
  const args = argsOf(input);
  if (column.layout === 'bits') {
    kernels.acc_pick_fixed1(mode, ...args(bitsAsBytes(column.values, rows, context)));
    return;
  }
  assert(column.layout === 'fixed', 'first and last of fixed columns');
  const at = args(pointerFrom(column.values, rows.from, column.type));
  switch (fixedWidth(column.type)) {
    case 1: {
      kernels.acc_pick_fixed1(mode, ...at);
      return;
    }
    case 2: {
      kernels.acc_pick_fixed2(mode, ...at);
      return;
    }
    case 4: {
      kernels.acc_pick_fixed4(mode, ...at);
      return;
    }
    case 8: {
      kernels.acc_pick_fixed8(mode, ...at);
      return;
    }
    case 16: {
      kernels.acc_pick_fixed16(mode, ...at);
      return;
    }
    case undefined: {
      assert(false, 'a fixed column has a width');
      return;
    }
  }
}

/** Bytes of an AccumulatorContext's scratch. */
export const SCRATCH_BYTES = BLOCK_ROWS * 16;
