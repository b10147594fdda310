/**
 * The kernels of group tables (kernel/physical/group-table): dictionaries of keys and accumulators in records. Layouts are
 * drawn in wasm/kernels/dictionary.ts and accumulate.ts.
 */
type Pointer = number;

/** Byte offsets in a dictionary's control block. */
export const DICTIONARY = {
  count: 0,
  countMax: 4,
  nullId: 8,
  heapNext: 12,
  heapEnd: 16,
  hashed: 20,
  hashedMax: 24,
  bytes: 32,
} as const;

/** Byte offsets of a record's flags; the accumulators' has bytes follow. */
export const RECORD = { live: 0, dirty: 1, has: 2 } as const;

/** `acc_pick_*` and `acc_bytes`. */
export const PICK = { first: 0, last: 1, firstNonNull: 2, lastNonNull: 3, min: 4, max: 5 } as const;

type PickWidth = 1 | 2 | 4 | 8 | 16;
type IntegerInput = 'i8' | 'i16' | 'i32' | 'i64';
type FloatInput = 'f32' | 'f64';

/** ids, values, validity, length; then where the records are: base, stride, the value's slot, the has byte. */
type Accumulate = [
  ids: Pointer,
  values: Pointer,
  validity: Pointer,
  length: number,
  records: Pointer,
  stride: number,
  slot: number,
  has: number,
];

export type AccumulatorKernels = {
  /** @returns -1, or with `checked` 1 the first row whose addition overflows; with 2 such a sum becomes null for good */
  [K in `acc_sum_${IntegerInput}`]: (checked: 0 | 1 | 2, ...args: Accumulate) => number;
} & {
  [K in `acc_sum_${FloatInput}`]: (...args: Accumulate) => void;
} & {
  /** Minimum (`most` 0) or maximum (1) in Spark's order. */
  [K in `acc_extreme_${IntegerInput | FloatInput | 'd128'}`]: (most: 0 | 1, ...args: Accumulate) => void;
} & {
  /** `mode` is one of PICK's first four. */
  [K in `acc_pick_fixed${PickWidth}`]: (mode: number, ...args: Accumulate) => void;
} & {
  [K in `group_fixed${PickWidth}`]: (
    ids: Pointer,
    count: number,
    records: Pointer,
    stride: number,
    slot: number,
    out: Pointer,
  ) => void;
};

export interface DictionaryKernels {
  /** @returns `length`, or the first row for which the dictionary has no room */
  dict_words(
    words: Pointer,
    validity: Pointer,
    from: number,
    length: number,
    ids: Pointer,
    control: Pointer,
    table: Pointer,
    bits: number,
    keys: Pointer,
    direct: Pointer,
    base: bigint,
    directCount: number,
  ): number;
  dict_words_rebuild(
    keys: Pointer,
    control: Pointer,
    table: Pointer,
    bits: number,
    direct: Pointer,
    base: bigint,
    directCount: number,
  ): void;
  dict_bytes(
    offsets: Pointer,
    data: Pointer,
    validity: Pointer,
    from: number,
    length: number,
    ids: Pointer,
    control: Pointer,
    table: Pointer,
    bits: number,
    entries: Pointer,
  ): number;
  dict_bytes_rebuild(entries: Pointer, control: Pointer, table: Pointer, bits: number): void;
  /** Key columns as u64 words, equal for equal keys. */
  words_i8(values: Pointer, length: number, out: Pointer): void;
  words_i16(values: Pointer, length: number, out: Pointer): void;
  words_i32(values: Pointer, length: number, out: Pointer): void;
  words_f32(values: Pointer, length: number, out: Pointer): void;
  words_f64(values: Pointer, length: number, out: Pointer): void;
  words_d128(values: Pointer, offset: 0 | 8, length: number, out: Pointer): void;
  words_bits(bits: Pointer, length: number, out: Pointer): void;
  words_pair(a: Pointer, b: Pointer, length: number, out: Pointer): void;
  unpack_pairs(keys: Pointer, ids: Pointer, count: number, outA: Pointer, outB: Pointer): void;
  /** Entries are {pointer u32, length u32, …} of `entryBytes` bytes. @returns bytes in all, or -1 beyond 2^31 - 1 */
  entry_offsets(entries: Pointer, entryBytes: number, ids: Pointer, count: number, outOffsets: Pointer): number;
  entry_bytes(entries: Pointer, entryBytes: number, ids: Pointer, count: number, out: Pointer): void;
  /** A bitmap of ids other than `excluded` - 1. @returns how many are equal */
  ids_differ(ids: Pointer, excluded: number, count: number, out: Pointer): number;
  /** @returns `length`, or the first row whose pane the dictionary does not know */
  pane_ids(
    paneWords: Pointer,
    validity: Pointer,
    keyIds: Pointer,
    from: number,
    length: number,
    nullPane: number,
    keyCapacity: number,
    out: Pointer,
    table: Pointer,
    bits: number,
    direct: Pointer,
    base: bigint,
    directCount: number,
  ): number;
  /** Whether all of `length` >= 1 words are equal. */
  words_equal(words: Pointer, length: number): 0 | 1;
  unpack_panes(ids: Pointer, count: number, keyCapacity: number, outSlot: Pointer, outKey: Pointer): void;
}

export interface RecordKernels {
  acc_mark(ids: Pointer, length: number, records: Pointer, stride: number): void;
  acc_count(ids: Pointer, validity: Pointer, length: number, records: Pointer, stride: number, slot: number): void;
  acc_add_counts(ids: Pointer, values: Pointer, length: number, records: Pointer, stride: number, slot: number): void;
  /**
   * Counts all rows and sums the valid ones; marks the groups. `marks`: what is stored as the first 4 bytes of a record where
   * nothing is null; 0: only the flags, and the has byte apart.
   */
  acc_count_sum_f64(
    ids: Pointer,
    values: Pointer,
    validity: Pointer,
    length: number,
    records: Pointer,
    stride: number,
    countSlot: number,
    sumSlot: number,
    has: number,
    marks: number,
  ): void;
  acc_sum_d128(...args: [...Accumulate, limit: Pointer, onOverflow: 0 | 1]): number;
  acc_bytes(
    mode: number,
    ids: Pointer,
    offsets: Pointer,
    data: Pointer,
    validity: Pointer,
    from: number,
    length: number,
    records: Pointer,
    stride: number,
    slot: number,
    has: number,
    heap: Pointer,
  ): number;
  /** `flag` is RECORD.live or RECORD.dirty; `out` 0 only counts. */
  group_ids(records: Pointer, stride: number, capacity: number, flag: number, out: Pointer): number;
  group_clean(records: Pointer, stride: number, capacity: number): void;
  group_clear(ids: Pointer, count: number, records: Pointer, stride: number): void;
  /** @returns how many are null */
  group_validity(ids: Pointer, count: number, records: Pointer, stride: number, has: number, out: Pointer): number;
  bits_to_bytes(bits: Pointer, length: number, out: Pointer): void;
  bytes_to_bits(bytes: Pointer, length: number, out: Pointer): void;
}

export interface GroupKernels extends AccumulatorKernels, DictionaryKernels, RecordKernels {}
