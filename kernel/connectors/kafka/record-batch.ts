/**
 * Record batches as brokers store and send them (magic 2, since Kafka 0.11).
 *
 * ```
 *  0 baseOffset i64          23 lastOffsetDelta i32      57 recordCount i32
 *  8 batchLength i32 (of     27 baseTimestamp i64 (ms)   61 records, compressed as a whole by the codec
 *    what follows from 12)   35 maxTimestamp i64
 * 12 leaderEpoch i32         43 producerId i64           attributes: bits 0-2 codec, 3 log append time,
 * 16 magic i8                51 producerEpoch i16                    4 transactional, 5 control
 * 17 crc u32, of 21 ..       53 baseSequence i32
 * 21 attributes i16
 * ```
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
import { codecOf, type Codec } from './compression.ts';
import { crc32c } from './crc32c.ts';

const LENGTH_AT = 8;
const AFTER_LENGTH = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
export const RECORDS_AT = 61;
const TWO_TO_32 = 4_294_967_296;

export interface BatchHeader {
  /** Where the batch starts and ends in the bytes it was read from. */
  readonly start: number;
  readonly end: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly codec: Codec;
  readonly logAppendTime: boolean;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly producerId: bigint;
  readonly recordCount: number;
}

/** Bytes that are no record batch. The caller knows of which topic they are and says so. */
export class RecordFormatError extends Error {
  override readonly name = 'RecordFormatError';
}

/** 64 bits, big endian, of a number that a double holds exactly (offsets, milliseconds). */
export function readLong(bytes: DataView, at: number): number {
  return bytes.getInt32(at) * TWO_TO_32 + bytes.getUint32(at + 4);
}

/**
 * The headers of the complete batches in `start .. end`; a broker may cut the last one off.
 * @throws RecordFormatError at the older formats, magic 0 and 1
 */
export function* batchHeaders(bytes: DataView, start: number, end: number): Generator<BatchHeader> {
  for (let at = start; at + RECORDS_AT <= end;) {
    const next = at + AFTER_LENGTH + bytes.getInt32(at + LENGTH_AT);
    const magic = bytes.getInt8(at + MAGIC_AT);
    if (magic !== 2) {
      throw new RecordFormatError(
        `message format ${magic} is older than Kafka 0.11: set log.message.format.version of the topic to 0.11 or later and rewrite it`,
      );
    }
    if (next > end || next <= at) return;
    yield headerAt(bytes, at, next);
    at = next;
  }
}

function headerAt(bytes: DataView, start: number, end: number): BatchHeader {
  const attributes = bytes.getInt16(start + ATTRIBUTES_AT);
  const codec = codecOf(attributes);
  if (codec === undefined) throw new RecordFormatError(`unknown compression codec ${attributes & 7}`);
  const baseOffset = readLong(bytes, start);
  return {
    start,
    end,
    baseOffset,
    lastOffset: baseOffset + bytes.getInt32(start + 23),
    baseTimestampMs: readLong(bytes, start + 27),
    maxTimestampMs: readLong(bytes, start + 35),
    codec,
    logAppendTime: (attributes & 8) !== 0,
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
    producerId: bytes.getBigInt64(start + 43),
    recordCount: bytes.getInt32(start + 57),
  };
}

/** @throws RecordFormatError where the checksum does not match */
export function verifyChecksum(bytes: DataView, { start, end, baseOffset }: BatchHeader): void {
  if (bytes.getUint32(start + CRC_AT) !== crc32c(bytes, start + ATTRIBUTES_AT, end)) {
    throw new RecordFormatError(`the checksum of the batch at offset ${baseOffset} does not match`);
  }
}

/** A transaction that was aborted: its producer's records from `firstOffset` on, up to the abort marker. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/**
 * The batches with rows for a reader of committed data: without control batches and aborted transactions. `aborted` is what
 * the broker sent along with exactly these batches.
 */
export function* committedBatches(
  bytes: DataView,
  range: { readonly start: number; readonly end: number },
  aborted: readonly AbortedTransaction[],
): Generator<BatchHeader> {
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<bigint>();
  for (const batch of batchHeaders(bytes, range.start, range.end)) {
    while (waiting[0] !== undefined && waiting[0].firstOffset <= batch.lastOffset) {
      aborting.add(waiting[0].producerId);
      waiting.shift();
    }
    if (batch.control) {
      if (isAbortMarker(bytes, batch)) aborting.delete(batch.producerId);
    } else if (!(batch.transactional && aborting.has(batch.producerId))) {
      yield batch;
    }
  }
}

/**
 * A control batch has one record, uncompressed, with a key of version i16 and type i16 (0: abort, 1: commit). Before the key
 * stand length, attributes (one byte), time and offset deltas and the key's length, all but one small varints.
 */
function isAbortMarker(bytes: DataView, batch: BatchHeader): boolean {
  if (batch.recordCount === 0) return false;
  let at = batch.start + RECORDS_AT;
  const skipVarint = (): void => {
    while ((bytes.getUint8(at++) & 0x80) !== 0);
  };
  skipVarint(); // length
  at++; // attributes
  skipVarint(); // time delta
  skipVarint(); // offset delta
  skipVarint(); // key length
  return bytes.getInt16(at + 2) === 0;
}
