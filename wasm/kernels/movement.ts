// Gathering and choosing rows. Indices are i32; a negative one stands for a row of its own that is null.

@inline
function gather<T>(values: usize, indices: usize, count: i32, out: usize): void {
  for (; count > 0; count--, indices += 4, out += sizeof<T>()) {
    const i = load<i32>(indices);
    store<T>(out, i < 0 ? <T>0 : load<T>(values + <usize>i * sizeof<T>()));
  }
}

export function gather_fixed1(values: usize, indices: usize, count: i32, out: usize): void {
  gather<u8>(values, indices, count, out);
}
export function gather_fixed2(values: usize, indices: usize, count: i32, out: usize): void {
  gather<u16>(values, indices, count, out);
}
export function gather_fixed4(values: usize, indices: usize, count: i32, out: usize): void {
  gather<u32>(values, indices, count, out);
}
export function gather_fixed8(values: usize, indices: usize, count: i32, out: usize): void {
  gather<u64>(values, indices, count, out);
}
export function gather_fixed16(values: usize, indices: usize, count: i32, out: usize): void {
  for (; count > 0; count--, indices += 4, out += 16) {
    const i = load<i32>(indices);
    v128.store(out, i < 0 ? i64x2.splat(0) : v128.load(values + (<usize>i << 4)));
  }
}

export function gather_bits(bits: usize, indices: usize, count: i32, out: usize): void {
  for (let row = 0; row < count; row += 8, out++) {
    const k1 = min(8, count - row);
    let m: u32 = 0;
    for (let k = 0; k < k1; k++, indices += 4) {
      const i = load<i32>(indices);
      if (i < 0) continue;
      const bit: u32 = bits == 0 ? 1 : (<u32>load<u8>(bits + <usize>(i >> 3)) >> (i & 7)) & 1;
      m |= bit << k;
    }
    store<u8>(out, m);
  }
}

export function gather_offsets(offsets: usize, indices: usize, count: i32, outOffsets: usize): i32 {
  let total: i64 = 0;
  store<i32>(outOffsets, 0);
  for (; count > 0; count--, indices += 4) {
    const i = load<i32>(indices);
    if (i >= 0) {
      const at = offsets + (<usize>i << 2);
      total += <i64>(load<i32>(at, 4) - load<i32>(at));
    }
    outOffsets += 4;
    store<i32>(outOffsets, <i32>total);
  }
  return total > i32.MAX_VALUE ? -1 : <i32>total;
}

/** Copies short runs by vectors: `out` may be written up to `limit`. */
@inline
function copyRange(out: usize, source: usize, bytes: usize, limit: usize): void {
  if (bytes <= 16 && out + 16 <= limit) v128.store(out, v128.load(source));
  else memory.copy(out, source, bytes);
}

export function gather_bytes(offsets: usize, data: usize, indices: usize, count: i32, outOffsets: usize, out: usize): void {
  const limit = out + <usize>load<u32>(outOffsets + (<usize>count << 2));
  for (; count > 0; count--, indices += 4, outOffsets += 4) {
    const i = load<i32>(indices);
    if (i < 0) continue;
    const to = <usize>load<u32>(outOffsets);
    const bytes = <usize>load<u32>(outOffsets, 4) - to;
    copyRange(out + to, data + <usize>load<u32>(offsets + (<usize>i << 2)), bytes, limit);
  }
}

export function gather_list_indices(offsets: usize, indices: usize, count: i32, out: usize): void {
  for (; count > 0; count--, indices += 4) {
    const i = load<i32>(indices);
    if (i < 0) continue;
    const end = load<i32>(offsets + (<usize>i << 2), 4);
    for (let child = load<i32>(offsets + (<usize>i << 2)); child < end; child++, out += 4) store<i32>(out, child);
  }
}

export function shift_offsets(offsets: usize, count: i32, delta: i32, out: usize): void {
  for (; count > 0; count--, offsets += 4, out += 4) store<i32>(out, load<i32>(offsets) + delta);
}

@inline
function bitAt(bits: usize, row: i32): u32 {
  return (<u32>load<u8>(bits + <usize>(row >> 3)) >> (row & 7)) & 1;
}

@inline
function select<T>(bits: usize, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  for (let row = 0; row < length; row++, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    store<T>(out, load<T>(bitAt(bits, row) ? a : b));
  }
}

export function select_fixed1(bits: usize, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  select<u8>(bits, a, aStep, b, bStep, length, out);
}
export function select_fixed2(bits: usize, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  select<u16>(bits, a, aStep, b, bStep, length, out);
}
export function select_fixed4(bits: usize, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  select<u32>(bits, a, aStep, b, bStep, length, out);
}
export function select_fixed8(bits: usize, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  select<u64>(bits, a, aStep, b, bStep, length, out);
}
export function select_fixed16(bits: usize, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  for (let row = 0; row < length; row++, a += aStep << 4, b += bStep << 4, out += 16) {
    v128.store(out, v128.load(bitAt(bits, row) ? a : b));
  }
}

export function select_offsets(
  bits: usize, aOffsets: usize, aStep: usize, bOffsets: usize, bStep: usize, length: i32, outOffsets: usize,
): i32 {
  let total: i64 = 0;
  store<i32>(outOffsets, 0);
  for (let row = 0; row < length; row++, aOffsets += aStep << 2, bOffsets += bStep << 2) {
    const at = bitAt(bits, row) ? aOffsets : bOffsets;
    total += <i64>(load<i32>(at, 4) - load<i32>(at));
    outOffsets += 4;
    store<i32>(outOffsets, <i32>total);
  }
  return total > i32.MAX_VALUE ? -1 : <i32>total;
}

export function select_bytes(
  bits: usize,
  aOffsets: usize, aData: usize, aStep: usize, bOffsets: usize, bData: usize, bStep: usize,
  length: i32, outOffsets: usize, out: usize,
): void {
  const limit = out + <usize>load<u32>(outOffsets + (<usize>length << 2));
  for (let row = 0; row < length; row++, aOffsets += aStep << 2, bOffsets += bStep << 2, outOffsets += 4) {
    const source = bitAt(bits, row) ? aData + <usize>load<u32>(aOffsets) : bData + <usize>load<u32>(bOffsets);
    const to = <usize>load<u32>(outOffsets);
    copyRange(out + to, source, <usize>load<u32>(outOffsets, 4) - to, limit);
  }
}
