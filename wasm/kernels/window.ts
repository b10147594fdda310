// Event time: panes of time windows, and the extremes that watermarks need.

export function window_start(times: usize, length: i32, origin: i64, slide: i64, out: usize): void {
  let low: i64 = 0;
  let high: i64 = 0;
  for (; length > 0; length--, times += 8, out += 8) {
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
