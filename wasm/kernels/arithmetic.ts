// Arithmetic over operands (pointer, step): whole vectors first, then row by row. Outputs are never written past their end.

const ADD = 0;
const SUB = 1;
const MUL = 2;

@inline
function wrapping<T>(op: i32, x: T, y: T): T {
  return <T>(op == ADD ? x + y : op == SUB ? x - y : x * y);
}

@inline
function wide<T>(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return v128.add<T>(a, b);
  if (op == SUB) return v128.sub<T>(a, b);
  if (sizeof<T>() > 1) return v128.mul<T>(a, b);
  return a;
}

@inline
function binary<T>(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  let left = length;
  if (sizeof<T>() > 1 || op != MUL) {
    const count = <i32>(16 / sizeof<T>());
    for (; left >= count; left -= count, a += aStep << 4, b += bStep << 4, out += 16) {
      v128.store(out, wide<T>(op, v128.load(a), v128.load(b)));
    }
  }
  for (; left > 0; left--, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    store<T>(out, wrapping<T>(op, load<T>(a), load<T>(b)));
  }
}

@inline
function isValidRow(validity: usize, row: i32): bool {
  return validity == 0 || ((load<u8>(validity + <usize>(row >> 3)) >> <u8>(row & 7)) & 1) == 1;
}

@inline
function overflows<T>(op: i32, x: T, y: T): bool {
  if (sizeof<T>() < 8) {
    const exact = op == ADD ? <i64>x + <i64>y : op == SUB ? <i64>x - <i64>y : <i64>x * <i64>y;
    return <i64><T>exact != exact;
  }
  const a = <i64>x;
  const b = <i64>y;
  if (op == ADD) return ((a ^ (a + b)) & (b ^ (a + b))) < 0;
  if (op == SUB) return ((a ^ b) & (a ^ (a - b))) < 0;
  if (<i64><i32>a == a && <i64><i32>b == b) return false;
  if (a == 0 || b == 0) return false;
  if ((a == -1 && b == i64.MIN_VALUE) || (b == -1 && a == i64.MIN_VALUE)) return true;
  return (a * b) / b != a;
}

@inline
function checked<T>(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  for (let row = 0; row < length; row++, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    const x = load<T>(a);
    const y = load<T>(b);
    if (overflows<T>(op, x, y) && isValidRow(validity, row)) return row;
    store<T>(out, wrapping<T>(op, x, y));
  }
  return -1;
}

@inline
function quotient<T>(x: T, y: T): T {
  if (isFloat<T>()) return x / y;
  return y == 0 ? <T>0 : y == <T>-1 ? <T>(<T>0 - x) : <T>(x / y);
}

@inline
function remainder<T>(x: T, y: T): T {
  if (isFloat<T>()) return <T>(x % y);
  return y == 0 || y == <T>-1 ? <T>0 : <T>(x % y);
}

@inline
function divide<T>(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  for (; length > 0; length--, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    store<T>(out, quotient<T>(load<T>(a), load<T>(b)));
  }
}

@inline
function modulo<T>(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  for (; length > 0; length--, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    store<T>(out, remainder<T>(load<T>(a), load<T>(b)));
  }
}

@inline
function minimum<T>(): T {
  return <T>((<i64>1 << 63) >> <i64>(64 - 8 * sizeof<T>()));
}

@inline
function divideChecked<T>(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  for (let row = 0; row < length; row++, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    const x = load<T>(a);
    const y = load<T>(b);
    if (y == 0 && isValidRow(validity, row)) return row << 1;
    if (y == <T>-1 && x == minimum<T>() && isValidRow(validity, row)) return (row << 1) | 1;
    store<T>(out, quotient<T>(x, y));
  }
  return -1;
}

@inline
function moduloChecked<T>(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  for (let row = 0; row < length; row++, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    const y = load<T>(b);
    if (y == 0 && isValidRow(validity, row)) return row;
    store<T>(out, remainder<T>(load<T>(a), y));
  }
  return -1;
}

@inline
function negate<T>(a: usize, length: i32, out: usize): void {
  for (; length > 0; length--, a += sizeof<T>(), out += sizeof<T>()) store<T>(out, <T>-load<T>(a));
}

@inline
function absolute<T>(a: usize, length: i32, out: usize): void {
  for (; length > 0; length--, a += sizeof<T>(), out += sizeof<T>()) {
    const x = load<T>(a);
    if (isFloat<T>()) store<T>(out, abs<T>(x));
    else store<T>(out, x < 0 ? <T>(<T>0 - x) : x);
  }
}

@inline
function findMinimum<T>(a: usize, validity: usize, length: i32): i32 {
  for (let row = 0; row < length; row++, a += sizeof<T>()) {
    if (load<T>(a) == minimum<T>() && isValidRow(validity, row)) return row;
  }
  return -1;
}

@inline
function negateChecked<T>(a: usize, validity: usize, length: i32, out: usize): i32 {
  const bad = findMinimum<T>(a, validity, length);
  if (bad < 0) negate<T>(a, length, out);
  return bad;
}

@inline
function absoluteChecked<T>(a: usize, validity: usize, length: i32, out: usize): i32 {
  const bad = findMinimum<T>(a, validity, length);
  if (bad < 0) absolute<T>(a, length, out);
  return bad;
}

export function add_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i8>(ADD, a, aStep, b, bStep, length, out);
}
export function add_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i16>(ADD, a, aStep, b, bStep, length, out);
}
export function add_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i32>(ADD, a, aStep, b, bStep, length, out);
}
export function add_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i64>(ADD, a, aStep, b, bStep, length, out);
}
export function add_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<f32>(ADD, a, aStep, b, bStep, length, out);
}
export function add_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<f64>(ADD, a, aStep, b, bStep, length, out);
}
export function add_checked_i8(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i8>(ADD, a, aStep, b, bStep, validity, length, out);
}
export function add_checked_i16(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i16>(ADD, a, aStep, b, bStep, validity, length, out);
}
export function add_checked_i32(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i32>(ADD, a, aStep, b, bStep, validity, length, out);
}
export function add_checked_i64(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i64>(ADD, a, aStep, b, bStep, validity, length, out);
}
export function sub_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i8>(SUB, a, aStep, b, bStep, length, out);
}
export function sub_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i16>(SUB, a, aStep, b, bStep, length, out);
}
export function sub_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i32>(SUB, a, aStep, b, bStep, length, out);
}
export function sub_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i64>(SUB, a, aStep, b, bStep, length, out);
}
export function sub_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<f32>(SUB, a, aStep, b, bStep, length, out);
}
export function sub_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<f64>(SUB, a, aStep, b, bStep, length, out);
}
export function sub_checked_i8(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i8>(SUB, a, aStep, b, bStep, validity, length, out);
}
export function sub_checked_i16(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i16>(SUB, a, aStep, b, bStep, validity, length, out);
}
export function sub_checked_i32(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i32>(SUB, a, aStep, b, bStep, validity, length, out);
}
export function sub_checked_i64(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i64>(SUB, a, aStep, b, bStep, validity, length, out);
}
export function mul_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i8>(MUL, a, aStep, b, bStep, length, out);
}
export function mul_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i16>(MUL, a, aStep, b, bStep, length, out);
}
export function mul_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i32>(MUL, a, aStep, b, bStep, length, out);
}
export function mul_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<i64>(MUL, a, aStep, b, bStep, length, out);
}
export function mul_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<f32>(MUL, a, aStep, b, bStep, length, out);
}
export function mul_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  binary<f64>(MUL, a, aStep, b, bStep, length, out);
}
export function mul_checked_i8(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i8>(MUL, a, aStep, b, bStep, validity, length, out);
}
export function mul_checked_i16(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i16>(MUL, a, aStep, b, bStep, validity, length, out);
}
export function mul_checked_i32(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i32>(MUL, a, aStep, b, bStep, validity, length, out);
}
export function mul_checked_i64(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return checked<i64>(MUL, a, aStep, b, bStep, validity, length, out);
}
export function div_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  divide<i8>(a, aStep, b, bStep, length, out);
}
export function div_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  divide<i16>(a, aStep, b, bStep, length, out);
}
export function div_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  divide<i32>(a, aStep, b, bStep, length, out);
}
export function div_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  divide<i64>(a, aStep, b, bStep, length, out);
}
export function div_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  divide<f32>(a, aStep, b, bStep, length, out);
}
export function div_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  divide<f64>(a, aStep, b, bStep, length, out);
}
export function div_checked_i8(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return divideChecked<i8>(a, aStep, b, bStep, validity, length, out);
}
export function div_checked_i16(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return divideChecked<i16>(a, aStep, b, bStep, validity, length, out);
}
export function div_checked_i32(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return divideChecked<i32>(a, aStep, b, bStep, validity, length, out);
}
export function div_checked_i64(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return divideChecked<i64>(a, aStep, b, bStep, validity, length, out);
}
export function rem_i8(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  modulo<i8>(a, aStep, b, bStep, length, out);
}
export function rem_i16(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  modulo<i16>(a, aStep, b, bStep, length, out);
}
export function rem_i32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  modulo<i32>(a, aStep, b, bStep, length, out);
}
export function rem_i64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  modulo<i64>(a, aStep, b, bStep, length, out);
}
export function rem_f32(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  modulo<f32>(a, aStep, b, bStep, length, out);
}
export function rem_f64(a: usize, aStep: usize, b: usize, bStep: usize, length: i32, out: usize): void {
  modulo<f64>(a, aStep, b, bStep, length, out);
}
export function rem_checked_i8(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return moduloChecked<i8>(a, aStep, b, bStep, validity, length, out);
}
export function rem_checked_i16(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return moduloChecked<i16>(a, aStep, b, bStep, validity, length, out);
}
export function rem_checked_i32(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return moduloChecked<i32>(a, aStep, b, bStep, validity, length, out);
}
export function rem_checked_i64(a: usize, aStep: usize, b: usize, bStep: usize, validity: usize, length: i32, out: usize): i32 {
  return moduloChecked<i64>(a, aStep, b, bStep, validity, length, out);
}
export function neg_i8(a: usize, length: i32, out: usize): void {
  negate<i8>(a, length, out);
}
export function neg_i16(a: usize, length: i32, out: usize): void {
  negate<i16>(a, length, out);
}
export function neg_i32(a: usize, length: i32, out: usize): void {
  negate<i32>(a, length, out);
}
export function neg_i64(a: usize, length: i32, out: usize): void {
  negate<i64>(a, length, out);
}
export function neg_f32(a: usize, length: i32, out: usize): void {
  negate<f32>(a, length, out);
}
export function neg_f64(a: usize, length: i32, out: usize): void {
  negate<f64>(a, length, out);
}
export function neg_checked_i8(a: usize, validity: usize, length: i32, out: usize): i32 {
  return negateChecked<i8>(a, validity, length, out);
}
export function neg_checked_i16(a: usize, validity: usize, length: i32, out: usize): i32 {
  return negateChecked<i16>(a, validity, length, out);
}
export function neg_checked_i32(a: usize, validity: usize, length: i32, out: usize): i32 {
  return negateChecked<i32>(a, validity, length, out);
}
export function neg_checked_i64(a: usize, validity: usize, length: i32, out: usize): i32 {
  return negateChecked<i64>(a, validity, length, out);
}
export function abs_i8(a: usize, length: i32, out: usize): void {
  absolute<i8>(a, length, out);
}
export function abs_i16(a: usize, length: i32, out: usize): void {
  absolute<i16>(a, length, out);
}
export function abs_i32(a: usize, length: i32, out: usize): void {
  absolute<i32>(a, length, out);
}
export function abs_i64(a: usize, length: i32, out: usize): void {
  absolute<i64>(a, length, out);
}
export function abs_f32(a: usize, length: i32, out: usize): void {
  absolute<f32>(a, length, out);
}
export function abs_f64(a: usize, length: i32, out: usize): void {
  absolute<f64>(a, length, out);
}
export function abs_checked_i8(a: usize, validity: usize, length: i32, out: usize): i32 {
  return absoluteChecked<i8>(a, validity, length, out);
}
export function abs_checked_i16(a: usize, validity: usize, length: i32, out: usize): i32 {
  return absoluteChecked<i16>(a, validity, length, out);
}
export function abs_checked_i32(a: usize, validity: usize, length: i32, out: usize): i32 {
  return absoluteChecked<i32>(a, validity, length, out);
}
export function abs_checked_i64(a: usize, validity: usize, length: i32, out: usize): i32 {
  return absoluteChecked<i64>(a, validity, length, out);
}
