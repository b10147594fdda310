// Hashes of rows, column by column: `hashes[i] = mix(hashes[i] ^ value)`. The same on every machine and release: partitions of
// state are found by them (a change is a change of the state format).

const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const NULL_MARK: u64 = 0x27d4eb2f165667c5;

/** xxHash64's round and avalanche. */
@inline
function mix(hash: u64, value: u64): u64 {
  let h = hash ^ (rotl<u64>(value * P2, 31) * P1);
  h = rotl<u64>(h, 27) * P1 + P3;
  h ^= h >> 33;
  h *= P2;
  h ^= h >> 29;
  h *= P3;
  return h ^ (h >> 32);
}

@inline
function isNull(validity: usize, row: i32): bool {
  return validity != 0 && ((load<u8>(validity + <usize>(row >> 3)) >> <u8>(row & 7)) & 1) == 0;
}

@inline
function hashFixed<T>(values: usize, validity: usize, length: i32, hashes: usize): void {
  for (let row = 0; row < length; row++, values += sizeof<T>(), hashes += 8) {
    store<u64>(hashes, mix(load<u64>(hashes), isNull(validity, row) ? NULL_MARK : <u64><i64>load<T>(values)));
  }
}

export function hash_fixed1(values: usize, validity: usize, length: i32, hashes: usize): void {
  hashFixed<i8>(values, validity, length, hashes);
}
export function hash_fixed2(values: usize, validity: usize, length: i32, hashes: usize): void {
  hashFixed<i16>(values, validity, length, hashes);
}
export function hash_fixed4(values: usize, validity: usize, length: i32, hashes: usize): void {
  hashFixed<i32>(values, validity, length, hashes);
}
export function hash_fixed8(values: usize, validity: usize, length: i32, hashes: usize): void {
  hashFixed<i64>(values, validity, length, hashes);
}
export function hash_fixed16(values: usize, validity: usize, length: i32, hashes: usize): void {
  for (let row = 0; row < length; row++, values += 16, hashes += 8) {
    const h = load<u64>(hashes);
    store<u64>(hashes, isNull(validity, row) ? mix(h, NULL_MARK) : mix(mix(h, load<u64>(values)), load<u64>(values, 8)));
  }
}

export function hash_f64(values: usize, validity: usize, length: i32, hashes: usize): void {
  for (let row = 0; row < length; row++, values += 8, hashes += 8) {
    const x = load<f64>(values) + 0.0;
    const bits: u64 = x != x ? 0x7ff8000000000000 : reinterpret<u64>(x);
    store<u64>(hashes, mix(load<u64>(hashes), isNull(validity, row) ? NULL_MARK : bits));
  }
}
export function hash_f32(values: usize, validity: usize, length: i32, hashes: usize): void {
  for (let row = 0; row < length; row++, values += 4, hashes += 8) {
    const x = load<f32>(values) + 0.0;
    const bits: u64 = x != x ? 0x7fc00000 : <u64>reinterpret<u32>(x);
    store<u64>(hashes, mix(load<u64>(hashes), isNull(validity, row) ? NULL_MARK : bits));
  }
}

export function hash_bits(bits: usize, validity: usize, length: i32, hashes: usize): void {
  for (let row = 0; row < length; row++, hashes += 8) {
    const bit = <u64>((load<u8>(bits + <usize>(row >> 3)) >> <u8>(row & 7)) & 1);
    store<u64>(hashes, mix(load<u64>(hashes), isNull(validity, row) ? NULL_MARK : bit));
  }
}

export function hash_bytes(offsets: usize, data: usize, validity: usize, length: i32, hashes: usize): void {
  for (let row = 0; row < length; row++, offsets += 4, hashes += 8) {
    if (isNull(validity, row)) {
      store<u64>(hashes, mix(load<u64>(hashes), NULL_MARK));
      continue;
    }
    let p = data + <usize>load<u32>(offsets);
    let left = load<u32>(offsets, 4) - load<u32>(offsets);
    let h = mix(load<u64>(hashes), <u64>left);
    for (; left >= 8; left -= 8, p += 8) h = mix(h, load<u64>(p));
    if (left > 0) h = mix(h, load<u64>(p) & (u64.MAX_VALUE >> <u64>(64 - (left << 3))));
    store<u64>(hashes, h);
  }
}

/** By the high half, scaled: any number of partitions. */
export function hash_partition(hashes: usize, length: i32, partitions: u32, out: usize): void {
  for (; length > 0; length--, hashes += 8, out += 4) {
    store<u32>(out, <u32>(((load<u64>(hashes) >> 32) * <u64>partitions) >> 32));
  }
}
