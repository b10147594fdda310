// JSON scalars into columns. A function takes the value's first byte and answers with a code and the byte after the value
// (see `answer`). A value whose conversion fails leaves the column as it was.
import {
  FIXUP_BYTES,
  FIXUP_FORM,
  FIXUP_INDEX,
  FIXUP_NODE,
  FIXUP_ROW,
  FIXUP_TEXT,
  FIXUP_TEXT_BYTES,
  FLAG_CUSTOM_TIMES,
  FLAG_FIXED_ZONE,
  FORM_NUMBER,
  FORM_STRING,
  KIND_BYTE,
  KIND_DOUBLE,
  KIND_FLOAT,
  KIND_INT,
  KIND_LONG,
  KIND_SHORT,
  KIND_TIMESTAMP,
  KIND_TIMESTAMP_NTZ,
  NODE_CAPACITY,
  NODE_DATA,
  NODE_KIND,
  NODE_MINUTE_MICROS,
  NODE_MINUTE_TEXT,
  NODE_PARENT,
  NODE_PRECISION,
  NODE_SCALE,
  NODE_VALUES,
  STATE_BYTES_WANTED,
  STATE_EXPONENT,
  STATE_FIXUPS,
  STATE_FIXUP_CAPACITY,
  STATE_FIXUP_COUNT,
  STATE_FLAGS,
  STATE_FULL_NODE,
  STATE_MANTISSA,
  STATE_NUMBER_FLAGS,
  STATE_ROW,
  STATE_ZONE_MICROS,
} from '../abi/json-schema';
import {
  hex4,
  isUtf8,
  NUMBER_FRACTIONAL,
  NUMBER_LONG,
  NUMBER_NEGATIVE,
  scanNumber,
  simpleEscape,
  skipNonNumeric,
  skipString,
  stringStops,
} from './json-scan';

/** Stored. */
export const OK: u64 = 0;
export const NULL: u64 = 1;
/** The value does not fit the type; it was skipped. */
export const FAIL: u64 = 2;
/** Stored, but something inside did not fit its type. */
export const PARTIAL: u64 = 3;
/** Not JSON. */
export const SYNTAX: u64 = 4;
/** A buffer is full; the state says which. */
export const FULL: u64 = 5;

@inline
export function answer(code: u64, p: usize): u64 {
  return (code << 32) | <u64>p;
}

export function full(st: usize, node: usize, bytes: usize): u64 {
  store<u32>(st, <u32>node, STATE_FULL_NODE);
  store<u32>(st, <u32>bytes, STATE_BYTES_WANTED);
  return answer(FULL, 0);
}

/** Leaves a value to TypeScript; `p` is the byte after it. */
export function fixup(st: usize, node: usize, index: usize, text: usize, end: usize, form: u32, p: usize): u64 {
  const count = <usize>load<u32>(st, STATE_FIXUP_COUNT);
  if (count >= <usize>load<u32>(st, STATE_FIXUP_CAPACITY)) return full(st, 0, (count + 1) * FIXUP_BYTES);
  const at = <usize>load<u32>(st, STATE_FIXUPS) + count * FIXUP_BYTES;
  store<u32>(at, <u32>node, FIXUP_NODE);
  store<u32>(at, <u32>index, FIXUP_INDEX);
  store<u32>(at, <u32>text, FIXUP_TEXT);
  store<u32>(at, <u32>(end - text), FIXUP_TEXT_BYTES);
  store<u32>(at, load<u32>(st, STATE_ROW), FIXUP_ROW);
  store<u32>(at, form, FIXUP_FORM);
  store<u32>(st, <u32>(count + 1), STATE_FIXUP_COUNT);
  return answer(OK, p);
}

/** Forgets the fix-ups number `from .. to` that lie in `node` or below it: their values have been replaced. */
export function dropFixups(st: usize, node: usize, from: usize, to: usize): void {
  const fixups = <usize>load<u32>(st, STATE_FIXUPS);
  const count = <usize>load<u32>(st, STATE_FIXUP_COUNT);
  let kept = from;
  for (let i = from; i < count; i++) {
    const at = fixups + i * FIXUP_BYTES;
    let inside = false;
    for (let n = <usize>load<u32>(at); n != 0 && i < to; n = <usize>load<u32>(n, NODE_PARENT)) inside = inside || n == node;
    if (inside) continue;
    if (kept != i) memory.copy(fixups + kept * FIXUP_BYTES, at, FIXUP_BYTES);
    kept++;
  }
  store<u32>(st, <u32>kept, STATE_FIXUP_COUNT);
}

/** A string's content into row `row` of a bytes column; `p` is behind the opening quote. */
@inline
export function storeString(st: usize, p: usize, e: usize, quote: u8, node: usize, row: usize): u64 {
  const offset = <usize>load<u32>(node, NODE_VALUES) + (row << 2);
  const start = <usize>load<u32>(offset);
  if (start + (e - p) + 48 > <usize>load<u32>(node, NODE_CAPACITY)) return full(st, node, start + (e - p) + 48);
  const quotes = i8x16.splat(<i8>quote);
  const data = <usize>load<u32>(node, NODE_DATA) + start;
  let d = data;
  let high = i8x16.splat(0);
  while (p < e) {
    // 48 at a time: most strings end in the first, so that their lengths decide no branch.
    const x = v128.load(p);
    const y = v128.load(p, 16);
    const z = v128.load(p, 32);
    v128.store(d, x);
    v128.store(d, y, 16);
    v128.store(d, z, 32);
    high = v128.or(v128.or(high, x), v128.or(y, z));
    const stops =
      <u64>stringStops(x, quotes) | (<u64>stringStops(y, quotes) << 16) | (<u64>stringStops(z, quotes) << 32);
    if (stops == 0) {
      p += 48;
      d += 48;
      continue;
    }
    const plain = <usize>ctz(stops);
    p += plain;
    d += plain;
    if (p < e && load<u8>(p) == quote) {
      if (i8x16.bitmask(high) != 0 && !isUtf8(data, d)) return answer(SYNTAX, 0);
      store<u32>(offset, <u32>(start + (d - data)), 4);
      return answer(OK, p + 1);
    }
    return storeEscapedRest(p, e, quote, offset, data, d);
  }
  return answer(SYNTAX, 0);
}

/** The rest of a string from its first backslash or stray control character on. Lone surrogates become `?`, as in Java. */
function storeEscapedRest(p: usize, e: usize, quote: u8, offset: usize, data: usize, d: usize): u64 {
  while (p < e) {
    const c = load<u8>(p);
    if (c == quote) {
      if (!isUtf8(data, d)) return answer(SYNTAX, 0);
      store<u32>(offset, load<u32>(offset) + <u32>(d - data), 4);
      return answer(OK, p + 1);
    }
    if (c < 0x20) return answer(SYNTAX, 0);
    if (c != 0x5c) {
      store<u8>(d++, c);
      p++;
      continue;
    }
    if (p + 1 >= e) return answer(SYNTAX, 0);
    const escape = load<u8>(p, 1);
    if (escape != 0x75) {
      const plain = simpleEscape(escape);
      if (plain == 0) return answer(SYNTAX, 0);
      store<u8>(d++, plain);
      p += 2;
      continue;
    }
    if (p + 6 > e) return answer(SYNTAX, 0);
    let code = hex4(p + 2);
    if (code < 0) return answer(SYNTAX, 0);
    p += 6;
    if ((code & 0xfc00) == 0xd800 && p + 6 <= e && load<u16>(p) == 0x755c) {
      const low = hex4(p + 2);
      if ((low & 0xfc00) == 0xdc00) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        p += 6;
      }
    }
    d = storeCodePoint(d, code);
  }
  return answer(SYNTAX, 0);
}

function storeCodePoint(d: usize, code: i32): usize {
  if (code < 0x80) {
    store<u8>(d, <u8>code);
    return d + 1;
  }
  if (code < 0x800) {
    store<u8>(d, <u8>(0xc0 | (code >> 6)));
    store<u8>(d, <u8>(0x80 | (code & 63)), 1);
    return d + 2;
  }
  if (code < 0x10000) {
    if ((code & 0xf800) == 0xd800) {
      store<u8>(d, 0x3f);
      return d + 1;
    }
    store<u8>(d, <u8>(0xe0 | (code >> 12)));
    store<u8>(d, <u8>(0x80 | ((code >> 6) & 63)), 1);
    store<u8>(d, <u8>(0x80 | (code & 63)), 2);
    return d + 3;
  }
  store<u8>(d, <u8>(0xf0 | (code >> 18)));
  store<u8>(d, <u8>(0x80 | ((code >> 12) & 63)), 1);
  store<u8>(d, <u8>(0x80 | ((code >> 6) & 63)), 2);
  store<u8>(d, <u8>(0x80 | (code & 63)), 3);
  return d + 4;
}

/** The bytes `[p, end)` as they stand, into a bytes column. */
export function storeText(st: usize, p: usize, end: usize, node: usize, row: usize): u64 {
  const offset = <usize>load<u32>(node, NODE_VALUES) + (row << 2);
  const start = <usize>load<u32>(offset);
  const bytes = end - p;
  if (start + bytes + 16 > <usize>load<u32>(node, NODE_CAPACITY)) return full(st, node, start + bytes + 16);
  if (!isUtf8(p, end)) return answer(SYNTAX, 0);
  memory.copy(<usize>load<u32>(node, NODE_DATA) + start, p, bytes);
  store<u32>(offset, <u32>(start + bytes), 4);
  return answer(OK, end);
}

/** An integer into byte, short, int or long. */
export function storeInteger(st: usize, p: usize, e: usize, node: usize, row: usize): u64 {
  const end = scanNumber(st, p, e);
  if (end == 0) return answer(FAIL, 0);
  const flags = load<u32>(st, STATE_NUMBER_FLAGS);
  if (flags & (NUMBER_FRACTIONAL | NUMBER_LONG)) return answer(FAIL, end);
  const magnitude = load<u64>(st, STATE_MANTISSA);
  const negative = <u64>(flags & NUMBER_NEGATIVE);
  if (magnitude > 0x7fffffffffffffff + negative) return answer(FAIL, end);
  const value = negative ? -(<i64>magnitude) : <i64>magnitude;
  const values = <usize>load<u32>(node, NODE_VALUES);
  switch (load<u32>(node, NODE_KIND)) {
    case KIND_LONG:
      store<i64>(values + (row << 3), value);
      break;
    case KIND_INT:
      if (value != <i64>(<i32>value)) return answer(FAIL, end);
      store<i32>(values + (row << 2), <i32>value);
      break;
    case KIND_SHORT:
      if (value != <i64>(<i16>value)) return answer(FAIL, end);
      store<i16>(values + (row << 1), <i16>value);
      break;
    case KIND_BYTE:
      // Jackson takes 128 .. 255 for a byte too, and wraps: so does Spark.
      if (value < -128 || value > 255) return answer(FAIL, end);
      store<i8>(values + row, <i8>value);
      break;
    default:
      // Seconds, as Spark reads a number into a timestamp.
      store<i64>(values + (row << 3), value * 1000000);
  }
  return answer(OK, end);
}

/** 10^n for 0 <= n <= 22, exact. */
function powerOfTen(n: i32): f64 {
  let power: f64 = 1;
  let base: f64 = 10;
  for (; n != 0; n >>= 1) {
    if (n & 1) power *= base;
    base *= base;
  }
  return power;
}

@inline
function storeFloating(node: usize, row: usize, value: f64): void {
  const values = <usize>load<u32>(node, NODE_VALUES);
  if (load<u32>(node, NODE_KIND) == KIND_DOUBLE) store<f64>(values + (row << 3), value);
  else store<f32>(values + (row << 2), <f32>value);
}

/**
 * A number into float or double, correctly rounded: mantissa and power of ten exact in a double give a correctly rounded
 * product or quotient (Clinger 1990); the others are fix-ups.
 */
export function storeNumber(st: usize, p: usize, e: usize, node: usize, row: usize): u64 {
  const end = scanNumber(st, p, e);
  if (end == 0) return answer(FAIL, 0);
  const mantissa = load<u64>(st, STATE_MANTISSA);
  const exponent = load<i32>(st, STATE_EXPONENT);
  const flags = load<u32>(st, STATE_NUMBER_FLAGS);
  if (mantissa == 0 || (mantissa <= 0x20000000000000 && exponent >= -22 && exponent <= 22 && !(flags & NUMBER_LONG))) {
    // A float through a double rounds twice; only exact doubles are safe.
    if (load<u32>(node, NODE_KIND) == KIND_FLOAT && mantissa > 0xffffff) {
      return fixup(st, node, row, p, end, FORM_NUMBER, end);
    }
    let value = <f64>mantissa;
    if (mantissa != 0) value = exponent < 0 ? value / powerOfTen(-exponent) : value * powerOfTen(exponent);
    storeFloating(node, row, flags & NUMBER_NEGATIVE ? -value : value);
    return answer(OK, end);
  }
  return fixup(st, node, row, p, end, FORM_NUMBER, end);
}

/** `NaN`, `Infinity`, `+INF`, …, without quotes, into float or double. */
export function storeNonNumeric(p: usize, e: usize, node: usize, row: usize): u64 {
  const end = skipNonNumeric(p, e);
  if (end == 0) return answer(SYNTAX, 0);
  const c = load<u8>(p);
  storeFloating(node, row, c == 0x4e ? NaN : c == 0x2d ? -Infinity : Infinity);
  return answer(OK, end);
}

/** A number into a decimal of at most 18 digits on the way, rounded half up; the others are fix-ups. */
export function storeDecimal(st: usize, p: usize, e: usize, node: usize, row: usize): u64 {
  const end = scanNumber(st, p, e);
  if (end == 0) return answer(FAIL, 0);
  let value = load<u64>(st, STATE_MANTISSA);
  const flags = load<u32>(st, STATE_NUMBER_FLAGS);
  let shift = load<i32>(st, STATE_EXPONENT) + <i32>load<u32>(node, NODE_SCALE);
  if (flags & NUMBER_LONG || value >= 1000000000000000000 || shift < -18 || shift > 18) {
    return fixup(st, node, row, p, end, FORM_NUMBER, end);
  }
  let half: u64 = 1;
  for (; shift < 0; shift++) half *= 10;
  if (half > 1) value = (value + half / 2) / half;
  for (; shift > 0 && value != 0; shift--) {
    if (value >= 100000000000000000) return fixup(st, node, row, p, end, FORM_NUMBER, end);
    value *= 10;
  }
  const precision = load<u32>(node, NODE_PRECISION);
  if (precision < 19) {
    let limit: u64 = 1;
    for (let i: u32 = 0; i < precision; i++) limit *= 10;
    if (value >= limit) return answer(FAIL, end);
  }
  const low = flags & NUMBER_NEGATIVE ? -(<i64>value) : <i64>value;
  const at = <usize>load<u32>(node, NODE_VALUES) + (row << 4);
  store<i64>(at, low);
  store<i64>(at, low >> 63, 8);
  return answer(OK, end);
}

/** A string that the kernel does not read itself: a fix-up of what lies between the quotes. */
export function storeLater(st: usize, p: usize, e: usize, quote: u8, node: usize, row: usize): u64 {
  const end = skipString(p, e, quote);
  if (end == 0) return answer(SYNTAX, 0);
  if (end == p + 1) return answer(FAIL, end);
  return fixup(st, node, row, p, end - 1, FORM_STRING, end);
}

@inline
function twoDigits(p: usize): i32 {
  return <i32>load<u8>(p) * 10 + <i32>load<u8>(p, 1) - 528;
}

/** Days since 1970-01-01 of `YYYY-MM-DD` (digits are known to be digits), or i32.MIN_VALUE where there is no such day. */
function daysAt(p: usize): i32 {
  const year = twoDigits(p) * 100 + twoDigits(p + 2);
  const month = twoDigits(p + 5);
  const day = twoDigits(p + 8);
  if (month < 1 || month > 12 || day < 1) return i32.MIN_VALUE;
  const leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const last = month == 2 ? 28 + <i32>leap : 30 + ((month + (month >> 3)) & 1);
  if (day > last) return i32.MIN_VALUE;
  // Howard Hinnant's days_from_civil; the year is 0 .. 9999, so nothing is negative but the first two months of year 0.
  const y = month <= 2 ? year + 399 : year + 400;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return (era - 1) * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

@inline
function isDigit(p: usize): bool {
  return <u32>load<u8>(p) - 48 < 10;
}

/** Mask of the digits in `YYYY-MM-DDTHH:MM`. */
const TIME_DIGITS: i32 = 0xdb6f;
const DATE_DIGITS: i32 = 0x036f;

@inline
function digitMask(x: v128): i32 {
  return i8x16.bitmask(i8x16.le_u(i8x16.sub(x, i8x16.splat(48)), i8x16.splat(9)));
}

/** `YYYY-MM-DD` into days; other forms are fix-ups. `p` is behind the opening quote. */
export function storeDate(st: usize, p: usize, e: usize, quote: u8, node: usize, row: usize): u64 {
  if (p + 11 > e || load<u8>(p, 10) != quote || load<u32>(st, STATE_FLAGS) & FLAG_CUSTOM_TIMES) {
    return storeLater(st, p, e, quote, node, row);
  }
  const mask = digitMask(v128.load(p)) & 0x03ff;
  if (mask != DATE_DIGITS || load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d) {
    return storeLater(st, p, e, quote, node, row);
  }
  const days = daysAt(p);
  if (days == i32.MIN_VALUE) return answer(FAIL, p + 11);
  store<i32>(<usize>load<u32>(node, NODE_VALUES) + (row << 2), days);
  return answer(OK, p + 11);
}

/** Reads `YYYY-MM-DDTHH:MM` into the node's minute. False: no such minute, or another form. */
function readMinute(p: usize, text: v128, node: usize): bool {
  if (digitMask(text) != TIME_DIGITS || load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d) return false;
  const between = load<u8>(p, 10);
  if ((between != 0x54 && between != 0x20) || load<u8>(p, 13) != 0x3a) return false;
  const days = daysAt(p);
  const hour = twoDigits(p + 11);
  const minute = twoDigits(p + 14);
  if (days == i32.MIN_VALUE || hour > 23 || minute > 59) return false;
  store<i64>(node, (<i64>days * 1440 + hour * 60 + minute) * 60000000, NODE_MINUTE_MICROS);
  v128.store(node, text, NODE_MINUTE_TEXT);
  return true;
}

/**
 * `YYYY-MM-DD[T ]HH:MM:SS[.fraction](Z|±HH:MM|)` into µs; other forms are fix-ups. Digits after the sixth are dropped.
 * `p` is behind the opening quote.
 */
@inline
export function storeTimestamp(st: usize, p: usize, e: usize, quote: u8, node: usize, row: usize): u64 {
  if (p + 20 > e) return storeLater(st, p, e, quote, node, row);
  const text = v128.load(p);
  if (v128.any_true(v128.xor(text, v128.load(node, NODE_MINUTE_TEXT)))) {
    if (!readMinute(p, text, node)) return storeLater(st, p, e, quote, node, row);
  }
  // `:SSZ` and the quote, the form of most.
  const tail = load<u32>(p, 16);
  const tens = ((tail >> 8) & 0xff) - 48;
  const ones = ((tail >> 16) & 0xff) - 48;
  if ((tail & 0xff) != 0x3a || tens > 5 || ones > 9) return storeLater(st, p, e, quote, node, row);
  const micros = load<i64>(node, NODE_MINUTE_MICROS) + <i64>(tens * 10 + ones) * 1000000;
  const flags = load<u32>(st, STATE_FLAGS) & FLAG_CUSTOM_TIMES;
  if (tail >> 24 == 0x5a && p + 20 < e && load<u8>(p, 20) == quote && load<u32>(node) == KIND_TIMESTAMP && !flags) {
    store<i64>(<usize>load<u32>(node, NODE_VALUES) + (row << 3), micros);
    return answer(OK, p + 21);
  }
  return storeTimestampTail(st, p, e, quote, node, row, micros);
}

/** What follows the seconds: fraction and zone. */
function storeTimestampTail(st: usize, p: usize, e: usize, quote: u8, node: usize, row: usize, micros: i64): u64 {
  const flags = load<u32>(st, STATE_FLAGS);
  if (flags & FLAG_CUSTOM_TIMES) return storeLater(st, p, e, quote, node, row);
  let q = p + 19;
  if (load<u8>(q) == 0x2e) {
    q++;
    let unit: i64 = 100000;
    const first = q;
    for (; q < e && isDigit(q); q++) {
      micros += <i64>(<i32>load<u8>(q) - 48) * unit;
      unit /= 10;
    }
    if (q == first || q - first > 9) return storeLater(st, p, e, quote, node, row);
  }
  if (q >= e) return answer(SYNTAX, 0);
  const c = load<u8>(q);
  const ntz = load<u32>(node, NODE_KIND) == KIND_TIMESTAMP_NTZ;
  if (c == quote) {
    if (!ntz) {
      if (!(flags & FLAG_FIXED_ZONE)) return storeLater(st, p, e, quote, node, row);
      micros -= load<i64>(st, STATE_ZONE_MICROS);
    }
  } else if (c == 0x5a && !ntz) {
    q++;
  } else if ((c == 0x2b || c == 0x2d) && !ntz && q + 6 < e && load<u8>(q, 3) == 0x3a) {
    if (!isDigit(q + 1) || !isDigit(q + 2) || !isDigit(q + 4) || !isDigit(q + 5)) {
      return storeLater(st, p, e, quote, node, row);
    }
    const hours = twoDigits(q + 1);
    const minutes = twoDigits(q + 4);
    if (hours > 17 || minutes > 59) return storeLater(st, p, e, quote, node, row);
    const offset = <i64>(hours * 60 + minutes) * 60000000;
    micros += c == 0x2b ? -offset : offset;
    q += 6;
  }
  if (q >= e || load<u8>(q) != quote) return storeLater(st, p, e, quote, node, row);
  store<i64>(<usize>load<u32>(node, NODE_VALUES) + (row << 3), micros);
  return answer(OK, q + 1);
}
