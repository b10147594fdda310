// JSON documents into columns of a struct, directed by a schema. Blocks and codes: wasm/abi/json-schema.ts.
import {
  JSON_DONE,
  JSON_FULL,
  NODE_BYTES,
  NODE_CHILD_COUNT,
  NODE_CHILDREN,
  STATE_BAD,
  STATE_BAD_COUNT,
  STATE_BLANK,
  STATE_BLANK_COUNT,
  STATE_FIXUP_COUNT,
  STATE_INPUT_DATA,
  STATE_INPUT_OFFSETS,
  STATE_INPUT_VALIDITY,
  STATE_ROOT,
  STATE_ROW,
  STATE_ROW_END,
  STATE_TEMPLATE_COUNT,
  STATE_TEMPLATE_HITS,
  STATE_TEMPLATE_MISSES,
} from '../abi/json-schema';
import { skipSpace } from './json-scan';
import { answer, FULL, OK, SYNTAX } from './json-store';
import { learned, parseByTemplate, startLearning } from './json-template';
import { parseObject, setNull } from './json-value';

/** After so many misses in excess of hits a template is learned anew only now and then. */
const PATIENCE: u32 = 64;

function mark(bitmap: usize, row: usize): void {
  const at = bitmap + (row >> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) | (<u32>1 << (<u32>row & 7))));
}

function count(st: usize, field: usize): void {
  store<u32>(st + field, load<u32>(st + field) + 1);
}

function setAllNull(st: usize, row: usize): void {
  const root = <usize>load<u32>(st, STATE_ROOT);
  const children = <usize>load<u32>(root, NODE_CHILDREN);
  const end = children + <usize>load<u32>(root, NODE_CHILD_COUNT) * NODE_BYTES;
  for (let child = children; child < end; child += NODE_BYTES) setNull(child, row);
}

/** A row by its keys, and its template for the next one. */
function parseByKeys(st: usize, p: usize, e: usize, row: usize): u64 {
  const root = <usize>load<u32>(st, STATE_ROOT);
  if (load<u8>(p) != 0x7b) return answer(SYNTAX, 0);
  const hits = load<u32>(st, STATE_TEMPLATE_HITS);
  const misses = load<u32>(st, STATE_TEMPLATE_MISSES);
  const learn = misses < hits + PATIENCE || (misses & 63) == 0;
  if (learn) startLearning(st);
  const result = parseObject(st, p, e, root, row, 1, learn);
  if (!learn) return result;
  if (result >> 32 < SYNTAX) learned(st);
  else store<u32>(st, 0, STATE_TEMPLATE_COUNT);
  return result;
}

/**
 * Parses rows `row .. rowEnd` of the state's input into the columns of its root struct. Resumes where it stopped.
 * @returns JSON_DONE, or JSON_FULL with the full buffer in the state
 */
export function json_parse(st: usize): i32 {
  const offsets = <usize>load<u32>(st, STATE_INPUT_OFFSETS);
  const data = <usize>load<u32>(st, STATE_INPUT_DATA);
  const validity = <usize>load<u32>(st, STATE_INPUT_VALIDITY);
  const rowEnd = <usize>load<u32>(st, STATE_ROW_END);
  for (let row = <usize>load<u32>(st, STATE_ROW); row < rowEnd; row++) {
    store<u32>(st, <u32>row, STATE_ROW);
    const e = data + <usize>load<u32>(offsets + (row << 2), 4);
    const p = skipSpace(data + <usize>load<u32>(offsets + (row << 2)), e);
    const isNull = validity != 0 && ((load<u8>(validity + (row >> 3)) >> (<u8>row & 7)) & 1) == 0;
    if (isNull || p == e) {
      setAllNull(st, row);
      mark(<usize>load<u32>(st, STATE_BLANK), row);
      count(st, STATE_BLANK_COUNT);
      continue;
    }
    const fixups = load<u32>(st, STATE_FIXUP_COUNT);
    let result = answer(SYNTAX, 0);
    if (load<u32>(st, STATE_TEMPLATE_COUNT) != 0) {
      result = parseByTemplate(st, p, e, row);
      if (result >> 32 < SYNTAX) count(st, STATE_TEMPLATE_HITS);
      else count(st, STATE_TEMPLATE_MISSES);
    }
    if (result >> 32 == SYNTAX) {
      store<u32>(st, fixups, STATE_FIXUP_COUNT);
      result = parseByKeys(st, p, e, row);
    }
    const code = result >> 32;
    if (code == OK) continue;
    if (code == FULL) {
      store<u32>(st, fixups, STATE_FIXUP_COUNT);
      return JSON_FULL;
    }
    if (code == SYNTAX) {
      store<u32>(st, fixups, STATE_FIXUP_COUNT);
      setAllNull(st, row);
    }
    mark(<usize>load<u32>(st, STATE_BAD), row);
    count(st, STATE_BAD_COUNT);
  }
  store<u32>(st, <u32>rowEnd, STATE_ROW);
  return JSON_DONE;
}
