/** Checksums of the checkpoint's files. */
import { crc32 } from 'node:zlib';

/** Crc32 as of zlib, unsigned. */
export function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes);
}
