/**
 * Records of a batch, found but not copied: where key, value and headers lie, and the numbers. Lengths and deltas are
 * zigzag varints.
 *
 * ```
 * length, attributes i8, timestampDelta (64 bits), offsetDelta, keyLength (-1: null), key, valueLength (-1: null), value,
 * headerCount, headers: keyLength, key, valueLength (-1: null), value
 * ```
 */
import { RecordFormatError, type BatchHeader } from './record-batch.ts';

/** Rows found so far, column by column; positions are byte offsets into engine memory. */
export class RecordIndex {
  readonly offsets: Float64Array;
  readonly timestampsMs: Float64Array;
  readonly logAppendTimes: Uint8Array;
  /** Length -1: null. */
  readonly keyStarts: Uint32Array;
  readonly keyBytes: Int32Array;
  readonly valueStarts: Uint32Array;
  readonly valueBytes: Int32Array;
  readonly headerStarts: Uint32Array;
  readonly headerCounts: Int32Array;
  rowCount = 0;

  constructor(rowsMax: number) {
    this.offsets = new Float64Array(rowsMax);
    this.timestampsMs = new Float64Array(rowsMax);
    this.logAppendTimes = new Uint8Array(rowsMax);
    this.keyStarts = new Uint32Array(rowsMax);
    this.keyBytes = new Int32Array(rowsMax);
    this.valueStarts = new Uint32Array(rowsMax);
    this.valueBytes = new Int32Array(rowsMax);
    this.headerStarts = new Uint32Array(rowsMax);
    this.headerCounts = new Int32Array(rowsMax);
  }

  get full(): boolean {
    return this.rowCount === this.offsets.length;
  }

  clear(): void {
    this.rowCount = 0;
  }
}

/** A position in bytes, and the varints from there on. */
export class VarintCursor {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Zigzag, 32 bits. */
  int(): number {
    const first = this.bytes[this.at] ?? 0;
    if (first < 0x80) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    return this.#longInt();
  }

  #longInt(): number {
    let raw = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      raw |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1);
    }
    throw new RecordFormatError('a varint is too long');
  }

  /** Zigzag, 64 bits, of a value that a double holds exactly. */
  long(): number {
    const first = this.bytes[this.at] ?? 0;
    if (first < 0x80) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    let raw = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      raw += (byte & 0x7f) * scale;
      if (byte < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    }
    throw new RecordFormatError('a varint is too long');
  }
}

/** Headers are read again where they are wanted; here they are seen to lie within their record. */
function skipHeaders(cursor: VarintCursor, count: number, end: number): void {
  for (let field = 0; field < count * 2 && cursor.at <= end; field++) {
    const size = cursor.int(); // moves the cursor, so it comes first
    cursor.at += Math.max(0, size);
  }
  if (count < 0) throw new RecordFormatError('a record has a negative number of headers');
}

/** The records of one batch that a reader has not taken yet. */
export class RecordScanner {
  readonly #batch: BatchHeader;
  readonly #cursor: VarintCursor;
  /** Where `#cursor.bytes` starts in engine memory. */
  readonly #base: number;
  #remaining: number;

  /** @param records the batch's records, decompressed, in engine memory */
  constructor(batch: BatchHeader, records: Uint8Array) {
    this.#batch = batch;
    this.#cursor = new VarintCursor(records, 0);
    this.#base = records.byteOffset;
    this.#remaining = batch.recordCount;
  }

  /**
   * Adds records with offsets of `[from, to)` to `index` until it is full.
   * @returns whether the batch is at its end
   * @throws RecordFormatError where lengths do not fit
   */
  fill(index: RecordIndex, from: number, to: number): boolean {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const { baseOffset, baseTimestampMs, maxTimestampMs, logAppendTime } = this.#batch;
    while (this.#remaining > 0 && !index.full) {
      this.#remaining--;
      const recordBytes = cursor.int();
      const end = cursor.at + recordBytes;
      if (recordBytes <= 0 || end > bytes.length) throw new RecordFormatError(`a record of ${baseOffset} is cut off`);
      cursor.at++; // attributes, unused
      const timestampMs = baseTimestampMs + cursor.long();
      const offset = baseOffset + cursor.int();
      if (offset < from || offset >= to) {
        cursor.at = end;
        continue;
      }
      const row = index.rowCount++;
      index.offsets[row] = offset;
      index.timestampsMs[row] = logAppendTime ? maxTimestampMs : timestampMs;
      index.logAppendTimes[row] = logAppendTime ? 1 : 0;
      const keyBytes = cursor.int();
      index.keyStarts[row] = this.#base + cursor.at;
      index.keyBytes[row] = keyBytes;
      if (keyBytes > 0) cursor.at += keyBytes;
      const valueBytes = cursor.int();
      index.valueStarts[row] = this.#base + cursor.at;
      index.valueBytes[row] = valueBytes;
      if (valueBytes > 0) cursor.at += valueBytes;
      const headerCount = cursor.int();
      index.headerCounts[row] = headerCount;
      index.headerStarts[row] = this.#base + cursor.at;
      if (headerCount !== 0) skipHeaders(cursor, headerCount, end);
      if (cursor.at > end) throw new RecordFormatError(`record ${offset} is longer than it says`);
      cursor.at = end;
    }
    return this.#remaining === 0;
  }
}
