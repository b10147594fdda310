import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createTestEngine } from '../support/engine.ts';
import {
  ALL,
  FLOATS,
  INTEGERS,
  LANES,
  guarded,
  lengths,
  readBits,
  readValues,
  valueOf,
  writeBits,
  writeConstant,
  writeValues,
  type Lane,
  type Value,
} from './support.ts';

const { kernels, memory } = await createTestEngine();

/** NaN above all, equal to itself; -0.0 equals 0.0. */
function order(a: Value, b: Value): number {
  const aNan = Number.isNaN(a);
  const bNan = Number.isNaN(b);
  if (aNan || bNan) return Number(aNan) - Number(bNan);
  return a < b ? -1 : a > b ? 1 : 0;
}

const COMPARISONS = {
  eq: (o: number) => o === 0,
  ne: (o: number) => o !== 0,
  lt: (o: number) => o < 0,
  le: (o: number) => o <= 0,
  gt: (o: number) => o > 0,
  ge: (o: number) => o >= 0,
} as const;
const comparisonNames = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;

/** Columns a and b of one length; either may be one constant (step 0). */
function operands(lane: Lane): fc.Arbitrary<{ a: Value[]; b: Value[]; aStep: 0 | 1; bStep: 0 | 1; valid: boolean[] }> {
  return lengths.chain((length) => {
    const column = fc.array(valueOf(lane), { minLength: length, maxLength: length });
    const valid = fc.array(fc.boolean(), { minLength: length, maxLength: length });
    const step = fc.constantFrom<(0 | 1)[]>(0, 1);
    return fc.record({ a: column, b: column, aStep: step, bStep: step, valid });
  });
}

interface Placed {
  readonly length: number;
  readonly args: readonly [number, 0 | 1, number, 0 | 1];
  readonly at: (row: number) => readonly [Value, Value];
}

function place(
  lane: Lane,
  { a, b, aStep, bStep }: { a: Value[]; b: Value[]; aStep: 0 | 1; bStep: 0 | 1 },
  arena: ReturnType<typeof memory.createArena>,
): Placed {
  const zero = lane === 'f32' || lane === 'f64' ? 0 : 0n;
  const put = (values: Value[], step: 0 | 1): number =>
    step === 1 ? writeValues(lane, values, arena) : writeConstant(lane, values[0] ?? zero, arena);
  return {
    length: a.length,
    args: [put(a, aStep), aStep, put(b, bStep), bStep],
    at: (row) => [a[row * aStep] ?? zero, b[row * bStep] ?? zero],
  };
}

for (const lane of ALL) {
  test(`comparisons of ${lane}`, () => {
    fc.assert(
      fc.property(operands(lane), fc.constantFrom(...comparisonNames), (input, name) => {
        const arena = memory.createArena('test');
        const { length, args, at } = place(lane, input, arena);
        const out = guarded((length + 7) >> 3, arena);
        kernels[`${name}_${lane}`](...args, length, out.pointer);
        const expected = Array.from({ length }, (_, row) => COMPARISONS[name](order(...at(row))));
        assert.deepEqual(readBits(out.pointer, length, arena), expected);
        assert.ok(out.isIntact());
        arena.release();
      }),
      { includeErrorInReport: true },
    );
  });
}

const EXACT = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  mul: (a: bigint, b: bigint) => a * b,
  div: (a: bigint, b: bigint) => (b === 0n ? 0n : a / b),
  rem: (a: bigint, b: bigint) => (b === 0n ? 0n : a % b),
} as const;
const arithmeticNames = ['add', 'sub', 'mul', 'div', 'rem'] as const;

for (const lane of INTEGERS) {
  test(`arithmetic of ${lane}, wrapping and checked`, () => {
    const { bits } = LANES[lane];
    fc.assert(
      fc.property(operands(lane), fc.constantFrom(...arithmeticNames), (input, name) => {
        const arena = memory.createArena('test');
        const { length, args, at } = place(lane, input, arena);
        const out = guarded((length * bits) / 8, arena);
        const exact = Array.from({ length }, (_, row) => EXACT[name](BigInt(at(row)[0]), BigInt(at(row)[1])));
        kernels[`${name}_${lane}`](...args, length, out.pointer);
        const wrapped = exact.map((value) => BigInt.asIntN(bits, value));
        assert.deepEqual(readValues(lane, out.pointer, length, arena), wrapped);
        const validity = writeBits(input.valid, arena);
        const status = kernels[`${name}_checked_${lane}`](...args, validity, length, out.pointer);
        const isZero = (row: number): boolean => (name === 'div' || name === 'rem') && BigInt(at(row)[1]) === 0n;
        const bad = exact.findIndex(
          (value, row) => input.valid[row] === true && (isZero(row) || value !== wrapped[row]),
        );
        const expected = bad >= 0 && name === 'div' ? bad * 2 + (isZero(bad) ? 0 : 1) : bad;
        assert.equal(status, expected);
        if (status < 0) assertWhereValid(readValues(lane, out.pointer, length, arena), wrapped, input.valid);
        assert.ok(out.isIntact());
        arena.release();
      }),
      { includeErrorInReport: true },
    );
  });

  test(`negation and absolute value of ${lane}`, () => {
    const { bits } = LANES[lane];
    fc.assert(
      fc.property(operands(lane), fc.constantFrom('neg' as const, 'abs' as const), ({ a, valid }, name) => {
        const arena = memory.createArena('test');
        const source = writeValues(lane, a, arena);
        const out = guarded((a.length * bits) / 8, arena);
        const exact = a.map((value) => (name === 'neg' || value < 0 ? -BigInt(value) : BigInt(value)));
        kernels[`${name}_${lane}`](source, a.length, out.pointer);
        assert.deepEqual(
          readValues(lane, out.pointer, a.length, arena),
          exact.map((v) => BigInt.asIntN(bits, v)),
        );
        const status = kernels[`${name}_checked_${lane}`](source, writeBits(valid, arena), a.length, out.pointer);
        assert.equal(
          status,
          exact.findIndex((v, row) => valid[row] === true && BigInt.asIntN(bits, v) !== v),
        );
        arena.release();
      }),
      { includeErrorInReport: true },
    );
  });
}

function assertWhereValid(actual: readonly Value[], expected: readonly Value[], valid: readonly boolean[]): void {
  const only = (values: readonly Value[]): Value[] => values.filter((_, row) => valid[row] === true);
  assert.deepEqual(only(actual), only(expected));
}

const round = { f32: Math.fround, f64: (x: number) => x } as const;
const IEEE = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  rem: (a: number, b: number) => a % b,
} as const;

for (const lane of FLOATS) {
  test(`arithmetic of ${lane}`, () => {
    fc.assert(
      fc.property(operands(lane), fc.constantFrom(...arithmeticNames), (input, name) => {
        const arena = memory.createArena('test');
        const { length, args, at } = place(lane, input, arena);
        const out = guarded((length * LANES[lane].bits) / 8, arena);
        kernels[`${name}_${lane}`](...args, length, out.pointer);
        const expected = Array.from({ length }, (_, row) =>
          round[lane](IEEE[name](Number(at(row)[0]), Number(at(row)[1]))),
        );
        assert.deepEqual(readValues(lane, out.pointer, length, arena), expected);
        assert.ok(out.isIntact());
        arena.release();
      }),
      { includeErrorInReport: true },
    );
  });
}

/** Java's conversions: saturating to int or long, then wrapping. */
function convert(value: Value, from: Lane, to: Lane): Value {
  if (to === 'f32' || to === 'f64') return round[to](Number(value));
  if (typeof value === 'bigint') return BigInt.asIntN(LANES[to].bits, value);
  if (Number.isNaN(value)) return 0n;
  const most = to === 'i64' ? 2n ** 63n : 2n ** 31n;
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : value > 0 ? most : -most;
  const saturated = whole >= most ? most - 1n : whole < -most ? -most : whole;
  return BigInt.asIntN(LANES[to].bits, saturated);
}

function fits(value: Value, to: Lane): boolean {
  if (typeof value === 'number' && !Number.isFinite(value)) return false;
  const whole = typeof value === 'number' ? BigInt(Math.trunc(value)) : value;
  return BigInt.asIntN(LANES[to].bits, whole) === whole;
}

const NARROWING = ['i16_i8', 'i32_i8', 'i32_i16', 'i64_i8', 'i64_i16', 'i64_i32'] as const;
const FROM_FLOAT = ['f32_i8', 'f32_i16', 'f32_i32', 'f32_i64', 'f64_i8', 'f64_i16', 'f64_i32', 'f64_i64'] as const;

for (const pair of [...NARROWING, ...FROM_FLOAT]) {
  const [from, to] = pair.split('_') as [Lane, (typeof INTEGERS)[number]];
  test(`cast ${from} to ${to} and back, checked where it can fail`, () => {
    fc.assert(
      fc.property(operands(from), ({ a, valid }) => {
        const arena = memory.createArena('test');
        const source = writeValues(from, a, arena);
        const out = guarded((a.length * LANES[to].bits) / 8, arena);
        const expected = a.map((value) => convert(value, from, to));
        kernels[`cast_${pair}` as 'cast_i64_i32'](source, a.length, out.pointer);
        assert.deepEqual(readValues(to, out.pointer, a.length, arena), expected);
        const status = kernels[`cast_checked_${pair}`](source, writeBits(valid, arena), a.length, out.pointer);
        assert.equal(
          status,
          a.findIndex((value, row) => valid[row] === true && !fits(value, to)),
        );
        const back = guarded((a.length * LANES[from].bits) / 8, arena);
        kernels[`cast_${to}_${from}` as 'cast_i32_i64'](writeValues(to, expected, arena), a.length, back.pointer);
        assert.deepEqual(
          readValues(from, back.pointer, a.length, arena),
          expected.map((v) => convert(v, to, from)),
        );
        assert.ok(out.isIntact() && back.isIntact());
        arena.release();
      }),
      { numRuns: 50, includeErrorInReport: true },
    );
  });
}

test('decimals compare as 128-bit numbers', () => {
  const wide = fc.oneof(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), fc.bigInt({ min: -2n, max: 2n }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(wide, wide), { maxLength: 20 }),
      fc.constantFrom(...comparisonNames),
      (pairs, name) => {
        const arena = memory.createArena('test');
        const words = (k: 0 | 1): number =>
          writeValues(
            'i64',
            pairs.flatMap((pair) => [BigInt.asIntN(64, pair[k]), pair[k] >> 64n]),
            arena,
          );
        const out = arena.allocate(8);
        kernels[`${name}_d128`](words(0), 1, words(1), 1, pairs.length, out);
        assert.deepEqual(
          readBits(out, pairs.length, arena),
          pairs.map(([a, b]) => COMPARISONS[name](order(a, b))),
        );
        arena.release();
      },
    ),
  );
});
