// Casts between numeric types. A float becomes an integer as in Java: saturating to int (or long), then wrapping.

@inline
function convert<F, T>(x: F): T {
  if (isFloat<F>() && isInteger<T>() && sizeof<T>() < 4) return <T><i32>x;
  return <T>x;
}

@inline
function cast<F, T>(a: usize, length: i32, out: usize): void {
  for (; length > 0; length--, a += sizeof<F>(), out += sizeof<T>()) store<T>(out, convert<F, T>(load<F>(a)));
}

@inline
function fits<F, T>(x: F): bool {
  if (isFloat<F>()) {
    const limit = <f64>(<u64>1 << (8 * sizeof<T>() - 1));
    const whole = trunc<f64>(<f64>x);
    return whole >= -limit && whole < limit;
  }
  return <i64><T>x == <i64>x;
}

@inline
function castChecked<F, T>(a: usize, validity: usize, length: i32, out: usize): i32 {
  for (let row = 0; row < length; row++, a += sizeof<F>(), out += sizeof<T>()) {
    const x = load<F>(a);
    if (!fits<F, T>(x) && (validity == 0 || (load<u8>(validity + <usize>(row >> 3)) >> <u8>(row & 7)) & 1)) return row;
    store<T>(out, convert<F, T>(x));
  }
  return -1;
}

export function cast_i8_i16(a: usize, length: i32, out: usize): void {
  cast<i8, i16>(a, length, out);
}
export function cast_i8_i32(a: usize, length: i32, out: usize): void {
  cast<i8, i32>(a, length, out);
}
export function cast_i8_i64(a: usize, length: i32, out: usize): void {
  cast<i8, i64>(a, length, out);
}
export function cast_i8_f32(a: usize, length: i32, out: usize): void {
  cast<i8, f32>(a, length, out);
}
export function cast_i8_f64(a: usize, length: i32, out: usize): void {
  cast<i8, f64>(a, length, out);
}
export function cast_i16_i8(a: usize, length: i32, out: usize): void {
  cast<i16, i8>(a, length, out);
}
export function cast_i16_i32(a: usize, length: i32, out: usize): void {
  cast<i16, i32>(a, length, out);
}
export function cast_i16_i64(a: usize, length: i32, out: usize): void {
  cast<i16, i64>(a, length, out);
}
export function cast_i16_f32(a: usize, length: i32, out: usize): void {
  cast<i16, f32>(a, length, out);
}
export function cast_i16_f64(a: usize, length: i32, out: usize): void {
  cast<i16, f64>(a, length, out);
}
export function cast_i32_i8(a: usize, length: i32, out: usize): void {
  cast<i32, i8>(a, length, out);
}
export function cast_i32_i16(a: usize, length: i32, out: usize): void {
  cast<i32, i16>(a, length, out);
}
export function cast_i32_i64(a: usize, length: i32, out: usize): void {
  cast<i32, i64>(a, length, out);
}
export function cast_i32_f32(a: usize, length: i32, out: usize): void {
  cast<i32, f32>(a, length, out);
}
export function cast_i32_f64(a: usize, length: i32, out: usize): void {
  cast<i32, f64>(a, length, out);
}
export function cast_i64_i8(a: usize, length: i32, out: usize): void {
  cast<i64, i8>(a, length, out);
}
export function cast_i64_i16(a: usize, length: i32, out: usize): void {
  cast<i64, i16>(a, length, out);
}
export function cast_i64_i32(a: usize, length: i32, out: usize): void {
  cast<i64, i32>(a, length, out);
}
export function cast_i64_f32(a: usize, length: i32, out: usize): void {
  cast<i64, f32>(a, length, out);
}
export function cast_i64_f64(a: usize, length: i32, out: usize): void {
  cast<i64, f64>(a, length, out);
}
export function cast_f32_i8(a: usize, length: i32, out: usize): void {
  cast<f32, i8>(a, length, out);
}
export function cast_f32_i16(a: usize, length: i32, out: usize): void {
  cast<f32, i16>(a, length, out);
}
export function cast_f32_i32(a: usize, length: i32, out: usize): void {
  cast<f32, i32>(a, length, out);
}
export function cast_f32_i64(a: usize, length: i32, out: usize): void {
  cast<f32, i64>(a, length, out);
}
export function cast_f32_f64(a: usize, length: i32, out: usize): void {
  cast<f32, f64>(a, length, out);
}
export function cast_f64_i8(a: usize, length: i32, out: usize): void {
  cast<f64, i8>(a, length, out);
}
export function cast_f64_i16(a: usize, length: i32, out: usize): void {
  cast<f64, i16>(a, length, out);
}
export function cast_f64_i32(a: usize, length: i32, out: usize): void {
  cast<f64, i32>(a, length, out);
}
export function cast_f64_i64(a: usize, length: i32, out: usize): void {
  cast<f64, i64>(a, length, out);
}
export function cast_f64_f32(a: usize, length: i32, out: usize): void {
  cast<f64, f32>(a, length, out);
}
export function cast_checked_i16_i8(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<i16, i8>(a, validity, length, out);
}
export function cast_checked_i32_i8(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<i32, i8>(a, validity, length, out);
}
export function cast_checked_i32_i16(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<i32, i16>(a, validity, length, out);
}
export function cast_checked_i64_i8(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<i64, i8>(a, validity, length, out);
}
export function cast_checked_i64_i16(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<i64, i16>(a, validity, length, out);
}
export function cast_checked_i64_i32(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<i64, i32>(a, validity, length, out);
}
export function cast_checked_f32_i8(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f32, i8>(a, validity, length, out);
}
export function cast_checked_f32_i16(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f32, i16>(a, validity, length, out);
}
export function cast_checked_f32_i32(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f32, i32>(a, validity, length, out);
}
export function cast_checked_f32_i64(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f32, i64>(a, validity, length, out);
}
export function cast_checked_f64_i8(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f64, i8>(a, validity, length, out);
}
export function cast_checked_f64_i16(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f64, i16>(a, validity, length, out);
}
export function cast_checked_f64_i32(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f64, i32>(a, validity, length, out);
}
export function cast_checked_f64_i64(a: usize, validity: usize, length: i32, out: usize): i32 {
  return castChecked<f64, i64>(a, validity, length, out);
}
