/** Where each accumulator has its value in a group's record; drawn in wasm/kernels/accumulate.ts. */
import type { DataType } from '../../arrow/types.ts';
import type { AccumulatorSpec } from '../../functions/contract.ts';
import { RECORD } from '../../../wasm/abi/group-kernels.ts';
import { MillraceError } from '../../core/errors.ts';
import { layoutOf } from '../../arrow/column.ts';
import { fixedWidth, typeName } from '../../arrow/types.ts';

export interface AccumulatorLayout {
  readonly spec: AccumulatorSpec;
  /** Byte offset of the value in the record. */
  readonly slot: number;
  /** Byte offset of the has byte. */
  readonly has: number;
}

export interface RecordLayout {
  readonly accumulators: readonly AccumulatorLayout[];
  readonly stride: number;
}

const WIDE_SLOT_BYTES = 16;

/** @throws NOT_SUPPORTED for states that are arrays, maps or structs */
export function layOutRecord(specs: readonly AccumulatorSpec[]): RecordLayout {
  let next = Math.ceil((RECORD.has + specs.length) / 8) * 8;
  const accumulators = specs.map((spec, k) => {
    const slot = next;
    next += slotBytes(spec.stateType);
    return { spec, slot, has: RECORD.has + k };
  });
  return { accumulators, stride: next };
}

function slotBytes(type: DataType): number {
  switch (layoutOf(type)) {
    case 'fixed':
      return fixedWidth(type) === 16 ? WIDE_SLOT_BYTES : 8;
    case 'bits':
    case 'null':
      return 8;
    case 'bytes':
      return WIDE_SLOT_BYTES;
    case 'list':
    case 'struct':
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `min, max, first or last of a value of type ${typeName(type)}`,
        remedy: 'Aggregate its fields one by one.',
      });
  }
}
