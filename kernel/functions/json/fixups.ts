/** Values that the kernel left to TypeScript: doubles of 17 digits, times in unusual forms, decimals beyond 18 digits, base64. */
import { allocateBytes, fixedView } from '../../arrow/make.ts';
import type { FixedValues } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { DataType } from '../../arrow/types.ts';
import { assert, present } from '../../core/assert.ts';
import * as abi from '../../../wasm/abi/json-schema.ts';
import { fitsPrecision, parseDate, parseDecimal, parseTimestamp, rescale } from '../parse-values.ts';
import { zoneOf, type Zone } from '../timezone.ts';
import type { JsonNode } from './nodes.ts';
import type { JsonOptions } from './options.ts';
import { compilePattern } from './time-pattern.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A time of day followed by a zone. */
const ZONED = /[T ]\S*\d\s*(?:Z|UTC|GMT|[+-]\d|[A-Za-z]+\/)/;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/g;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

type Scalar = number | bigint | Uint8Array;
/** @returns undefined where the text does not fit the type */
export type ScalarParser = (text: string) => Scalar | undefined;

/** Reads the texts of one type's values, numbers or the content of strings. */
export function scalarParser(type: DataType, options: JsonOptions): ScalarParser {
  const { kind } = type;
  if (kind === 'float') return (text) => Math.fround(Number(text));
  if (kind === 'double') return Number;
  if (kind === 'decimal') return (text) => decimalOf(text, type.precision, type.scale);
  if (kind === 'timestamp') return timestampParser(zoneOf(options.timeZone), options.timestampFormat);
  if (kind === 'timestamp_ntz') {
    const parse = timestampParser(zoneOf('UTC'), options.timestampNtzFormat);
    return (text) => (ZONED.test(text) ? undefined : parse(text));
  }
  if (kind === 'date') return dateParser(options.dateFormat);
  assert(kind === 'binary', `${kind} has no fix-ups`);
  return base64Bytes;
}

function timestampParser(zone: Zone, pattern: string | undefined): ScalarParser {
  if (pattern === undefined) return (text) => parseTimestamp(text, zone);
  const compiled = compilePattern(pattern);
  return (text) => compiled.parse(text, zone);
}

function dateParser(pattern: string | undefined): ScalarParser {
  if (pattern === undefined) return (text) => parseDate(text) ?? daysOf(text);
  const compiled = compilePattern(pattern);
  const zone = zoneOf('UTC');
  return (text) => {
    const micros = compiled.parse(text, zone);
    return micros === undefined ? undefined : Math.floor(Number(micros) / 86_400_000_000);
  };
}

/** Spark still reads what Spark 1.5 wrote: days since 1970-01-01 in a string. */
function daysOf(text: string): number | undefined {
  const days = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : NaN;
  return Math.abs(days) < 2 ** 31 ? days : undefined;
}

/** Base64 with padding; spaces are ignored. */
function base64Bytes(text: string): Uint8Array | undefined {
  const dense = text.replace(/\s/g, '');
  return BASE64.test(dense) ? Uint8Array.from(atob(dense), (c) => c.charCodeAt(0)) : undefined;
}

function decimalOf(text: string, precision: number, scale: number): bigint | undefined {
  // Unlike a cast, Java's BigDecimal takes no spaces.
  const parsed = /\s/.test(text) ? undefined : parseDecimal(text);
  if (parsed === undefined) return undefined;
  const unscaled = rescale(parsed.unscaled, parsed.scale, scale);
  return fitsPrecision(unscaled, precision) ? unscaled : undefined;
}

export interface FixupBlock {
  readonly pointer: number;
  readonly count: number;
  readonly nodes: ReadonlyMap<number, JsonNode>;
  readonly options: JsonOptions;
  readonly arena: Arena;
  /** A value did not fit: its record is damaged. */
  readonly markBad: (row: number) => void;
}

/** Writes the values into the nodes' buffers. One that does not fit its type becomes null and its record is marked. */
export function applyFixups(block: FixupBlock): void {
  const { buffer } = block.arena.memory;
  const view = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  const targets = new Map<JsonNode, Target>();
  const binaries = new Map<JsonNode, Map<number, Uint8Array>>();
  for (let i = 0, at = block.pointer; i < block.count; i++, at += abi.FIXUP_BYTES) {
    const node = present(block.nodes.get(view.getUint32(at + abi.FIXUP_NODE, true)), "the fix-up's node");
    const target = targets.get(node) ?? createTarget(node, block.options);
    targets.set(node, target);
    const index = view.getUint32(at + abi.FIXUP_INDEX, true);
    const start = view.getUint32(at + abi.FIXUP_TEXT, true);
    const raw = textAt(bytes, start, start + view.getUint32(at + abi.FIXUP_TEXT_BYTES, true));
    const value = target.parse(view.getUint32(at + abi.FIXUP_FORM, true) === abi.FORM_STRING ? unescape(raw) : raw);
    if (value === undefined) {
      nullify(node, index, view);
      block.markBad(view.getUint32(at + abi.FIXUP_ROW, true));
    } else if (value instanceof Uint8Array) {
      const values = binaries.get(node) ?? new Map<number, Uint8Array>();
      binaries.set(node, values.set(index, value));
    } else {
      storeScalar(target, index, value);
    }
  }
  for (const [node, values] of binaries) fillBinary(node, values, block.arena);
}

/** The value becomes null; where it is an element, so does the whole array or map, as in Spark. */
function nullify(node: JsonNode, index: number, view: DataView): void {
  const { parent } = node;
  const list = parent?.parent?.type.kind === 'map' ? parent.parent : parent;
  if (list?.type.kind === 'array' || list?.type.kind === 'map') {
    nullify(list, rowOfElement(list.offsets, index), view);
    return;
  }
  node.nulls[index >> 3] = (node.nulls[index >> 3] ?? 0) | (1 << (index & 7));
  view.setUint32(node.pointer + abi.NODE_HAS_NULLS, 1, true);
}

/** The row whose elements include number `index`; `offsets` may have undefined entries only behind it. */
function rowOfElement(offsets: Int32Array, index: number): number {
  let row = 0;
  while ((offsets[row + 1] ?? Infinity) <= index) row++;
  return row;
}

/** A node's parser and its values, looked up once. */
interface Target {
  readonly parse: ScalarParser;
  /** Absent for binaries. */
  readonly values: FixedValues | undefined;
  readonly isDecimal: boolean;
}

function createTarget({ type, values, rows }: JsonNode, options: JsonOptions): Target {
  const fixed = type.kind !== 'binary';
  return {
    parse: scalarParser(type, options),
    values: fixed ? fixedView(type, values.buffer, values.byteOffset, rows) : undefined,
    isDecimal: type.kind === 'decimal',
  };
}

/** Nearly always ASCII, and short: a decoder call costs more than the loop. */
function textAt(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 127 || end - start > 64) return decoder.decode(bytes.slice(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

function storeScalar({ values, isDecimal }: Target, index: number, value: number | bigint): void {
  assert(values !== undefined, 'a scalar has a fixed layout');
  if (!(values instanceof BigInt64Array)) values[index] = Number(value);
  else if (!isDecimal) values[index] = BigInt(value);
  else {
    values[index * 2] = BigInt.asIntN(64, BigInt(value));
    values[index * 2 + 1] = BigInt(value) >> 64n;
  }
}

/** The kernel gave every binary no bytes; now they get theirs. */
function fillBinary(node: JsonNode, values: ReadonlyMap<number, Uint8Array>, arena: Arena): void {
  let total = 0;
  for (const value of values.values()) total += value.length;
  node.data = allocateBytes(total, arena);
  let written = 0;
  node.offsets[0] = 0;
  for (let row = 0; row < node.rows; row++) {
    const value = values.get(row);
    if (value !== undefined) {
      node.data.set(value, written);
      written += value.length;
    }
    node.offsets[row + 1] = written;
  }
}

function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (SIMPLE_ESCAPES[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
