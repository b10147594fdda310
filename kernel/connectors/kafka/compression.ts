/** Kafka's codecs, decompressing only. They are loaded when a batch first needs them: most topics use one or none. */
import { createRequire } from 'node:module';
import type * as Fzstd from 'fzstd';
import type * as Lz4 from 'lz4-napi';
import type * as Snappy from 'snappy';
import type * as Zlib from 'node:zlib';

const require = createRequire(import.meta.url);

/** Bits 0 to 2 of a record batch's attributes. */
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

/** @returns undefined for a codec that Kafka does not have */
export function codecOf(attributes: number): Codec | undefined {
  return CODECS[attributes & 7];
}

/** @param compressed in ordinary memory (native codecs refuse shared buffers). @throws Error of the codec where damaged */
export function decompress(codec: Codec, compressed: Buffer): Uint8Array {
  switch (codec) {
    case 'none':
      return compressed;
    case 'gzip':
      return (require('node:zlib') as typeof Zlib).gunzipSync(compressed);
    case 'snappy':
      return decompressSnappy(compressed);
    case 'lz4':
      return (require('lz4-napi') as typeof Lz4).decompressFrameSync(compressed);
    case 'zstd':
      return (require('fzstd') as typeof Fzstd).decompress(compressed);
  }
}

/**
 * Java's clients write snappy in xerial's framing: 16 bytes of header, then blocks of a length (int32, big endian) and raw
 * snappy; others write one raw block.
 */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

function decompressSnappy(compressed: Buffer): Uint8Array {
  const { uncompressSync } = require('snappy') as typeof Snappy;
  const block = (bytes: Buffer): Buffer => {
    const whole = uncompressSync(bytes);
    return typeof whole === 'string' ? Buffer.from(whole) : whole;
  };
  if (!compressed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return block(compressed);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < compressed.length;) {
    const bytes = compressed.readInt32BE(at);
    blocks.push(block(compressed.subarray(at + 4, at + 4 + bytes)));
    at += 4 + bytes;
  }
  return Buffer.concat(blocks);
}
