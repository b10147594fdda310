/** Accumulators' values as state columns. */
import type { Column } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { EngineInstance } from '../ports.ts';
import type { AccumulatorLayout } from './record-layout.ts';
import type { Records } from './records.ts';
import { assert } from '../../core/assert.ts';
import { allocateBits, allocateBytes, allocateFixed, bitmapBytes } from '../../arrow/make.ts';
import { layoutOf } from '../../arrow/column.ts';
import { fixedWidth } from '../../arrow/types.ts';
import { bytesFromEntries } from './create-codec.ts';

/** The states of `count` groups; a count is never null, others are where the accumulator has no value. */
export function stateColumn(
  accumulator: AccumulatorLayout,
  ids: number,
  count: number,
  records: Records,
  instance: EngineInstance,
  arena: Arena,
): Column {
  const { spec, slot } = accumulator;
  const { kernels } = instance;
  const { pointer, stride } = records;
  const type = spec.stateType;
  const layout = layoutOf(type);
  if (layout === 'null') return { layout, type, length: count, validity: undefined };
  const validity = stateValidity(accumulator, ids, count, records, instance, arena);
  if (layout === 'bits') {
    const bytes = arena.allocate(count);
    const column = allocateBits(count, arena, validity);
    kernels.group_fixed1(ids, count, pointer, stride, slot, bytes);
    kernels.bytes_to_bits(bytes, count, column.values.byteOffset);
    return column;
  }
  if (layout === 'bytes') {
    const entries = arena.allocate(count * 16);
    kernels.group_fixed16(ids, count, pointer, stride, slot, entries);
    hideNulls(entries, count, validity, instance);
    const numbers = new Uint32Array(instance.memory.buffer, arena.allocate(count * 4), count);
    for (let row = 0; row < count; row++) numbers[row] = row;
    return bytesFromEntries(type, entries, 16, numbers.byteOffset, count, validity, instance, arena);
  }
  assert(layout === 'fixed', 'states are fixed, bits or bytes');
  const column = allocateFixed(type, count, arena, validity);
  copyFixed(fixedWidth(type), ids, count, records, slot, column.values.byteOffset, instance);
  return column;
}

function stateValidity(
  { spec, has }: AccumulatorLayout,
  ids: number,
  count: number,
  { pointer, stride }: Records,
  { kernels }: EngineInstance,
  arena: Arena,
): Uint8Array | undefined {
  if (spec.op === 'count') return undefined;
  const validity = allocateBytes(bitmapBytes(count), arena);
  const nulls = kernels.group_validity(ids, count, pointer, stride, has, validity.byteOffset);
  return nulls === 0 ? undefined : validity;
}

/** A group whose string is null may still hold the room of an earlier one. */
function hideNulls(entries: number, count: number, validity: Uint8Array | undefined, { memory }: EngineInstance): void {
  if (validity === undefined) return;
  const words = new Uint32Array(memory.buffer, entries, count * 4);
  for (let row = 0; row < count; row++) {
    if ((((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0) words[row * 4 + 1] = 0;
  }
}

function copyFixed(
  width: ReturnType<typeof fixedWidth>,
  ids: number,
  count: number,
  { pointer, stride }: Records,
  slot: number,
  out: number,
  { kernels }: EngineInstance,
): void {
  switch (width) {
    case 1: {
      kernels.group_fixed1(ids, count, pointer, stride, slot, out);
      return;
    }
    case 2: {
      kernels.group_fixed2(ids, count, pointer, stride, slot, out);
      return;
    }
    case 4: {
      kernels.group_fixed4(ids, count, pointer, stride, slot, out);
      return;
    }
    case 8: {
      kernels.group_fixed8(ids, count, pointer, stride, slot, out);
      return;
    }
    case 16: {
      kernels.group_fixed16(ids, count, pointer, stride, slot, out);
      return;
    }
    case undefined:
      assert(false, 'a fixed state has a width');
  }
}
