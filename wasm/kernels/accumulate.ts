// Accumulators in records, one record per group: record(id) = records + id * stride.
//
//   0            1 while the group is live
//   1            1 while it is dirty
//   2 + k        accumulator k: 0 nothing seen, 1 has a value, 2 its value is null
//   slot of k    the value; for bytes {pointer u32, length u32, capacity u32}
//
// A stride of 0 says that all rows are of one group (a table without keys): marks, counts, sums and extremes then run in
// registers. `slot` and `has` are byte offsets into the record. `ids`, `values` and `validity` start at the same row.

import { compareRange } from './range';

const ADDED: u16 = 0x0101;

@inline
function isValid(validity: usize, row: i32): bool {
  return validity == 0 || ((load<u8>(validity + <usize>(row >> 3)) >> <u8>(row & 7)) & 1) == 1;
}

@inline
function recordOf(records: usize, stride: usize, ids: usize, row: i32): usize {
  return records + <usize>load<u32>(ids + (<usize>row << 2)) * stride;
}

/** Makes the groups live and dirty. */
export function acc_mark(ids: usize, length: i32, records: usize, stride: usize): void {
  if (stride == 0) length = min(length, 1);
  for (let row = 0; row < length; row++) store<u16>(recordOf(records, stride, ids, row), ADDED);
}

function validCount(validity: usize, length: i32): i32 {
  let count = 0;
  for (; length >= 64; length -= 64, validity += 8) count += <i32>popcnt(load<u64>(validity));
  return length == 0 ? count : count + <i32>popcnt(load<u64>(validity) & ((<u64>1 << length) - 1));
}

/** Counts valid rows, and marks the groups of all rows. */
export function acc_count(ids: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize): void {
  if (stride == 0) {
    if (length > 0) store<u16>(records, ADDED);
    const count = validity == 0 ? length : validCount(validity, length);
    store<i64>(records + slot, load<i64>(records + slot) + <i64>count);
    return;
  }
  for (let row = 0; row < length; row++) {
    const r = recordOf(records, stride, ids, row);
    store<u16>(r, ADDED);
    store<i64>(r + slot, load<i64>(r + slot) + <i64>isValid(validity, row));
  }
}

/** Adds partial counts, which are never null. */
export function acc_add_counts(ids: usize, values: usize, length: i32, records: usize, stride: usize, slot: usize): void {
  for (let row = 0; row < length; row++) {
    const p = recordOf(records, stride, ids, row) + slot;
    store<i64>(p, load<i64>(p) + load<i64>(values + (<usize>row << 3)));
  }
}

/** Counts all rows and sums the valid ones, in one pass; marks. */
export function acc_count_sum_f64(
  ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize,
  countSlot: usize, sumSlot: usize, has: usize, marks: u32,
): void {
  if (validity == 0 && marks != 0) {
    const end = ids + (<usize>length << 2);
    for (; ids < end; ids += 4, values += 8) {
      const r = records + <usize>load<u32>(ids) * stride;
      store<u32>(r, marks);
      store<i64>(r + countSlot, load<i64>(r + countSlot) + 1);
      store<f64>(r + sumSlot, load<f64>(r + sumSlot) + load<f64>(values));
    }
    return;
  }
  if (validity == 0) {
    for (let row = 0; row < length; row++) {
      const r = recordOf(records, stride, ids, row);
      store<u16>(r, ADDED);
      store<u8>(r + has, 1);
      store<i64>(r + countSlot, load<i64>(r + countSlot) + 1);
      store<f64>(r + sumSlot, load<f64>(r + sumSlot) + load<f64>(values + (<usize>row << 3)));
    }
    return;
  }
  for (let row = 0; row < length; row++) {
    const r = recordOf(records, stride, ids, row);
    store<u16>(r, ADDED);
    store<i64>(r + countSlot, load<i64>(r + countSlot) + 1);
    const valid = isValid(validity, row);
    if (valid) store<u8>(r + has, 1);
    store<f64>(r + sumSlot, load<f64>(r + sumSlot) + (valid ? load<f64>(values + (<usize>row << 3)) : 0));
  }
}

@inline
function sumFloat<T>(ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize): void {
  if (stride == 0) {
    let sum: f64 = load<u8>(records + has) == 1 ? load<f64>(records + slot) : 0;
    let any = false;
    for (let row = 0; row < length; row++, values += sizeof<T>()) {
      const valid = isValid(validity, row);
      sum += select<f64>(<f64>load<T>(values), 0, valid);
      any = any || valid;
    }
    if (!any) return;
    store<f64>(records + slot, sum);
    store<u8>(records + has, 1);
    return;
  }
  for (let row = 0; row < length; row++) {
    if (!isValid(validity, row)) continue;
    const r = recordOf(records, stride, ids, row);
    const x = <f64>load<T>(values + <usize>row * sizeof<T>());
    store<f64>(r + slot, load<u8>(r + has) == 1 ? load<f64>(r + slot) + x : 0.0 + x);
    store<u8>(r + has, 1);
  }
}

/**
 * `checked` 0: an overflow wraps. 1: it stops. 2: the sum becomes null for good (has = 3).
 * @returns -1, or the first row that overflows and stops
 */
@inline
function sumInteger<T>(
  checked: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): i32 {
  if (stride == 0) {
    if (checked == 2 && load<u8>(records + has) == 3) return -1;
    let sum: i64 = load<u8>(records + has) == 1 ? load<i64>(records + slot) : 0;
    let any = false;
    for (let row = 0; row < length; row++, values += sizeof<T>()) {
      const valid = isValid(validity, row);
      const x = select<i64>(<i64>load<T>(values), 0, valid);
      const next = sum + x;
      if (checked && ((sum ^ next) & (x ^ next)) < 0) {
        if (checked == 1) return row;
        store<u8>(records + has, 3);
        return -1;
      }
      sum = next;
      any = any || valid;
    }
    if (!any) return -1;
    store<i64>(records + slot, sum);
    store<u8>(records + has, 1);
    return -1;
  }
  for (let row = 0; row < length; row++) {
    if (!isValid(validity, row)) continue;
    const r = recordOf(records, stride, ids, row);
    const x = <i64>load<T>(values + <usize>row * sizeof<T>());
    const state = load<u8>(r + has);
    if (checked == 2 && state == 3) continue;
    const before: i64 = state == 1 ? load<i64>(r + slot) : 0;
    const sum = before + x;
    if (checked && ((before ^ sum) & (x ^ sum)) < 0) {
      if (checked == 1) return row;
      store<u8>(r + has, 3);
      continue;
    }
    store<i64>(r + slot, sum);
    store<u8>(r + has, 1);
  }
  return -1;
}

export function acc_sum_i8(
  checked: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): i32 {
  if (checked == 2) return sumInteger<i8>(2, ids, values, validity, length, records, stride, slot, has);
  return checked
    ? sumInteger<i8>(1, ids, values, validity, length, records, stride, slot, has)
    : sumInteger<i8>(0, ids, values, validity, length, records, stride, slot, has);
}
export function acc_sum_i16(
  checked: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): i32 {
  if (checked == 2) return sumInteger<i16>(2, ids, values, validity, length, records, stride, slot, has);
  return checked
    ? sumInteger<i16>(1, ids, values, validity, length, records, stride, slot, has)
    : sumInteger<i16>(0, ids, values, validity, length, records, stride, slot, has);
}
export function acc_sum_i32(
  checked: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): i32 {
  if (checked == 2) return sumInteger<i32>(2, ids, values, validity, length, records, stride, slot, has);
  return checked
    ? sumInteger<i32>(1, ids, values, validity, length, records, stride, slot, has)
    : sumInteger<i32>(0, ids, values, validity, length, records, stride, slot, has);
}
export function acc_sum_i64(
  checked: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): i32 {
  if (checked == 2) return sumInteger<i64>(2, ids, values, validity, length, records, stride, slot, has);
  return checked
    ? sumInteger<i64>(1, ids, values, validity, length, records, stride, slot, has)
    : sumInteger<i64>(0, ids, values, validity, length, records, stride, slot, has);
}
export function acc_sum_f32(
  ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  sumFloat<f32>(ids, values, validity, length, records, stride, slot, has);
}
export function acc_sum_f64(
  ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  sumFloat<f64>(ids, values, validity, length, records, stride, slot, has);
}

/**
 * Decimals. `limit` points to 10^precision, which a sum's size must stay below.
 * `onOverflow` 1: stop. 0: the sum becomes null for good (has = 3).
 * @returns -1, or the first row that overflows
 */
export function acc_sum_d128(
  ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
  limit: usize, onOverflow: i32,
): i32 {
  const limitLow = load<u64>(limit);
  const limitHigh = load<u64>(limit, 8);
  for (let row = 0; row < length; row++) {
    if (!isValid(validity, row)) continue;
    const r = recordOf(records, stride, ids, row);
    const state = load<u8>(r + has);
    if (state == 3) continue;
    const p = values + (<usize>row << 4);
    let low = load<u64>(p);
    let high = load<u64>(p, 8);
    if (state == 1) {
      const a = load<u64>(r + slot);
      low += a;
      high += load<u64>(r + slot, 8) + <u64>(low < a);
    }
    const negative = <i64>high < 0;
    const absLow = negative ? 0 - low : low;
    const absHigh = negative ? ~high + <u64>(low == 0) : high;
    if (absHigh > limitHigh || (absHigh == limitHigh && absLow >= limitLow)) {
      if (onOverflow) return row;
      store<u8>(r + has, 3);
      continue;
    }
    store<u64>(r + slot, low);
    store<u64>(r + slot, high, 8);
    store<u8>(r + has, 1);
  }
  return -1;
}

@inline
function before<T>(x: T, y: T): bool {
  if (isFloat<T>()) return x < y || (y != y && x == x);
  return x < y;
}

@inline
function extreme<T>(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  if (stride == 0) {
    let best = load<T>(records + slot);
    let any = load<u8>(records + has) == 1;
    for (let row = 0; row < length; row++, values += sizeof<T>()) {
      const x = load<T>(values);
      if (!isValid(validity, row) || (any && !(most ? before<T>(best, x) : before<T>(x, best)))) continue;
      best = x;
      any = true;
    }
    if (!any) return;
    store<T>(records + slot, best);
    store<u8>(records + has, 1);
    return;
  }
  for (let row = 0; row < length; row++) {
    if (!isValid(validity, row)) continue;
    const r = recordOf(records, stride, ids, row);
    const x = load<T>(values + <usize>row * sizeof<T>());
    if (load<u8>(r + has) == 1) {
      const y = load<T>(r + slot);
      if (!(most ? before<T>(y, x) : before<T>(x, y))) continue;
    }
    store<T>(r + slot, x);
    store<u8>(r + has, 1);
  }
}

export function acc_extreme_i8(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  extreme<i8>(most, ids, values, validity, length, records, stride, slot, has);
}
export function acc_extreme_i16(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  extreme<i16>(most, ids, values, validity, length, records, stride, slot, has);
}
export function acc_extreme_i32(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  extreme<i32>(most, ids, values, validity, length, records, stride, slot, has);
}
export function acc_extreme_i64(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  extreme<i64>(most, ids, values, validity, length, records, stride, slot, has);
}
export function acc_extreme_f32(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  extreme<f32>(most, ids, values, validity, length, records, stride, slot, has);
}
export function acc_extreme_f64(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  extreme<f64>(most, ids, values, validity, length, records, stride, slot, has);
}

@inline
function before128(a: usize, b: usize): bool {
  const aHigh = load<i64>(a, 8);
  const bHigh = load<i64>(b, 8);
  return aHigh < bHigh || (aHigh == bHigh && load<u64>(a) < load<u64>(b));
}

export function acc_extreme_d128(
  most: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  for (let row = 0; row < length; row++) {
    if (!isValid(validity, row)) continue;
    const r = recordOf(records, stride, ids, row);
    const p = values + (<usize>row << 4);
    const q = r + slot;
    if (load<u8>(r + has) == 1 && !(most ? before128(q, p) : before128(p, q))) continue;
    v128.store(q, v128.load(p));
    store<u8>(r + has, 1);
  }
}

// mode: 0 first, 1 last, 2 first non-null, 3 last non-null; for bytes also 4 min, 5 max
@inline
function takes(mode: i32, seen: u8, valid: bool): bool {
  if (mode >= 2 && !valid) return false;
  if (mode == 0) return seen == 0;
  if (mode == 2) return seen != 1;
  return true;
}

@inline
function pick<T>(
  mode: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  for (let row = 0; row < length; row++) {
    const valid = isValid(validity, row);
    const r = recordOf(records, stride, ids, row);
    if (!takes(mode, load<u8>(r + has), valid)) continue;
    store<T>(r + slot, valid ? load<T>(values + <usize>row * sizeof<T>()) : <T>0);
    store<u8>(r + has, valid ? 1 : 2);
  }
}

export function acc_pick_fixed1(
  mode: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  pick<u8>(mode, ids, values, validity, length, records, stride, slot, has);
}
export function acc_pick_fixed2(
  mode: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  pick<u16>(mode, ids, values, validity, length, records, stride, slot, has);
}
export function acc_pick_fixed4(
  mode: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  pick<u32>(mode, ids, values, validity, length, records, stride, slot, has);
}
export function acc_pick_fixed8(
  mode: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  pick<u64>(mode, ids, values, validity, length, records, stride, slot, has);
}
export function acc_pick_fixed16(
  mode: i32, ids: usize, values: usize, validity: usize, length: i32, records: usize, stride: usize, slot: usize, has: usize,
): void {
  for (let row = 0; row < length; row++) {
    const valid = isValid(validity, row);
    const r = recordOf(records, stride, ids, row);
    if (!takes(mode, load<u8>(r + has), valid)) continue;
    v128.store(r + slot, valid ? v128.load(values + (<usize>row << 4)) : i64x2.splat(0));
    store<u8>(r + has, valid ? 1 : 2);
  }
}

/** heap: {next u32, end u32}. @returns -1, or the first row whose bytes do not fit the heap: nothing of it is taken */
export function acc_bytes(
  mode: i32, ids: usize, offsets: usize, data: usize, validity: usize, from: i32, length: i32,
  records: usize, stride: usize, slot: usize, has: usize, heap: usize,
): i32 {
  for (let row = from; row < length; row++) {
    const valid = isValid(validity, row);
    const r = recordOf(records, stride, ids, row);
    const seen = load<u8>(r + has);
    const p = data + <usize>load<u32>(offsets + (<usize>row << 2));
    const bytes = load<u32>(offsets + (<usize>row << 2), 4) - load<u32>(offsets + (<usize>row << 2));
    const q = r + slot;
    if (mode >= 4) {
      if (!valid) continue;
      if (seen == 1) {
        const order = compareRange(p, <usize>bytes, <usize>load<u32>(q), <usize>load<u32>(q, 4));
        if (mode == 4 ? order >= 0 : order <= 0) continue;
      }
    } else if (!takes(mode, seen, valid)) continue;
    if (!valid) {
      store<u8>(r + has, 2);
      continue;
    }
    if (load<u32>(q, 8) < bytes) {
      const room = (bytes + 15) & ~15;
      const next = load<u32>(heap);
      if (load<u32>(heap, 4) - next < room) return row;
      store<u32>(heap, next + room);
      store<u32>(q, next);
      store<u32>(q, room, 8);
    }
    memory.copy(<usize>load<u32>(q), p, <usize>bytes);
    store<u32>(q, bytes, 4);
    store<u8>(r + has, 1);
  }
  return -1;
}

// ── groups out ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The ids below `capacity` whose flag (byte 0 live, 1 dirty) is set, ascending. `out` 0: only counts. @returns how many */
export function group_ids(records: usize, stride: usize, capacity: u32, flag: usize, out: usize): i32 {
  let count = 0;
  for (let id: u32 = 0, r = records + flag; id < capacity; id++, r += stride) {
    if (load<u8>(r) == 0 || load<u8>(r - flag) == 0) continue;
    if (out != 0) store<u32>(out + (<usize>count << 2), id);
    count++;
  }
  return count;
}

export function group_clean(records: usize, stride: usize, capacity: u32): void {
  for (let id: u32 = 0; id < capacity; id++, records += stride) store<u8>(records, 0, 1);
}

/** Forgets the groups: their records are zeroed, their ids stay. */
export function group_clear(ids: usize, count: i32, records: usize, stride: usize): void {
  for (let row = 0; row < count; row++) memory.fill(recordOf(records, stride, ids, row), 0, stride);
}

/** Validity of accumulator values: has = 1. @returns how many are null */
export function group_validity(ids: usize, count: i32, records: usize, stride: usize, has: usize, out: usize): i32 {
  let nulls = 0;
  for (let row = 0; row < count; row += 8, out++) {
    let m = 0;
    const k1 = min(8, count - row);
    for (let k = 0; k < k1; k++) {
      const valid = load<u8>(recordOf(records, stride, ids, row + k) + has) == 1;
      m |= <i32>valid << k;
      nulls += <i32>!valid;
    }
    store<u8>(out, m);
  }
  return nulls;
}

export function group_fixed1(ids: usize, count: i32, records: usize, stride: usize, slot: usize, out: usize): void {
  for (let row = 0; row < count; row++) store<u8>(out + (<usize>row << alignof<u8>()), load<u8>(recordOf(records, stride, ids, row) + slot));
}
export function group_fixed2(ids: usize, count: i32, records: usize, stride: usize, slot: usize, out: usize): void {
  for (let row = 0; row < count; row++) store<u16>(out + (<usize>row << alignof<u16>()), load<u16>(recordOf(records, stride, ids, row) + slot));
}
export function group_fixed4(ids: usize, count: i32, records: usize, stride: usize, slot: usize, out: usize): void {
  for (let row = 0; row < count; row++) store<u32>(out + (<usize>row << alignof<u32>()), load<u32>(recordOf(records, stride, ids, row) + slot));
}
export function group_fixed8(ids: usize, count: i32, records: usize, stride: usize, slot: usize, out: usize): void {
  for (let row = 0; row < count; row++) store<u64>(out + (<usize>row << alignof<u64>()), load<u64>(recordOf(records, stride, ids, row) + slot));
}
export function group_fixed16(ids: usize, count: i32, records: usize, stride: usize, slot: usize, out: usize): void {
  for (let row = 0; row < count; row++, out += 16) v128.store(out, v128.load(recordOf(records, stride, ids, row) + slot));
}

export function bits_to_bytes(bits: usize, length: i32, out: usize): void {
  for (let row = 0; row < length; row++) {
    store<u8>(out + <usize>row, (load<u8>(bits + <usize>(row >> 3)) >> <u8>(row & 7)) & 1);
  }
}

/** Bit i is set where byte i is not 0. */
export function bytes_to_bits(bytes: usize, length: i32, out: usize): void {
  for (let row = 0; row < length; row += 8, out++) {
    let m = 0;
    const k1 = min(8, length - row);
    for (let k = 0; k < k1; k++) m |= <i32>(load<u8>(bytes + <usize>(row + k)) != 0) << k;
    store<u8>(out, m);
  }
}
