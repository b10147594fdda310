/**
 * The files of an operator's state, `state/OPERATOR/VERSION.delta` and `.snapshot`. Version v is what batches 0 … v-1 made.
 * One file holds all partitions, so that a batch costs one fsync, not one per partition. All numbers little endian.
 *
 * ```
 * 0       8   'MRSTATE1'
 * 8       4   h, u32: bytes of the header
 * 12      h   header, JSON: kind, operator, version, partitions, keys (types), states (types)
 *             for each partition:
 *         4     n, u32: groups that are there (snapshot), or were added or changed (delta)
 *               their columns: keys, then states
 *         4     r, u32: groups that were removed (snapshot: 0)
 *               their key columns
 * end-4   4   crc32 of everything before, u32
 *
 * a column of n rows:
 *         1     1: a validity bitmap follows; 0: no nulls
 *         ⌈n/8⌉ validity
 *   fixed       n values        bits  ⌈n/8⌉ bytes
 *   bytes       n+1 i32 offsets, then the data up to the last offset
 *   list        n+1 i32 offsets, then the child with as many rows as the last offset says
 *   struct      the children, n rows each
 *   null        nothing
 * ```
 */
import { bitmapBytes } from '../arrow/make.ts';
import type { Column, RecordBatch } from '../arrow/column.ts';
import { typeName, type DataType } from '../arrow/types.ts';

const MAGIC = new TextEncoder().encode('MRSTATE1');
const HEADER_START = MAGIC.length + 4;
const TRAILER_BYTES = 4;

export type Checksum = (bytes: Uint8Array) => number;

export interface StateFileHeader {
  readonly kind: 'delta' | 'snapshot';
  readonly operator: number;
  readonly version: number;
  readonly partitions: number;
  /** Type names as `typeName` gives them. */
  readonly keys: readonly string[];
  readonly states: readonly string[];
}

/** What a file says of one partition: key and state columns, and the key columns of removed groups. */
export interface PartitionChange {
  readonly put: RecordBatch;
  readonly removed: RecordBatch | undefined;
}

export function headerOf(
  file: Pick<StateFileHeader, 'kind' | 'operator' | 'version' | 'partitions'>,
  keys: readonly DataType[],
  states: readonly DataType[],
): StateFileHeader {
  return { ...file, keys: keys.map(typeName), states: states.map(typeName) };
}

export function encodeStateFile(
  header: StateFileHeader,
  partitions: readonly PartitionChange[],
  checksum: Checksum,
): Uint8Array {
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const parts: Uint8Array[] = [MAGIC, u32(headerBytes.length), headerBytes];
  for (const { put, removed } of partitions) {
    parts.push(u32(put.length));
    for (const column of put.columns) encodeColumn(column, put.length, parts);
    parts.push(u32(removed?.length ?? 0));
    for (const column of removed?.columns ?? []) encodeColumn(column, removed?.length ?? 0, parts);
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, TRAILER_BYTES));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(u32(checksum(bytes.subarray(0, at))), at);
  return bytes;
}

function encodeColumn(column: Column, length: number, parts: Uint8Array[]): void {
  if (column.layout === 'null') return;
  const { validity } = column;
  parts.push(Uint8Array.of(validity === undefined ? 0 : 1));
  if (validity !== undefined) parts.push(validity.subarray(0, bitmapBytes(length)));
  switch (column.layout) {
    case 'fixed': {
      const { values } = column;
      const bytes = (values.BYTES_PER_ELEMENT * values.length * length) / Math.max(column.length, 1);
      parts.push(new Uint8Array(values.buffer, values.byteOffset, bytes));
      return;
    }
    case 'bits':
      parts.push(column.values.subarray(0, bitmapBytes(length)));
      return;
    case 'bytes':
      parts.push(offsetBytes(column.offsets, length), column.data.subarray(0, column.offsets[length] ?? 0));
      return;
    case 'list':
      parts.push(offsetBytes(column.offsets, length));
      encodeColumn(column.child, column.offsets[length] ?? 0, parts);
      return;
    case 'struct':
      for (const child of column.children) encodeColumn(child, length, parts);
      return;
  }
}

function offsetBytes(offsets: Int32Array, length: number): Uint8Array {
  if (length === 0) return new Uint8Array(4);
  return new Uint8Array(offsets.buffer, offsets.byteOffset, (length + 1) * 4);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** A file's text as far as it can be trusted: its checksum holds and its header can be read. */
export interface VerifiedStateFile {
  readonly header: StateFileHeader;
  /** From the first partition up to the checksum. */
  readonly body: Uint8Array;
}

/** @returns a problem, in words, where the file is not whole */
export function verifyStateFile(bytes: Uint8Array, checksum: Checksum): VerifiedStateFile | string {
  if (bytes.length < HEADER_START + TRAILER_BYTES || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    return 'it is not a state file';
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - TRAILER_BYTES;
  if (view.getUint32(end, true) !== checksum(bytes.subarray(0, end)))
    return 'its content does not agree with its checksum';
  const bodyStart = HEADER_START + view.getUint32(MAGIC.length, true);
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(HEADER_START, bodyStart)));
  return header === undefined ? 'its header cannot be read' : { header, body: bytes.subarray(bodyStart, end) };
}

function parseHeader(text: string): StateFileHeader | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, operator, version, partitions, keys, states } = value as Partial<
    Record<keyof StateFileHeader, unknown>
  >;
  if (kind !== 'delta' && kind !== 'snapshot') return undefined;
  if (typeof operator !== 'number' || typeof version !== 'number' || typeof partitions !== 'number') return undefined;
  if (!isTexts(keys) || !isTexts(states)) return undefined;
  return { kind, operator, version, partitions, keys, states };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
