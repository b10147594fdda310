// Dictionaries: distinct keys → dense ids in order of appearance. They stop at the first row for which there is no room;
// TypeScript (kernel/physical/group-table) grows them and goes on from that row.
//
// control block (u32 words)       word slot, 16 B            bytes slot, 32 B                   bytes entry by id, 16 B
//   0  count of ids                 0  key u64                 0  first 8 bytes, or hash          0  pointer u32
//   4  most ids there is room for   8  id + 1 u32, 0: empty    8  next 8 bytes, or pointer        4  length u32
//   8  id of null + 1, 0: none                                16  length u32
//  12  heap: next free byte                                   20  id + 1 u32, 0: empty
//  16  heap: end
//  20  count of keys in the hash table
//  24  most keys that the hash table takes
//
// A word dictionary's `direct` table holds id + 1 of the keys base .. base + directCount: dense integers need no hashing.

const K1: u64 = 0x9e3779b97f4a7c15;
const K2: u64 = 0xd6e8feb86659fd93;
const K3: u64 = 0xa0761d6478bd642f;
const K4: u64 = 0xe7037ed1a0b428db;

@inline
function isNull(validity: usize, row: i32): bool {
  return validity != 0 && ((load<u8>(validity + <usize>(row >> 3)) >> <u8>(row & 7)) & 1) == 0;
}

/** The id of null, made where there is none yet; -1 where there is no room. */
@inline
function nullId(control: usize): i32 {
  let id = load<u32>(control, 8);
  if (id == 0) {
    const count = load<u32>(control);
    if (count >= load<u32>(control, 4)) return -1;
    id = count + 1;
    store<u32>(control, id);
    store<u32>(control, id, 8);
  }
  return <i32>(id - 1);
}

@inline
function wordSlot(key: u64, shift: u64): usize {
  return <usize>((key * K1) >> shift) << 4;
}

/** Ids of rows up to the first whose key is not in the direct table: @returns its number. The common case, in a tight loop. */
@inline
function knownDirect(words: usize, from: i32, length: i32, ids: usize, direct: usize, base: i64, span: u64): i32 {
  let p = words + (<usize>from << 3);
  const end = words + (<usize>length << 3);
  let out = ids + (<usize>from << 2);
  for (; p < end; p += 8, out += 4) {
    const d = load<u64>(p) - <u64>base;
    if (d >= span) break;
    const id = load<u32>(direct + (<usize>d << 2));
    if (id == 0) break;
    store<u32>(out, id - 1);
  }
  return <i32>((p - words) >> 3);
}

/** Rows `from .. length` of `words` to ids. @returns length, or the first row without an id: the table is full there */
export function dict_words(
  words: usize, validity: usize, from: i32, length: i32, ids: usize, control: usize,
  table: usize, bits: i32, keys: usize, direct: usize, base: i64, directCount: i32,
): i32 {
  const shift: u64 = 64 - bits;
  const mask: usize = (<usize>16 << bits) - 1;
  const span = <u64>directCount;
  for (let row = from; row < length; row++) {
    if (validity == 0) {
      row = knownDirect(words, row, length, ids, direct, base, span);
      if (row == length) return length;
    }
    if (isNull(validity, row)) {
      const id = nullId(control);
      if (id < 0) return row;
      store<u64>(keys + (<usize>id << 3), 0);
      store<u32>(ids + (<usize>row << 2), id);
      continue;
    }
    const key = load<u64>(words + (<usize>row << 3));
    let at: usize;
    let id: u32;
    const d = key - <u64>base;
    if (d < span) {
      at = direct + (<usize>d << 2);
      id = load<u32>(at);
    } else {
      let h = wordSlot(key, shift);
      id = load<u32>(table + h, 8);
      while (id != 0 && load<u64>(table + h) != key) {
        h = (h + 16) & mask;
        id = load<u32>(table + h, 8);
      }
      at = table + h + 8;
    }
    if (id == 0) {
      id = load<u32>(control);
      if (id >= load<u32>(control, 4)) return row;
      if (d >= span) {
        const hashed = load<u32>(control, 20);
        if (hashed >= load<u32>(control, 24)) return row;
        store<u32>(control, hashed + 1, 20);
        store<u64>(at - 8, key);
      }
      store<u64>(keys + (<usize>id << 3), key);
      id++;
      store<u32>(control, id);
      store<u32>(at, id);
    }
    store<u32>(ids + (<usize>row << 2), id - 1);
  }
  return length;
}

/** Puts the known keys into an empty (zeroed) table and direct table. */
export function dict_words_rebuild(
  keys: usize, control: usize, table: usize, bits: i32, direct: usize, base: i64, directCount: i32,
): void {
  const shift: u64 = 64 - bits;
  const mask: usize = (<usize>16 << bits) - 1;
  const count = load<u32>(control);
  const none = load<u32>(control, 8);
  let hashed = 0;
  for (let id: u32 = 1; id <= count; id++) {
    if (id == none) continue;
    const key = load<u64>(keys + (<usize>(id - 1) << 3));
    const d = key - <u64>base;
    if (d < <u64>directCount) {
      store<u32>(direct + (<usize>d << 2), id);
      continue;
    }
    let h = wordSlot(key, shift);
    while (load<u32>(table + h, 8) != 0) h = (h + 16) & mask;
    store<u64>(table + h, key);
    store<u32>(table + h, id, 8);
    hashed++;
  }
  store<u32>(control, hashed, 20);
}

/** Up to 8 bytes at `p` as a number, zero above. Reads 8 bytes. */
@inline
function head(p: usize, bytes: u32): u64 {
  return bytes >= 8 ? load<u64>(p) : bytes == 0 ? 0 : load<u64>(p) & (u64.MAX_VALUE >> <u64>(64 - (bytes << 3)));
}

/**
 * Strings of 17 to 64 bytes are covered by four pieces of 16 that may overlap, at 0, `second`, `third` and the end: their
 * length decides no branch.
 */
@inline
function second(bytes: u32): usize {
  return min<usize>(16, <usize>bytes - 16);
}
@inline
function third(bytes: u32): usize {
  return max<usize>(32, <usize>bytes) - 32;
}

@inline
function mixPair(p: usize, a: u64, b: u64): u64 {
  return (load<u64>(p) * a) ^ rotr(load<u64>(p, 8) * b, 32);
}

function mediumHash(p: usize, bytes: u32): u64 {
  let h = mixPair(p, K1, K2) + bytes;
  h += rotr(mixPair(p + second(bytes), K2, K1), 17);
  h += rotr(mixPair(p + third(bytes), K3, K4), 31);
  h += rotr(mixPair(p + <usize>bytes - 16, K4, K3), 47);
  h = (h ^ (h >> 32)) * K1;
  return h ^ (h >> 29);
}

@inline
function differs(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
}

@inline
function sameMedium(a: usize, b: usize, bytes: u32): bool {
  const last = <usize>bytes - 16;
  const head = v128.or(differs(a, b), differs(a + second(bytes), b + second(bytes)));
  const tail = v128.or(differs(a + third(bytes), b + third(bytes)), differs(a + last, b + last));
  return !v128.any_true(v128.or(head, tail));
}

/** For more than 16 bytes: the last word overlaps. */
@inline
function longHash(p: usize, bytes: u32): u64 {
  if (bytes <= 64) return mediumHash(p, bytes);
  let h: u64 = bytes;
  const last = p + <usize>bytes - 8;
  for (; p < last; p += 8) {
    h = (h ^ load<u64>(p)) * K1;
    h ^= h >> 29;
  }
  h = (h ^ load<u64>(last)) * K1;
  return h ^ (h >> 32);
}

@inline
function bytesSlot(low: u64, high: u64, bytes: u32, shift: u64): usize {
  return <usize>((((low * K1) ^ (high + bytes)) * K2) >> shift) << 5;
}

@inline
function sameBytes(a: usize, b: usize, bytes: u32): bool {
  if (bytes <= 64) return sameMedium(a, b, bytes);
  const last = <usize>bytes - 8;
  for (let i: usize = 0; i < last; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  return load<u64>(a + last) == load<u64>(b + last);
}

/** Rows `from .. length` to ids; the bytes of new keys are copied to the heap. @returns as dict_words does */
export function dict_bytes(
  offsets: usize, data: usize, validity: usize, from: i32, length: i32, ids: usize, control: usize,
  table: usize, bits: i32, entries: usize,
): i32 {
  const shift: u64 = 64 - bits;
  const mask: usize = (<usize>32 << bits) - 1;
  let begin = load<u32>(offsets + (<usize>from << 2));
  for (let row = from; row < length; row++) {
    const end = load<u32>(offsets + (<usize>row << 2), 4);
    const p = data + <usize>begin;
    const bytes = end - begin;
    begin = end;
    if (isNull(validity, row)) {
      const id = nullId(control);
      if (id < 0) return row;
      store<u64>(entries + (<usize>id << 4), 0);
      store<u32>(ids + (<usize>row << 2), id);
      continue;
    }
    const low = bytes > 16 ? longHash(p, bytes) : head(p, bytes);
    const high = bytes > 16 || bytes <= 8 ? 0 : head(p + 8, bytes - 8);
    let h = bytesSlot(low, high, bytes, shift);
    let id: u32 = 0;
    while (true) {
      const slot = table + h;
      id = load<u32>(slot, 20);
      if (id == 0) {
        id = addBytes(p, bytes, control, entries);
        if (id == 0) return row;
        store<u64>(slot, low);
        store<u64>(slot, bytes > 16 ? <u64>load<u32>(entries + (<usize>(id - 1) << 4)) : high, 8);
        store<u32>(slot, bytes, 16);
        store<u32>(slot, id, 20);
        break;
      }
      if (load<u64>(slot) == low && load<u32>(slot, 16) == bytes) {
        if (bytes <= 16 ? load<u64>(slot, 8) == high : sameBytes(<usize>load<u64>(slot, 8), p, bytes)) break;
      }
      h = (h + 32) & mask;
    }
    store<u32>(ids + (<usize>row << 2), id - 1);
  }
  return length;
}

/** @returns the new id + 1, or 0 where ids or heap are full */
function addBytes(p: usize, bytes: u32, control: usize, entries: usize): u32 {
  const id = load<u32>(control);
  const heap = load<u32>(control, 12);
  if (id >= load<u32>(control, 4) || load<u32>(control, 16) - heap < bytes) return 0;
  memory.copy(<usize>heap, p, <usize>bytes);
  store<u32>(control, heap + bytes, 12);
  store<u32>(entries + (<usize>id << 4), heap);
  store<u32>(entries + (<usize>id << 4), bytes, 4);
  store<u32>(control, id + 1);
  return id + 1;
}

export function dict_bytes_rebuild(entries: usize, control: usize, table: usize, bits: i32): void {
  const shift: u64 = 64 - bits;
  const mask: usize = (<usize>32 << bits) - 1;
  const count = load<u32>(control);
  const none = load<u32>(control, 8);
  for (let id: u32 = 1; id <= count; id++) {
    if (id == none) continue;
    const p = <usize>load<u32>(entries + (<usize>(id - 1) << 4));
    const bytes = load<u32>(entries + (<usize>(id - 1) << 4), 4);
    const low = bytes > 16 ? longHash(p, bytes) : head(p, bytes);
    const high = bytes > 16 || bytes <= 8 ? 0 : head(p + 8, bytes - 8);
    let h = bytesSlot(low, high, bytes, shift);
    while (load<u32>(table + h, 20) != 0) h = (h + 32) & mask;
    store<u64>(table + h, low);
    store<u64>(table + h, bytes > 16 ? <u64>p : high, 8);
    store<u32>(table + h, bytes, 16);
    store<u32>(table + h, id, 20);
  }
}

// ── words of key columns: equal keys have equal words ────────────────────────────────────────────────────────────────

@inline
function widen<T>(values: usize, length: i32, out: usize): void {
  for (; length > 0; length--, values += sizeof<T>(), out += 8) store<i64>(out, <i64>load<T>(values));
}

export function words_i8(values: usize, length: i32, out: usize): void {
  widen<i8>(values, length, out);
}
export function words_i16(values: usize, length: i32, out: usize): void {
  widen<i16>(values, length, out);
}
export function words_i32(values: usize, length: i32, out: usize): void {
  widen<i32>(values, length, out);
}

/** -0.0 becomes 0.0, every NaN the same NaN. */
export function words_f64(values: usize, length: i32, out: usize): void {
  for (; length > 0; length--, values += 8, out += 8) {
    const x = load<f64>(values) + 0.0;
    store<u64>(out, x != x ? 0x7ff8000000000000 : reinterpret<u64>(x));
  }
}
export function words_f32(values: usize, length: i32, out: usize): void {
  for (; length > 0; length--, values += 4, out += 8) {
    const x = load<f32>(values) + 0.0;
    store<u64>(out, x != x ? 0x7fc00000 : <u64>reinterpret<u32>(x));
  }
}
/** Half of each decimal: `offset` 0 the low, 8 the high word. */
export function words_d128(values: usize, offset: usize, length: i32, out: usize): void {
  for (values += offset; length > 0; length--, values += 16, out += 8) store<u64>(out, load<u64>(values));
}
export function words_bits(bits: usize, length: i32, out: usize): void {
  for (let row = 0; row < length; row++, out += 8) {
    store<u64>(out, <u64>((load<u8>(bits + <usize>(row >> 3)) >> <u8>(row & 7)) & 1));
  }
}
/** a << 32 | b */
export function words_pair(a: usize, b: usize, length: i32, out: usize): void {
  for (; length > 0; length--, a += 4, b += 4, out += 8) store<u64>(out, (<u64>load<u32>(a) << 32) | <u64>load<u32>(b));
}
/** The ids that `words_pair` packed, of the keys numbered `ids`. `outA` may be `ids`. */
export function unpack_pairs(keys: usize, ids: usize, count: i32, outA: usize, outB: usize): void {
  for (; count > 0; count--, ids += 4, outA += 4, outB += 4) {
    const word = load<u64>(keys + (<usize>load<u32>(ids) << 3));
    store<u32>(outA, <u32>(word >> 32));
    store<u32>(outB, <u32>word);
  }
}

// ── keys back to columns ─────────────────────────────────────────────────────────────────────────────────────────────

/** Writes count + 1 offsets. @returns bytes in all, or -1 beyond 2^31 - 1 */
export function entry_offsets(entries: usize, entryBytes: i32, ids: usize, count: i32, outOffsets: usize): i32 {
  let total: i64 = 0;
  store<u32>(outOffsets, 0);
  for (; count > 0; count--, ids += 4) {
    total += <i64>load<u32>(entries + <usize>load<u32>(ids) * <usize>entryBytes, 4);
    outOffsets += 4;
    store<u32>(outOffsets, <u32>total);
  }
  return total > i32.MAX_VALUE ? -1 : <i32>total;
}
export function entry_bytes(entries: usize, entryBytes: i32, ids: usize, count: i32, out: usize): void {
  for (; count > 0; count--, ids += 4) {
    const entry = entries + <usize>load<u32>(ids) * <usize>entryBytes;
    const bytes = <usize>load<u32>(entry, 4);
    memory.copy(out, <usize>load<u32>(entry), bytes);
    out += bytes;
  }
}
/** Bits set where the id is not `excluded` (an id + 1 as in the control block). @returns how many are not set */
export function ids_differ(ids: usize, excluded: u32, count: i32, out: usize): i32 {
  let equal = 0;
  for (let row = 0; row < count; row += 8, out++) {
    let m = 0;
    const k1 = min(8, count - row);
    for (let k = 0; k < k1; k++, ids += 4) {
      const differs = load<u32>(ids) + 1 != excluded;
      m |= <i32>differs << k;
      equal += <i32>!differs;
    }
    store<u8>(out, m);
  }
  return equal;
}

// ── panes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** @returns the id + 1 of a word, 0 where it is not known */
function findWord(key: u64, table: usize, bits: i32, direct: usize, base: i64, directCount: i32): u32 {
  const d = key - <u64>base;
  if (d < <u64>directCount) return load<u32>(direct + (<usize>d << 2));
  const mask: usize = (<usize>16 << bits) - 1;
  let h = wordSlot(key, 64 - bits);
  let id = load<u32>(table + h, 8);
  while (id != 0 && load<u64>(table + h) != key) {
    h = (h + 16) & mask;
    id = load<u32>(table + h, 8);
  }
  return id;
}

/**
 * Group ids of (pane, key): id of the pane * keyCapacity + id of the key. Equal panes in a row are looked up once.
 * The panes' dictionary is given as for dict_words; `nullPane` is the id of the null pane or -1.
 * @returns length, or the first row whose pane is not known
 */
export function pane_ids(
  paneWords: usize, validity: usize, keyIds: usize, from: i32, length: i32, nullPane: i32, keyCapacity: u32, out: usize,
  table: usize, bits: i32, direct: usize, base: i64, directCount: i32,
): i32 {
  let current: u64 = 0;
  let first: u32 = 0;
  let known = false;
  for (let row = from; row < length; row++) {
    if (isNull(validity, row)) {
      if (nullPane < 0) return row;
      store<u32>(out + (<usize>row << 2), <u32>nullPane * keyCapacity + load<u32>(keyIds + (<usize>row << 2)));
      continue;
    }
    const word = load<u64>(paneWords + (<usize>row << 3));
    if (word != current || !known) {
      const id = findWord(word, table, bits, direct, base, directCount);
      if (id == 0) return row;
      current = word;
      first = (id - 1) * keyCapacity;
      known = true;
    }
    store<u32>(out + (<usize>row << 2), first + load<u32>(keyIds + (<usize>row << 2)));
  }
  return length;
}

/** Whether all words are equal. */
export function words_equal(words: usize, length: i32): i32 {
  const first = v128.load64_splat(words);
  let differ = i64x2.splat(0);
  const end = words + (<usize>length << 3);
  for (; words + 64 <= end; words += 64) {
    differ = v128.or(differ, v128.or(
      v128.or(v128.xor(v128.load(words), first), v128.xor(v128.load(words, 16), first)),
      v128.or(v128.xor(v128.load(words, 32), first), v128.xor(v128.load(words, 48), first)),
    ));
  }
  for (; words < end; words += 8) differ = v128.or(differ, v128.xor(v128.load64_splat(words), first));
  return <i32>!v128.any_true(differ);
}

/** Group ids to slots and key ids. `outKey` may be `ids`. */
export function unpack_panes(ids: usize, count: i32, keyCapacity: u32, outSlot: usize, outKey: usize): void {
  for (; count > 0; count--, ids += 4, outSlot += 4, outKey += 4) {
    const id = load<u32>(ids);
    store<u32>(outSlot, id / keyCapacity);
    store<u32>(outKey, id % keyCapacity);
  }
}
