/**
 * JSON documents, one per row, into the columns of a struct: the work is done by the kernel `json_parse`, which is given the
 * schema as blocks in engine memory, and resumed whenever one of its output buffers is full.
 *
 * As in Spark: keys are case-sensitive, unknown ones are skipped, missing ones are null, of equal ones the last wins. A field
 * whose value does not fit its type is null and its record counts as damaged; a record that is no JSON object is all nulls. A
 * null or blank document gives a null row. What follows a document in its row is ignored.
 */
import { allocateBitmap, allocateBytes, allocateBytesColumn, bitmapBytes } from '../../arrow/make.ts';
import { pointerOf, validityPointer } from '../../arrow/open.ts';
import { columnToEngine } from '../../arrow/transfer.ts';
import { readText } from '../../arrow/values.ts';
import type { BytesColumn, Column, StructColumn } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import { Types, type StructType } from '../../arrow/types.ts';
import { assert, present } from '../../core/assert.ts';
import { MillraceError } from '../../core/errors.ts';
import type { JsonKernels } from '../../../wasm/abi/json-kernels.ts';
import * as abi from '../../../wasm/abi/json-schema.ts';
import { applyFixups } from './fixups.ts';
import { createNodes, enlarge, invert, toStruct, type NodeTree } from './nodes.ts';
import type { JsonOptions } from './options.ts';

export interface ParseContext {
  readonly arena: Arena;
  readonly kernels: JsonKernels;
}

export interface ParsedJson {
  /** As long as the input, in `arena`; null where the document is null or blank. */
  readonly column: StructColumn;
  /** Damaged records: wholly (all null) or in part. */
  readonly badRows: number;
  /** Bit 1: the record is damaged. */
  readonly bad: Uint8Array;
  readonly blankRows: number;
}

/** Guess for a string column's bytes where there are many: they share the input. */
const STRING_BYTES_SLACK = 256;

/**
 * @param input strings or binaries; copied to engine memory unless they lie there
 * @param schema a string field named as options.columnNameOfCorruptRecord gets the text of damaged records
 * @throws MALFORMED_RECORD_IN_PARSING where the mode is FAILFAST and a record is damaged
 */
export function parseJsonColumn(
  input: BytesColumn,
  schema: StructType,
  options: JsonOptions,
  context: ParseContext,
): ParsedJson {
  const { arena } = context;
  const source = columnToEngine(input, arena);
  assert(source.layout === 'bytes', 'a copied column keeps its layout');
  const corrupt = schema.fields.findIndex(
    (f) => f.name === options.columnNameOfCorruptRecord && f.type.kind === 'string',
  );
  const parsed = Types.struct(schema.fields.filter((_, i) => i !== corrupt));
  const { length } = source;
  const nodes = createNodes(parsed, length, stringBytes(source, parsed), arena);
  const state = runKernel(source, nodes, options, context);
  if (state.badRows > 0 && options.mode === 'FAILFAST') {
    throw new MillraceError('MALFORMED_RECORD_IN_PARSING', { record: firstBad(source, state.bad) });
  }
  const struct = toStruct(nodes.root, parsed, length, arena);
  const children =
    corrupt < 0 ? struct.children : struct.children.toSpliced(corrupt, 0, corruptRecords(source, state.bad, arena));
  const validity = state.blankRows === 0 ? undefined : invert(state.blank, arena);
  return {
    column: { layout: 'struct', type: schema, length, validity, children },
    badRows: state.badRows,
    bad: state.bad,
    blankRows: state.blankRows,
  };
}

/** All of the input where few string columns share it, else a fair part with room to grow. */
function stringBytes(input: BytesColumn, schema: StructType): number {
  const bytes = (input.offsets[input.length] ?? 0) - (input.offsets[0] ?? 0);
  const strings = schema.fields.filter((f) => f.type.kind === 'string').length;
  const share = strings <= 4 ? bytes : Math.ceil((bytes * 3) / strings);
  return share + STRING_BYTES_SLACK;
}

interface KernelResult {
  readonly bad: Uint8Array;
  readonly blank: Uint8Array;
  readonly badRows: number;
  readonly blankRows: number;
}

function runKernel(input: BytesColumn, nodes: NodeTree, options: JsonOptions, context: ParseContext): KernelResult {
  const { arena, kernels } = context;
  const { length } = input;
  const view = new DataView(arena.memory.buffer);
  const bad = allocateBitmap(length, arena, 0);
  const blank = allocateBitmap(length, arena, 0);
  const state = arena.allocate(abi.STATE_BYTES);
  new Uint8Array(view.buffer, state, abi.STATE_BYTES).fill(0);
  const set = (field: number, value: number): void => view.setUint32(state + field, value, true);
  const get = (field: number): number => view.getUint32(state + field, true);
  let fixupCapacity = Math.max(64, length);
  set(abi.STATE_INPUT_OFFSETS, pointerOf(input.offsets));
  set(abi.STATE_INPUT_DATA, pointerOf(input.data));
  set(abi.STATE_INPUT_VALIDITY, validityPointer(input));
  set(abi.STATE_ROW_END, length);
  set(abi.STATE_ROOT, nodes.root.pointer);
  set(abi.STATE_BAD, bad.byteOffset);
  set(abi.STATE_BLANK, blank.byteOffset);
  set(abi.STATE_FIXUPS, arena.allocate(fixupCapacity * abi.FIXUP_BYTES));
  set(abi.STATE_FIXUP_CAPACITY, fixupCapacity);
  set(abi.STATE_TEMPLATE, arena.allocate(abi.TEMPLATE_BYTES));
  const zone = fixedOffset(options.timeZone);
  set(abi.STATE_FLAGS, flagsOf(options, zone));
  view.setBigInt64(state + abi.STATE_ZONE_MICROS, zone ?? 0n, true);
  while (kernels.json_parse(state) !== abi.JSON_DONE) {
    const fullNode = get(abi.STATE_FULL_NODE);
    if (fullNode !== 0) {
      enlarge(present(nodes.byPointer.get(fullNode), 'the full node'), get(abi.STATE_BYTES_WANTED), arena);
      continue;
    }
    const larger = allocateBytes(fixupCapacity * 2 * abi.FIXUP_BYTES, arena);
    larger.set(new Uint8Array(view.buffer, get(abi.STATE_FIXUPS), fixupCapacity * abi.FIXUP_BYTES));
    fixupCapacity *= 2;
    set(abi.STATE_FIXUPS, larger.byteOffset);
    set(abi.STATE_FIXUP_CAPACITY, fixupCapacity);
  }
  let badRows = get(abi.STATE_BAD_COUNT);
  const markBad = (row: number): void => {
    if (((bad[row >> 3] ?? 0) >> (row & 7)) & 1) return;
    bad[row >> 3] = (bad[row >> 3] ?? 0) | (1 << (row & 7));
    badRows++;
  };
  const fixups = { pointer: get(abi.STATE_FIXUPS), count: get(abi.STATE_FIXUP_COUNT) };
  if (fixups.count > 0) applyFixups({ ...fixups, nodes: nodes.byPointer, options, arena, markBad });
  return { bad, blank, badRows, blankRows: get(abi.STATE_BLANK_COUNT) };
}

function flagsOf(options: JsonOptions, zone: bigint | undefined): number {
  const customTimes = options.timestampFormat ?? options.timestampNtzFormat ?? options.dateFormat;
  return (
    (zone === undefined ? 0 : abi.FLAG_FIXED_ZONE) |
    (customTimes === undefined ? 0 : abi.FLAG_CUSTOM_TIMES) |
    (options.allowNonNumericNumbers ? abi.FLAG_NON_NUMERIC : 0) |
    (options.allowSingleQuotes ? abi.FLAG_SINGLE_QUOTES : 0)
  );
}

/** The zone's one offset in µs, undefined where it has several. */
function fixedOffset(timeZone: string): bigint | undefined {
  if (/^(?:UTC|GMT|Z|Etc\/UTC)$/i.test(timeZone)) return 0n;
  const match = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(timeZone);
  if (match === null) return undefined;
  const minutes = BigInt(match[2] ?? 0) * 60n + BigInt(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000_000n;
}

function firstBad(input: BytesColumn, bad: Uint8Array): string {
  for (let row = 0; row < input.length; row++) {
    if (((bad[row >> 3] ?? 0) >> (row & 7)) & 1) return readText(input, row).trimEnd().slice(0, 200);
  }
  return '';
}

/** The text of each damaged record, without the line's end; null for the others. */
function corruptRecords(input: BytesColumn, bad: Uint8Array, arena: Arena): Column {
  const { length, offsets, data } = input;
  let total = 0;
  for (let row = 0; row < length; row++) {
    if (((bad[row >> 3] ?? 0) >> (row & 7)) & 1) total += (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
  }
  const validity = allocateBytes(bitmapBytes(length), arena);
  validity.set(bad.subarray(0, validity.length));
  const column = allocateBytesColumn(Types.string, length, total, arena, validity);
  let written = 0;
  for (let row = 0; row < length; row++) {
    column.offsets[row] = written;
    if ((((bad[row >> 3] ?? 0) >> (row & 7)) & 1) === 0) continue;
    const from = offsets[row] ?? 0;
    let to = offsets[row + 1] ?? from;
    while (to > from && (data[to - 1] === 0x0a || data[to - 1] === 0x0d)) to--;
    column.data.set(data.subarray(from, to), written);
    written += to - from;
  }
  column.offsets[length] = written;
  return { ...column, data: column.data.subarray(0, written) };
}
