// Lines of text files.

/**
 * The starts of the lines in `[data + start, data + end)`, relative to `data`: line i is `starts[i] .. starts[i + 1]` with
 * its line end (`\n`, `\r\n`; the last may have none). Empty lines get no start where `skipEmpty` is 1: they hang on the line
 * before them. `starts` has room for `capacity` + 1; the last one is followed by `end`.
 * @returns how many lines, at most `capacity`; where there are more, the entry after the last is the next one's start
 */
export function text_split_lines(
  data: usize,
  start: usize,
  end: usize,
  starts: usize,
  capacity: i32,
  skipEmpty: i32,
): i32 {
  const newline = i8x16.splat(0x0a);
  let lines = 0;
  let lineStart = start;
  for (let at = start; at < end; at += 64) {
    const a = i8x16.eq(v128.load(data + at), newline);
    const b = i8x16.eq(v128.load(data + at, 16), newline);
    const c = i8x16.eq(v128.load(data + at, 32), newline);
    const d = i8x16.eq(v128.load(data + at, 48), newline);
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue;
    let mask =
      <u64>i8x16.bitmask(a) |
      (<u64>i8x16.bitmask(b) << 16) |
      (<u64>i8x16.bitmask(c) << 32) |
      (<u64>i8x16.bitmask(d) << 48);
    while (mask != 0) {
      const next = at + <usize>ctz(mask) + 1;
      mask &= mask - 1;
      if (next > end) break;
      if (!(skipEmpty && isEmptyLine(data, lineStart, next))) {
        store<u32>(starts + (<usize>lines << 2), <u32>lineStart);
        if (lines == capacity) return lines;
        lines++;
      }
      lineStart = next;
    }
  }
  if (lineStart < end) {
    store<u32>(starts + (<usize>lines << 2), <u32>lineStart);
    if (lines == capacity) return lines;
    lines++;
  }
  store<u32>(starts + (<usize>lines << 2), <u32>end);
  return lines;
}

@inline
function isEmptyLine(data: usize, start: usize, next: usize): bool {
  return next - start == 1 || (next - start == 2 && load<u8>(data + start) == 0x0d);
}

/**
 * Copies lines (as text_split_lines found them) without their ends, one after the other.
 * @returns the bytes written to `output`; `outputOffsets` gets `count` + 1 entries
 */
export function text_copy_lines(data: usize, starts: usize, count: i32, outputOffsets: usize, output: usize): i32 {
  let written: usize = 0;
  store<u32>(outputOffsets, 0);
  for (let i: usize = 0; i < <usize>count; i++) {
    const from = data + <usize>load<u32>(starts + (i << 2));
    let to = data + <usize>load<u32>(starts + (i << 2), 4);
    if (to > from && load<u8>(to - 1) == 0x0a) {
      to--;
      if (to > from && load<u8>(to - 1) == 0x0d) to--;
    }
    memory.copy(output + written, from, to - from);
    written += to - from;
    store<u32>(outputOffsets + (i << 2), <u32>written, 4);
  }
  return <i32>written;
}
