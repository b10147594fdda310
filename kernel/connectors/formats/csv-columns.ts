/** One column of a batch of CSV records, filled field by field. */
import type { Column } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import {
  allocateBits,
  allocateBitmap,
  allocateBytes,
  allocateFixed,
  allocateInt32,
  bitmapBytes,
} from '../../arrow/make.ts';
import type { DataType } from '../../arrow/types.ts';
import { csvParser } from './csv-values.ts';
import type { CsvOptions } from './csv-options.ts';
import { fieldText, type CsvRecord } from './csv-scan.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const FIRST_BYTES = 16 * 1024;

export interface CsvColumn {
  /** Appends the field's value, null where it is null or missing. @returns false where it does not fit the type */
  append(bytes: Uint8Array, record: CsvRecord, field: number): boolean;
  /** Appends a text, or null. */
  appendText(text: string | undefined): void;
  /** Takes back the value appended last. */
  retract(): void;
  finish(): Column;
}

export function createColumn(type: DataType, rowsMax: number, options: CsvOptions, arena: Arena): CsvColumn {
  return type.kind === 'string' || type.kind === 'binary'
    ? new BytesWriter(type, rowsMax, options, arena)
    : new ScalarWriter(type, rowsMax, options, arena);
}

function isNull(bytes: Uint8Array, record: CsvRecord, field: number, options: CsvOptions): boolean {
  if (field >= record.count) return true;
  const { nullValue, emptyValue } = options;
  const length = (record.to[field] ?? 0) - (record.from[field] ?? 0);
  if (length === 0) return record.quoted[field] === true ? emptyValue === nullValue : true;
  return nullValue !== '' && length <= nullValue.length * 3 && fieldText(bytes, record, field) === nullValue;
}

class ScalarWriter implements CsvColumn {
  readonly #options: CsvOptions;
  readonly #column: Extract<Column, { layout: 'fixed' | 'bits' }>;
  readonly #validity: Uint8Array;
  readonly #parse: ReturnType<typeof csvParser>;
  #length = 0;
  #nulls = 0;

  constructor(type: DataType, rowsMax: number, options: CsvOptions, arena: Arena) {
    this.#options = options;
    this.#parse = csvParser(type, options);
    this.#column = type.kind === 'boolean' ? allocateBits(rowsMax, arena) : allocateFixed(type, rowsMax, arena);
    const { buffer, byteOffset, byteLength } = this.#column.values;
    new Uint8Array(buffer, byteOffset, byteLength).fill(0);
    this.#validity = allocateBitmap(rowsMax, arena, 1);
  }

  append(bytes: Uint8Array, record: CsvRecord, field: number): boolean {
    const row = this.#length++;
    const absent = isNull(bytes, record, field, this.#options);
    const value = absent ? undefined : this.#parse(fieldText(bytes, record, field));
    if (value === undefined) {
      this.#nulls++;
      this.#validity[row >> 3] = (this.#validity[row >> 3] ?? 0) & ~(1 << (row & 7));
      return absent;
    }
    const { values, type } = this.#column;
    if (this.#column.layout === 'bits') {
      if (value === true) values[row >> 3] = Number(values[row >> 3] ?? 0) | (1 << (row & 7));
    } else if (!(values instanceof BigInt64Array)) values[row] = Number(value);
    else if (type.kind !== 'decimal') values[row] = BigInt(value);
    else {
      values[row * 2] = BigInt.asIntN(64, BigInt(value));
      values[row * 2 + 1] = BigInt(value) >> 64n;
    }
    return true;
  }

  appendText(): void {
    this.#nulls++;
    const row = this.#length++;
    this.#validity[row >> 3] = (this.#validity[row >> 3] ?? 0) & ~(1 << (row & 7));
  }

  retract(): void {
    const row = --this.#length;
    this.#validity[row >> 3] = (this.#validity[row >> 3] ?? 0) | (1 << (row & 7));
    const { values, layout } = this.#column;
    if (layout === 'bits') values[row >> 3] = (values[row >> 3] ?? 0) & ~(1 << (row & 7));
  }

  finish(): Column {
    const length = this.#length;
    const validity = this.#nulls === 0 ? undefined : this.#validity.subarray(0, bitmapBytes(length));
    if (this.#column.layout === 'bits') {
      return { ...this.#column, length, validity, values: this.#column.values.subarray(0, bitmapBytes(length)) };
    }
    const width = this.#column.type.kind === 'decimal' ? 2 : 1;
    return { ...this.#column, length, validity, values: this.#column.values.subarray(0, length * width) };
  }
}

class BytesWriter implements CsvColumn {
  readonly #type: DataType;
  readonly #options: CsvOptions;
  readonly #arena: Arena;
  readonly #offsets: Int32Array;
  readonly #validity: Uint8Array;
  #data: Uint8Array;
  #used = 0;
  #length = 0;
  #nulls = 0;

  constructor(type: DataType, rowsMax: number, options: CsvOptions, arena: Arena) {
    this.#type = type;
    this.#options = options;
    this.#arena = arena;
    this.#offsets = allocateInt32(rowsMax + 1, arena);
    this.#offsets[0] = 0;
    this.#validity = allocateBitmap(rowsMax, arena, 1);
    this.#data = allocateBytes(FIRST_BYTES, arena);
  }

  append(bytes: Uint8Array, record: CsvRecord, field: number): boolean {
    if (isNull(bytes, record, field, this.#options)) {
      this.appendText(undefined);
      return true;
    }
    const from = record.from[field] ?? 0;
    const to = record.to[field] ?? 0;
    const decoded = record.decoded[field] ?? (from === to ? this.#options.emptyValue : undefined);
    if (decoded === undefined) this.#appendRange(bytes, from, to);
    else this.#appendBytes(encoder.encode(decoded));
    return true;
  }

  appendText(text: string | undefined): void {
    if (text !== undefined) {
      this.#appendBytes(encoder.encode(text));
      return;
    }
    this.#nulls++;
    const row = this.#length;
    this.#validity[row >> 3] = (this.#validity[row >> 3] ?? 0) & ~(1 << (row & 7));
    this.#offsets[++this.#length] = this.#used;
  }

  #appendRange(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from);
    let high = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0;
      high |= byte;
      this.#data[this.#used + at - from] = byte;
    }
    // Bytes that are no UTF-8 become U+FFFD.
    if (high > 127) this.#appendBytes(encoder.encode(decoder.decode(bytes.slice(from, to))));
    else this.#close(to - from);
  }

  #appendBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#data.set(bytes, this.#used);
    this.#close(bytes.length);
  }

  #close(bytes: number): void {
    this.#used += bytes;
    this.#offsets[++this.#length] = this.#used;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#data.length) return;
    const larger = allocateBytes(Math.max(this.#data.length * 2, this.#used + bytes), this.#arena);
    larger.set(this.#data.subarray(0, this.#used));
    this.#data = larger;
  }

  retract(): void {
    const row = --this.#length;
    this.#validity[row >> 3] = (this.#validity[row >> 3] ?? 0) | (1 << (row & 7));
    this.#used = this.#offsets[row] ?? 0;
  }

  finish(): Column {
    const length = this.#length;
    return {
      layout: 'bytes',
      type: this.#type,
      length,
      validity: this.#nulls === 0 ? undefined : this.#validity.subarray(0, bitmapBytes(length)),
      offsets: this.#offsets.subarray(0, length + 1),
      data: this.#data.subarray(0, this.#used),
    };
  }
}
