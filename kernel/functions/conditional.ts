/** coalesce, greatest, least. `if`, `nvl`, `nullif`, … are rewritten into CASE by the analyzer (plan/rewrite-calls.ts). */
import { typeName, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { commonTypeOf, textRuleOf, type TextRule } from './coercion.ts';
import { compareValues } from './compare-values.ts';
import type { Argument, EvalContext, ResolveArgument, ScalarImplementation } from './contract.ts';
import { defineFunction, wrongCount } from './define.ts';
import type { Column } from '../arrow/column.ts';
import { asColumn, columnReader, isNested, writerOf } from './vectors.ts';

function common(name: string, args: readonly ResolveArgument[], texts: TextRule): DataType {
  const type = commonTypeOf(
    args.map((arg) => arg.type),
    texts,
  );
  if (type !== undefined) return type;
  throw noCommonType(name, args);
}

function noCommonType(name: string, args: readonly ResolveArgument[]): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH', {
    expression: `${name}(${args.map((arg) => typeName(arg.type)).join(', ')})`,
    problem: 'the arguments have no common type',
    remedy: 'Cast them to one type.',
  });
}

function noOrder(name: string, type: DataType): MillraceError {
  if (type.kind === 'map') {
    return new MillraceError('DATATYPE_MISMATCH', {
      expression: name,
      problem: `${typeName(type)} has no order`,
      remedy: 'Compare its keys or values.',
    });
  }
  return new MillraceError('NOT_SUPPORTED', {
    feature: `${name} of ${typeName(type)}`,
    remedy: 'Compare fields or elements.',
  });
}

function extreme(name: 'greatest' | 'least', summary: string, example: readonly [string, string]) {
  const sign = name === 'greatest' ? 1 : -1;
  return defineFunction('conditional', {
    name,
    usage: `${name}(expr1, expr2, …)`,
    summary,
    examples: [example],
    resolve(args) {
      if (args.length < 2) throw wrongCount(name, 'at least 2', args.length);
      const type = common(name, args, 'yields');
      // Which of a number and a text is greater would depend on what both are taken for.
      if (type.kind !== 'string' && args.some((arg) => arg.type.kind === 'string')) throw noCommonType(name, args);
      if (isNested(type)) throw noOrder(name, type);
      return { argTypes: args.map(() => type), type, nullable: args.every((arg) => arg.nullable) };
    },
    nulls: 'lenient',
    row:
      () =>
      (...values) => {
        let best: LiteralValue = null;
        for (const value of values) {
          if (value !== null && value !== undefined && (best === null || sign * compareValues(value, best) > 0))
            best = value;
        }
        return best;
      },
  });
}

/** The first argument that is not null, row by row; nested types by gathering. */
function coalesce(type: DataType): ScalarImplementation {
  return {
    engine: 'javascript',
    evaluate(args, length, context) {
      if (type.kind === 'array' || type.kind === 'map' || type.kind === 'struct')
        return coalesceNested(args, length, context);
      const writer = writerOf(type, length, context.arena);
      const columns = args.map((argument) => asColumn(argument, length, context.arena));
      const [head] = columns;
      if (head?.validity === undefined && head !== undefined && head.layout !== 'null') return head;
      const readers = columns.map((column) => columnReader(column));
      for (let row = 0; row < length; row++) {
        for (const read of readers) {
          const value = read(row);
          if (value === null) continue;
          writer.set(row, value);
          break;
        }
      }
      return writer.finish();
    },
  };
}

function coalesceNested(args: readonly Argument[], length: number, context: EvalContext): Column {
  const columns = args.map((argument) => asColumn(argument, length, context.arena));
  const full = columns.find((column) => column.validity === undefined) ?? columns[0];
  if (full === undefined || columns[0] === full)
    return full ?? asColumn({ kind: 'constant', value: null, type: { kind: 'void' } }, length, context.arena);
  throw new MillraceError('NOT_SUPPORTED', {
    feature: 'coalesce of nested columns with nulls',
    remedy: 'Coalesce their fields instead.',
  });
}

export const CONDITIONAL = [
  defineFunction('conditional', {
    name: 'coalesce',
    usage: 'coalesce(expr1, expr2, …)',
    summary: 'The first argument that is not null.',
    examples: [['coalesce(NULL, 1, 2)', '1']],
    resolve(args, context) {
      if (args.length === 0) throw wrongCount('coalesce', 'at least 1', 0);
      const type = common('coalesce', args, textRuleOf(context));
      return { argTypes: args.map(() => type), type, nullable: args.every((arg) => arg.nullable) };
    },
    vector: (_types, type) => coalesce(type),
  }),
  extreme('greatest', 'The greatest argument, nulls skipped.', ['greatest(1, 3, 2)', '3']),
  extreme('least', 'The least argument, nulls skipped.', ['least(1, 3, 2)', '1']),
];
