/** MD5, SHA-1, SHA-2 and CRC-32 of bytes, in plain TypeScript: kernels run where no crypto module may be imported. */

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n));
const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** The message with its padding and length in bits, in blocks of `blockBytes`. */
function padded(bytes: Uint8Array, blockBytes: 64 | 128, order: 'little' | 'big'): DataView {
  const lengthBytes = blockBytes / 8;
  const total = Math.ceil((bytes.length + 1 + lengthBytes) / blockBytes) * blockBytes;
  const block = new Uint8Array(total);
  block.set(bytes);
  block[bytes.length] = 0x80;
  const view = new DataView(block.buffer);
  const at = order === 'little' ? total - lengthBytes : total - 8;
  view.setBigUint64(at, BigInt(bytes.length) * 8n, order === 'little');
  return view;
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

/** @see https://www.rfc-editor.org/rfc/rfc1321 */
export function md5(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, 64, 'little');
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < view.byteLength; at += 64) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const f =
        round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const word = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
      const sum = (a + f + (MD5_SINES[i] ?? 0) + view.getInt32(at + word * 4, true)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotl(sum, MD5_SHIFTS[round * 4 + (i % 4)] ?? 0)) | 0;
    }
    [a, b, c, d].forEach((value, i) => (state[i] = ((state[i] ?? 0) + value) | 0));
  }
  return bytesOf(state, 4, 'little');
}

/** @see https://www.rfc-editor.org/rfc/rfc3174 */
export function sha1(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, 64, 'big');
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const w = new Int32Array(80);
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 80; i++) {
      w[i] =
        i < 16
          ? view.getInt32(at + i * 4)
          : rotl((w[i - 3] ?? 0) ^ (w[i - 8] ?? 0) ^ (w[i - 14] ?? 0) ^ (w[i - 16] ?? 0), 1);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const sum = (rotl(a, 5) + f + e + k + (w[i] ?? 0)) | 0;
      e = d;
      d = c;
      c = rotl(b, 30);
      b = a;
      a = sum;
    }
    [a, b, c, d, e].forEach((value, i) => (state[i] = ((state[i] ?? 0) + value) | 0));
  }
  return bytesOf(state, 5, 'big');
}

const PRIMES = Array.from({ length: 410 }, (_, i) => i).filter(
  (n) => n > 1 && Array.from({ length: n - 2 }, (_, k) => k + 2).every((k) => n % k !== 0),
);

/** The first 64 bits after the point of a root of `n`, found exactly by Newton's method. */
function rootBits(n: number, root: 2n | 3n): bigint {
  const target = BigInt(n) << (64n * root);
  let x = BigInt(Math.floor(n ** (1 / Number(root)) * 2 ** 32)) << 32n;
  for (let i = 0; i < 12; i++) x = ((root - 1n) * x + target / x ** (root - 1n)) / root;
  while (x ** root > target) x -= 1n;
  while ((x + 1n) ** root <= target) x += 1n;
  return BigInt.asUintN(64, x);
}

const SHA512_ROUNDS = PRIMES.slice(0, 80).map((prime) => rootBits(prime, 3n));
const SHA256_ROUNDS = Int32Array.from(SHA512_ROUNDS.slice(0, 64), (bits) => Number(bits >> 32n) | 0);
const SHA512_START = PRIMES.slice(0, 8).map((prime) => rootBits(prime, 2n));
const SHA384_START = PRIMES.slice(8, 16).map((prime) => rootBits(prime, 2n));

/** @param bits 224, 256, 384 or 512 @see https://doi.org/10.6028/NIST.FIPS.180-4 */
export function sha2(bytes: Uint8Array, bits: 224 | 256 | 384 | 512): Uint8Array {
  const long = bits === 384 ? SHA384_START : SHA512_START;
  if (bits > 256) return sha512(bytes, long).subarray(0, bits / 8);
  const start =
    bits === 256 ? SHA512_START.map((x) => Number(x >> 32n)) : SHA384_START.map((x) => Number(x & 0xffffffffn));
  return sha256(bytes, start).subarray(0, bits / 8);
}

function sha256(bytes: Uint8Array, start: readonly number[]): Uint8Array {
  const view = padded(bytes, 64, 'big');
  const state = Int32Array.from(start, (value) => value | 0);
  const w = new Int32Array(64);
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 64; i++) {
      const [x, y] = [w[i - 15] ?? 0, w[i - 2] ?? 0];
      const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3);
      const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10);
      w[i] = i < 16 ? view.getInt32(at + i * 4) : (w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (SHA256_ROUNDS[i] ?? 0) + (w[i] ?? 0)) | 0;
      const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = (state[i] ?? 0) + value));
  }
  return bytesOf([...state], 8, 'big');
}

function sha512(bytes: Uint8Array, start: readonly bigint[]): Uint8Array {
  const view = padded(bytes, 128, 'big');
  const state = BigUint64Array.from(start);
  const w = new BigUint64Array(80);
  const turn = (x: bigint, n: bigint): bigint => (x >> n) | BigInt.asUintN(64, x << (64n - n));
  for (let at = 0; at < view.byteLength; at += 128) {
    for (let i = 0; i < 80; i++) {
      const [x, y] = [w[i - 15] ?? 0n, w[i - 2] ?? 0n];
      const s0 = turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n);
      const s1 = turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n);
      w[i] = i < 16 ? view.getBigUint64(at + i * 8) : (w[i - 16] ?? 0n) + s0 + (w[i - 7] ?? 0n) + s1;
    }
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
    for (let i = 0; i < 80; i++) {
      const s1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
      const choice = (e & f) ^ (BigInt.asUintN(64, ~e) & g);
      const t1 = BigInt.asUintN(64, h + s1 + choice + (SHA512_ROUNDS[i] ?? 0n) + (w[i] ?? 0n));
      const s0 = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n);
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, BigInt.asUintN(64, d + t1), c, b, a, BigInt.asUintN(64, t1 + t2)];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = (state[i] ?? 0n) + value));
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((value, i) => {
    out.setBigUint64(i * 8, value);
  });
  return new Uint8Array(out.buffer);
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

export function crc32(bytes: Uint8Array): bigint {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 255] ?? 0);
  return BigInt((crc ^ -1) >>> 0);
}

function bytesOf(words: readonly number[], count: number, order: 'little' | 'big'): Uint8Array {
  const out = new DataView(new ArrayBuffer(count * 4));
  words.slice(0, count).forEach((word, i) => {
    out.setInt32(i * 4, word, order === 'little');
  });
  return new Uint8Array(out.buffer);
}
