// The skeleton of the row parsed last: what machines write has the same keys in the same order in every row, so a row is
// first compared with the literals between the previous row's values, 16 bytes at a time. What differs is parsed by key.
import {
  KIND_STRING,
  KIND_TIMESTAMP,
  NODE_BYTES,
  NODE_CHILD_COUNT,
  NODE_CHILDREN,
  NODE_KIND,
  STATE_ABSENT_COUNT,
  STATE_ROOT,
  STATE_TEMPLATE,
  STATE_TEMPLATE_COUNT,
  TEMPLATE_ABSENT_MAX,
  TEMPLATE_ENTRIES_MAX,
  TEMPLATE_ENTRY_BYTES,
  TEMPLATE_LITERAL,
  TEMPLATE_LITERAL_BYTES,
  TEMPLATE_LITERAL_MAX,
  TEMPLATE_MASK,
} from '../abi/json-schema';
import { skipValue } from './json-scan';
import { answer, OK, PARTIAL, storeString, storeTimestamp, SYNTAX } from './json-store';
import { parseValue, setNull, settle } from './json-value';

/** Set in templateCount while a row is being learned; cleared by `learned`. */
const LEARNING: u32 = 0x80000000;

export function startLearning(st: usize): void {
  store<u32>(st, LEARNING, STATE_TEMPLATE_COUNT);
}

/** Adds the literal `[from, to)` and the value's node; a literal of no bytes gives the template up. */
export function learnKey(st: usize, from: usize, to: usize, node: usize): void {
  const state = load<u32>(st, STATE_TEMPLATE_COUNT);
  if ((state & LEARNING) == 0) return;
  const count = state & ~LEARNING;
  const bytes = to - from;
  if (bytes == 0 || bytes > <usize>TEMPLATE_LITERAL_MAX || count >= <u32>TEMPLATE_ENTRIES_MAX) {
    store<u32>(st, 0, STATE_TEMPLATE_COUNT);
    return;
  }
  const entry = <usize>load<u32>(st, STATE_TEMPLATE) + <usize>count * TEMPLATE_ENTRY_BYTES;
  store<u32>(entry, <u32>node);
  store<u32>(entry, <u32>bytes, TEMPLATE_LITERAL_BYTES);
  memory.fill(entry + TEMPLATE_LITERAL, 0, 2 * TEMPLATE_LITERAL_MAX);
  memory.copy(entry + TEMPLATE_LITERAL, from, bytes);
  memory.fill(entry + TEMPLATE_MASK, 0xff, bytes);
  store<u32>(st, state + 1, STATE_TEMPLATE_COUNT);
}

/** Ends the learning of a row that was well-formed: notes the fields that it lacks. */
export function learned(st: usize): void {
  const state = load<u32>(st, STATE_TEMPLATE_COUNT);
  if ((state & LEARNING) == 0) return;
  const count = <usize>(state & ~LEARNING);
  const root = <usize>load<u32>(st, STATE_ROOT);
  const absent = <usize>load<u32>(st, STATE_TEMPLATE) + TEMPLATE_ENTRIES_MAX * TEMPLATE_ENTRY_BYTES;
  const children = <usize>load<u32>(root, NODE_CHILDREN);
  const end = children + <usize>load<u32>(root, NODE_CHILD_COUNT) * NODE_BYTES;
  let absentCount: usize = 0;
  for (let child = children; child < end; child += NODE_BYTES) {
    if (isInTemplate(st, child, count)) continue;
    if (absentCount >= <usize>TEMPLATE_ABSENT_MAX) {
      store<u32>(st, 0, STATE_TEMPLATE_COUNT);
      return;
    }
    store<u32>(absent + (absentCount++ << 2), <u32>child);
  }
  store<u32>(st, <u32>absentCount, STATE_ABSENT_COUNT);
  store<u32>(st, <u32>count, STATE_TEMPLATE_COUNT);
}

function isInTemplate(st: usize, node: usize, count: usize): bool {
  const template = <usize>load<u32>(st, STATE_TEMPLATE);
  for (let i: usize = 0; i < count; i++) {
    if (<usize>load<u32>(template + i * TEMPLATE_ENTRY_BYTES) == node) return true;
  }
  return false;
}

/** Whether the bytes at `p` are the entry's literal, beyond its first 16. */
function restMatches(p: usize, entry: usize, bytes: usize): bool {
  for (let i: usize = 16; i < bytes; i += 16) {
    const difference = v128.xor(v128.load(p + i), v128.load(entry + i, TEMPLATE_LITERAL));
    if (v128.any_true(v128.and(difference, v128.load(entry + i, TEMPLATE_MASK)))) return false;
  }
  return true;
}

/** The row `[p, e)` by the template. SYNTAX: it differs (or is no JSON); what was written is to be written again. */
export function parseByTemplate(st: usize, p: usize, e: usize, row: usize): u64 {
  const template = <usize>load<u32>(st, STATE_TEMPLATE);
  const last = template + (<usize>load<u32>(st, STATE_TEMPLATE_COUNT) - 1) * TEMPLATE_ENTRY_BYTES;
  let bad: u32 = 0;
  for (let entry = template; ; entry += TEMPLATE_ENTRY_BYTES) {
    const bytes = <usize>load<u32>(entry, TEMPLATE_LITERAL_BYTES);
    if (p + bytes > e) return answer(SYNTAX, 0);
    const difference = v128.xor(v128.load(p), v128.load(entry, TEMPLATE_LITERAL));
    if (v128.any_true(v128.and(difference, v128.load(entry, TEMPLATE_MASK)))) return answer(SYNTAX, 0);
    if (bytes > 16 && !restMatches(p, entry, bytes)) return answer(SYNTAX, 0);
    p += bytes;
    if (entry == last) break;
    const node = <usize>load<u32>(entry);
    if (node == 0) {
      p = skipValue(st, p, e, 1);
      if (p == 0) return answer(SYNTAX, 0);
      continue;
    }
    const kind = load<u32>(node, NODE_KIND);
    let result: u64;
    if (<i32>kind <= KIND_TIMESTAMP && load<u8>(p) == 0x22) {
      if (kind == KIND_STRING) result = storeString(st, p + 1, e, 0x22, node, row);
      else result = storeTimestamp(st, p + 1, e, 0x22, node, row);
    } else {
      result = parseValue(st, p, e, node, row, 1);
    }
    const code = result >> 32;
    if (code != OK) {
      if (code >= SYNTAX) return result;
      bad |= settle(code, node, row, false);
    }
    p = <usize>(<u32>result);
  }
  const absent = template + TEMPLATE_ENTRIES_MAX * TEMPLATE_ENTRY_BYTES;
  const absentEnd = absent + (<usize>load<u32>(st, STATE_ABSENT_COUNT) << 2);
  for (let at = absent; at < absentEnd; at += 4) setNull(<usize>load<u32>(at), row);
  return answer(bad ? PARTIAL : OK, p);
}
