/** Which aggregations dense groups can hold: counts of rows and sums of doubles and longs, by a pane of time and keys. */
import type { DataType } from '../../arrow/types.ts';
import type { AccumulatorSpec } from '../../functions/contract.ts';
import type { GroupKeySpec } from '../ports.ts';

export interface DenseSum {
  readonly spec: AccumulatorSpec;
  /** Position among the accumulators. */
  readonly index: number;
  /** Byte offset in the record. */
  readonly slot: number;
  readonly isInteger: boolean;
}

/** Origin and length of panes, µs. */
export interface DensePanes {
  /** Position among the keys. */
  readonly index: number;
  readonly originMicros: bigint;
  readonly paneMicros: bigint;
}

/** Plain data. */
export interface DenseShape {
  readonly keys: readonly GroupKeySpec[];
  readonly accumulators: readonly AccumulatorSpec[];
  readonly panes: DensePanes | undefined;
  /** Types of the keys other than the pane, in order. */
  readonly keyTypes: readonly DataType[];
  readonly sums: readonly DenseSum[];
  /** Bytes of a record. */
  readonly stride: number;
  /** Bit k: slot k holds an i64. */
  readonly integers: number;
}

/** Slots are bits of a word of the merging kernel. */
const SUMS_MAX = 24;

/** @returns undefined where a group table has to do it */
export function denseShape(
  keys: readonly GroupKeySpec[],
  accumulators: readonly AccumulatorSpec[],
  panes: DensePanes | undefined,
): DenseShape | undefined {
  const sums: DenseSum[] = [];
  for (const [index, spec] of accumulators.entries()) {
    if (spec.op === 'count') continue;
    const { kind } = spec.stateType;
    if (kind === 'long' && spec.onOverflow === 'null') return undefined;
    if (spec.op !== 'sum' || (kind !== 'double' && kind !== 'long') || sums.length === SUMS_MAX) return undefined;
    sums.push({ spec, index, slot: 8 + 8 * sums.length, isInteger: kind === 'long' });
  }
  const keyTypes = keys.flatMap((key, i) => (i === panes?.index ? [] : [key.type]));
  if (keys.length === 0 || keyTypes.some(isNested)) return undefined;
  if (keys.some((key, i) => key.role === 'pane' && i !== panes?.index)) return undefined;
  const integers = sums.reduce((bits, sum) => (sum.isInteger ? bits | (1 << (sum.slot / 8)) : bits), 0);
  return { keys, accumulators, panes, keyTypes, sums, stride: 8 + 8 * sums.length, integers };
}

function isNested({ kind }: DataType): boolean {
  return kind === 'array' || kind === 'map' || kind === 'struct';
}
