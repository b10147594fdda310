/** Comparisons, `in`, `between`. Both sides are cast to their common type first. */
import { typeName, Types, type DataType } from '../arrow/types.ts';
import { present } from '../core/assert.ts';
import { MillraceError } from '../core/errors.ts';
import type { Comparison } from '../../wasm/abi/kernels.ts';
import { commonType, commonTypeOf, textRuleOf } from './coercion.ts';
import { compareValues } from './compare-values.ts';
import type { ResolveArgument, ResolvedCall, ScalarImplementation } from './contract.ts';
import { defineFunction, resultNullable, wrongCount } from './define.ts';
import { bytesOperand, columnsOf, fixedOperand, hasNullConstant, numericSuffix } from './operands.ts';
import { allocateBytes, commonValidity, nullColumn } from './vectors.ts';

const TESTS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

function comparison(
  name: string,
  aliases: readonly string[],
  test: Comparison,
  summary: string,
  example: readonly [string, string],
) {
  return defineFunction('comparison', {
    name,
    aliases,
    usage: `expr1 ${name} expr2`,
    summary,
    examples: [example],
    resolve: (args) => ({
      ...resolveCommon(name, args),
      type: Types.boolean,
      nullable: resultNullable('argument', args),
    }),
    vector: ([type = Types.void]) => comparisonKernel(test, type),
    row: () => {
      const holds = TESTS[test];
      return (a, b) => holds(compareValues(a ?? null, b ?? null));
    },
  });
}

function resolveCommon(name: string, args: readonly ResolveArgument[]): ResolvedCall {
  const [left, right] = args;
  if (left === undefined || right === undefined || args.length > 2) throw wrongCount(name, '2', args.length);
  const type = commonType(left.type, right.type);
  if (type === undefined || !isOrderable(type)) throw incomparable(name, [left.type, right.type]);
  return { argTypes: [type, type], type: Types.boolean, nullable: false };
}

/** Nested values have no order here yet. */
function isOrderable(type: DataType): boolean {
  return type.kind !== 'map' && type.kind !== 'array' && type.kind !== 'struct';
}

function incomparable(name: string, types: readonly DataType[]): MillraceError {
  if (types.every((type) => type.kind === 'array' || type.kind === 'struct')) {
    return new MillraceError('NOT_SUPPORTED', {
      feature: types.map(typeName).join(` ${name} `),
      remedy: 'Compare fields and elements, or to_json() of both.',
    });
  }
  return new MillraceError('DATATYPE_MISMATCH', {
    expression: types.map(typeName).join(` ${name} `),
    problem: 'these types cannot be compared',
    remedy: 'Cast one of them, or compare fields and elements.',
  });
}

function comparisonKernel(test: Comparison, type: DataType): ScalarImplementation | undefined {
  const suffix = type.kind === 'decimal' ? 'd128' : numericSuffix(type);
  const isBytes = type.kind === 'string' || type.kind === 'binary';
  if (suffix === undefined && !isBytes) return undefined;
  const name = suffix === undefined ? (`${test}_bytes` as const) : undefined;
  const fixedName = suffix === undefined ? undefined : (`${test}_${suffix}` as const);
  return {
    engine: `wasm:${name ?? fixedName ?? ''}`,
    evaluate(args, length, context) {
      const { arena, kernels } = context;
      if (hasNullConstant(args)) return nullColumn(Types.boolean, length, arena);
      const left = present(args[0], 'left operand');
      const right = present(args[1], 'right operand');
      const values = allocateBytes(arena, (length + 7) >> 3);
      if (fixedName !== undefined) {
        const a = fixedOperand(left, arena);
        const b = fixedOperand(right, arena);
        kernels[fixedName](a.pointer, a.step, b.pointer, b.step, length, values.byteOffset);
      } else if (name !== undefined) {
        const a = bytesOperand(left, arena);
        const b = bytesOperand(right, arena);
        kernels[name](a.offsets, a.data, a.step, b.offsets, b.data, b.step, length, values.byteOffset);
      }
      const validity = commonValidity(columnsOf(args), length, arena);
      return { layout: 'bits', type: Types.boolean, length, values, validity };
    },
  };
}

export const COMPARISON = [
  comparison('=', ['=='], 'eq', 'Whether both are equal; null where either is.', ['1 = 1', 'true']),
  comparison('<>', ['!='], 'ne', 'Whether both differ.', ['1 <> 2', 'true']),
  comparison('<', [], 'lt', 'Less than.', ['1 < 2', 'true']),
  comparison('<=', [], 'le', 'Less than or equal.', ['2 <= 2', 'true']),
  comparison('>', [], 'gt', 'Greater than.', ['3 > 2', 'true']),
  comparison('>=', [], 'ge', 'Greater than or equal.', ['1 >= 2', 'false']),
  defineFunction('comparison', {
    name: '<=>',
    aliases: ['equal_null'],
    usage: 'expr1 <=> expr2',
    summary: 'Whether both are equal, two nulls being equal; never null.',
    examples: [['NULL <=> NULL', 'true']],
    resolve: (args) => resolveCommon('<=>', args),
    nulls: 'lenient',
    row: () => (a, b) => (a === null || b === null ? a === b : compareValues(a ?? null, b ?? null) === 0),
  }),
  defineFunction('comparison', {
    name: 'in',
    usage: 'expr1 IN (expr2, …)',
    summary: 'Whether the value is one of those listed; null where it is not but one of them is null.',
    examples: [['2 IN (1, 2)', 'true']],
    resolve(args, context) {
      if (args.length < 2) throw wrongCount('in', 'at least 2', args.length);
      const type = commonTypeOf(
        args.map((arg) => arg.type),
        textRuleOf(context),
      );
      if (type === undefined || !isOrderable(type))
        throw incomparable(
          'IN',
          args.map((arg) => arg.type),
        );
      return { argTypes: args.map(() => type), type: Types.boolean, nullable: resultNullable('argument', args) };
    },
    nulls: 'lenient',
    row:
      () =>
      (value, ...list) => {
        if (value === null || value === undefined) return null;
        let sawNull = false;
        for (const item of list) {
          if (item === null || item === undefined) sawNull = true;
          else if (compareValues(value, item) === 0) return true;
        }
        return sawNull ? null : false;
      },
  }),
];
