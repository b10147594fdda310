/** Arithmetic on integers and floating point by wasm kernels. */
import { isIntegral, typeName, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { present } from '../core/assert.ts';
import type { IntegerType, NumericType } from '../../wasm/abi/kernels.ts';
import type { Argument, EvalContext, FunctionContext, ScalarImplementation } from './contract.ts';
import {
  columnsOf,
  fixedOperand,
  type FixedOperand,
  hasNullConstant,
  numericSuffix,
  validityPointer,
} from './operands.ts';
import { commonValidity, newFixed, nullColumn } from './vectors.ts';

const STEM = { '+': 'add', '-': 'sub', '*': 'mul', '%': 'rem', div: 'div', '/': 'div' } as const;
const WORD = { '+': 'add', '-': 'subtract', '*': 'multiply', '%': 'mod', div: 'divide', '/': 'divide' } as const;

/**
 * The kernel for an operator; undefined where rows are computed in JavaScript: decimals, and divisions without ANSI, whose
 * zero divisors give nulls.
 */
export function arithmeticKernel(
  op: keyof typeof STEM,
  argTypes: readonly DataType[],
  type: DataType,
  context: FunctionContext,
): ScalarImplementation | undefined {
  const suffix = numericSuffix(type);
  if (suffix === undefined || !argTypes.every((argType) => argType.kind === type.kind)) return undefined;
  if (isIntegral(type)) {
    const integer = integerSuffix(suffix);
    if (integer === undefined) return undefined;
    if (context.ansi) return checkedKernel(op, integer, type);
    if (op === '%' || op === 'div') return undefined;
    return plainKernel(op, suffix, type);
  }
  if (op === '%' || op === '/' || op === 'div')
    return op === '/' && context.ansi ? divisionKernel(type, suffix) : undefined;
  return plainKernel(op, suffix, type);
}

function integerSuffix(suffix: NumericType): IntegerType | undefined {
  return suffix === 'f32' || suffix === 'f64' ? undefined : suffix;
}

function plainKernel(op: keyof typeof STEM, suffix: NumericType, type: DataType): ScalarImplementation {
  const name = `${STEM[op]}_${suffix}` as const;
  return {
    engine: `wasm:${name}`,
    evaluate: (args, length, context) =>
      compute(args, length, type, context, ({ a, b, out }) => {
        context.kernels[name](a.pointer, a.step, b.pointer, b.step, length, out);
      }),
  };
}

function checkedKernel(op: keyof typeof STEM, suffix: IntegerType, type: DataType): ScalarImplementation {
  const stem = STEM[op];
  const name = `${stem}_checked_${suffix}` as const;
  return {
    engine: `wasm:${name}`,
    evaluate: (args, length, context) =>
      compute(args, length, type, context, ({ a, b, valid, out }) => {
        const failed = context.kernels[name](a.pointer, a.step, b.pointer, b.step, valid, length, out);
        if (failed < 0) return;
        if (stem === 'rem') throw new MillraceError('REMAINDER_BY_ZERO', {});
        if (stem === 'div' && failed % 2 === 0) throw new MillraceError('DIVIDE_BY_ZERO', {});
        throw overflowOf(type, WORD[op]);
      }),
  };
}

/** Spark names the overflow of the two small integers by the operator. */
export function overflowOf(type: DataType, word: string): MillraceError {
  const operation = typeName(type);
  return type.kind === 'byte' || type.kind === 'short'
    ? new MillraceError('BINARY_ARITHMETIC_OVERFLOW', { operation, function: word })
    : new MillraceError('ARITHMETIC_OVERFLOW', {
        operation,
        remedy: `Use try_${word} to get NULL instead, or set spark.sql.ansi.enabled to false.`,
      });
}

/** Doubles under ANSI: a zero divisor in a valid row is an error, found by one comparison. */
function divisionKernel(type: DataType, suffix: NumericType): ScalarImplementation | undefined {
  if (suffix !== 'f64') return undefined;
  return {
    engine: 'wasm:div_f64',
    evaluate: (args, length, context) =>
      compute(args, length, type, context, ({ a, b, valid, out, validity }) => {
        context.kernels.div_f64(a.pointer, a.step, b.pointer, b.step, length, out);
        refuseZeros(args[1], valid === 0 ? undefined : validity, length);
      }),
  };
}

function refuseZeros(divisor: Argument | undefined, validity: Uint8Array | undefined, length: number): void {
  if (divisor === undefined) return;
  if (divisor.kind === 'constant') {
    if (divisor.value === 0 && anyValid(validity, length)) throw new MillraceError('DIVIDE_BY_ZERO', {});
    return;
  }
  if (divisor.column.layout !== 'fixed') return;
  const { values } = divisor.column;
  for (let i = 0; i < length; i++) {
    if (values[i] === 0 && (validity === undefined || ((validity[i >> 3] ?? 0) >> (i & 7)) & 1)) {
      throw new MillraceError('DIVIDE_BY_ZERO', {});
    }
  }
}

function anyValid(validity: Uint8Array | undefined, length: number): boolean {
  if (validity === undefined) return length > 0;
  for (let i = 0; i < length; i++) if (((validity[i >> 3] ?? 0) >> (i & 7)) & 1) return true;
  return false;
}

interface Operands {
  readonly a: FixedOperand;
  readonly b: FixedOperand;
  readonly valid: number;
  readonly validity: Uint8Array | undefined;
  readonly out: number;
}

function compute(
  args: readonly Argument[],
  length: number,
  type: DataType,
  context: EvalContext,
  run: (operands: Operands) => void,
): ReturnType<ScalarImplementation['evaluate']> {
  const { arena } = context;
  if (hasNullConstant(args)) return nullColumn(type, length, arena);
  const validity = commonValidity(columnsOf(args), length, arena);
  const values = newFixed(type, length, arena);
  run({
    a: fixedOperand(present(args[0], 'left operand'), arena),
    b: fixedOperand(present(args[1], 'right operand'), arena),
    valid: validityPointer(validity),
    validity,
    out: values.byteOffset,
  });
  return { layout: 'fixed', type, length, values, validity };
}
