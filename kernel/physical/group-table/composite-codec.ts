/** Keys of several parts: ids of the parts, packed in pairs, are words of the next dictionary. */
import type { BitsColumn, Column, FixedColumn } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { DataType, StructType } from '../../arrow/types.ts';
import type { EngineInstance } from '../ports.ts';
import { Types } from '../../arrow/types.ts';
import { allocateFixed, bitmapBytes, withValidity } from '../../arrow/make.ts';
import { assert, present } from '../../core/assert.ts';
import { BLOCK_ROWS, decodeValidity, validityFrom, type KeyCodec } from './key-codec.ts';
import { WordDictionary } from './word-dictionary.ts';

/**
 * Ids of tuples. With parts a, b, c: pair(a, b) → id1, pair(id1, c) → id2. The last dictionary's ids are the tuples'.
 * A single part's ids are its own; without parts there is one tuple, 0.
 */
export class TupleCodec {
  readonly #parts: readonly KeyCodec[];
  readonly #pairs: readonly WordDictionary[];
  readonly #instance: EngineInstance;
  readonly #partIds: number;
  readonly #words: number;

  constructor(parts: readonly KeyCodec[], instance: EngineInstance, scratch: Arena) {
    this.#parts = parts;
    this.#pairs = parts.slice(1).map(() => new WordDictionary(instance));
    this.#instance = instance;
    this.#partIds = scratch.allocate(BLOCK_ROWS * 4);
    this.#words = scratch.allocate(BLOCK_ROWS * 8);
  }

  get count(): number {
    return (this.#pairs.at(-1) ?? this.#parts[0])?.count ?? 1;
  }

  get memoryBytes(): number {
    return [...this.#parts, ...this.#pairs].reduce((sum, part) => sum + part.memoryBytes, 0);
  }

  encode(columns: readonly Column[], from: number, length: number, ids: number): void {
    const { kernels, memory } = this.#instance;
    if (this.#parts.length === 0) new Uint32Array(memory.buffer, ids, length).fill(0);
    this.#parts.forEach((part, k) => {
      const column = present(columns[k], 'a column for each part');
      if (k === 0) {
        part.encode(column, from, length, ids);
      } else {
        part.encode(column, from, length, this.#partIds);
        kernels.words_pair(ids, this.#partIds, length, this.#words);
        this.#pairs[k - 1]?.encode(this.#words, 0, length, ids);
      }
    });
  }

  decode(ids: number, count: number, arena: Arena): Column[] {
    const columns: Column[] = [];
    let rest = ids;
    for (let k = this.#parts.length - 1; k >= 0; k--) {
      const part = present(this.#parts[k], 'a part');
      const pairs = this.#pairs[k - 1];
      if (pairs === undefined) {
        columns.unshift(part.decode(rest, count, arena));
      } else {
        const first = arena.allocate(count * 4);
        const second = arena.allocate(count * 4);
        this.#instance.kernels.unpack_pairs(pairs.keysPointer, rest, count, first, second);
        columns.unshift(part.decode(second, count, arena));
        rest = first;
      }
    }
    return columns;
  }

  release(): void {
    for (const part of [...this.#parts, ...this.#pairs]) part.release();
  }
}

/** A decimal's two halves; null where the low half is null. */
export class DecimalCodec implements KeyCodec {
  readonly #type: DataType;
  readonly #instance: EngineInstance;
  readonly #halves: readonly [WordDictionary, WordDictionary];
  readonly #pairs: WordDictionary;
  readonly #words: number;
  readonly #highIds: number;

  constructor(type: DataType, instance: EngineInstance, scratch: Arena) {
    this.#type = type;
    this.#instance = instance;
    this.#halves = [new WordDictionary(instance), new WordDictionary(instance)];
    this.#pairs = new WordDictionary(instance);
    this.#words = scratch.allocate(BLOCK_ROWS * 8);
    this.#highIds = scratch.allocate(BLOCK_ROWS * 4);
  }

  get count(): number {
    return this.#pairs.count;
  }

  get memoryBytes(): number {
    return [...this.#halves, this.#pairs].reduce((sum, part) => sum + part.memoryBytes, 0);
  }

  encode(column: Column, from: number, length: number, ids: number): void {
    assert(column.layout === 'fixed', 'a decimal has a fixed layout');
    const { kernels } = this.#instance;
    const [low, high] = this.#halves;
    const values = column.values.byteOffset + from * 16;
    const validity = validityFrom(column, from);
    kernels.words_d128(values, 0, length, this.#words);
    low.encode(this.#words, validity, length, ids);
    kernels.words_d128(values, 8, length, this.#words);
    high.encode(this.#words, validity, length, this.#highIds);
    kernels.words_pair(ids, this.#highIds, length, this.#words);
    this.#pairs.encode(this.#words, 0, length, ids);
  }

  decode(ids: number, count: number, arena: Arena): FixedColumn {
    const { kernels, memory } = this.#instance;
    const [low, high] = this.#halves;
    const lowIds = arena.allocate(count * 4);
    const highIds = arena.allocate(count * 4);
    kernels.unpack_pairs(this.#pairs.keysPointer, ids, count, lowIds, highIds);
    const validity = decodeValidity(low.nullMark, lowIds, count, this.#instance, arena);
    const column = allocateFixed(this.#type, count, arena, validity);
    const { values } = column;
    const ofLow = new Uint32Array(memory.buffer, lowIds, count);
    const ofHigh = new Uint32Array(memory.buffer, highIds, count);
    const lows = new BigInt64Array(memory.buffer, low.keysPointer, low.count);
    const highs = new BigInt64Array(memory.buffer, high.keysPointer, high.count);
    for (let row = 0; row < count; row++) {
      values[row * 2] = lows[ofLow[row] ?? 0] ?? 0n;
      values[row * 2 + 1] = highs[ofHigh[row] ?? 0] ?? 0n;
    }
    return column;
  }

  release(): void {
    for (const part of [...this.#halves, this.#pairs]) part.release();
  }
}

/** The fields, after a boolean that says whether the struct itself is null; under a null every field counts as null. */
export class StructCodec implements KeyCodec {
  readonly #type: StructType;
  readonly #instance: EngineInstance;
  readonly #tuple: TupleCodec;
  readonly #masks: number;

  /** @param tuple of a boolean and the fields */
  constructor(type: StructType, tuple: TupleCodec, instance: EngineInstance, scratch: Arena) {
    this.#type = type;
    this.#tuple = tuple;
    this.#instance = instance;
    this.#masks = scratch.allocate((type.fields.length + 1) * bitmapBytes(BLOCK_ROWS));
  }

  get count(): number {
    return this.#tuple.count;
  }

  get memoryBytes(): number {
    return this.#tuple.memoryBytes;
  }

  encode(column: Column, from: number, length: number, ids: number): void {
    assert(column.layout === 'struct', 'a struct key');
    assert(from % 8 === 0, 'blocks start at whole bytes of bitmaps');
    this.#tuple.encode(this.#partsOf(column.children, column, from, length), 0, length, ids);
  }

  #partsOf(children: readonly Column[], column: Column, from: number, length: number): Column[] {
    const { kernels, memory } = this.#instance;
    const view = (k: number): Uint8Array =>
      new Uint8Array(memory.buffer, this.#masks + k * bitmapBytes(BLOCK_ROWS), bitmapBytes(length));
    const present = view(0);
    if (column.validity === undefined) present.fill(255);
    else present.set(column.validity.subarray(from / 8, from / 8 + bitmapBytes(length)));
    const isPresent: BitsColumn = { layout: 'bits', type: Types.boolean, length, validity: undefined, values: present };
    const fields = children.map((child, k) => {
      const part = rowsFrom(child, from, length);
      if (column.validity === undefined || part.layout === 'null') return part;
      const mask = view(k + 1);
      const own = part.validity?.byteOffset ?? present.byteOffset;
      kernels.bitmap_and(own, present.byteOffset, mask.byteOffset, length);
      return withValidity(part, mask);
    });
    return [isPresent, ...fields];
  }

  decode(ids: number, count: number, arena: Arena): Column {
    const [isPresent, ...children] = this.#tuple.decode(ids, count, arena);
    assert(isPresent?.layout === 'bits', 'the part that says whether the struct is null');
    const nulls = count - this.#instance.kernels.bitmap_count(isPresent.values.byteOffset, count);
    const validity = nulls === 0 ? undefined : isPresent.values;
    return { layout: 'struct', type: this.#type, length: count, validity, children };
  }

  release(): void {
    this.#tuple.release();
  }
}

/** Rows `from .. from + length` as a column of their own, without a copy. `from` is a multiple of 8. */
function rowsFrom(column: Column, from: number, length: number): Column {
  const validity = column.validity?.subarray(from / 8);
  switch (column.layout) {
    case 'null':
      return { ...column, length };
    case 'fixed': {
      const perRow = column.type.kind === 'decimal' ? 2 : 1;
      return { ...column, length, validity, values: column.values.subarray(from * perRow, (from + length) * perRow) };
    }
    case 'bits':
      return { ...column, length, validity, values: column.values.subarray(from / 8) };
    case 'bytes':
    case 'list':
      return { ...column, length, validity, offsets: column.offsets.subarray(from, from + length + 1) };
    case 'struct':
      return { ...column, length, validity, children: column.children.map((child) => rowsFrom(child, from, length)) };
  }
}
