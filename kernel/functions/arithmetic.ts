/** `+ - * / % div`, negation, and their try_ forms. Overflow and division by zero are errors under ANSI. */
import { isIntegral, isNumeric, typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { decimalText } from '../expr/values.ts';
import { integralBounds } from './cast-values.ts';
import { adjustedDecimal, commonType, decimalFor } from './coercion.ts';
import type { FunctionContext, ResolveArgument, ResolvedCall } from './contract.ts';
import { defineFunction, resultNullable, wrongCount, type RowFunction } from './define.ts';
import { divideHalfUp, fitsPrecision, rescale } from './parse-values.ts';
import { arithmeticKernel, overflowOf } from './arithmetic-kernels.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | 'div';

type Decimal = Extract<DataType, { kind: 'decimal' }>;
/** What happens on overflow and division by zero. */
export type OnError = 'error' | 'null' | 'wrap';

const WORD: Readonly<Record<ArithmeticOperator, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'mod',
  div: 'divide',
};

function operator(name: ArithmeticOperator, summary: string, example: readonly [string, string]) {
  return defineFunction('arithmetic', {
    name,
    usage: `expr1 ${name} expr2`,
    summary,
    examples: [example],
    resolve: (args, context) => resolveOperator(name, args, context.ansi ? 'error' : 'wrap'),
    vector: (types, type, context) => arithmeticKernel(name, types, type, context),
    row: (types, type, context) => arithmeticRow(name, types, type, context.ansi ? 'error' : 'wrap'),
  });
}

function tryOperator(name: string, op: ArithmeticOperator, example: readonly [string, string]) {
  return defineFunction('arithmetic', {
    name,
    usage: `${name}(expr1, expr2)`,
    summary: `As \`expr1 ${op} expr2\`, but null instead of an error.`,
    examples: [example],
    resolve: (args) => ({ ...resolveOperator(op, args, 'null'), nullable: true }),
    row: (types, type) => arithmeticRow(op, types, type, 'null'),
  });
}

/** The overload of an operator; `pmod` shares that of `%`. */
export function resolveOperator(
  op: ArithmeticOperator,
  args: readonly ResolveArgument[],
  onError: OnError,
): ResolvedCall {
  const [left, right] = args;
  if (left === undefined || right === undefined || args.length > 2) throw wrongCount(op, '2', args.length);
  const common = onError === 'wrap' ? textAsDouble(left.type, right.type) : commonType(left.type, right.type);
  // Two texts are no numbers under ANSI; one beside a number is.
  if (common?.kind === 'string' && left.type.kind === 'string' && right.type.kind === 'string' && onError === 'error')
    throw mismatch(op, left.type, right.type);
  const target = common?.kind === 'void' || common?.kind === 'string' ? Types.double : common;
  if (isTime(left.type) && isTime(right.type)) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `${typeName(left.type)} ${op} ${typeName(right.type)}`,
      remedy: 'Use datediff for days, or unix_micros of both for a duration.',
    });
  }
  if (target === undefined || !isNumeric(target)) throw mismatch(op, left.type, right.type);
  const nullable = resultNullable('argument', args) || onError === 'null' || (onError === 'wrap' && divides(op));
  if (target.kind === 'decimal') {
    const a = operandDecimal(left, target);
    const b = operandDecimal(right, target);
    const type = decimalResult(op, a, b);
    return { argTypes: [a, b], type, nullable: nullable || onError !== 'error' };
  }
  // Without ANSI a text is a double, which has no integral quotient.
  if (op === 'div' && onError === 'wrap' && isTextBeside(left.type, right.type))
    throw mismatch(op, left.type, right.type);
  if (op === '/') return { argTypes: [Types.double, Types.double], type: Types.double, nullable };
  if (op === 'div') return { argTypes: [Types.long, Types.long], type: Types.long, nullable };
  return { argTypes: [target, target], type: target, nullable };
}

function isTextBeside(left: DataType, right: DataType): boolean {
  return left.kind === 'string' || right.kind === 'string';
}

/** Without ANSI a text in arithmetic is a double, whatever stands beside it. */
function textAsDouble(left: DataType, right: DataType): DataType | undefined {
  const seen = (type: DataType): DataType => (type.kind === 'string' ? Types.double : type);
  return isTextBeside(left, right) ? commonType(seen(left), seen(right)) : commonType(left, right);
}

function isTime(type: DataType): boolean {
  return type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
}

function divides(op: ArithmeticOperator): boolean {
  return op === '/' || op === '%' || op === 'div';
}

function mismatch(op: string, left: DataType, right: DataType): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH', {
    expression: `${typeName(left)} ${op} ${typeName(right)}`,
    problem: 'the operands must be numbers',
    remedy: 'Cast them, or use date_add, datediff or an INTERVAL for dates and timestamps.',
  });
}

/** An integer literal, unless a tinyint, counts with the digits it has, an integral column with those of its type. */
function operandDecimal(arg: ResolveArgument, common: Decimal): Decimal {
  const { literal, type } = arg;
  if (isIntegral(type) && type.kind !== 'byte' && (typeof literal === 'number' || typeof literal === 'bigint')) {
    return { kind: 'decimal', precision: Math.max(1, String(literal).replace('-', '').length), scale: 0 };
  }
  const exact = decimalFor(type);
  return exact === undefined ? common : { kind: 'decimal', precision: exact.precision, scale: exact.scale };
}

/** Spark's result types, cut to 38 digits. */
export function decimalResult(op: ArithmeticOperator, a: Decimal, b: Decimal): DataType {
  const scale = Math.max(a.scale, b.scale);
  switch (op) {
    case '+':
    case '-':
      return adjustedDecimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
    case '*':
      return adjustedDecimal(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const quotientScale = Math.max(6, a.scale + b.precision + 1);
      return adjustedDecimal(a.precision - a.scale + b.scale + quotientScale, quotientScale);
    }
    case '%':
      return adjustedDecimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
    case 'div':
      return Types.long;
  }
}

/** The computation of one row; also what the wasm kernels are tested against. */
export function arithmeticRow(
  op: ArithmeticOperator,
  argTypes: readonly DataType[],
  type: DataType,
  onError: OnError,
): RowFunction {
  const [left = type, right = type] = argTypes;
  if (left.kind === 'decimal' && right.kind === 'decimal') return decimalRow(op, left, right, type, onError);
  if (isIntegral(type)) return integralRow(op, type, onError);
  const round = type.kind === 'float' ? Math.fround : (value: number): number => value;
  return (a, b) => {
    const x = Number(a);
    const y = Number(b);
    switch (op) {
      case '+':
        return round(x + y);
      case '-':
        return round(x - y);
      case '*':
        return round(x * y);
      case '/':
        return y === 0 ? divisionByZero(op, onError) : x / y;
      case '%':
        return y === 0 ? divisionByZero(op, onError) : round(x % y);
      case 'div':
        return null;
    }
  };
}

function divisionByZero(op: ArithmeticOperator, onError: OnError): null {
  if (onError === 'error' && op === '%') throw new MillraceError('REMAINDER_BY_ZERO', {});
  if (onError === 'error') throw new MillraceError('DIVIDE_BY_ZERO', {});
  return null;
}

function integralRow(op: ArithmeticOperator, type: DataType, onError: OnError): RowFunction {
  const { min, max, bits } = integralBounds(type);
  const asValue = (whole: bigint): LiteralValue => (type.kind === 'long' ? whole : Number(whole));
  return (left, right) => {
    if (left === null || right === null || left === undefined || right === undefined) return null;
    const a = toBig(left);
    const b = toBig(right);
    if (divides(op) && b === 0n) return divisionByZero(op, onError);
    const result = wholeResult(op, a, b);
    if (result >= min && result <= max) return asValue(result);
    if (onError === 'error') throw overflowOf(type, WORD[op]);
    return onError === 'null' ? null : asValue(BigInt.asIntN(bits, result));
  };
}

function wholeResult(op: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case 'div':
      return a / b;
    case '%':
      return a % b;
  }
}

export function toBig(value: LiteralValue): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)));
}

function decimalRow(
  op: ArithmeticOperator,
  left: Decimal,
  right: Decimal,
  type: DataType,
  onError: OnError,
): RowFunction {
  return (a, b) => {
    if (typeof a !== 'bigint' || typeof b !== 'bigint') return null;
    if (divides(op) && b === 0n) return divisionByZero(op, onError);
    if (type.kind !== 'decimal') {
      const scale = Math.max(left.scale, right.scale);
      return rescale(a, left.scale, scale) / rescale(b, right.scale, scale);
    }
    const result = decimalValue(op, a, b, left.scale, right.scale, type.scale);
    if (fitsPrecision(result, type.precision)) return result;
    if (onError === 'error') {
      throw new MillraceError('NUMERIC_VALUE_OUT_OF_RANGE', {
        value: decimalText(result, type.scale),
        type: typeName(type),
        function: WORD[op],
      });
    }
    return null;
  };
}

function decimalValue(op: ArithmeticOperator, a: bigint, b: bigint, as: number, bs: number, scale: number): bigint {
  const common = Math.max(as, bs);
  switch (op) {
    case '+':
      return rescale(rescale(a, as, common) + rescale(b, bs, common), common, scale);
    case '-':
      return rescale(rescale(a, as, common) - rescale(b, bs, common), common, scale);
    case '*':
      return rescale(a * b, as + bs, scale);
    case '/':
    case 'div': {
      const shift = scale + bs - as;
      return shift >= 0 ? divideHalfUp(a * 10n ** BigInt(shift), b) : divideHalfUp(a, b * 10n ** BigInt(-shift));
    }
    case '%':
      return rescale(rescale(a, as, common) % rescale(b, bs, common), common, scale);
  }
}

/** `-x`, and `abs` shares it. */
export function negateRow(type: DataType, context: FunctionContext): RowFunction {
  if (isIntegral(type)) {
    const { max, bits } = integralBounds(type);
    return (value) => {
      const result = -toBig(value ?? null);
      if (result > max && context.ansi)
        throw new MillraceError('ARITHMETIC_OVERFLOW', {
          operation: typeName(type),
          remedy: 'Use try_subtract(0, …) to get NULL instead, or set spark.sql.ansi.enabled to false.',
        });
      const wrapped = result > max ? BigInt.asIntN(bits, result) : result;
      return type.kind === 'long' ? wrapped : Number(wrapped);
    };
  }
  return (value) => (typeof value === 'bigint' ? -value : -Number(value));
}

export const ARITHMETIC = [
  operator('+', 'The sum.', ['1 + 2', '3']),
  operator('-', 'The difference.', ['3 - 1', '2']),
  operator('*', 'The product.', ['2 * 3', '6']),
  operator('/', 'The quotient: decimal for decimals, double otherwise.', ['3 / 2', '1.5']),
  operator('%', 'The remainder, with the sign of the dividend.', ['7 % 3', '1']),
  operator('div', 'The integral part of the quotient, as bigint.', ['7 div 2', '3']),
  tryOperator('try_add', '+', ['try_add(2147483647, 1)', 'NULL']),
  tryOperator('try_subtract', '-', ['try_subtract(3, 1)', '2']),
  tryOperator('try_multiply', '*', ['try_multiply(2, 3)', '6']),
  tryOperator('try_divide', '/', ['try_divide(1, 0)', 'NULL']),
  tryOperator('try_mod', '%', ['try_mod(1, 0)', 'NULL']),
  defineFunction('arithmetic', {
    name: 'negative',
    usage: 'negative(expr)',
    summary: 'The number with its sign turned.',
    examples: [['negative(3)', '-3']],
    params: ['numeric'],
    returns: ([type = Types.double]) => type,
    row: ([type = Types.double], _result, context) => negateRow(type, context),
  }),
  defineFunction('arithmetic', {
    name: 'positive',
    usage: 'positive(expr)',
    summary: 'The number as it is.',
    examples: [['positive(3)', '3']],
    params: ['numeric'],
    returns: ([type = Types.double]) => type,
    row: () => (value) => value ?? null,
  }),
];

/** `&`, `|`, `^`, `~`, shifts. */
function bitwise(
  name: string,
  summary: string,
  example: readonly [string, string],
  compute: (a: bigint, b: bigint) => bigint,
) {
  return defineFunction('arithmetic', {
    name,
    usage: `expr1 ${name} expr2`,
    summary,
    examples: [example],
    resolve(args) {
      const [left, right] = args;
      if (left === undefined || right === undefined) throw wrongCount(name, '2', args.length);
      const type = commonType(left.type, right.type);
      if (type === undefined || !isIntegral(type)) throw mismatch(name, left.type, right.type);
      return { argTypes: [type, type], type, nullable: resultNullable('argument', args) };
    },
    row: (_types, type) => (a, b) => {
      const result = compute(toBig(a ?? null), toBig(b ?? null));
      return type.kind === 'long' ? result : Number(result);
    },
  });
}

export const BITWISE = [
  bitwise('&', 'Bits set in both.', ['3 & 5', '1'], (a, b) => a & b),
  bitwise('|', 'Bits set in either.', ['3 | 5', '7'], (a, b) => a | b),
  bitwise('^', 'Bits set in one of the two.', ['3 ^ 5', '6'], (a, b) => a ^ b),
  defineFunction('arithmetic', {
    name: '~',
    usage: '~expr',
    summary: 'All bits turned.',
    examples: [['~0', '-1']],
    params: ['integral'],
    returns: ([type = Types.long]) => type,
    row: () => (value) => (typeof value === 'bigint' ? ~value : ~Number(value)),
  }),
];
