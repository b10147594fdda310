/** The kernels of dense groups (wasm/kernels/dense.ts). */
import type { Pointer } from './kernels.ts';

/** Keys as they are (`i64`, `i32`: the id is key - keyBase), or ids of a dictionary. */
export type DenseKey = 'i64' | 'i32' | 'ids';

export type DenseAddKernels = {
  /** Counts rows `from .. length`. @returns `length`, or the first row whose pane or key has no record */
  [K in `dense_count_${DenseKey}`]: (
    state: Pointer,
    times: Pointer,
    keys: Pointer,
    from: number,
    length: number,
  ) => number;
} & {
  /** Counts rows and sums f64 values; records are 16 bytes. @returns as dense_count */
  [K in `dense_count_sum_${DenseKey}`]: (
    state: Pointer,
    times: Pointer,
    keys: Pointer,
    from: number,
    length: number,
    values: Pointer,
  ) => number;
} & {
  /** Counts rows and notes the pointers of their records for dense_sum. @returns as dense_count */
  [K in `dense_records_${DenseKey}`]: (
    state: Pointer,
    times: Pointer,
    keys: Pointer,
    from: number,
    length: number,
    out: Pointer,
  ) => number;
};

export interface DenseKernels extends DenseAddKernels {
  dense_sum_f64(records: Pointer, values: Pointer, length: number, slot: number): void;
  /** @returns -1, or with `checked` 1 the first row whose addition overflows */
  dense_sum_i64(checked: 0 | 1, records: Pointer, values: Pointer, length: number, slot: number): number;
  dense_sum_i32(checked: 0 | 1, records: Pointer, values: Pointer, length: number, slot: number): number;
  /** Adds `count` records whose sums are all f64. */
  dense_add(target: Pointer, source: Pointer, bytes: number): void;
  /**
   * Adds the records of `count` ids; bit k of `integers`: slot k is i64. `remap`: their ids in the target, 0: the same.
   * @returns -1, or with `checked` 1 the first id whose addition overflows
   */
  dense_merge(
    checked: 0 | 1,
    target: Pointer,
    source: Pointer,
    count: number,
    stride: number,
    integers: number,
    remap: Pointer,
  ): number;
  /** Ids that have rows. @returns how many */
  dense_live(records: Pointer, stride: number, count: number, out: Pointer): number;
  dense_counts(ids: Pointer, count: number, records: Pointer, stride: number, out: Pointer): void;
  dense_values(ids: Pointer, count: number, records: Pointer, stride: number, slot: number, out: Pointer): void;
  dense_keys_i64(ids: Pointer, count: number, base: bigint, out: Pointer): void;
  dense_keys_i32(ids: Pointer, count: number, base: bigint, out: Pointer): void;
  fill_i64(value: bigint, count: number, out: Pointer): void;
}
