// Strings: UTF-8 in rows of bytes. Operands (offsets, data, step): with step 0 the offsets are [begin, end).

import { equalRange } from './range';

/** Code points: bytes that do not continue one. Reads up to 16 bytes past the end. */
@inline
function characters(p: usize, bytes: usize): i32 {
  let count: i32 = 0;
  let left = bytes;
  for (; left >= 16; left -= 16, p += 16) {
    count += <i32>popcnt(i8x16.bitmask(i8x16.gt_s(v128.load(p), i8x16.splat(-65))));
  }
  const rest = i8x16.bitmask(i8x16.gt_s(v128.load(p), i8x16.splat(-65))) & ((1 << <i32>left) - 1);
  return count + <i32>popcnt(rest);
}

export function utf8_length(offsets: usize, data: usize, length: i32, out: usize): void {
  for (; length > 0; length--, offsets += 4, out += 4) {
    const begin = <usize>load<u32>(offsets);
    store<i32>(out, characters(data + begin, <usize>load<u32>(offsets, 4) - begin));
  }
}

export function bytes_length(offsets: usize, length: i32, out: usize): void {
  for (; length > 0; length--, offsets += 4, out += 4) store<i32>(out, load<i32>(offsets, 4) - load<i32>(offsets));
}

/** Flips bit 5 of the letters `first .. first + 25`. */
@inline
function flipCase(first: u8, data: usize, bytes: i32, out: usize): i32 {
  let high = i8x16.splat(0);
  let left = bytes;
  const low = i8x16.splat(first);
  for (; left >= 16; left -= 16, data += 16, out += 16) {
    const x = v128.load(data);
    high = v128.or(high, x);
    const isLetter = i8x16.lt_u(i8x16.sub(x, low), i8x16.splat(26));
    v128.store(out, v128.xor(x, v128.and(isLetter, i8x16.splat(32))));
  }
  let rest: u32 = 0;
  for (; left > 0; left--, data++, out++) {
    const x = <u32>load<u8>(data);
    rest |= x;
    store<u8>(out, x - <u32>first < 26 ? x ^ 32 : x);
  }
  return <i32>(i8x16.bitmask(high) == 0 && rest < 128);
}

export function ascii_upper(data: usize, bytes: i32, out: usize): i32 {
  return flipCase(0x61, data, bytes, out);
}

export function ascii_lower(data: usize, bytes: i32, out: usize): i32 {
  return flipCase(0x41, data, bytes, out);
}

/** The start of the character after `count` more, at most `end`. */
@inline
function skip(p: usize, end: usize, count: i64): usize {
  while (count > 0 && p < end) {
    p++;
    while (p < end && (load<u8>(p) & 0xc0) == 0x80) p++;
    count--;
  }
  return p;
}

export function utf8_substring(
  offsets: usize, data: usize, length: i32, position: i32, count: i32, outOffsets: usize, out: usize,
): i32 {
  let written: u32 = 0;
  store<u32>(outOffsets, 0);
  for (; length > 0; length--, offsets += 4) {
    const begin = data + <usize>load<u32>(offsets);
    const end = data + <usize>load<u32>(offsets, 4);
    // Spark: from the end, a start before the first character eats into the count.
    let first: i64 = position > 0 ? <i64>position - 1 : position == 0 ? 0 : <i64>characters(begin, end - begin) + <i64>position;
    let last: i64 = first + <i64>count;
    if (first < 0) first = 0;
    if (last > first) {
      const from = skip(begin, end, first);
      const bytes = skip(from, end, last - first) - from;
      memory.copy(out + <usize>written, from, bytes);
      written += <u32>bytes;
    }
    outOffsets += 4;
    store<u32>(outOffsets, written);
  }
  return <i32>written;
}

export function utf8_trim(offsets: usize, data: usize, length: i32, sides: i32, outOffsets: usize, out: usize): i32 {
  let written: u32 = 0;
  store<u32>(outOffsets, 0);
  for (; length > 0; length--, offsets += 4) {
    let begin = data + <usize>load<u32>(offsets);
    let end = data + <usize>load<u32>(offsets, 4);
    if (sides & 1) while (begin < end && load<u8>(begin) == 0x20) begin++;
    if (sides & 2) while (begin < end && load<u8>(end - 1) == 0x20) end--;
    memory.copy(out + <usize>written, begin, end - begin);
    written += <u32>(end - begin);
    outOffsets += 4;
    store<u32>(outOffsets, written);
  }
  return <i32>written;
}

export function bytes_concat(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize,
  length: i32, outOffsets: usize, out: usize,
): i32 {
  let written: u64 = 0;
  store<u32>(outOffsets, 0);
  for (; length > 0; length--, aOffsets += aStep << 2, bOffsets += bStep << 2) {
    const a = <usize>load<u32>(aOffsets);
    const b = <usize>load<u32>(bOffsets);
    const aBytes = <usize>load<u32>(aOffsets, 4) - a;
    const bBytes = <usize>load<u32>(bOffsets, 4) - b;
    if (written + <u64>aBytes + <u64>bBytes > <u64>i32.MAX_VALUE) return -1;
    memory.copy(out + <usize>written, aData + a, aBytes);
    memory.copy(out + <usize>written + aBytes, bData + b, bBytes);
    written += <u64>(aBytes + bBytes);
    outOffsets += 4;
    store<u32>(outOffsets, <u32>written);
  }
  return <i32>written;
}

const STARTS = 0;
const ENDS = 1;

@inline
function contains(a: usize, aBytes: usize, b: usize, bBytes: usize): bool {
  if (bBytes == 0) return true;
  if (bBytes > aBytes) return false;
  const first = i8x16.splat(load<u8>(b));
  const last = i8x16.splat(load<u8>(b + bBytes - 1));
  const starts = <i32>(aBytes - bBytes + 1);
  for (let at = 0; at < starts; at += 16) {
    const p = a + <usize>at;
    let m = i8x16.bitmask(v128.and(i8x16.eq(v128.load(p), first), i8x16.eq(v128.load(p + bBytes - 1), last)));
    if (starts - at < 16) m &= (1 << (starts - at)) - 1;
    for (; m != 0; m &= m - 1) if (equalRange(p + <usize>ctz(m), bBytes, b, bBytes)) return true;
  }
  return false;
}

@inline
function affix(
  kind: i32, aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  for (let row = 0; row < length; row += 8, out++) {
    const count = min(8, length - row);
    let m = 0;
    for (let k = 0; k < count; k++, aOffsets += aStep << 2, bOffsets += bStep << 2) {
      const aFrom = <usize>load<u32>(aOffsets);
      const bFrom = <usize>load<u32>(bOffsets);
      const aBytes = <usize>load<u32>(aOffsets, 4) - aFrom;
      const bBytes = <usize>load<u32>(bOffsets, 4) - bFrom;
      const a = aData + aFrom;
      const b = bData + bFrom;
      let hit: bool;
      if (kind == STARTS) hit = bBytes <= aBytes && equalRange(a, bBytes, b, bBytes);
      else if (kind == ENDS) hit = bBytes <= aBytes && equalRange(a + aBytes - bBytes, bBytes, b, bBytes);
      else hit = contains(a, aBytes, b, bBytes);
      m |= <i32>hit << k;
    }
    store<u8>(out, m);
  }
}

export function bytes_starts_with(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  affix(STARTS, aOffsets, aData, aStep, bOffsets, bData, bStep, length, out);
}

export function bytes_ends_with(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  affix(ENDS, aOffsets, aData, aStep, bOffsets, bData, bStep, length, out);
}

export function bytes_contains(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  affix(2, aOffsets, aData, aStep, bOffsets, bData, bStep, length, out);
}
