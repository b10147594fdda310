/** AND, OR, NOT in SQL's three values, and the tests for null and NaN. */
import { isValid, type Column } from '../arrow/column.ts';
import { Types } from '../arrow/types.ts';
import { present } from '../core/assert.ts';
import type { Argument, EvalContext, ScalarImplementation } from './contract.ts';
import { defineFunction } from './define.ts';
import { validityPointer } from './operands.ts';
import { allocateBytes, asColumn, writerOf } from './vectors.ts';

function booleanColumn(
  argument: Argument | undefined,
  length: number,
  context: EvalContext,
): Extract<Column, { layout: 'bits' }> {
  const given = present(argument, 'operand');
  const column = asColumn(given.kind === 'constant' ? { ...given, type: Types.boolean } : given, length, context.arena);
  if (column.layout === 'bits') return column;
  const values = allocateBytes(context.arena, (length + 7) >> 3).fill(0);
  return { layout: 'bits', type: Types.boolean, length, values, validity: values };
}

function kleene(name: 'and' | 'or'): ScalarImplementation {
  const kernel = `${name}_kleene` as const;
  return {
    engine: `wasm:${kernel}`,
    evaluate(args, length, context) {
      const { arena, kernels } = context;
      const a = booleanColumn(args[0], length, context);
      const b = booleanColumn(args[1], length, context);
      const values = allocateBytes(arena, (length + 7) >> 3);
      if (a.validity === undefined && b.validity === undefined) {
        kernels[`bitmap_${name}`](a.values.byteOffset, b.values.byteOffset, values.byteOffset, length);
        return { layout: 'bits', type: Types.boolean, length, values, validity: undefined };
      }
      const validity = allocateBytes(arena, (length + 7) >> 3);
      kernels[kernel](
        a.values.byteOffset,
        validityPointer(a.validity),
        b.values.byteOffset,
        validityPointer(b.validity),
        length,
        values.byteOffset,
        validity.byteOffset,
      );
      return { layout: 'bits', type: Types.boolean, length, values, validity };
    },
  };
}

function nullTest(
  name: string,
  aliases: readonly string[],
  summary: string,
  example: readonly [string, string],
  wanted: 'null' | 'value',
) {
  return defineFunction('logic', {
    name,
    aliases,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    params: ['any'],
    returns: Types.boolean,
    nullable: 'never',
    vector: () => ({
      engine: 'javascript',
      evaluate([argument], length, { arena }) {
        const writer = writerOf(Types.boolean, length, arena);
        const given = present(argument, 'operand');
        for (let row = 0; row < length; row++) {
          const isNull = given.kind === 'constant' ? given.value === null : !isValid(given.column, row);
          writer.set(row, isNull === (wanted === 'null'));
        }
        return writer.finish();
      },
    }),
  });
}

export const LOGIC = [
  defineFunction('logic', {
    name: 'and',
    usage: 'expr1 AND expr2',
    summary: 'True where both are; false wins over null.',
    examples: [
      ['true AND NULL', 'NULL'],
      ['false AND NULL', 'false'],
    ],
    params: [Types.boolean, Types.boolean],
    returns: Types.boolean,
    vector: () => kleene('and'),
  }),
  defineFunction('logic', {
    name: 'or',
    usage: 'expr1 OR expr2',
    summary: 'True where either is; true wins over null.',
    examples: [
      ['true OR NULL', 'true'],
      ['false OR NULL', 'NULL'],
    ],
    params: [Types.boolean, Types.boolean],
    returns: Types.boolean,
    vector: () => kleene('or'),
  }),
  defineFunction('logic', {
    name: 'not',
    aliases: ['!'],
    usage: 'NOT expr',
    summary: 'The opposite; null for null.',
    examples: [['NOT true', 'false']],
    params: [Types.boolean],
    returns: Types.boolean,
    vector: () => ({
      engine: 'wasm:bitmap_not',
      evaluate(args, length, context) {
        const a = booleanColumn(args[0], length, context);
        const values = allocateBytes(context.arena, (length + 7) >> 3);
        context.kernels.bitmap_not(a.values.byteOffset, values.byteOffset, length);
        return { layout: 'bits', type: Types.boolean, length, values, validity: a.validity };
      },
    }),
  }),
  nullTest('isnull', [], 'Whether the value is null; never null itself.', ['isnull(NULL)', 'true'], 'null'),
  nullTest('isnotnull', [], 'Whether the value is not null.', ['isnotnull(1)', 'true'], 'value'),
  defineFunction('logic', {
    name: 'isnan',
    usage: 'isnan(expr)',
    summary: 'Whether the number is NaN; false for null.',
    examples: [["isnan(CAST('NaN' AS DOUBLE))", 'true']],
    params: [Types.double],
    returns: Types.boolean,
    nullable: 'never',
    nulls: 'lenient',
    row: () => (value) => typeof value === 'number' && Number.isNaN(value),
  }),
];
