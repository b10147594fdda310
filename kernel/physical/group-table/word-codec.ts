/** Keys that fit a 64-bit word: numbers, booleans, dates, timestamps. */
import type { Column } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { DataType } from '../../arrow/types.ts';
import type { EngineInstance } from '../ports.ts';
import { allocateBits, allocateFixed } from '../../arrow/make.ts';
import { assert } from '../../core/assert.ts';
import { BLOCK_ROWS, decodeValidity, validityFrom, type KeyCodec } from './key-codec.ts';
import { WordDictionary } from './word-dictionary.ts';

export class WordCodec implements KeyCodec {
  readonly #type: DataType;
  readonly #instance: EngineInstance;
  readonly #scratch: number;
  readonly #dictionary: WordDictionary;

  constructor(type: DataType, instance: EngineInstance, scratch: Arena) {
    this.#type = type;
    this.#instance = instance;
    this.#scratch = scratch.allocate(BLOCK_ROWS * 8);
    this.#dictionary = new WordDictionary(instance);
  }

  get count(): number {
    return this.#dictionary.count;
  }

  get memoryBytes(): number {
    return this.#dictionary.memoryBytes;
  }

  encode(column: Column, from: number, length: number, ids: number): void {
    const words = wordsOf(column, from, length, this.#scratch, this.#instance);
    this.#dictionary.encode(words, validityFrom(column, from), length, ids);
  }

  decode(ids: number, count: number, arena: Arena): Column {
    const { nullMark, keysPointer } = this.#dictionary;
    const validity = decodeValidity(nullMark, ids, count, this.#instance, arena);
    return wordsToColumn(this.#type, keysPointer, ids, count, validity, this.#instance, arena);
  }

  release(): void {
    this.#dictionary.release();
  }
}

/** Rows `from ..` as u64 words: the values themselves where they are 8-byte integers, else written to `scratch`. */
export function wordsOf(
  column: Column,
  from: number,
  length: number,
  scratch: number,
  instance: EngineInstance,
): number {
  const { kernels } = instance;
  if (column.layout === 'bits') {
    kernels.words_bits(column.values.byteOffset + from / 8, length, scratch);
    return scratch;
  }
  assert(column.layout === 'fixed', 'a word key has a fixed layout');
  const { values } = column;
  const pointer = values.byteOffset + from * values.BYTES_PER_ELEMENT;
  if (values instanceof BigInt64Array) return pointer;
  if (values instanceof Float64Array) kernels.words_f64(pointer, length, scratch);
  else if (values instanceof Float32Array) kernels.words_f32(pointer, length, scratch);
  else if (values instanceof Int32Array) kernels.words_i32(pointer, length, scratch);
  else if (values instanceof Int16Array) kernels.words_i16(pointer, length, scratch);
  else kernels.words_i8(pointer, length, scratch);
  return scratch;
}

/** The column whose words are `words[ids[i]]`. */
export function wordsToColumn(
  type: DataType,
  words: number,
  ids: number,
  count: number,
  validity: Uint8Array | undefined,
  { kernels }: EngineInstance,
  arena: Arena,
): Column {
  if (type.kind === 'boolean') {
    const bytes = arena.allocate(count);
    const column = allocateBits(count, arena, validity);
    const wide = arena.allocate(count * 8);
    kernels.gather_fixed8(words, ids, count, wide);
    kernels.cast_i64_i8(wide, count, bytes);
    kernels.bytes_to_bits(bytes, count, column.values.byteOffset);
    return column;
  }
  const column = allocateFixed(type, count, arena, validity);
  const out = column.values.byteOffset;
  const width = column.values.BYTES_PER_ELEMENT;
  if (width === 8) {
    kernels.gather_fixed8(words, ids, count, out);
    return column;
  }
  const wide = arena.allocate(count * 8);
  kernels.gather_fixed8(words, ids, count, wide);
  if (width === 4) kernels.cast_i64_i32(wide, count, out);
  else if (width === 2) kernels.cast_i64_i16(wide, count, out);
  else kernels.cast_i64_i8(wide, count, out);
  return column;
}
