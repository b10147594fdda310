/**
 * The exports of the kernels module as TypeScript sees them. Pointers are byte offsets into the shared memory (numbers,
 * already `>>> 0`), counts are numbers, 64-bit integers are bigints. Kernels allocate nothing and return status codes.
 *
 * Conventions
 * - A bitmap is LSB first; outputs are written in whole bytes, bits past the length undefined. A validity pointer of 0
 *   stands for "no nulls". Kernels without a validity parameter compute every row; what they write under a null is
 *   undefined, and the caller ANDs the validities (`bitmap_and`).
 * - An operand is (pointer, step): step 1 is a column's values; step 0 a constant, its value repeated over 16 bytes
 *   (`constantBlock` in kernel/arrow/operand.ts writes it). A bytes operand is (offsets, data, step): with step 0 the
 *   offsets are the two numbers [begin, end).
 * - A checked kernel returns -1, or the number of the first valid row that overflows (divides by zero, …).
 * - Every output has room for `length` values, bytes outputs for what the sizing kernel said; outputs may be an input.
 */
import type { DenseKernels } from './dense-kernels.ts';
import type { GroupKernels } from './group-kernels.ts';
import type { JsonKernels } from './json-kernels.ts';

export type Pointer = number;
/** 0 or 1, see "An operand". */
export type Step = number;

export type IntegerType = 'i8' | 'i16' | 'i32' | 'i64';
export type FloatType = 'f32' | 'f64';
export type NumericType = IntegerType | FloatType;
export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

export interface BitmapKernels {
  bitmap_and(a: Pointer, b: Pointer, out: Pointer, length: number): void;
  bitmap_or(a: Pointer, b: Pointer, out: Pointer, length: number): void;
  bitmap_xor(a: Pointer, b: Pointer, out: Pointer, length: number): void;
  /** a AND NOT b */
  bitmap_andnot(a: Pointer, b: Pointer, out: Pointer, length: number): void;
  bitmap_not(a: Pointer, out: Pointer, length: number): void;
  /** Bit of `a` where `condition` is set, else of `b`. */
  bitmap_select(condition: Pointer, a: Pointer, b: Pointer, out: Pointer, length: number): void;
  bitmap_fill(out: Pointer, length: number, bit: 0 | 1): void;
  /** @returns how many of the first `length` bits are set */
  bitmap_count(a: Pointer, length: number): number;
  /** Copies bits from any bit offset to any; bits of `out` outside the range are kept. */
  bitmap_copy(source: Pointer, sourceBit: number, out: Pointer, outBit: number, length: number): void;
  /** Three-valued AND (false wins over null): bits and validity. `outValid` is always written. */
  and_kleene(
    a: Pointer,
    aValid: Pointer,
    b: Pointer,
    bValid: Pointer,
    length: number,
    out: Pointer,
    outValid: Pointer,
  ): void;
  /** Three-valued OR (true wins over null). */
  or_kleene(
    a: Pointer,
    aValid: Pointer,
    b: Pointer,
    bValid: Pointer,
    length: number,
    out: Pointer,
    outValid: Pointer,
  ): void;
  /** The rows whose bit is set, ascending, as u32. @returns how many */
  bits_to_selection(bits: Pointer, length: number, out: Pointer): number;
}

/** Comparisons to a bitmap in Spark's order: NaN equals itself and is greater than all, -0.0 = 0.0. `d128`: decimals of one scale. */
export type ComparisonKernels = {
  [K in `${Comparison}_${NumericType | 'd128'}`]: (
    a: Pointer,
    aStep: Step,
    b: Pointer,
    bStep: Step,
    length: number,
    out: Pointer,
  ) => void;
} & {
  /** Bytewise, as Spark compares strings and binaries. */
  [K in `${Comparison}_bytes`]: (
    aOffsets: Pointer,
    aData: Pointer,
    aStep: Step,
    bOffsets: Pointer,
    bData: Pointer,
    bStep: Step,
    length: number,
    out: Pointer,
  ) => void;
};

/** Wrapping (integers) or IEEE (floats). Integer `div` and `rem` give 0 for a zero divisor; signs are Java's. */
export type ArithmeticKernels = {
  [K in `${'add' | 'sub' | 'mul' | 'div' | 'rem'}_${NumericType}`]: (
    a: Pointer,
    aStep: Step,
    b: Pointer,
    bStep: Step,
    length: number,
    out: Pointer,
  ) => void;
} & {
  /** @returns -1 or the first valid row that overflows; for `rem` that has a zero divisor */
  [K in `${'add' | 'sub' | 'mul' | 'rem'}_checked_${IntegerType}`]: CheckedBinary;
} & {
  /** @returns -1, or 2 × row for a zero divisor, 2 × row + 1 for MIN / -1 */
  [K in `div_checked_${IntegerType}`]: CheckedBinary;
} & {
  [K in `${'neg' | 'abs'}_${NumericType}`]: (a: Pointer, length: number, out: Pointer) => void;
} & {
  /** @returns -1 or the first valid row that holds the type's minimum */
  [K in `${'neg' | 'abs'}_checked_${IntegerType}`]: (
    a: Pointer,
    validity: Pointer,
    length: number,
    out: Pointer,
  ) => number;
};

type CheckedBinary = (
  a: Pointer,
  aStep: Step,
  b: Pointer,
  bStep: Step,
  validity: Pointer,
  length: number,
  out: Pointer,
) => number;

/** Between numeric types. Unchecked: integers wrap, floats saturate to int or long as in Java (NaN gives 0) and then wrap. */
export type CastKernels = {
  [F in NumericType as `cast_${F}_${Exclude<NumericType, F>}`]: (a: Pointer, length: number, out: Pointer) => void;
} & {
  /** @returns -1 or the first valid row out of range (fractions are cut off, NaN is out of range) */
  [K in NarrowingCast as `cast_checked_${K}`]: (a: Pointer, validity: Pointer, length: number, out: Pointer) => number;
};

/** The casts that can fail: `from_to`. */
export type NarrowingCast =
  'i16_i8' | 'i32_i8' | 'i32_i16' | 'i64_i8' | 'i64_i16' | 'i64_i32' | `${FloatType}_${IntegerType}`;

/** Widths in bytes of the fixed layout. */
export type Width = 1 | 2 | 4 | 8 | 16;

export type MovementKernels = {
  /** out[i] = values[indices[i]]; a negative index (i32) gives zero. */
  [K in `gather_fixed${Width}`]: (values: Pointer, indices: Pointer, count: number, out: Pointer) => void;
} & {
  /** `a` where the bit is set, else `b`. */
  [K in `select_fixed${Width}`]: (
    bits: Pointer,
    a: Pointer,
    aStep: Step,
    b: Pointer,
    bStep: Step,
    length: number,
    out: Pointer,
  ) => void;
} & {
  /** A negative index gives 0. Also for validity: then `bits` may be 0 (all valid). */
  gather_bits(bits: Pointer, indices: Pointer, count: number, out: Pointer): void;
  /** Writes count + 1 offsets from 0 for lists, strings, binaries. @returns the total, or -1 where it exceeds 2^31 - 1 */
  gather_offsets(offsets: Pointer, indices: Pointer, count: number, outOffsets: Pointer): number;
  gather_bytes(
    offsets: Pointer,
    data: Pointer,
    indices: Pointer,
    count: number,
    outOffsets: Pointer,
    out: Pointer,
  ): void;
  /** The child rows of gathered lists, as i32 indices. */
  gather_list_indices(offsets: Pointer, indices: Pointer, count: number, out: Pointer): void;
  /** Writes length + 1 offsets. @returns the total, or -1 beyond 2^31 - 1 */
  select_offsets(
    bits: Pointer,
    aOffsets: Pointer,
    aStep: Step,
    bOffsets: Pointer,
    bStep: Step,
    length: number,
    outOffsets: Pointer,
  ): number;
  select_bytes(
    bits: Pointer,
    aOffsets: Pointer,
    aData: Pointer,
    aStep: Step,
    bOffsets: Pointer,
    bData: Pointer,
    bStep: Step,
    length: number,
    outOffsets: Pointer,
    out: Pointer,
  ): void;
  /** out[i] = offsets[i] + delta, i32. */
  shift_offsets(offsets: Pointer, count: number, delta: number, out: Pointer): void;
};

export interface StringKernels {
  /** Characters (code points) of each row, i32. */
  utf8_length(offsets: Pointer, data: Pointer, length: number, out: Pointer): void;
  /** Bytes of each row, i32. */
  bytes_length(offsets: Pointer, length: number, out: Pointer): void;
  /** ASCII letters of `bytes` bytes. @returns 1 where all bytes were ASCII, 0 where the caller must fall back */
  ascii_upper(data: Pointer, bytes: number, out: Pointer): 0 | 1;
  ascii_lower(data: Pointer, bytes: number, out: Pointer): 0 | 1;
  /**
   * Spark's substring by characters: from 1, 0 counts as 1, negative from the end. `out` has room for the input's bytes.
   * @returns bytes written
   */
  utf8_substring(
    offsets: Pointer,
    data: Pointer,
    length: number,
    position: number,
    count: number,
    outOffsets: Pointer,
    out: Pointer,
  ): number;
  /** Strips spaces (0x20) as Spark's trim does; `sides`: 1 left, 2 right, 3 both. @returns bytes written */
  utf8_trim(offsets: Pointer, data: Pointer, length: number, sides: number, outOffsets: Pointer, out: Pointer): number;
  /** a || b; `out` has room for both inputs' bytes (a constant's × length). @returns bytes written, -1 beyond 2^31 - 1 */
  bytes_concat(
    aOffsets: Pointer,
    aData: Pointer,
    aStep: Step,
    bOffsets: Pointer,
    bData: Pointer,
    bStep: Step,
    length: number,
    outOffsets: Pointer,
    out: Pointer,
  ): number;
  bytes_starts_with: BytesPredicate;
  bytes_ends_with: BytesPredicate;
  bytes_contains: BytesPredicate;
}

/** Does row i of `a` start with / end with / contain row i of `b`: to a bitmap. */
type BytesPredicate = ComparisonKernels['eq_bytes'];

/**
 * 64-bit hashes, column by column: `hashes[i] = mix(hashes[i], value i)`, fill them with 0 (`memory`) before the first.
 * Equal values have equal hashes on every machine; -0.0 hashes as 0.0, all NaN alike, a null leaves a mark of its own.
 */
export type HashKernels = {
  [K in `hash_fixed${Width}` | 'hash_f32' | 'hash_f64' | 'hash_bits']: (
    values: Pointer,
    validity: Pointer,
    length: number,
    hashes: Pointer,
  ) => void;
} & {
  hash_bytes(offsets: Pointer, data: Pointer, validity: Pointer, length: number, hashes: Pointer): void;
  /** out[i] = partition of hashes[i] in 0 .. partitions, i32. */
  hash_partition(hashes: Pointer, length: number, partitions: number, out: Pointer): void;
};

export interface WindowKernels {
  /** The pane of each time: `t - floorMod(t - origin, slide)`, µs. Where times are in order there is no division per row. */
  window_start(times: Pointer, length: number, origin: bigint, slide: bigint, out: Pointer): void;
  /** Smallest and largest of the valid values, written to `out` as two i64, and their sum as i64 (wrapping) after them. @returns how many were valid */
  min_max_sum_i64(values: Pointer, validity: Pointer, length: number, out: Pointer): number;
}

export interface Kernels
  extends
    BitmapKernels,
    ComparisonKernels,
    ArithmeticKernels,
    CastKernels,
    MovementKernels,
    StringKernels,
    HashKernels,
    WindowKernels,
    JsonKernels,
    GroupKernels,
    DenseKernels {}
