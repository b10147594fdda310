import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createTestEngine } from '../support/engine.ts';
import { guarded, lengths, readBits, writeBits } from './support.ts';

const { kernels, memory } = await createTestEngine();
const columns = lengths.chain((n) => {
  const bits = fc.array(fc.boolean(), { minLength: n, maxLength: n });
  return fc.tuple(bits, bits, bits, bits);
});

test('and, or, xor, andnot, not, select, count', () => {
  fc.assert(
    fc.property(columns, ([a, b, c]) => {
      const arena = memory.createArena('test');
      const n = a.length;
      const [pa, pb, pc] = [writeBits(a, arena), writeBits(b, arena), writeBits(c, arena)];
      const out = guarded((n + 7) >> 3, arena);
      const check = (expected: (i: number) => boolean | undefined): void => {
        assert.deepEqual(
          readBits(out.pointer, n, arena),
          a.map((_, i) => expected(i)),
        );
        assert.ok(out.isIntact());
      };
      kernels.bitmap_and(pa, pb, out.pointer, n);
      check((i) => a[i] === true && b[i] === true);
      kernels.bitmap_or(pa, pb, out.pointer, n);
      check((i) => a[i] === true || b[i] === true);
      kernels.bitmap_xor(pa, pb, out.pointer, n);
      check((i) => a[i] !== b[i]);
      kernels.bitmap_andnot(pa, pb, out.pointer, n);
      check((i) => a[i] === true && b[i] === false);
      kernels.bitmap_not(pa, out.pointer, n);
      check((i) => a[i] === false);
      kernels.bitmap_select(pc, pa, pb, out.pointer, n);
      check((i) => (c[i] === true ? a[i] : b[i]));
      kernels.bitmap_fill(out.pointer, n, 1);
      check(() => true);
      assert.equal(kernels.bitmap_count(pa, n), a.filter(Boolean).length);
      const selection = arena.allocate(n * 4);
      const count = kernels.bits_to_selection(pa, n, selection);
      assert.deepEqual(
        [...new Uint32Array(memory.buffer, selection, count)],
        a.flatMap((bit, i) => (bit ? [i] : [])),
      );
      arena.release();
    }),
  );
});

test('three-valued logic: what is decided despite a null', () => {
  type Logic = boolean | null;
  const and = (x: Logic, y: Logic): Logic =>
    x === false || y === false ? false : x === null || y === null ? null : true;
  const or = (x: Logic, y: Logic): Logic => (x === true || y === true ? true : x === null || y === null ? null : false);
  fc.assert(
    fc.property(columns, fc.boolean(), ([a, av, b, bv], hasNulls) => {
      const arena = memory.createArena('test');
      const n = a.length;
      const [out, outValid] = [guarded((n + 7) >> 3, arena), guarded((n + 7) >> 3, arena)];
      const pointers = [
        writeBits(a, arena),
        hasNulls ? writeBits(av, arena) : 0,
        writeBits(b, arena),
        writeBits(bv, arena),
      ] as const;
      const x = a.map((bit, i) => (!hasNulls || av[i] === true ? bit : null));
      const y = b.map((bit, i) => (bv[i] === true ? bit : null));
      for (const [name, logic] of [
        ['and_kleene', and],
        ['or_kleene', or],
      ] as const) {
        kernels[name](...pointers, n, out.pointer, outValid.pointer);
        const bits = readBits(out.pointer, n, arena);
        const valid = readBits(outValid.pointer, n, arena);
        assert.deepEqual(
          bits.map((bit, i) => (valid[i] === true ? bit : null)),
          x.map((v, i) => logic(v, y[i] ?? null)),
        );
        assert.ok(out.isIntact() && outValid.isIntact());
      }
      arena.release();
    }),
  );
});

test('bits are copied from any place to any', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 80 }), fc.nat(20), fc.nat(20), (bits, from, to) => {
      const arena = memory.createArena('test');
      const start = Math.min(from, bits.length);
      const count = bits.length - start;
      const before = Array.from({ length: to + count + 9 }, (_, i) => i % 3 === 0);
      const out = writeBits(before, arena);
      kernels.bitmap_copy(writeBits(bits, arena), start, out, to, count);
      const expected = before.map((bit, i) => (i >= to && i < to + count ? bits[start + i - to] : bit));
      assert.deepEqual(readBits(out, before.length, arena), expected);
      arena.release();
    }),
  );
});
