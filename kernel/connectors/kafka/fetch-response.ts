/**
 * The Fetch response for one partition, versions 4 to 11, without touching the records in it.
 *
 * ```
 * throttleMs i32, [7+: error i16, session i32], topics: name, partitions: partition i32, error i16, highWatermark i64,
 * lastStableOffset i64, [5+: logStartOffset i64], aborted transactions (-1: none): producerId i64, firstOffset i64,
 * [11+: preferredReadReplica i32], record bytes i32, record batches
 * ```
 * @see https://kafka.apache.org/protocol.html#The_Messages_Fetch
 */
import { assert } from '../../core/assert.ts';
import { readLong, type AbortedTransaction } from './record-batch.ts';

export interface FetchedPartition {
  /** 0: none. */
  readonly errorCode: number;
  /** The newest offset of this partition that a reader of committed data may read to, exclusive. */
  readonly lastStableOffset: number;
  readonly highWatermark: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches; the last one may be cut off. */
  readonly records: Uint8Array;
}

/** @param response the response after its correlation id, for a request of exactly one partition */
export function decodeFetchResponse(response: Uint8Array, version: number): FetchedPartition {
  assert(version >= 4 && version <= 11, `Fetch version ${version}`);
  const bytes = new DataView(response.buffer, response.byteOffset, response.byteLength);
  if (version >= 7 && bytes.getInt16(4) !== 0) return failed(bytes.getInt16(4));
  let at = version >= 7 ? 10 : 4;
  assert(bytes.getInt32(at) === 1, 'a fetch of one partition is answered for one topic');
  at += 4;
  at += 2 + bytes.getInt16(at); // name
  assert(bytes.getInt32(at) === 1, 'a fetch of one partition is answered for one partition');
  at += 8; // count and partition
  const errorCode = bytes.getInt16(at);
  const highWatermark = readLong(bytes, at + 2);
  const lastStableOffset = readLong(bytes, at + 10);
  at += version >= 5 ? 26 : 18;
  const aborted: AbortedTransaction[] = [];
  const abortedCount = bytes.getInt32(at);
  at += 4;
  for (let index = 0; index < abortedCount; index++, at += 16) {
    aborted.push({ producerId: bytes.getBigInt64(at), firstOffset: readLong(bytes, at + 8) });
  }
  if (version >= 11) at += 4;
  const recordBytes = Math.max(0, bytes.getInt32(at));
  const records = response.subarray(at + 4, at + 4 + recordBytes);
  return { errorCode, highWatermark, lastStableOffset, aborted, records };
}

function failed(errorCode: number): FetchedPartition {
  return { errorCode, highWatermark: -1, lastStableOffset: -1, aborted: [], records: new Uint8Array() };
}
