// Event time: panes of time windows, and the extremes that watermarks need.

/** Whether eight times lie in `low .. high`. */
@inline
function inRange(times: usize, low: i64, high: i64): bool {
  const first = i64x2.splat(low);
  const last = i64x2.splat(high - 1);
  let outside = i64x2.splat(0);
  for (let i: usize = 0; i < 64; i += 16) {
    const t = v128.load(times + i);
    outside = v128.or(outside, v128.or(i64x2.lt_s(t, first), i64x2.gt_s(t, last)));
  }
  return !v128.any_true(outside);
}

@inline
function storeEight(out: usize, value: i64): void {
  const pair = i64x2.splat(value);
  v128.store(out, pair);
  v128.store(out, pair, 16);
  v128.store(out, pair, 32);
  v128.store(out, pair, 48);
}

export function window_start(times: usize, length: i32, origin: i64, slide: i64, out: usize): void {
  let low: i64 = 0;
  let high: i64 = 0;
  for (; length > 0; length--, times += 8, out += 8) {
    for (; length >= 8 && inRange(times, low, high); length -= 8, times += 64, out += 64) storeEight(out, low);
    if (length == 0) return;
    const t = load<i64>(times);
    if (t < low || t >= high) {
      let rest = (t - origin) % slide;
      if (rest < 0) rest += slide;
      low = t - rest;
      high = low + slide;
    }
    store<i64>(out, low);
  }
}

export function min_max_sum_i64(values: usize, validity: usize, length: i32, out: usize): i32 {
  let least = i64.MAX_VALUE;
  let most = i64.MIN_VALUE;
  let sum: i64 = 0;
  let count = 0;
  for (let row = 0; row < length; row++, values += 8) {
    if (validity != 0 && !((load<u8>(validity + <usize>(row >> 3)) >> <u8>(row & 7)) & 1)) continue;
    const x = load<i64>(values);
    if (x < least) least = x;
    if (x > most) most = x;
    sum += x;
    count++;
  }
  store<i64>(out, least);
  store<i64>(out, most, 8);
  store<i64>(out, sum, 16);
  return count;
}
