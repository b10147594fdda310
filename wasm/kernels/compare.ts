// Comparisons to bitmaps, eight rows to a byte. Only `eq` and `lt` are computed: the others swap operands or invert.
// Reads run up to 7 rows past the end, which is readable (layout.ts).

import { compareRange, equalRange } from './range';

const EQ = 0;
const LT = 1;

@inline
function lanes<T>(relation: i32, a: v128, b: v128): v128 {
  let m = relation == LT ? v128.lt<T>(a, b) : v128.eq<T>(a, b);
  if (isFloat<T>()) {
    const aNan = v128.ne<T>(a, a);
    const bNan = v128.ne<T>(b, b);
    m = v128.or(m, relation == LT ? v128.andnot(bNan, aNan) : v128.and(aNan, bNan));
  }
  return m;
}

/** Bits of the lanes of the k-th vector. */
@inline
function bits<T>(relation: i32, a: usize, aStep: usize, b: usize, bStep: usize, k: usize): i32 {
  const m = lanes<T>(relation, v128.load(a + ((aStep * k) << 4)), v128.load(b + ((bStep * k) << 4)));
  if (sizeof<T>() == 8) return i64x2.bitmask(m);
  if (sizeof<T>() == 4) return i32x4.bitmask(m);
  return sizeof<T>() == 2 ? i16x8.bitmask(m) : i8x16.bitmask(m);
}

@inline
function compare<T>(relation: i32, invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  const aNext = aStep * 8 * sizeof<T>();
  const bNext = bStep * 8 * sizeof<T>();
  for (let row = 0; row < length; row += 8, a += aNext, b += bNext, out++) {
    let m = bits<T>(relation, a, aStep, b, bStep, 0);
    if (sizeof<T>() == 4) m |= bits<T>(relation, a, aStep, b, bStep, 1) << 4;
    if (sizeof<T>() == 8) {
      m |= bits<T>(relation, a, aStep, b, bStep, 1) << 2;
      m |= bits<T>(relation, a, aStep, b, bStep, 2) << 4;
      m |= bits<T>(relation, a, aStep, b, bStep, 3) << 6;
    }
    store<u8>(out, m ^ invert);
  }
}

function equal_i8(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i8>(EQ, invert, a, aStep, b, bStep, length, out);
}
function less_i8(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i8>(LT, invert, a, aStep, b, bStep, length, out);
}
export function eq_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i8(0, a, aStep, b, bStep, length, out);
}
export function ne_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i8(255, a, aStep, b, bStep, length, out);
}
export function lt_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i8(0, a, aStep, b, bStep, length, out);
}
export function ge_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i8(255, a, aStep, b, bStep, length, out);
}
export function gt_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i8(0, b, bStep, a, aStep, length, out);
}
export function le_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i8(255, b, bStep, a, aStep, length, out);
}

function equal_i16(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i16>(EQ, invert, a, aStep, b, bStep, length, out);
}
function less_i16(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i16>(LT, invert, a, aStep, b, bStep, length, out);
}
export function eq_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i16(0, a, aStep, b, bStep, length, out);
}
export function ne_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i16(255, a, aStep, b, bStep, length, out);
}
export function lt_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i16(0, a, aStep, b, bStep, length, out);
}
export function ge_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i16(255, a, aStep, b, bStep, length, out);
}
export function gt_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i16(0, b, bStep, a, aStep, length, out);
}
export function le_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i16(255, b, bStep, a, aStep, length, out);
}

function equal_i32(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i32>(EQ, invert, a, aStep, b, bStep, length, out);
}
function less_i32(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i32>(LT, invert, a, aStep, b, bStep, length, out);
}
export function eq_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i32(0, a, aStep, b, bStep, length, out);
}
export function ne_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i32(255, a, aStep, b, bStep, length, out);
}
export function lt_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i32(0, a, aStep, b, bStep, length, out);
}
export function ge_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i32(255, a, aStep, b, bStep, length, out);
}
export function gt_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i32(0, b, bStep, a, aStep, length, out);
}
export function le_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i32(255, b, bStep, a, aStep, length, out);
}

function equal_i64(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i64>(EQ, invert, a, aStep, b, bStep, length, out);
}
function less_i64(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<i64>(LT, invert, a, aStep, b, bStep, length, out);
}
export function eq_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i64(0, a, aStep, b, bStep, length, out);
}
export function ne_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_i64(255, a, aStep, b, bStep, length, out);
}
export function lt_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i64(0, a, aStep, b, bStep, length, out);
}
export function ge_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i64(255, a, aStep, b, bStep, length, out);
}
export function gt_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i64(0, b, bStep, a, aStep, length, out);
}
export function le_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_i64(255, b, bStep, a, aStep, length, out);
}

function equal_f32(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<f32>(EQ, invert, a, aStep, b, bStep, length, out);
}
function less_f32(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<f32>(LT, invert, a, aStep, b, bStep, length, out);
}
export function eq_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_f32(0, a, aStep, b, bStep, length, out);
}
export function ne_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_f32(255, a, aStep, b, bStep, length, out);
}
export function lt_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f32(0, a, aStep, b, bStep, length, out);
}
export function ge_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f32(255, a, aStep, b, bStep, length, out);
}
export function gt_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f32(0, b, bStep, a, aStep, length, out);
}
export function le_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f32(255, b, bStep, a, aStep, length, out);
}

function equal_f64(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<f64>(EQ, invert, a, aStep, b, bStep, length, out);
}
function less_f64(invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare<f64>(LT, invert, a, aStep, b, bStep, length, out);
}
export function eq_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_f64(0, a, aStep, b, bStep, length, out);
}
export function ne_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  equal_f64(255, a, aStep, b, bStep, length, out);
}
export function lt_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f64(0, a, aStep, b, bStep, length, out);
}
export function ge_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f64(255, a, aStep, b, bStep, length, out);
}
export function gt_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f64(0, b, bStep, a, aStep, length, out);
}
export function le_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  less_f64(255, b, bStep, a, aStep, length, out);
}

@inline
function less128(a: usize, b: usize): bool {
  const aHigh = load<i64>(a, 8);
  const bHigh = load<i64>(b, 8);
  return aHigh < bHigh || (aHigh == bHigh && load<u64>(a) < load<u64>(b));
}

@inline
function equal128(a: usize, b: usize): bool {
  return ((load<u64>(a) ^ load<u64>(b)) | (load<u64>(a, 8) ^ load<u64>(b, 8))) == 0;
}

function compare128(relation: i32, invert: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  for (let row = 0; row < length; row += 8, out++) {
    const count = min(8, length - row);
    let m = 0;
    for (let k = 0; k < count; k++, a += aStep << 4, b += bStep << 4) {
      m |= <i32>(relation == LT ? less128(a, b) : equal128(a, b)) << k;
    }
    store<u8>(out, m ^ invert);
  }
}

export function eq_d128(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare128(EQ, 0, a, aStep, b, bStep, length, out);
}
export function ne_d128(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare128(EQ, 255, a, aStep, b, bStep, length, out);
}
export function lt_d128(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare128(LT, 0, a, aStep, b, bStep, length, out);
}
export function ge_d128(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare128(LT, 255, a, aStep, b, bStep, length, out);
}
export function gt_d128(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare128(LT, 0, b, bStep, a, aStep, length, out);
}
export function le_d128(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  compare128(LT, 255, b, bStep, a, aStep, length, out);
}

function compareBytes(
  relation: i32, invert: i32,
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  for (let row = 0; row < length; row += 8, out++) {
    const count = min(8, length - row);
    let m = 0;
    for (let k = 0; k < count; k++, aOffsets += aStep << 2, bOffsets += bStep << 2) {
      const a = <usize>load<u32>(aOffsets);
      const b = <usize>load<u32>(bOffsets);
      const aBytes = <usize>load<u32>(aOffsets, 4) - a;
      const bBytes = <usize>load<u32>(bOffsets, 4) - b;
      const hit = relation == LT
        ? compareRange(aData + a, aBytes, bData + b, bBytes) < 0
        : equalRange(aData + a, aBytes, bData + b, bBytes);
      m |= <i32>hit << k;
    }
    store<u8>(out, m ^ invert);
  }
}

export function eq_bytes(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  compareBytes(EQ, 0, aOffsets, aData, aStep, bOffsets, bData, bStep, length, out);
}
export function ne_bytes(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  compareBytes(EQ, 255, aOffsets, aData, aStep, bOffsets, bData, bStep, length, out);
}
export function lt_bytes(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  compareBytes(LT, 0, aOffsets, aData, aStep, bOffsets, bData, bStep, length, out);
}
export function ge_bytes(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  compareBytes(LT, 255, aOffsets, aData, aStep, bOffsets, bData, bStep, length, out);
}
export function gt_bytes(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  compareBytes(LT, 0, bOffsets, bData, bStep, aOffsets, aData, aStep, length, out);
}
export function le_bytes(
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize, length: i32, out: usize,
): void {
  compareBytes(LT, 255, bOffsets, bData, bStep, aOffsets, aData, aStep, length, out);
}
