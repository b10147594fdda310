import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createTestEngine } from '../support/engine.ts';
import { guarded, readBits, readStrings, readValues, writeBits, writeStrings, writeValues } from './support.ts';

const { kernels, memory } = await createTestEngine();
const text = fc.oneof(
  fc.string({ maxLength: 40, unit: 'grapheme' }),
  fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', ' ') }),
  fc.string({ maxLength: 70, unit: 'grapheme-ascii' }),
);
const column = fc.array(text, { maxLength: 20 });

const PREDICATES = {
  eq_bytes: (a: Buffer, b: Buffer) => a.equals(b),
  ne_bytes: (a: Buffer, b: Buffer) => !a.equals(b),
  lt_bytes: (a: Buffer, b: Buffer) => a.compare(b) < 0,
  le_bytes: (a: Buffer, b: Buffer) => a.compare(b) <= 0,
  gt_bytes: (a: Buffer, b: Buffer) => a.compare(b) > 0,
  ge_bytes: (a: Buffer, b: Buffer) => a.compare(b) >= 0,
  bytes_starts_with: (a: Buffer, b: Buffer) => a.subarray(0, b.length).equals(b),
  bytes_ends_with: (a: Buffer, b: Buffer) => a.length >= b.length && a.subarray(a.length - b.length).equals(b),
  bytes_contains: (a: Buffer, b: Buffer) => a.includes(b),
} as const;

for (const name of Object.keys(PREDICATES) as (keyof typeof PREDICATES)[]) {
  test(`${name} of columns and of a constant`, () => {
    fc.assert(
      fc.property(column, text, fc.boolean(), fc.nat(), fc.nat(), (values, other, isConstant, from, to) => {
        const arena = memory.createArena('test');
        // Parts of the values themselves, so that there are hits.
        const others = values.map((v, i) =>
          i % 3 === 0 ? v.slice(from % (v.length + 1), to % (v.length + 2)) : i % 3 === 1 ? v : other,
        );
        const constant = others[0] ?? other;
        const a = writeStrings(values, arena);
        const b = writeStrings(isConstant ? [constant] : others, arena);
        const out = guarded((values.length + 7) >> 3, arena);
        kernels[name](a.offsets, a.data, 1, b.offsets, b.data, isConstant ? 0 : 1, values.length, out.pointer);
        const expected = values.map((v, i) =>
          PREDICATES[name](Buffer.from(v), Buffer.from(isConstant ? constant : (others[i] ?? ''))),
        );
        assert.deepEqual(readBits(out.pointer, values.length, arena), expected);
        assert.ok(out.isIntact());
        arena.release();
      }),
      { includeErrorInReport: true },
    );
  });
}

test('length, case, trim, substring, concat', () => {
  const position = fc.integer({ min: -8, max: 8 });
  fc.assert(
    fc.property(column, column, position, fc.integer({ min: -1, max: 9 }), (values, others, start, count) => {
      const arena = memory.createArena('test');
      const n = values.length;
      const a = writeStrings(values, arena);
      const lengths = arena.allocate(n * 4);
      kernels.utf8_length(a.offsets, a.data, n, lengths);
      assert.deepEqual(
        readValues('i32', lengths, n, arena),
        values.map((v) => BigInt(Array.from(v).length)),
      );
      kernels.bytes_length(a.offsets, n, lengths);
      assert.deepEqual(
        readValues('i32', lengths, n, arena),
        values.map((v) => BigInt(Buffer.byteLength(v))),
      );

      const isAscii = values.every((v) => !/[^\0-\x7f]/.test(v));
      const out = guarded(a.bytes, arena);
      assert.equal(kernels.ascii_upper(a.data, a.bytes, out.pointer), isAscii ? 1 : 0);
      if (isAscii)
        assert.deepEqual(
          readStrings(a.offsets, out.pointer, n, arena),
          values.map((v) => v.toUpperCase()),
        );
      assert.equal(kernels.ascii_lower(a.data, a.bytes, out.pointer), isAscii ? 1 : 0);
      if (isAscii)
        assert.deepEqual(
          readStrings(a.offsets, out.pointer, n, arena),
          values.map((v) => v.toLowerCase()),
        );

      const offsets = arena.allocate((n + 1) * 4);
      for (const [sides, pattern] of [
        [1, /^ +/],
        [2, / +$/],
        [3, /^ +| +$/g],
      ] as const) {
        kernels.utf8_trim(a.offsets, a.data, n, sides, offsets, out.pointer);
        assert.deepEqual(
          readStrings(offsets, out.pointer, n, arena),
          values.map((v) => v.replace(pattern, '')),
        );
      }
      kernels.utf8_substring(a.offsets, a.data, n, start, count, offsets, out.pointer);
      assert.deepEqual(
        readStrings(offsets, out.pointer, n, arena),
        values.map((v) => substring(v, start, count)),
      );
      assert.ok(out.isIntact());

      const right = values.map((_, i) => others[i] ?? 'x');
      const b = writeStrings(right, arena);
      const joined = guarded(a.bytes + b.bytes, arena);
      const total = kernels.bytes_concat(a.offsets, a.data, 1, b.offsets, b.data, 1, n, offsets, joined.pointer);
      assert.equal(total, a.bytes + b.bytes);
      assert.deepEqual(
        readStrings(offsets, joined.pointer, n, arena),
        values.map((v, i) => v + (right[i] ?? '')),
      );
      assert.ok(joined.isIntact());
      arena.release();
    }),
    { includeErrorInReport: true },
  );
});

/** Spark: UTF8String.substringSQL. */
function substring(value: string, position: number, count: number): string {
  const characters = Array.from(value);
  const start = position > 0 ? position - 1 : position === 0 ? 0 : characters.length + position;
  return characters.slice(Math.max(0, start), Math.max(0, start + count)).join('');
}

test('strings are chosen by a bitmap', () => {
  fc.assert(
    fc.property(column, text, (values, other) => {
      const arena = memory.createArena('test');
      const n = values.length;
      const bits = values.map((_, i) => i % 3 !== 0);
      const a = writeStrings(values, arena);
      const b = writeStrings([other], arena);
      const condition = writeBits(bits, arena);
      const offsets = arena.allocate((n + 1) * 4);
      const total = kernels.select_offsets(condition, a.offsets, 1, b.offsets, 0, n, offsets);
      const out = guarded(total, arena);
      kernels.select_bytes(condition, a.offsets, a.data, 1, b.offsets, b.data, 0, n, offsets, out.pointer);
      assert.deepEqual(
        readStrings(offsets, out.pointer, n, arena),
        values.map((v, i) => (bits[i] === true ? v : other)),
      );
      assert.ok(out.isIntact());
      arena.release();
    }),
  );
});

test('hashes are equal for equal rows, the same for ever, and spread over partitions', () => {
  const arena = memory.createArena('test');
  const hash = (values: string[], valid: boolean[]): bigint[] => {
    const { offsets, data } = writeStrings(values, arena);
    const hashes = writeValues(
      'i64',
      values.map(() => 0n),
      arena,
    );
    kernels.hash_bytes(offsets, data, writeBits(valid, arena), values.length, hashes);
    return readValues('i64', hashes, values.length, arena).map(BigInt);
  };
  const [a, b, empty, none] = hash(['a', 'a', '', ''], [true, true, true, false]);
  assert.equal(a, b);
  assert.notEqual(empty, none);
  const doubles = writeValues('f64', [0, -0, NaN, 1], arena);
  const hashes = writeValues('i64', [0n, 0n, 0n, 0n], arena);
  kernels.hash_f64(doubles, 0, 4, hashes);
  const [zero, minusZero, , one] = readValues('i64', hashes, 4, arena);
  assert.equal(zero, minusZero);
  assert.notEqual(zero, one);

  const n = 10_000;
  const keys = writeValues(
    'i64',
    Array.from({ length: n }, (_, i) => BigInt(i)),
    arena,
  );
  const many = writeValues('i64', new Array<bigint>(n).fill(0n), arena);
  kernels.hash_fixed8(keys, 0, n, many);
  assert.deepEqual(readValues('i64', many, 2, arena), [-2836405657698498687n, -8928206048746408686n]);
  const partitions = arena.allocate(n * 4);
  kernels.hash_partition(many, n, 7, partitions);
  const counts = new Array<number>(7).fill(0);
  for (const p of readValues('i32', partitions, n, arena)) counts[Number(p)] = (counts[Number(p)] ?? 0) + 1;
  for (const count of counts) assert.ok(Math.abs(count - n / 7) < 150, String(counts));
  arena.release();
});

test('panes: floorMod, also before 1970 and with an origin', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -1000n, max: 1000n }), { maxLength: 40 }),
      fc.bigInt({ min: -20n, max: 20n }),
      fc.bigInt({ min: 1n, max: 60n }),
      (times, origin, slide) => {
        const arena = memory.createArena('test');
        const out = arena.allocate(times.length * 8);
        kernels.window_start(writeValues('i64', times, arena), times.length, origin, slide, out);
        const floorMod = (x: bigint): bigint => ((x % slide) + slide) % slide;
        assert.deepEqual(
          readValues('i64', out, times.length, arena),
          times.map((t) => t - floorMod(t - origin)),
        );
        arena.release();
      },
    ),
  );
});
