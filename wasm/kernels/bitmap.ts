// Bitmaps, LSB first. Outputs are written in whole bytes, `(length + 7) >> 3`, bits past `length` undefined.

@inline
function bytesOf(length: i32): usize {
  return <usize>((length + 7) >> 3);
}

export function bitmap_and(a: usize, b: usize, out: usize, length: i32): void {
  const end = a + bytesOf(length);
  for (; a + 16 <= end; a += 16, b += 16, out += 16) v128.store(out, v128.and(v128.load(a), v128.load(b)));
  for (; a < end; a++, b++, out++) store<u8>(out, load<u8>(a) & load<u8>(b));
}

export function bitmap_or(a: usize, b: usize, out: usize, length: i32): void {
  const end = a + bytesOf(length);
  for (; a + 16 <= end; a += 16, b += 16, out += 16) v128.store(out, v128.or(v128.load(a), v128.load(b)));
  for (; a < end; a++, b++, out++) store<u8>(out, load<u8>(a) | load<u8>(b));
}

export function bitmap_andnot(a: usize, b: usize, out: usize, length: i32): void {
  const end = a + bytesOf(length);
  for (; a + 16 <= end; a += 16, b += 16, out += 16) v128.store(out, v128.andnot(v128.load(a), v128.load(b)));
  for (; a < end; a++, b++, out++) store<u8>(out, load<u8>(a) & ~load<u8>(b));
}

export function bitmap_xor(a: usize, b: usize, out: usize, length: i32): void {
  const end = a + bytesOf(length);
  for (; a + 16 <= end; a += 16, b += 16, out += 16) v128.store(out, v128.xor(v128.load(a), v128.load(b)));
  for (; a < end; a++, b++, out++) store<u8>(out, load<u8>(a) ^ load<u8>(b));
}

export function bitmap_not(a: usize, out: usize, length: i32): void {
  const end = a + bytesOf(length);
  for (; a + 16 <= end; a += 16, out += 16) v128.store(out, v128.not(v128.load(a)));
  for (; a < end; a++, out++) store<u8>(out, ~load<u8>(a));
}

export function bitmap_select(condition: usize, a: usize, b: usize, out: usize, length: i32): void {
  const end = a + bytesOf(length);
  for (; a + 16 <= end; a += 16, b += 16, condition += 16, out += 16) {
    v128.store(out, v128.bitselect(v128.load(a), v128.load(b), v128.load(condition)));
  }
  for (; a < end; a++, b++, condition++, out++) {
    const c = load<u8>(condition);
    store<u8>(out, (load<u8>(a) & c) | (load<u8>(b) & ~c));
  }
}

export function bitmap_fill(out: usize, length: i32, bit: i32): void {
  memory.fill(out, bit ? 255 : 0, bytesOf(length));
}

export function bitmap_count(a: usize, length: i32): i32 {
  let count = 0;
  let left = length;
  for (; left >= 64; left -= 64, a += 8) count += <i32>popcnt(load<u64>(a));
  for (; left >= 8; left -= 8, a++) count += <i32>popcnt(<u32>load<u8>(a));
  if (left > 0) count += <i32>popcnt(<u32>load<u8>(a) & ((1 << left) - 1));
  return count;
}

/** Copies `length` bits; bits of `out` outside the range are kept. */
export function bitmap_copy(source: usize, sourceBit: i32, out: usize, outBit: i32, length: i32): void {
  if (((sourceBit | outBit) & 7) == 0) {
    const whole = length >> 3;
    source += <usize>(sourceBit >> 3);
    out += <usize>(outBit >> 3);
    memory.copy(out, source, <usize>whole);
    const rest = length & 7;
    if (rest > 0) {
      const mask = (1 << rest) - 1;
      const at = out + <usize>whole;
      store<u8>(at, (load<u8>(at) & ~mask) | (load<u8>(source + <usize>whole) & mask));
    }
    return;
  }
  for (let i = 0; i < length; ) {
    const from = sourceBit + i;
    const to = outBit + i;
    const count = min(min(8 - (to & 7), 8 - (from & 7)), length - i);
    const mask = ((1 << count) - 1) << (to & 7);
    const bits = (<i32>load<u8>(source + <usize>(from >> 3)) >> (from & 7)) << (to & 7);
    const at = out + <usize>(to >> 3);
    store<u8>(at, (load<u8>(at) & ~mask) | (bits & mask));
    i += count;
  }
}

/** Three-valued AND: false wins over null. A validity pointer of 0 stands for no nulls. */
export function and_kleene(a: usize, aValid: usize, b: usize, bValid: usize, length: i32, out: usize, outValid: usize): void {
  const n = bytesOf(length);
  for (let i: usize = 0; i < n; i++) {
    const av = aValid ? <u32>load<u8>(aValid + i) : 255;
    const bv = bValid ? <u32>load<u8>(bValid + i) : 255;
    const x = <u32>load<u8>(a + i);
    const y = <u32>load<u8>(b + i);
    store<u8>(out + i, x & y);
    store<u8>(outValid + i, (av & bv) | (av & ~x) | (bv & ~y));
  }
}

/** Three-valued OR: true wins over null. */
export function or_kleene(a: usize, aValid: usize, b: usize, bValid: usize, length: i32, out: usize, outValid: usize): void {
  const n = bytesOf(length);
  for (let i: usize = 0; i < n; i++) {
    const av = aValid ? <u32>load<u8>(aValid + i) : 255;
    const bv = bValid ? <u32>load<u8>(bValid + i) : 255;
    const x = <u32>load<u8>(a + i) & av;
    const y = <u32>load<u8>(b + i) & bv;
    store<u8>(out + i, x | y);
    store<u8>(outValid + i, (av & bv) | x | y);
  }
}

/** The rows whose bit is set, as u32 row numbers. `out` has room for `length`. @returns how many */
export function bits_to_selection(bits: usize, length: i32, out: usize): i32 {
  const start = out;
  let row = 0;
  for (; row + 64 <= length; row += 64, bits += 8) {
    let w = load<u64>(bits);
    if (w == 0) continue;
    if (w == u64.MAX_VALUE) {
      let rows = i32x4.add(i32x4.splat(row), i32x4(0, 1, 2, 3));
      for (let i = 0; i < 16; i++, out += 16) {
        v128.store(out, rows);
        rows = i32x4.add(rows, i32x4.splat(4));
      }
      continue;
    }
    while (w != 0) {
      store<u32>(out, row + <i32>ctz(w));
      out += 4;
      w &= w - 1;
    }
  }
  for (let i = 0; row < length; row++, i++) {
    store<u32>(out, row);
    out += <usize>((load<u8>(bits + <usize>(i >> 3)) >> <u8>(i & 7)) & 1) << 2;
  }
  return <i32>((out - start) >> 2);
}
