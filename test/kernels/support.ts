/** Typed arrays and bitmaps in engine memory, for kernel tests. */
import fc from 'fast-check';
import type { Arena } from '../../kernel/arrow/memory.ts';

/** Lengths around vector and byte bounds. */
export const lengths = fc.constantFrom(0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 130);

export const LANES = {
  i8: { bits: 8, create: (b: ArrayBufferLike, at: number, n: number) => new Int8Array(b, at, n) },
  i16: { bits: 16, create: (b: ArrayBufferLike, at: number, n: number) => new Int16Array(b, at, n) },
  i32: { bits: 32, create: (b: ArrayBufferLike, at: number, n: number) => new Int32Array(b, at, n) },
  i64: { bits: 64, create: (b: ArrayBufferLike, at: number, n: number) => new BigInt64Array(b, at, n) },
  f32: { bits: 32, create: (b: ArrayBufferLike, at: number, n: number) => new Float32Array(b, at, n) },
  f64: { bits: 64, create: (b: ArrayBufferLike, at: number, n: number) => new Float64Array(b, at, n) },
} as const;
export type Lane = keyof typeof LANES;
export const INTEGERS = ['i8', 'i16', 'i32', 'i64'] as const;
export const FLOATS = ['f32', 'f64'] as const;
export const ALL = [...INTEGERS, ...FLOATS] as const;

/** A value of a lane: bigint for integers, number for floats. */
export type Value = number | bigint;

export function valueOf(lane: Lane): fc.Arbitrary<Value> {
  if (lane === 'f32' || lane === 'f64') {
    const special = fc.constantFrom<number[]>(0, -0, NaN, Infinity, -Infinity, 1, -1, 2.5);
    return fc.oneof(special, lane === 'f32' ? fc.float() : fc.double());
  }
  const most = 2n ** BigInt(LANES[lane].bits - 1);
  return fc.oneof(fc.constantFrom(0n, 1n, -1n, most - 1n, -most, 2n), fc.bigInt({ min: -most, max: most - 1n }));
}

export function writeValues(lane: Lane, values: readonly Value[], arena: Arena): number {
  const width = LANES[lane].bits / 8;
  const pointer = arena.allocate(values.length * width);
  const view = LANES[lane].create(arena.memory.buffer, pointer, values.length);
  values.forEach((value, i) => {
    if (view instanceof BigInt64Array) view[i] = BigInt(value);
    else view[i] = Number(value);
  });
  return pointer;
}

/** One value over 16 bytes: an operand with step 0. */
export function writeConstant(lane: Lane, value: Value, arena: Arena): number {
  return writeValues(lane, new Array<Value>(128 / LANES[lane].bits).fill(value), arena);
}

export function readValues(lane: Lane, pointer: number, length: number, arena: Arena): Value[] {
  const view = LANES[lane].create(arena.memory.buffer, pointer, length);
  const isFloat = lane === 'f32' || lane === 'f64';
  return Array.from({ length }, (_, i) => (isFloat ? (view[i] ?? 0) : BigInt(view[i] ?? 0)));
}

export function writeBits(bits: readonly boolean[], arena: Arena): number {
  const pointer = arena.allocate((bits.length + 7) >> 3);
  const view = new Uint8Array(arena.memory.buffer, pointer, (bits.length + 7) >> 3).fill(0);
  bits.forEach((bit, i) => {
    if (bit) view[i >> 3] = (view[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return pointer;
}

export function readBits(pointer: number, length: number, arena: Arena): boolean[] {
  const view = new Uint8Array(arena.memory.buffer, pointer, (length + 7) >> 3);
  return Array.from({ length }, (_, i) => (((view[i >> 3] ?? 0) >> (i & 7)) & 1) === 1);
}

/** Room of `bytes` for an output, followed by marks that must stay. */
export function guarded(bytes: number, arena: Arena): { readonly pointer: number; isIntact(): boolean } {
  const pointer = arena.allocate(bytes + 16);
  const guard = new Uint8Array(arena.memory.buffer, pointer + bytes, 16).fill(0xa5);
  return { pointer, isIntact: () => guard.every((byte) => byte === 0xa5) };
}

export interface Strings {
  readonly offsets: number;
  readonly data: number;
  readonly bytes: number;
}

export function writeStrings(values: readonly string[], arena: Arena): Strings {
  const encoded = values.map((value) => Buffer.from(value));
  const bytes = encoded.reduce((sum, value) => sum + value.length, 0);
  const offsets = arena.allocate((values.length + 1) * 4);
  const data = arena.allocate(bytes);
  const at = new Int32Array(arena.memory.buffer, offsets, values.length + 1);
  const view = new Uint8Array(arena.memory.buffer, data, bytes);
  let end = 0;
  at[0] = 0;
  encoded.forEach((value, i) => {
    view.set(value, end);
    end += value.length;
    at[i + 1] = end;
  });
  return { offsets, data, bytes };
}

export function readStrings(offsets: number, data: number, length: number, arena: Arena): string[] {
  const at = new Int32Array(arena.memory.buffer, offsets, length + 1);
  return Array.from({ length }, (_, i) => {
    const begin = at[i] ?? 0;
    return Buffer.from(arena.memory.buffer, data + begin, (at[i + 1] ?? 0) - begin).toString();
  });
}
