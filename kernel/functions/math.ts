/** Rounding, powers, logarithms. */
import { isIntegral, typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { negateRow, resolveOperator, toBig } from './arithmetic.ts';
import { adjustedDecimal } from './coercion.ts';
import { decimalOfNumber, floorDiv, integralBounds } from './cast-values.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { defineFunction, type RowFunction, type ScalarDefinition } from './define.ts';
import { rescale } from './parse-values.ts';
import type { FunctionContext, ResolveArgument } from './contract.ts';

const FAMILY = 'math';

/** A function from double to double; `null` outside of its domain where Spark gives null. */
function real(
  name: string,
  summary: string,
  example: readonly [string, string],
  compute: (x: number) => number | null,
  aliases: readonly string[] = [],
) {
  return defineFunction(FAMILY, {
    name,
    aliases,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    params: [Types.double],
    returns: Types.double,
    nullable: 'always',
    row: () => (x) => compute(Number(x)),
  });
}

const positive =
  (f: (x: number) => number) =>
  (x: number): number | null =>
    x > 0 || Number.isNaN(x) ? f(x) : null;

/** floor and ceil: bigint for floating point, a decimal without fraction for decimals. */
function toWhole(
  name: string,
  aliases: readonly string[],
  summary: string,
  example: readonly [string, string],
  direction: 'floor' | 'ceil',
) {
  return defineFunction(FAMILY, {
    name,
    aliases,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    params: ['numeric'],
    returns: ([type = Types.double]) =>
      type.kind === 'decimal'
        ? adjustedDecimal(type.precision - type.scale + (type.scale === 0 ? 0 : 1), 0)
        : Types.long,
    row: ([type = Types.double], _result, context) => wholeRow(type, direction, context),
  });
}

function wholeRow(type: DataType, direction: 'floor' | 'ceil', { ansi }: FunctionContext): RowFunction {
  if (type.kind === 'decimal') {
    const unit = 10n ** BigInt(type.scale);
    return (value) => {
      const unscaled = toBig(value ?? null);
      return direction === 'floor' ? floorDiv(unscaled, unit) : -floorDiv(-unscaled, unit);
    };
  }
  if (isIntegral(type)) return (value) => toBig(value ?? null);
  const { min, max } = integralBounds(Types.long);
  return (value) => {
    const x = Number(value);
    if (Number.isNaN(x)) return 0n;
    const whole = direction === 'floor' ? Math.floor(x) : Math.ceil(x);
    const big = Number.isFinite(whole) ? BigInt(whole) : undefined;
    if (big !== undefined && big >= min && big <= max) return big;
    if (ansi) {
      throw new MillraceError('ARITHMETIC_OVERFLOW', {
        operation: direction,
        remedy: 'Set spark.sql.ansi.enabled to false to get the nearest bigint instead.',
      });
    }
    return whole > 0 ? max : min;
  };
}

/** `round` rounds half up, `bround` half to even. */
function rounding(name: 'round' | 'bround', summary: string, example: readonly [string, string]): ScalarDefinition {
  return {
    name,
    usage: `${name}(expr[, digits])`,
    summary,
    examples: [example],
    params: ['numeric', Types.int],
    optional: 1,
    returns: ([type = Types.double], args) => roundedType(type, digitsOf(name, type, args[1])),
    row:
      ([type = Types.double], result, context) =>
      (value, digits) =>
        roundValue(name, type, result, context, value ?? null, Number(digits ?? 0)),
  };
}

/** The type of a rounded decimal depends on the digits. @throws DATATYPE_MISMATCH where they are no constant */
function digitsOf(name: string, type: DataType, digits: ResolveArgument | undefined): number {
  if (digits !== undefined && digits.constant === undefined && type.kind === 'decimal') {
    throw new MillraceError('DATATYPE_MISMATCH', {
      expression: name,
      problem: 'the digits of a decimal must be a constant',
      remedy: 'Write them as a number, or cast the decimal to DOUBLE.',
    });
  }
  return Number(digits?.constant ?? 0);
}

function roundedType(type: DataType, digits: number): DataType {
  if (type.kind !== 'decimal') return type;
  const scale = Math.max(0, Math.min(type.scale, digits));
  return adjustedDecimal(Math.max(type.precision - type.scale + 1 + scale, 1 - Math.min(digits, 0) + scale), scale);
}

const ROUNDED_DIGITS_MAX = 400;

function roundValue(
  name: 'round' | 'bround',
  type: DataType,
  result: DataType,
  context: FunctionContext,
  value: LiteralValue,
  given: number,
): ReturnType<RowFunction> {
  // No number has digits beyond these.
  const digits = Math.max(-ROUNDED_DIGITS_MAX, Math.min(ROUNDED_DIGITS_MAX, given));
  const round = name === 'round' ? rescale : rescaleHalfEven;
  if (type.kind === 'decimal' && result.kind === 'decimal') {
    const kept = Math.min(digits, type.scale);
    return rescale(shifted(round, toBig(value ?? null), type.scale, kept), Math.max(kept, 0), result.scale);
  }
  if (isIntegral(type)) {
    if (digits >= 0) return value ?? null;
    const { min, max, bits } = integralBounds(type);
    const whole = shifted(round, toBig(value ?? null), 0, digits);
    if ((whole > max || whole < min) && context.ansi) {
      throw new MillraceError('ARITHMETIC_OVERFLOW', {
        operation: `${name} of ${typeName(type)}`,
        remedy: 'Cast the number to a wider type.',
      });
    }
    const fitted = BigInt.asIntN(bits, whole);
    return type.kind === 'long' ? fitted : Number(fitted);
  }
  const x = Number(value);
  const exact = decimalOfNumber(x);
  if (exact === undefined) return x;
  const kept = Math.min(digits, exact.scale);
  const rounded = Number(`${shifted(round, exact.unscaled, exact.scale, kept)}e${-Math.max(kept, 0)}`);
  return type.kind === 'float' ? Math.fround(rounded) : rounded;
}

/** Rounds to `digits` after the point (or, negative, before it); the result has max(digits, 0) digits after the point. */
function shifted(round: typeof rescale, unscaled: bigint, scale: number, digits: number): bigint {
  if (digits >= 0) return round(unscaled, scale, digits);
  return round(unscaled, scale - digits, 0) * 10n ** BigInt(-digits);
}

function rescaleHalfEven(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * 10n ** BigInt(to - from);
  const divisor = 10n ** BigInt(from - to);
  const floor = floorDiv(unscaled, divisor);
  const twice = 2n * (unscaled - floor * divisor);
  if (twice === divisor) return floor % 2n === 0n ? floor : floor + 1n;
  return twice > divisor ? floor + 1n : floor;
}

export const MATH = [
  defineFunction(FAMILY, {
    name: 'abs',
    usage: 'abs(expr)',
    summary: 'The absolute value.',
    examples: [['abs(-3)', '3']],
    params: ['numeric'],
    returns: ([type = Types.double]) => type,
    row([type = Types.double], _result, context) {
      const negate = negateRow(type, context);
      return (value) => {
        if (typeof value === 'bigint') return value < 0n ? negate(value) : value;
        const x = Number(value);
        return x < 0 || Object.is(x, -0) ? negate(x) : x;
      };
    },
  }),
  defineFunction(
    FAMILY,
    rounding('round', 'Rounded half up to so many digits after the point; negative digits round before it.', [
      'round(2.5, 0)',
      '3',
    ]),
  ),
  defineFunction(FAMILY, rounding('bround', 'Rounded half to even.', ['bround(2.5, 0)', '2'])),
  toWhole('floor', [], 'The greatest whole number that is not greater.', ['floor(-0.1)', '-1'], 'floor'),
  toWhole('ceil', ['ceiling'], 'The least whole number that is not less.', ['ceil(-0.1)', '0'], 'ceil'),
  real('sqrt', 'The square root; NaN for negative numbers.', ['sqrt(4)', '2.0'], Math.sqrt),
  real('cbrt', 'The cube root.', ['cbrt(27.0)', '3.0'], Math.cbrt),
  real('exp', 'e to the power of the argument.', ['exp(0)', '1.0'], Math.exp),
  real('ln', 'The natural logarithm; null for numbers that are not positive.', ['ln(1)', '0.0'], positive(Math.log)),
  real(
    'log10',
    'The logarithm to base 10; null for numbers that are not positive.',
    ['log10(1000)', '3.0'],
    positive(Math.log10),
  ),
  real(
    'log2',
    'The logarithm to base 2; null for numbers that are not positive.',
    ['log2(8)', '3.0'],
    positive(Math.log2),
  ),
  real('sin', 'The sine.', ['sin(0)', '0.0'], Math.sin),
  real('cos', 'The cosine.', ['cos(0)', '1.0'], Math.cos),
  real('tan', 'The tangent.', ['tan(0)', '0.0'], Math.tan),
  real('asin', 'The arc sine.', ['asin(0)', '0.0'], Math.asin),
  real('acos', 'The arc cosine.', ['acos(1)', '0.0'], Math.acos),
  real('atan', 'The arc tangent.', ['atan(0)', '0.0'], Math.atan),
  real('degrees', 'Radians as degrees.', ['degrees(0)', '0.0'], (x) => (x * 180) / Math.PI),
  real('radians', 'Degrees as radians.', ['radians(0)', '0.0'], (x) => (x * Math.PI) / 180),
  defineFunction(FAMILY, {
    name: 'log',
    usage: 'log([base,] expr)',
    summary: 'The logarithm, natural unless a base is given.',
    examples: [['log(10, 100)', '2.0']],
    params: [Types.double, Types.double],
    optional: 1,
    returns: Types.double,
    nullable: 'always',
    row: () => (a, b) => {
      const x = Number(b ?? a);
      if (x <= 0 || (b !== undefined && Number(a) <= 0)) return null;
      return b === undefined ? Math.log(x) : Math.log(x) / Math.log(Number(a));
    },
  }),
  defineFunction(FAMILY, {
    name: 'pow',
    aliases: ['power'],
    usage: 'pow(base, exponent)',
    summary: 'The base to the power of the exponent.',
    examples: [['pow(2, 3)', '8.0']],
    params: [Types.double, Types.double],
    returns: Types.double,
    row: () => (base, exponent) => Math.pow(Number(base), Number(exponent)),
  }),
  defineFunction(FAMILY, {
    name: 'signum',
    aliases: ['sign'],
    usage: 'signum(expr)',
    summary: '-1, 0 or 1, by the sign.',
    examples: [['signum(-5)', '-1.0']],
    params: [Types.double],
    returns: Types.double,
    row: () => (x) => Math.sign(Number(x)),
  }),
  defineFunction(FAMILY, {
    name: 'pmod',
    usage: 'pmod(dividend, divisor)',
    summary: 'The remainder, made positive.',
    examples: [['pmod(-7, 3)', '2']],
    resolve: (args, context) => ({ ...resolveOperator('%', args, context.ansi ? 'error' : 'wrap'), nullable: true }),
    row:
      ([type = Types.long, right = type], result, context) =>
      (a, b) => {
        if (type.kind === 'decimal' && right.kind === 'decimal' && result.kind === 'decimal') {
          const scale = Math.max(type.scale, right.scale);
          const [x, y] = [rescale(toBig(a ?? null), type.scale, scale), rescale(toBig(b ?? null), right.scale, scale)];
          if (y === 0n && context.ansi) throw new MillraceError('REMAINDER_BY_ZERO', {});
          if (y === 0n) return null;
          const rest = x % y;
          return rescale(rest < 0n ? (rest + y) % y : rest, scale, result.scale);
        }
        if (type.kind === 'double' || type.kind === 'float') {
          if (Number(b) === 0) {
            if (context.ansi) throw new MillraceError('REMAINDER_BY_ZERO', {});
            return null;
          }
          const r = Number(a) % Number(b);
          return r < 0 ? (r + Number(b)) % Number(b) : r;
        }
        const divisor = toBig(b ?? null);
        if (divisor === 0n) {
          if (context.ansi) throw new MillraceError('REMAINDER_BY_ZERO', {});
          return null;
        }
        const r = toBig(a ?? null) % divisor;
        const fixed = r < 0n ? (r + divisor) % divisor : r;
        return typeof a === 'bigint' ? fixed : Number(fixed);
      },
  }),
  defineFunction(FAMILY, {
    name: 'pi',
    usage: 'pi()',
    summary: 'π.',
    examples: [['pi()', '3.141592653589793']],
    params: [],
    returns: Types.double,
    nullable: 'never',
    row: () => () => Math.PI,
  }),
  defineFunction(FAMILY, {
    name: 'e',
    usage: 'e()',
    summary: 'e.',
    examples: [['e()', '2.718281828459045']],
    params: [],
    returns: Types.double,
    nullable: 'never',
    row: () => () => Math.E,
  }),
];
