/**
 * Checksum sidecars in Hadoop's format, so that Spark's own tools can read the logs they belong to:
 *
 * ```
 * .NAME.crc   'c' 'r' 'c' 0      4 bytes
 *             512                u32, big endian: bytes per checksum
 *             crc32 …            u32 each, big endian: of every 512 bytes of NAME, the last piece may be shorter
 * ```
 * @see org.apache.hadoop.fs.ChecksumFileSystem
 */

const HEADER = Uint8Array.of(0x63, 0x72, 0x63, 0);
const PIECE_BYTES = 512;
const HEADER_BYTES = 8;

/** Crc32 as of zlib, unsigned. */
export type Crc32 = (bytes: Uint8Array) => number;

export function encodeSidecar(bytes: Uint8Array, crc32: Crc32): Uint8Array {
  const pieceCount = Math.ceil(bytes.length / PIECE_BYTES);
  const sidecar = new Uint8Array(HEADER_BYTES + pieceCount * 4);
  const view = new DataView(sidecar.buffer);
  sidecar.set(HEADER);
  view.setUint32(HEADER.length, PIECE_BYTES);
  for (let piece = 0; piece < pieceCount; piece++) {
    const start = piece * PIECE_BYTES;
    view.setUint32(HEADER_BYTES + piece * 4, crc32(bytes.subarray(start, start + PIECE_BYTES)));
  }
  return sidecar;
}

/** What is wrong; undefined: nothing. */
export function sidecarProblem(bytes: Uint8Array, sidecar: Uint8Array, crc32: Crc32): string | undefined {
  const expected = encodeSidecar(bytes, crc32);
  if (sidecar.length === expected.length && sidecar.every((byte, index) => byte === expected[index])) return undefined;
  return 'its content does not agree with its checksum file';
}
