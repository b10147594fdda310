// Dense groups: one record for each pane of time × key id, addressed without hashing. Layouts: wasm/abi/dense-layout.ts.
import {
  DENSE_DIRECTORY,
  DENSE_DIRECTORY_COUNT,
  DENSE_FIRST_PANE,
  DENSE_KEY_BASE,
  DENSE_KEY_COUNT,
  DENSE_ORIGIN,
  DENSE_PANE_MICROS,
  DENSE_STRIDE,
  DENSE_TIME_STEP,
} from '../abi/dense-layout';

const COUNT = 0;
const COUNT_SUM = 1;
const RECORDS = 2;

/** The records of a pane, 0 where there are none. */
@inline
function paneAt(state: usize, pane: i64): usize {
  const at = <u64>(pane - load<i64>(state, DENSE_FIRST_PANE));
  if (at >= <u64>load<u32>(state, DENSE_DIRECTORY_COUNT)) return 0;
  return <usize>load<u32>(<usize>load<u32>(state, DENSE_DIRECTORY) + (<usize>at << 2));
}

@inline
function floorDivide(a: i64, b: i64): i64 {
  const q = a / b;
  return a - q * b < 0 ? q - 1 : q;
}

/** `K`: i64 and i32 are keys, u32 ids. `extra`: the values of COUNT_SUM, the output of RECORDS. */
@inline
function add<K>(form: i32, state: usize, times: usize, keys: usize, from: i32, length: i32, extra: usize): i32 {
  const origin = load<i64>(state, DENSE_ORIGIN);
  const paneMicros = load<i64>(state, DENSE_PANE_MICROS);
  const keyCount = <u64>load<u32>(state, DENSE_KEY_COUNT);
  const keyBase = load<i64>(state, DENSE_KEY_BASE);
  const stride = <usize>load<u32>(state, DENSE_STRIDE);
  const timeStep = <usize>load<u32>(state, DENSE_TIME_STEP);
  const one = f64x2(1, 0);
  // The pane of the row before: times `low .. low + span`. One comparison says whether a time is of it.
  let low: i64 = 0;
  let span: u64 = 0;
  let records: usize = 0;
  const extraStep: usize = form == COUNT_SUM ? 8 : 4;
  times += <usize>from * timeStep;
  extra += <usize>from * extraStep;
  let key = keys + <usize>from * sizeof<K>();
  const end = keys + <usize>length * sizeof<K>();
  for (; key < end; key += sizeof<K>(), times += timeStep, extra += extraStep) {
    const t = load<i64>(times);
    if (<u64>(t - low) >= span) {
      const pane = floorDivide(t - origin, paneMicros);
      records = paneAt(state, pane);
      if (records == 0) return <i32>((key - keys) / sizeof<K>());
      low = origin + pane * paneMicros;
      span = paneMicros;
    }
    const id = isSigned<K>() ? <u64>(<i64>load<K>(key) - keyBase) : <u64>load<K>(key);
    if (id >= keyCount) return <i32>((key - keys) / sizeof<K>());
    if (form == COUNT) {
      const record = records + (<usize>id << 3);
      store<f64>(record, load<f64>(record) + 1);
    } else if (form == COUNT_SUM) {
      const record = records + (<usize>id << 4);
      v128.store(record, f64x2.add(v128.load(record), f64x2.replace_lane(one, 1, load<f64>(extra))));
    } else {
      const record = records + <usize>id * stride;
      store<f64>(record, load<f64>(record) + 1);
      store<u32>(extra, <u32>record);
    }
  }
  return length;
}

export function dense_count_i64(state: usize, times: usize, keys: usize, from: i32, length: i32): i32 {
  return add<i64>(COUNT, state, times, keys, from, length, 0);
}
export function dense_count_i32(state: usize, times: usize, keys: usize, from: i32, length: i32): i32 {
  return add<i32>(COUNT, state, times, keys, from, length, 0);
}
export function dense_count_ids(state: usize, times: usize, keys: usize, from: i32, length: i32): i32 {
  return add<u32>(COUNT, state, times, keys, from, length, 0);
}

export function dense_count_sum_i64(s: usize, times: usize, keys: usize, from: i32, length: i32, values: usize): i32 {
  return add<i64>(COUNT_SUM, s, times, keys, from, length, values);
}
export function dense_count_sum_i32(s: usize, times: usize, keys: usize, from: i32, length: i32, values: usize): i32 {
  return add<i32>(COUNT_SUM, s, times, keys, from, length, values);
}
export function dense_count_sum_ids(s: usize, times: usize, keys: usize, from: i32, length: i32, values: usize): i32 {
  return add<u32>(COUNT_SUM, s, times, keys, from, length, values);
}

export function dense_records_i64(s: usize, times: usize, keys: usize, from: i32, length: i32, out: usize): i32 {
  return add<i64>(RECORDS, s, times, keys, from, length, out);
}
export function dense_records_i32(s: usize, times: usize, keys: usize, from: i32, length: i32, out: usize): i32 {
  return add<i32>(RECORDS, s, times, keys, from, length, out);
}
export function dense_records_ids(s: usize, times: usize, keys: usize, from: i32, length: i32, out: usize): i32 {
  return add<u32>(RECORDS, s, times, keys, from, length, out);
}

export function dense_sum_f64(records: usize, values: usize, length: i32, slot: usize): void {
  for (const end = records + (<usize>length << 2); records < end; records += 4, values += 8) {
    const at = <usize>load<u32>(records) + slot;
    store<f64>(at, load<f64>(at) + load<f64>(values));
  }
}

@inline
function sumIntegers<T>(checked: i32, records: usize, values: usize, length: i32, slot: usize): i32 {
  for (let row = 0; row < length; row++) {
    const at = <usize>load<u32>(records + (<usize>row << 2)) + slot;
    const x = <i64>load<T>(values + <usize>row * sizeof<T>());
    const sum = load<i64>(at);
    const next = sum + x;
    if (checked && ((sum ^ next) & (x ^ next)) < 0) return row;
    store<i64>(at, next);
  }
  return -1;
}

export function dense_sum_i64(checked: i32, records: usize, values: usize, length: i32, slot: usize): i32 {
  return sumIntegers<i64>(checked, records, values, length, slot);
}
export function dense_sum_i32(checked: i32, records: usize, values: usize, length: i32, slot: usize): i32 {
  return sumIntegers<i32>(checked, records, values, length, slot);
}

export function dense_add(target: usize, source: usize, bytes: usize): void {
  const end = target + (bytes & ~15);
  for (; target < end; target += 16, source += 16) {
    v128.store(target, f64x2.add(v128.load(target), v128.load(source)));
  }
  if (bytes & 8) store<f64>(target, load<f64>(target) + load<f64>(source));
}

export function dense_merge(
  checked: i32, target: usize, source: usize, count: i32, stride: usize, integers: u32, remap: usize,
): i32 {
  for (let id = 0; id < count; id++, source += stride) {
    if (load<f64>(source) == 0) continue;
    const to = target + (remap == 0 ? <usize>id : <usize>load<u32>(remap + (<usize>id << 2))) * stride;
    for (let slot: usize = 0; slot < stride; slot += 8) {
      if ((integers >> <u32>(slot >> 3)) & 1) {
        const sum = load<i64>(to + slot);
        const x = load<i64>(source + slot);
        const next = sum + x;
        if (checked && ((sum ^ next) & (x ^ next)) < 0) return id;
        store<i64>(to + slot, next);
      } else {
        store<f64>(to + slot, load<f64>(to + slot) + load<f64>(source + slot));
      }
    }
  }
  return -1;
}

export function dense_live(records: usize, stride: usize, count: i32, out: usize): i32 {
  const first = out;
  for (let id = 0; id < count; id++, records += stride) {
    store<u32>(out, id);
    out += <usize>(load<u64>(records) != 0) << 2;
  }
  return <i32>((out - first) >> 2);
}

export function dense_counts(ids: usize, count: i32, records: usize, stride: usize, out: usize): void {
  for (const end = ids + (<usize>count << 2); ids < end; ids += 4, out += 8) {
    store<i64>(out, <i64>load<f64>(records + <usize>load<u32>(ids) * stride));
  }
}

export function dense_values(ids: usize, count: i32, records: usize, stride: usize, slot: usize, out: usize): void {
  records += slot;
  for (const end = ids + (<usize>count << 2); ids < end; ids += 4, out += 8) {
    store<u64>(out, load<u64>(records + <usize>load<u32>(ids) * stride));
  }
}

export function dense_keys_i64(ids: usize, count: i32, base: i64, out: usize): void {
  for (const end = ids + (<usize>count << 2); ids < end; ids += 4, out += 8) store<i64>(out, base + <i64>load<u32>(ids));
}

export function dense_keys_i32(ids: usize, count: i32, base: i64, out: usize): void {
  for (const end = ids + (<usize>count << 2); ids < end; ids += 4, out += 4) {
    store<i32>(out, <i32>(base + <i64>load<u32>(ids)));
  }
}

export function fill_i64(value: i64, count: i32, out: usize): void {
  for (const end = out + (<usize>count << 3); out < end; out += 8) store<i64>(out, value);
}
