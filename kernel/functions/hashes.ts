/** Hashes of values as Spark computes them (Murmur3, xxHash64; seed 42), digests of bytes, and binary as text. */
import { typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { crc32, md5, sha1, sha2 } from './digests.ts';
import { defineFunction, wrongCount, type RowFunction } from './define.ts';

const FAMILY = 'hash';
const SEED = 42;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const bits = new DataView(new ArrayBuffer(8));

/** How one non-null value enters a hash: as 32 bits, 64 bits or bytes. */
type Hashed = { readonly int: number } | { readonly long: bigint } | { readonly bytes: Uint8Array };

function hashedOf(type: DataType): (value: LiteralValue) => Hashed {
  switch (type.kind) {
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
      return (value) => ({ int: Number(value) });
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
      return (value) => ({ long: typeof value === 'bigint' ? value : 0n });
    case 'float':
      return (value) => {
        bits.setFloat32(0, value === 0 ? 0 : Number(value));
        return { int: bits.getInt32(0) };
      };
    case 'double':
      return (value) => {
        bits.setFloat64(0, value === 0 ? 0 : Number(value));
        return { long: bits.getBigInt64(0) };
      };
    case 'decimal':
      return type.precision <= 18
        ? (value) => ({ long: typeof value === 'bigint' ? value : 0n })
        : (value) => ({ bytes: bigEndian(typeof value === 'bigint' ? value : 0n) });
    case 'string':
    case 'binary':
      return (value) => ({ bytes: value instanceof Uint8Array ? value : encoder.encode(String(value)) });
    case 'void':
      return () => ({ int: 0 });
    case 'array':
    case 'map':
    case 'struct':
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `A hash of ${typeName(type)}`,
        remedy: 'Hash its fields or elements, or to_json() of it.',
      });
  }
}

/** As Java's BigInteger.toByteArray: two's complement, as few bytes as hold the sign. */
function bigEndian(value: bigint): Uint8Array {
  let count = 1;
  while (BigInt.asIntN(count * 8, value) !== value) count++;
  return Uint8Array.from({ length: count }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt((count - 1 - i) * 8))));
}

const mixK = (k: number): number => {
  const mixed = Math.imul(k, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
};
const mixH = (h: number, k: number): number => {
  const mixed = h ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
};
function finish(h: number, length: number): number {
  let x = h ^ length;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function murmur3(value: Hashed, seed: number): number {
  if ('int' in value) return finish(mixH(seed, mixK(value.int)), 4);
  if ('long' in value) {
    const low = mixH(seed, mixK(Number(BigInt.asIntN(32, value.long))));
    return finish(mixH(low, mixK(Number(BigInt.asIntN(32, value.long >> 32n)))), 8);
  }
  const { bytes } = value;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const aligned = bytes.length - (bytes.length % 4);
  let h = seed;
  for (let at = 0; at < aligned; at += 4) h = mixH(h, mixK(view.getInt32(at, true)));
  // Unlike the reference, Spark mixes every byte of the rest by itself.
  for (let at = aligned; at < bytes.length; at++) h = mixH(h, mixK(view.getInt8(at)));
  return finish(h, bytes.length);
}

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotl = (x: bigint, n: bigint): bigint => u64(x << n) | (u64(x) >> (64n - n));
const round = (acc: bigint, input: bigint): bigint => u64(rotl(u64(acc + input * P2), 31n) * P1);

function avalanche(hash: bigint): bigint {
  let h = u64(hash);
  h = u64((h ^ (h >> 33n)) * P2);
  h = u64((h ^ (h >> 29n)) * P3);
  return BigInt.asIntN(64, h ^ (h >> 32n));
}

function xxHash64(value: Hashed, seed: bigint): bigint {
  if ('int' in value) {
    const h = u64(seed + P5 + 4n) ^ u64(BigInt.asUintN(32, BigInt(value.int)) * P1);
    return avalanche(rotl(h, 23n) * P2 + P3);
  }
  if ('long' in value) {
    const h = u64(seed + P5 + 8n) ^ round(0n, u64(value.long));
    return avalanche(rotl(h, 27n) * P1 + P4);
  }
  const { bytes } = value;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let h = u64(seed + P5);
  if (bytes.length >= 32) {
    const lanes = [u64(seed + P1 + P2), u64(seed + P2), u64(seed), u64(seed - P1)];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane++)
        lanes[lane] = round(lanes[lane] ?? 0n, view.getBigUint64(at + lane * 8, true));
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
    h = u64(rotl(a, 1n) + rotl(b, 7n) + rotl(c, 12n) + rotl(d, 18n));
    for (const lane of lanes) h = u64((h ^ round(0n, lane)) * P1 + P4);
  }
  h = u64(h + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) h = u64(rotl(h ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  for (; at + 4 <= bytes.length; at += 4) h = u64(rotl(h ^ u64(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
  for (; at < bytes.length; at++) h = u64(rotl(h ^ u64(BigInt(view.getUint8(at)) * P5), 11n) * P1);
  return avalanche(h);
}

function chained<T extends LiteralValue>(
  name: string,
  type: DataType,
  summary: string,
  example: readonly [string, string],
  seed: T,
  next: (value: Hashed, hash: T) => T,
) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(expr1, …)`,
    summary,
    examples: [example],
    resolve(args) {
      if (args.length === 0) throw wrongCount(name, 'at least 1', 0);
      return { argTypes: args.map((arg) => arg.type), type, nullable: false };
    },
    nulls: 'lenient',
    row(types): RowFunction {
      const read = types.map(hashedOf);
      return (...values) =>
        values.reduce<T>((hash, value, i) => {
          const hashed = value === null || value === undefined ? undefined : read[i]?.(value);
          return hashed === undefined ? hash : next(hashed, hash);
        }, seed);
    },
  });
}

function digest(
  name: string,
  aliases: readonly string[],
  summary: string,
  example: readonly [string, string],
  of: (bytes: Uint8Array) => LiteralValue,
  returns: DataType = Types.string,
) {
  return defineFunction(FAMILY, {
    name,
    aliases,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    params: ['bytes'],
    returns,
    row: () => (value) => of(bytesOf(value)),
  });
}

const bytesOf = (value: LiteralValue | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : encoder.encode(String(value ?? ''));

const hexText = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** In lines of 76 characters, as MIME has it. */
function base64Text(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/.{76}(?=.)/g, '$&\r\n');
}

export const HASHES = [
  chained(
    'hash',
    Types.int,
    'A hash of 32 bits (Murmur3) of the arguments.',
    ["hash('Spark', 123)", '1262264271'],
    SEED,
    murmur3,
  ),
  chained(
    'xxhash64',
    Types.long,
    'A hash of 64 bits of the arguments.',
    ["xxhash64('Spark', 123)", '-7770970918500510695'],
    BigInt(SEED),
    xxHash64,
  ),
  digest('md5', [], 'The MD5 digest in hexadecimal.', ["md5('Spark')", '8cde774d6f7333752ed72cacddb05126'], (bytes) =>
    hexText(md5(bytes)),
  ),
  digest(
    'sha1',
    ['sha'],
    'The SHA-1 digest in hexadecimal.',
    ["sha1('Spark')", '85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c'],
    (bytes) => hexText(sha1(bytes)),
  ),
  digest('crc32', [], 'The CRC-32 checksum.', ["crc32('Spark')", '1557323817'], crc32, Types.long),
  defineFunction(FAMILY, {
    name: 'unhex',
    usage: 'unhex(text)',
    summary: 'The bytes of hexadecimal digits; null where the text is none.',
    examples: [["decode(unhex('537061726B'), 'UTF-8')", 'Spark']],
    params: [Types.string],
    returns: Types.binary,
    nullable: 'always',
    row: () => (value) => {
      const text = String(value);
      if (!/^[0-9a-fA-F]*$/.test(text)) return null;
      const even = text.length % 2 === 0 ? text : `0${text}`;
      return Uint8Array.from(even.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    },
  }),
  digest(
    'base64',
    [],
    'Bytes as base64, in lines of 76 characters.',
    ["base64('Spark SQL')", 'U3BhcmsgU1FM'],
    base64Text,
  ),
  defineFunction(FAMILY, {
    name: 'sha2',
    usage: 'sha2(expr, bits)',
    summary: 'The SHA-2 digest of 224, 256, 384 or 512 bits in hexadecimal; 0 means 256, others give null.',
    examples: [["sha2('Spark', 256)", '529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b']],
    params: ['bytes', Types.int],
    returns: Types.string,
    nullable: 'always',
    row: () => (value, wanted) => {
      const size = Number(wanted);
      if (size === 0) return hexText(sha2(bytesOf(value), 256));
      return size === 224 || size === 256 || size === 384 || size === 512 ? hexText(sha2(bytesOf(value), size)) : null;
    },
  }),
  defineFunction(FAMILY, {
    name: 'encode',
    usage: "encode(str, 'UTF-8')",
    summary: 'Text as bytes.',
    examples: [["hex(encode('abc', 'utf-8'))", '616263']],
    params: [Types.string, Types.string],
    returns: Types.binary,
    row: () => (value, charset) => {
      requireUtf8(charset);
      return encoder.encode(String(value));
    },
  }),
  defineFunction(FAMILY, {
    name: 'decode',
    usage: "decode(bytes, 'UTF-8')",
    summary: 'Bytes as text.',
    examples: [["decode(X'616263', 'utf-8')", 'abc']],
    params: [Types.binary, Types.string],
    returns: Types.string,
    row: () => (value, charset) => {
      requireUtf8(charset);
      try {
        return decoder.decode(bytesOf(value));
      } catch (cause) {
        throw new MillraceError('MALFORMED_CHARACTER_CODING', { function: 'decode', charset: 'UTF-8' }, { cause });
      }
    },
  }),
];

function requireUtf8(charset: LiteralValue | undefined): void {
  if (/^utf-?8$/i.test(String(charset))) return;
  throw new MillraceError('NOT_SUPPORTED', { feature: `The charset ${String(charset)}`, remedy: 'Use UTF-8.' });
}
