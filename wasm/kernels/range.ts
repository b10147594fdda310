// Runs of bytes: for kernels, not exported from the module.

/** Negative, zero or positive, bytewise. */
export function compareRange(a: usize, aBytes: usize, b: usize, bBytes: usize): i32 {
  const end = a + min(aBytes, bBytes);
  for (; a + 8 <= end; a += 8, b += 8) {
    const x = load<u64>(a);
    const y = load<u64>(b);
    if (x != y) return bswap<u64>(x) < bswap<u64>(y) ? -1 : 1;
  }
  for (; a < end; a++, b++) {
    const d = <i32>load<u8>(a) - <i32>load<u8>(b);
    if (d != 0) return d;
  }
  return aBytes < bBytes ? -1 : <i32>(aBytes > bBytes);
}

@inline
export function equalRange(a: usize, aBytes: usize, b: usize, bBytes: usize): bool {
  return aBytes == bBytes && compareRange(a, aBytes, b, bBytes) == 0;
}
