/**
 * The hash that decides in which partition of the state a key lives. PART OF THE CHECKPOINT FORMAT: the partition of a key
 * must be the same in every release, on every machine, with any number of workers. Never change what it gives; a new one
 * needs a new `millrace.state.formatVersion`. test/state/key-hash.test.ts pins its values.
 *
 * ```
 * row   = finish(fold over the key columns, from SEED)
 * value → 32-bit words, mixed one after the other as by MurmurHash3_x86_32 (little endian):
 *   null, void         word 0x9e3779b9
 *   boolean            0 or 1
 *   byte short int     sign-extended to 64 bits: low word, high word
 *   date
 *   long timestamp(s)  low word, high word
 *   float              as double
 *   double             -0.0 as 0.0, every NaN as 0x7ff8000000000000; low word, high word
 *   decimal            four words, low first
 *   string, binary     number of bytes, then the bytes in words, the last one padded by zeros
 *   struct             its fields; list and map: number of elements, then the elements
 * ```
 */
import { isValid, type BytesColumn, type Column, type FixedColumn } from '../arrow/column.ts';
import { assert } from '../core/assert.ts';

const SEED = 42;
const NULL_WORD = 0x9e3779b9 | 0;

/** A hash per row, unsigned. */
export function hashRows(columns: readonly Column[], length: number): Uint32Array {
  const hashes = new Int32Array(length).fill(SEED);
  for (const column of columns) foldColumn(column, length, hashes);
  for (let row = 0; row < length; row++) hashes[row] = finish(hashes[row] ?? 0);
  return new Uint32Array(hashes.buffer);
}

function foldColumn(column: Column, length: number, hashes: Int32Array): void {
  const words = fixedWords(column);
  if (words === undefined) {
    for (let row = 0; row < length; row++) hashes[row] = mixValue(hashes[row] ?? 0, column, row);
    return;
  }
  const { width, values } = words;
  for (let row = 0; row < length; row++) {
    let hash = hashes[row] ?? 0;
    if (column.validity !== undefined && !isValid(column, row)) hash = mix(hash, NULL_WORD);
    else for (let word = row * width; word < row * width + width; word++) hash = mix(hash, values[word] ?? 0);
    hashes[row] = hash;
  }
}

/** The words of a fixed column, canonical; undefined for other layouts. */
function fixedWords(column: Column): { readonly width: number; readonly values: Int32Array } | undefined {
  if (column.layout !== 'fixed') return undefined;
  const { values, length } = column;
  if (values instanceof BigInt64Array) {
    const width = column.type.kind === 'decimal' ? 4 : 2;
    return { width, values: new Int32Array(values.buffer, values.byteOffset, length * width) };
  }
  if (values instanceof Float64Array || values instanceof Float32Array) {
    const canonical = Float64Array.from(values.subarray(0, length), canonicalDouble);
    return { width: 2, values: new Int32Array(canonical.buffer) };
  }
  const extended = new Int32Array(length * 2);
  for (let row = 0; row < length; row++) {
    const value = values[row] ?? 0;
    extended[row * 2] = value;
    extended[row * 2 + 1] = value < 0 ? -1 : 0;
  }
  return { width: 2, values: extended };
}

function canonicalDouble(value: number): number {
  return Number.isNaN(value) ? NaN : value === 0 ? 0 : value;
}

function mixValue(hash: number, column: Column, row: number): number {
  if (!isValid(column, row)) return mix(hash, NULL_WORD);
  switch (column.layout) {
    case 'null':
      return mix(hash, NULL_WORD);
    case 'bits':
      return mix(hash, ((column.values[row >> 3] ?? 0) >> (row & 7)) & 1);
    case 'fixed':
      return mixFixed(hash, column, row);
    case 'bytes':
      return mixBytes(hash, column, row);
    case 'struct':
      return column.children.reduce((folded, child) => mixValue(folded, child, row), hash);
    case 'list': {
      const start = column.offsets[row] ?? 0;
      const end = column.offsets[row + 1] ?? 0;
      let folded = mix(hash, end - start);
      for (let element = start; element < end; element++) folded = mixValue(folded, column.child, element);
      return folded;
    }
  }
}

function mixFixed(hash: number, column: FixedColumn, row: number): number {
  const width = column.type.kind === 'decimal' ? 2 : 1;
  const one = {
    ...column,
    length: 1,
    validity: undefined,
    values: column.values.subarray(row * width, (row + 1) * width),
  };
  const words = fixedWords(one);
  assert(words !== undefined, 'a fixed column has words');
  return words.values.reduce(mix, hash);
}

function mixBytes(hash: number, { offsets, data }: BytesColumn, row: number): number {
  const start = offsets[row] ?? 0;
  const end = offsets[row + 1] ?? 0;
  let folded = mix(hash, end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) folded = mix(folded, wordAt(data, at));
  if (at < end) {
    let last = 0;
    for (let byte = end - 1; byte >= at; byte--) last = (last << 8) | (data[byte] ?? 0);
    folded = mix(folded, last);
  }
  return folded;
}

function wordAt(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24);
}

/** The body of MurmurHash3_x86_32. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** Its finalizer, without the length. */
function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
