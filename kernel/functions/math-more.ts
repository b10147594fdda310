/** Further functions of real numbers, and of the bits of integers. */
import { typeName, Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { toBig } from './arithmetic.ts';
import { castsImplicitly } from './coercion.ts';
import { defineFunction, resultNullable, wrongCount } from './define.ts';

const FAMILY = 'math';

function real(name: string, summary: string, example: readonly [string, string], compute: (x: number) => number) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    params: [Types.double],
    returns: Types.double,
    row: () => (x) => compute(Number(x)),
  });
}

function ofTwo(
  name: string,
  usage: string,
  summary: string,
  example: readonly [string, string],
  compute: (x: number, y: number) => number,
) {
  return defineFunction(FAMILY, {
    name,
    usage,
    summary,
    examples: [example],
    params: [Types.double, Types.double],
    returns: Types.double,
    row: () => (x, y) => compute(Number(x), Number(y)),
  });
}

/** Java takes the count modulo the type's bits; what is shorter than an int is shifted as one. */
function shift(
  name: string,
  usage: string,
  summary: string,
  example: readonly [string, string],
  int: (value: number, count: number) => number,
  long: (value: bigint, count: bigint) => bigint,
) {
  return defineFunction('arithmetic', {
    name,
    usage,
    summary,
    examples: [example],
    params: ['integral', Types.int],
    returns: ([type = Types.int]) => (type.kind === 'long' ? Types.long : Types.int),
    row: () => (value, count) =>
      typeof value === 'bigint'
        ? BigInt.asIntN(64, long(value, BigInt(Number(count) & 63)))
        : int(Number(value), Number(count)),
  });
}

const FACTORIAL_MAX = 20;

export const MATH_MORE = [
  real('sinh', 'The hyperbolic sine.', ['sinh(0)', '0.0'], Math.sinh),
  real('cosh', 'The hyperbolic cosine.', ['cosh(0)', '1.0'], Math.cosh),
  real('tanh', 'The hyperbolic tangent.', ['tanh(0)', '0.0'], Math.tanh),
  real('expm1', 'e to the power of the argument, minus 1.', ['expm1(0)', '0.0'], Math.expm1),
  real('rint', 'The nearest whole number, half to even, as a double.', ['rint(12.3456)', '12.0'], (x) => {
    const rounded = Math.round(x);
    return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  }),
  defineFunction(FAMILY, {
    name: 'log1p',
    usage: 'log1p(expr)',
    summary: 'The natural logarithm of one more than the argument; null where there is none.',
    examples: [['log1p(0)', '0.0']],
    params: [Types.double],
    returns: Types.double,
    nullable: 'always',
    row: () => (x) => (Number(x) <= -1 ? null : Math.log1p(Number(x))),
  }),
  ofTwo('atan2', 'atan2(y, x)', 'The angle of a point.', ['atan2(0, 1)', '0.0'], (y, x) => Math.atan2(y + 0, x + 0)),
  ofTwo('hypot', 'hypot(a, b)', 'The length of the hypotenuse.', ['hypot(3, 4)', '5.0'], Math.hypot),
  defineFunction(FAMILY, {
    name: 'nanvl',
    usage: 'nanvl(expr1, expr2)',
    summary: 'The first argument, or the second where the first is NaN.',
    examples: [["nanvl(CAST('NaN' AS DOUBLE), 123)", '123.0']],
    resolve(args) {
      const [a, b] = args;
      if (a === undefined || b === undefined || args.length > 2) throw wrongCount('nanvl', '2', args.length);
      const type = a.type.kind === 'float' && b.type.kind === 'float' ? Types.float : Types.double;
      const wrong = args.find((arg) => !castsImplicitly(arg.type, type));
      if (wrong !== undefined) {
        throw new MillraceError('DATATYPE_MISMATCH', {
          expression: 'nanvl(expr1, expr2)',
          problem: `${typeName(wrong.type)} is no number`,
          remedy: 'Cast it to DOUBLE.',
        });
      }
      return { argTypes: [type, type], type, nullable: resultNullable('argument', args) };
    },
    nulls: 'lenient',
    row: () => (a, b) => (typeof a === 'number' && Number.isNaN(a) ? (b ?? null) : (a ?? null)),
  }),
  defineFunction(FAMILY, {
    name: 'factorial',
    usage: 'factorial(expr)',
    summary: 'The factorial of 0 to 20; null for others.',
    examples: [['factorial(5)', '120']],
    params: [Types.int],
    returns: Types.long,
    nullable: 'always',
    row: () => (n) => {
      const count = Number(n);
      if (count < 0 || count > FACTORIAL_MAX) return null;
      let product = 1n;
      for (let i = 2n; i <= BigInt(count); i++) product *= i;
      return product;
    },
  }),
  shift(
    'shiftleft',
    'value << count',
    'The bits moved left.',
    ['shiftleft(2, 1)', '4'],
    (v, n) => v << n,
    (v, n) => v << n,
  ),
  shift(
    'shiftright',
    'value >> count',
    'The bits moved right, the sign kept.',
    ['shiftright(4, 1)', '2'],
    (v, n) => v >> n,
    (v, n) => v >> n,
  ),
  shift(
    'shiftrightunsigned',
    'value >>> count',
    'The bits moved right, zeros put in.',
    ['shiftrightunsigned(4, 1)', '2'],
    (v, n) => (v >>> n) | 0,
    (v, n) => BigInt.asUintN(64, v) >> n,
  ),
  defineFunction('arithmetic', {
    name: 'bit_count',
    usage: 'bit_count(expr)',
    summary: 'The number of bits that are set.',
    examples: [['bit_count(7)', '3']],
    params: ['integral'],
    returns: Types.int,
    row: () => (value) =>
      BigInt.asUintN(64, toBig(value ?? null))
        .toString(2)
        .replaceAll('0', '').length,
  }),
  defineFunction('arithmetic', {
    name: 'bin',
    usage: 'bin(expr)',
    summary: 'The bits of a whole number as text.',
    examples: [['bin(13)', '1101']],
    params: [Types.long],
    returns: Types.string,
    row: () => (value) => BigInt.asUintN(64, toBig(value ?? null)).toString(2),
  }),
];
