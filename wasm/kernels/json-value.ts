// Values of a known type into columns: the dispatch on type, structs, arrays and maps. Offsets say how far a column is
// written (row i's data starts where row i - 1 ended), so writing a row again needs no roll-back.
import {
  FLAG_NON_NUMERIC,
  JSON_DEPTH_MAX,
  KIND_ARRAY,
  KIND_BINARY,
  KIND_BOOLEAN,
  KIND_BYTE,
  KIND_DATE,
  KIND_DECIMAL,
  KIND_DOUBLE,
  KIND_FLOAT,
  KIND_INT,
  KIND_LONG,
  KIND_MAP,
  KIND_SHORT,
  KIND_STRING,
  KIND_STRUCT,
  KIND_TIMESTAMP,
  KIND_TIMESTAMP_NTZ,
  NODE_BYTES,
  NODE_CAPACITY,
  NODE_CHILD_COUNT,
  NODE_CHILDREN,
  NODE_FLAGS,
  NODE_HAS_NULLS,
  NODE_KEY,
  NODE_KEY_BYTES,
  NODE_KEY_PREFIX,
  NODE_KIND,
  NODE_NULLS,
  NODE_SEEN,
  NODE_VALUES,
  NODE_WRITES_VALID,
  SCRATCH_BYTES,
  STATE_EPOCH,
  STATE_FIXUP_COUNT,
  STATE_FLAGS,
  STATE_SCRATCH,
} from '../abi/json-schema';
import { isQuote, skipNonNumeric, skipSpace, skipString, skipValue, stringStops } from './json-scan';
import { learnKey } from './json-template';
import {
  answer,
  dropFixups,
  FAIL,
  full,
  FULL,
  NULL,
  OK,
  PARTIAL,
  storeDate,
  storeDecimal,
  storeInteger,
  storeLater,
  storeNonNumeric,
  storeNumber,
  storeString,
  storeText,
  storeTimestamp,
  SYNTAX,
} from './json-store';

@inline
function codeOf(result: u64): u64 {
  return result >> 32;
}

@inline
function setBit(bitmap: usize, row: usize): void {
  const at = bitmap + (row >> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) | (<u32>1 << (<u32>row & 7))));
}

@inline
function clearBit(bitmap: usize, row: usize): void {
  const at = bitmap + (row >> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) & ~(<u32>1 << (<u32>row & 7))));
}

/** Row `row` of the node becomes null, and with it what lies in it, so that offsets go on. */
export function setNull(node: usize, row: usize): void {
  setBit(<usize>load<u32>(node, NODE_NULLS), row);
  store<u32>(node, 1, NODE_HAS_NULLS);
  const kind = load<u32>(node, NODE_KIND);
  if (kind == KIND_STRUCT) {
    const children = <usize>load<u32>(node, NODE_CHILDREN);
    const end = children + <usize>load<u32>(node, NODE_CHILD_COUNT) * NODE_BYTES;
    for (let child = children; child < end; child += NODE_BYTES) setNull(child, row);
  } else if (kind == KIND_STRING || kind == KIND_BINARY || kind == KIND_ARRAY || kind == KIND_MAP) {
    const offset = <usize>load<u32>(node, NODE_VALUES) + (row << 2);
    store<u32>(offset, load<u32>(offset), 4);
  }
}

/** Writes the null bit that `code` asks for. `again`: the row had a value of this key before. @returns 1: bad record */
@inline
export function settle(code: u64, node: usize, row: usize, again: bool): u32 {
  if (code == OK || code == PARTIAL) {
    if (again || load<u32>(node, NODE_FLAGS) & NODE_WRITES_VALID) clearBit(<usize>load<u32>(node, NODE_NULLS), row);
    return <u32>(code == PARTIAL);
  }
  // Spark keeps an earlier value of the key where the later one fails; an array's elements are gone by then.
  if (code == NULL || !again || load<i32>(node, NODE_KIND) >= KIND_STRUCT) setNull(node, row);
  return <u32>(code == FAIL);
}

/** FAIL behind a well-formed value, SYNTAX otherwise. */
function refuse(st: usize, p: usize, e: usize, depth: i32): u64 {
  const end = skipValue(st, p, e, depth);
  return end == 0 ? answer(SYNTAX, 0) : answer(FAIL, end);
}

/** The value at `p` into row `row` of the node's column; the caller settles null bits. */
export function parseValue(st: usize, p: usize, e: usize, node: usize, row: usize, depth: i32): u64 {
  if (p >= e) return answer(SYNTAX, 0);
  const c = load<u8>(p);
  const kind = load<u32>(node, NODE_KIND);
  if (isQuote(st, c)) return parseQuoted(st, p, e, c, kind, node, row);
  if (c == 0x6e && p + 4 <= e && load<u32>(p) == 0x6c6c756e) return answer(NULL, p + 4);
  if (c == 0x7b) {
    if (kind == KIND_STRUCT) return parseObject(st, p, e, node, row, depth + 1, false);
    if (kind == KIND_MAP) return parseMap(st, p, e, node, row, depth + 1);
  } else if (c == 0x5b) {
    if (kind == KIND_ARRAY) return parseArray(st, p, e, node, row, depth + 1);
  } else if (c == 0x2d || <u32>c - 48 < 10) {
    const result = parseNumber(st, p, e, kind, node, row);
    if (codeOf(result) != SYNTAX) return result;
  } else if (kind == KIND_BOOLEAN) {
    return parseBoolean(st, p, e, node, row, depth);
  }
  if (kind == KIND_STRING) {
    const end = skipValue(st, p, e, depth);
    return end == 0 ? answer(SYNTAX, 0) : storeText(st, p, end, node, row);
  }
  if ((kind == KIND_DOUBLE || kind == KIND_FLOAT) && load<u32>(st, STATE_FLAGS) & FLAG_NON_NUMERIC) {
    if (c == 0x4e || c == 0x49 || c == 0x2d || c == 0x2b) return storeNonNumeric(p, e, node, row);
  }
  return refuse(st, p, e, depth);
}

function parseQuoted(st: usize, p: usize, e: usize, quote: u8, kind: u32, node: usize, row: usize): u64 {
  p++;
  switch (kind) {
    case KIND_STRING:
      return storeString(st, p, e, quote, node, row);
    case KIND_TIMESTAMP:
    case KIND_TIMESTAMP_NTZ:
      return storeTimestamp(st, p, e, quote, node, row);
    case KIND_DATE:
      return storeDate(st, p, e, quote, node, row);
    case KIND_BINARY: {
      // "" is no bytes: an empty string is a value only here and in strings.
      if (p < e && load<u8>(p) == quote) return storeText(st, p, p, node, row) | <u64>(p + 1);
      const result = storeLater(st, p, e, quote, node, row);
      if (codeOf(result) == OK) {
        const offset = <usize>load<u32>(node, NODE_VALUES) + (row << 2);
        store<u32>(offset, load<u32>(offset), 4);
      }
      return result;
    }
    case KIND_DECIMAL:
      return storeLater(st, p, e, quote, node, row);
    case KIND_DOUBLE:
    case KIND_FLOAT: {
      const end = skipString(p, e, quote);
      if (end == 0) return answer(SYNTAX, 0);
      const known = load<u32>(st, STATE_FLAGS) & FLAG_NON_NUMERIC && skipNonNumeric(p, end - 1) == end - 1;
      if (!known) return answer(FAIL, end);
      storeNonNumeric(p, end - 1, node, row);
      return answer(OK, end);
    }
    default: {
      const end = skipString(p, e, quote);
      return end == 0 ? answer(SYNTAX, 0) : answer(FAIL, end);
    }
  }
}

/** SYNTAX: no number, or one that this kind does not take; the caller decides which. */
function parseNumber(st: usize, p: usize, e: usize, kind: u32, node: usize, row: usize): u64 {
  switch (kind) {
    case KIND_BYTE:
    case KIND_SHORT:
    case KIND_INT:
    case KIND_LONG:
    case KIND_TIMESTAMP: {
      const result = storeInteger(st, p, e, node, row);
      return <usize>result == 0 ? answer(SYNTAX, 0) : result;
    }
    case KIND_FLOAT:
    case KIND_DOUBLE: {
      const result = storeNumber(st, p, e, node, row);
      return <usize>result == 0 && codeOf(result) == FAIL ? answer(SYNTAX, 0) : result;
    }
    case KIND_DECIMAL: {
      const result = storeDecimal(st, p, e, node, row);
      return <usize>result == 0 && codeOf(result) == FAIL ? answer(SYNTAX, 0) : result;
    }
    default:
      return answer(SYNTAX, 0);
  }
}

function parseBoolean(st: usize, p: usize, e: usize, node: usize, row: usize, depth: i32): u64 {
  const end = skipValue(st, p, e, depth);
  if (end == 0) return answer(SYNTAX, 0);
  const c = load<u8>(p);
  const values = <usize>load<u32>(node, NODE_VALUES);
  if (c == 0x74) setBit(values, row);
  else if (c == 0x66) clearBit(values, row);
  else return answer(FAIL, end);
  return answer(OK, end);
}

/** The node of the key, or 0. `guess` is looked at first: keys tend to come in the schema's order. */
@inline
function findChild(children: usize, end: usize, guess: usize, key: usize, keyBytes: usize): usize {
  let prefix = load<u64>(key);
  if (keyBytes < 8) prefix &= (<u64>1 << (<u64>keyBytes << 3)) - 1;
  if (guess < end && sameKey(guess, key, keyBytes, prefix)) return guess;
  for (let child = children; child < end; child += NODE_BYTES) if (sameKey(child, key, keyBytes, prefix)) return child;
  return 0;
}

@inline
function sameKey(child: usize, key: usize, keyBytes: usize, prefix: u64): bool {
  if (load<u64>(child, NODE_KEY_PREFIX) != prefix || <usize>load<u32>(child, NODE_KEY_BYTES) != keyBytes) return false;
  return keyBytes <= 8 || memory.compare(<usize>load<u32>(child, NODE_KEY), key, keyBytes) == 0;
}

/** A key with escapes, decoded by the code for strings into the state's scratch; its length, or -1 where it is no JSON. */
function decodeKey(st: usize, p: usize, e: usize, quote: u8): i32 {
  // A node and its offsets made up on the spot: storeString wants them.
  const node = st + STATE_SCRATCH;
  const offsets = node + NODE_BYTES;
  store<u32>(node, <u32>offsets, NODE_VALUES);
  store<u32>(node, <u32>(offsets + 16), NODE_VALUES + 4);
  store<u32>(node, <u32>(SCRATCH_BYTES - NODE_BYTES - 16), NODE_CAPACITY);
  store<u32>(offsets, 0);
  const end = skipString(p, e, quote);
  if (end == 0) return -1;
  const code = codeOf(storeString(st, p, end, quote, node, 0));
  // Longer than any field's name that we decode: unknown.
  if (code == FULL) return 0;
  return code == OK ? load<i32>(offsets, 4) : -1;
}

/**
 * An object into a struct's columns; `p` is at the brace. Unknown keys are skipped, missing ones are null, of several
 * equal ones the last wins. A field that does not fit its type is null and makes the answer PARTIAL.
 */
export function parseObject(st: usize, p: usize, e: usize, node: usize, row: usize, depth: i32, learn: bool): u64 {
  if (depth > JSON_DEPTH_MAX) return answer(SYNTAX, 0);
  const children = <usize>load<u32>(node, NODE_CHILDREN);
  const childrenEnd = children + <usize>load<u32>(node, NODE_CHILD_COUNT) * NODE_BYTES;
  const epoch = load<u32>(st, STATE_EPOCH) + 1;
  store<u32>(st, epoch, STATE_EPOCH);
  let bad: u32 = 0;
  let guess = children;
  const fixups = <usize>load<u32>(st, STATE_FIXUP_COUNT);
  let literal = p;
  p = skipSpace(p + 1, e);
  let closed = p < e && load<u8>(p) == 0x7d;
  while (!closed) {
    if (p >= e) return answer(SYNTAX, 0);
    const quote = load<u8>(p);
    if (!isQuote(st, quote)) return answer(SYNTAX, 0);
    let key = ++p;
    const stops = stringStops(v128.load(p), i8x16.splat(<i8>quote));
    p = stops != 0 && load<u8>(p + <usize>ctz(stops)) == quote ? p + <usize>ctz(stops) + 1 : skipString(p, e, quote);
    if (p == 0 || p > e) return answer(SYNTAX, 0);
    let keyBytes = p - key - 1;
    if (hasBackslash(key, keyBytes)) {
      const decoded = decodeKey(st, key, e, quote);
      if (decoded < 0) return answer(SYNTAX, 0);
      key = st + STATE_SCRATCH + NODE_BYTES + 16;
      keyBytes = <usize>decoded;
    }
    const child = findChild(children, childrenEnd, guess, key, keyBytes);
    p = skipSpace(p, e);
    if (p >= e || load<u8>(p) != 0x3a) return answer(SYNTAX, 0);
    p = skipSpace(p + 1, e);
    if (learn) learnKey(st, literal, p, child);
    if (child == 0) {
      p = skipValue(st, p, e, depth);
      if (p == 0) return answer(SYNTAX, 0);
    } else {
      const again = load<u32>(child, NODE_SEEN) == epoch;
      if (again) {
        learn = false;
        learnKey(st, 0, 0, 0);
      }
      const before = <usize>load<u32>(st, STATE_FIXUP_COUNT);
      const result = parseValue(st, p, e, child, row, depth);
      const code = codeOf(result);
      if (code >= SYNTAX) return result;
      if (again && code != FAIL) dropFixups(st, child, fixups, before);
      bad |= settle(code, child, row, again);
      store<u32>(child, epoch, NODE_SEEN);
      guess = child + NODE_BYTES;
      p = <usize>(<u32>result);
    }
    literal = p;
    p = skipSpace(p, e);
    if (p >= e) return answer(SYNTAX, 0);
    const c = load<u8>(p);
    if (c == 0x7d) closed = true;
    else if (c == 0x2c) p = skipSpace(p + 1, e);
    else return answer(SYNTAX, 0);
  }
  if (learn) learnKey(st, literal, p + 1, 0);
  for (let child = children; child < childrenEnd; child += NODE_BYTES) {
    if (load<u32>(child, NODE_SEEN) != epoch) setNull(child, row);
  }
  return answer(bad ? PARTIAL : OK, p + 1);
}

@inline
function hasBackslash(p: usize, bytes: usize): bool {
  const end = p + bytes;
  for (; p < end; p++) if (load<u8>(p) == 0x5c) return true;
  return false;
}

/** An element that does not fit makes the whole array null, as in Spark; one that fits in part stays. */
function parseArray(st: usize, p: usize, e: usize, node: usize, row: usize, depth: i32): u64 {
  if (depth > JSON_DEPTH_MAX) return answer(SYNTAX, 0);
  const child = <usize>load<u32>(node, NODE_CHILDREN);
  const offset = <usize>load<u32>(node, NODE_VALUES) + (row << 2);
  const capacity = <usize>load<u32>(node, NODE_CAPACITY);
  let count = <usize>load<u32>(offset);
  let worst = OK;
  const fixups = <usize>load<u32>(st, STATE_FIXUP_COUNT);
  p = skipSpace(p + 1, e);
  if (p < e && load<u8>(p) == 0x5d) {
    store<u32>(offset, <u32>count, 4);
    return answer(OK, p + 1);
  }
  while (true) {
    if (count >= capacity) return full(st, node, count + 1);
    const result = parseValue(st, p, e, child, count, depth);
    const code = codeOf(result);
    if (code >= SYNTAX) return result;
    settle(code, child, count, false);
    if (code == FAIL || (code == PARTIAL && worst == OK)) worst = code;
    count++;
    p = skipSpace(<usize>(<u32>result), e);
    if (p >= e) return answer(SYNTAX, 0);
    const c = load<u8>(p);
    if (c == 0x5d) break;
    if (c != 0x2c) return answer(SYNTAX, 0);
    p = skipSpace(p + 1, e);
  }
  store<u32>(offset, <u32>count, 4);
  if (worst == FAIL) dropFixups(st, node, fixups, usize.MAX_VALUE);
  return answer(worst, p + 1);
}

/** Keys are strings; equal keys all stay, as in Spark. */
function parseMap(st: usize, p: usize, e: usize, node: usize, row: usize, depth: i32): u64 {
  if (depth > JSON_DEPTH_MAX) return answer(SYNTAX, 0);
  const entry = <usize>load<u32>(node, NODE_CHILDREN);
  const keys = <usize>load<u32>(entry, NODE_CHILDREN);
  const values = keys + NODE_BYTES;
  const offset = <usize>load<u32>(node, NODE_VALUES) + (row << 2);
  const capacity = <usize>load<u32>(node, NODE_CAPACITY);
  let count = <usize>load<u32>(offset);
  let worst = OK;
  const fixups = <usize>load<u32>(st, STATE_FIXUP_COUNT);
  p = skipSpace(p + 1, e);
  if (p < e && load<u8>(p) == 0x7d) {
    store<u32>(offset, <u32>count, 4);
    return answer(OK, p + 1);
  }
  while (true) {
    if (count >= capacity) return full(st, node, count + 1);
    if (p >= e || !isQuote(st, load<u8>(p))) return answer(SYNTAX, 0);
    let result = storeString(st, p + 1, e, load<u8>(p), keys, count);
    if (codeOf(result) != OK) return result;
    clearBit(<usize>load<u32>(keys, NODE_NULLS), count);
    p = skipSpace(<usize>(<u32>result), e);
    if (p >= e || load<u8>(p) != 0x3a) return answer(SYNTAX, 0);
    result = parseValue(st, skipSpace(p + 1, e), e, values, count, depth);
    const code = codeOf(result);
    if (code >= SYNTAX) return result;
    settle(code, values, count, false);
    clearBit(<usize>load<u32>(entry, NODE_NULLS), count);
    if (code == FAIL || (code == PARTIAL && worst == OK)) worst = code;
    count++;
    p = skipSpace(<usize>(<u32>result), e);
    if (p >= e) return answer(SYNTAX, 0);
    const c = load<u8>(p);
    if (c == 0x7d) break;
    if (c != 0x2c) return answer(SYNTAX, 0);
    p = skipSpace(p + 1, e);
  }
  store<u32>(offset, <u32>count, 4);
  if (worst == FAIL) dropFixups(st, node, fixups, usize.MAX_VALUE);
  return answer(worst, p + 1);
}
