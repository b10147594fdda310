// JSON's tokens: white space, strings, numbers, and values that nobody wants. Nothing here writes a column.
// Functions take `p` (the next byte) and `e` (the end of the document) and return the byte after the token, or 0 where the
// text is no JSON. Loads may pass `e` by up to 16 bytes, which engine memory allows.
import {
  FLAG_NON_NUMERIC,
  FLAG_SINGLE_QUOTES,
  JSON_DEPTH_MAX,
  STATE_EXPONENT,
  STATE_FLAGS,
  STATE_MANTISSA,
  STATE_NUMBER_FLAGS,
} from '../abi/json-schema';

/** Bits of the number flags that scanNumber leaves in the state. */
export const NUMBER_NEGATIVE: u32 = 1;
/** It has a fraction or an exponent: no integer to Spark. */
export const NUMBER_FRACTIONAL: u32 = 2;
/** More than 19 significant digits: the mantissa is not all of it. */
export const NUMBER_LONG: u32 = 4;

@inline
export function skipSpace(p: usize, e: usize): usize {
  while (p < e && load<u8>(p) <= 0x20) {
    const c = load<u8>(p);
    if (c != 0x20 && c != 0x0a && c != 0x0d && c != 0x09) break;
    p++;
  }
  return p;
}

/** 16 bits: which bytes of `x` end a run of plain string content: `quote`, backslash, control characters. */
@inline
export function stringStops(x: v128, quote: v128): i32 {
  return i8x16.bitmask(
    v128.or(v128.or(i8x16.eq(x, quote), i8x16.eq(x, i8x16.splat(0x5c))), i8x16.lt_u(x, i8x16.splat(0x20))),
  );
}

/** `p` is behind the opening quote. Escapes are checked, UTF-8 is not. */
export function skipString(p: usize, e: usize, quote: u8): usize {
  const quotes = i8x16.splat(<i8>quote);
  while (p < e) {
    const stops = stringStops(v128.load(p), quotes);
    if (stops == 0) {
      p += 16;
      continue;
    }
    p += <usize>ctz(stops);
    if (p >= e) return 0;
    const c = load<u8>(p);
    if (c == quote) return p + 1;
    if (c != 0x5c) return 0;
    p = skipEscape(p, e);
    if (p == 0) return 0;
  }
  return 0;
}

function skipEscape(p: usize, e: usize): usize {
  if (p + 1 >= e) return 0;
  const c = load<u8>(p, 1);
  if (c == 0x75) {
    if (p + 6 > e || hex4(p + 2) < 0) return 0;
    return p + 6;
  }
  return simpleEscape(c) == 0 ? 0 : p + 2;
}

/** The byte that `\c` stands for; 0: no such escape. `\'` is known since `'` may quote. */
export function simpleEscape(c: u8): u8 {
  switch (c) {
    case 0x22:
    case 0x27:
    case 0x5c:
    case 0x2f:
      return c;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return 0;
  }
}

/** The value of four hexadecimal digits, or -1. */
export function hex4(p: usize): i32 {
  let value = 0;
  for (let i: usize = 0; i < 4; i++) {
    const c = <i32>load<u8>(p + i);
    const lower = c | 0x20;
    if (<u32>(c - 48) < 10) value = (value << 4) | (c - 48);
    else if (<u32>(lower - 97) < 6) value = (value << 4) | (lower - 87);
    else return -1;
  }
  return value;
}

/**
 * `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`. Leaves mantissa, decimal exponent and number flags in the state:
 * the value is mantissa · 10^exponent.
 */
export function scanNumber(st: usize, p: usize, e: usize): usize {
  let flags: u32 = 0;
  if (p < e && load<u8>(p) == 0x2d) {
    flags = NUMBER_NEGATIVE;
    p++;
  }
  let mantissa: u64 = 0;
  let exponent = 0;
  let digits = 0;
  const first = p;
  while (p < e) {
    const d = <u32>load<u8>(p) - 48;
    if (d > 9) break;
    if (digits < 19) {
      mantissa = mantissa * 10 + d;
      digits += <i32>(mantissa != 0);
    } else {
      flags |= NUMBER_LONG;
      exponent++;
    }
    p++;
  }
  if (p == first || (load<u8>(first) == 0x30 && p > first + 1)) return 0;
  if (p < e && load<u8>(p) == 0x2e) {
    flags |= NUMBER_FRACTIONAL;
    const point = ++p;
    while (p < e) {
      const d = <u32>load<u8>(p) - 48;
      if (d > 9) break;
      if (digits < 19) {
        mantissa = mantissa * 10 + d;
        digits += <i32>(mantissa != 0);
        exponent--;
      } else {
        flags |= NUMBER_LONG;
      }
      p++;
    }
    if (p == point) return 0;
  }
  if (p < e && (load<u8>(p) | 0x20) == 0x65) {
    flags |= NUMBER_FRACTIONAL;
    p++;
    let negative = false;
    if (p < e && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) negative = load<u8>(p++) == 0x2d;
    const start = p;
    let power = 0;
    while (p < e) {
      const d = <u32>load<u8>(p) - 48;
      if (d > 9) break;
      if (power < 100000) power = power * 10 + d;
      p++;
    }
    if (p == start) return 0;
    exponent += negative ? -power : power;
  }
  store<u64>(st, mantissa, STATE_MANTISSA);
  store<i32>(st, exponent, STATE_EXPONENT);
  store<u32>(st, flags, STATE_NUMBER_FLAGS);
  return p;
}

/** A literal of `bytes` bytes whose first four (little endian) are `head`, at `p`; the rest is compared with `tail`. */
@inline
function literalAt(p: usize, e: usize, bytes: usize, head: u32): bool {
  return p + bytes <= e && load<u32>(p) == head;
}

/** The byte after `null`, `true`, `false`, or 0. */
export function skipWord(p: usize, e: usize): usize {
  if (literalAt(p, e, 4, 0x6c6c756e) || literalAt(p, e, 4, 0x65757274)) return p + 4;
  if (literalAt(p, e, 5, 0x736c6166) && load<u8>(p, 4) == 0x65) return p + 5;
  return 0;
}

/** The byte after `NaN`, `Infinity`, `+INF`, `-INF`, `+Infinity` or `-Infinity`, or 0. */
export function skipNonNumeric(p: usize, e: usize): usize {
  const c = load<u8>(p);
  if (c == 0x4e) return p + 3 <= e && load<u8>(p, 1) == 0x61 && load<u8>(p, 2) == 0x4e ? p + 3 : 0;
  const signed = c == 0x2b || c == 0x2d;
  const q = signed ? p + 1 : p;
  if (signed && q + 3 <= e && load<u8>(q) == 0x49 && load<u8>(q, 1) == 0x4e && load<u8>(q, 2) == 0x46) return q + 3;
  return q + 8 <= e && load<u64>(q) == 0x7974696e69666e49 ? q + 8 : 0;
}

/** Any value, checked and forgotten. */
export function skipValue(st: usize, p: usize, e: usize, depth: i32): usize {
  if (p >= e) return 0;
  const c = load<u8>(p);
  if (c == 0x22) return skipString(p + 1, e, c);
  if (<u32>c - 48 < 10) return scanNumber(st, p, e);
  if (c == 0x7b) return skipObject(st, p + 1, e, depth + 1);
  if (c == 0x5b) return skipArray(st, p + 1, e, depth + 1);
  if (c == 0x2d) {
    const q = scanNumber(st, p, e);
    if (q != 0) return q;
  }
  const flags = load<u32>(st, STATE_FLAGS);
  if (c == 0x27 && flags & FLAG_SINGLE_QUOTES) return skipString(p + 1, e, c);
  if ((c == 0x2d || c == 0x2b || c == 0x49 || c == 0x4e) && flags & FLAG_NON_NUMERIC) return skipNonNumeric(p, e);
  return skipWord(p, e);
}

function skipObject(st: usize, p: usize, e: usize, depth: i32): usize {
  if (depth > JSON_DEPTH_MAX) return 0;
  p = skipSpace(p, e);
  if (p < e && load<u8>(p) == 0x7d) return p + 1;
  while (p < e) {
    const quote = load<u8>(p);
    if (!isQuote(st, quote)) return 0;
    p = skipString(p + 1, e, quote);
    if (p == 0) return 0;
    p = skipSpace(p, e);
    if (p >= e || load<u8>(p) != 0x3a) return 0;
    p = skipValue(st, skipSpace(p + 1, e), e, depth);
    if (p == 0) return 0;
    p = skipSpace(p, e);
    if (p >= e) return 0;
    const c = load<u8>(p);
    if (c == 0x7d) return p + 1;
    if (c != 0x2c) return 0;
    p = skipSpace(p + 1, e);
  }
  return 0;
}

function skipArray(st: usize, p: usize, e: usize, depth: i32): usize {
  if (depth > JSON_DEPTH_MAX) return 0;
  p = skipSpace(p, e);
  if (p < e && load<u8>(p) == 0x5d) return p + 1;
  while (p < e) {
    p = skipValue(st, p, e, depth);
    if (p == 0) return 0;
    p = skipSpace(p, e);
    if (p >= e) return 0;
    const c = load<u8>(p);
    if (c == 0x5d) return p + 1;
    if (c != 0x2c) return 0;
    p = skipSpace(p + 1, e);
  }
  return 0;
}

@inline
export function isQuote(st: usize, c: u8): bool {
  return c == 0x22 || (c == 0x27 && (load<u32>(st, STATE_FLAGS) & FLAG_SINGLE_QUOTES) != 0);
}

/** Well-formed UTF-8, by the table of Unicode's chapter 3 (no surrogates, no overlong forms). */
export function isUtf8(p: usize, e: usize): bool {
  while (p < e) {
    if (p + 16 <= e && i8x16.bitmask(v128.load(p)) == 0) {
      p += 16;
      continue;
    }
    const c = <u32>load<u8>(p);
    if (c < 0x80) {
      p++;
      continue;
    }
    const second = <u32>load<u8>(p, 1);
    if (c < 0xe0) {
      if (c < 0xc2 || p + 2 > e || (second & 0xc0) != 0x80) return false;
      p += 2;
    } else if (c < 0xf0) {
      if (p + 3 > e || (second & 0xc0) != 0x80 || (load<u8>(p, 2) & 0xc0) != 0x80) return false;
      if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f)) return false;
      p += 3;
    } else {
      if (c > 0xf4 || p + 4 > e || (second & 0xc0) != 0x80) return false;
      if ((load<u8>(p, 2) & 0xc0) != 0x80 || (load<u8>(p, 3) & 0xc0) != 0x80) return false;
      if ((c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f)) return false;
      p += 4;
    }
  }
  return true;
}
