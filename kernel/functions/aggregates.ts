/** Aggregates, made of the accumulators that group tables know: a state schema and a finishing step each. */
import { type Column } from '../arrow/column.ts';
import { isIntegral, isNumeric, typeName, Types, type DataType } from '../arrow/types.ts';
import { present } from '../core/assert.ts';
import { MillraceError } from '../core/errors.ts';
import { adjustedDecimal } from './coercion.ts';
import type { AccumulatorOp, AggregateFunction, FunctionContext, ResolveArgument, ResolvedCall } from './contract.ts';
import { defineAggregate, wrongCount } from './define.ts';
import { divideHalfUp, fitsPrecision } from './parse-values.ts';
import { columnReader, writerOf } from './vectors.ts';

type State = ReturnType<AggregateFunction['state']>[number];

function one(name: string, args: readonly ResolveArgument[]): ResolveArgument {
  const [arg] = args;
  if (arg === undefined || args.length !== 1) throw wrongCount(name, '1', args.length);
  return arg;
}

function accumulator(
  op: AccumulatorOp,
  inputType: DataType | undefined,
  stateType: DataType,
  context: FunctionContext,
): State {
  const onOverflow = context.ansi ? 'error' : stateType.kind === 'decimal' ? 'null' : 'wrap';
  return { op, inputType, stateType, onOverflow, argument: inputType === undefined ? undefined : 0 };
}

const firstState = (states: readonly Column[]): Column => present(states[0], 'state column');

/** Strings are summed as doubles. */
function numericInput(name: string, args: readonly ResolveArgument[]): DataType {
  const { type } = one(name, args);
  if (isNumeric(type)) return type;
  if (type.kind === 'string' || type.kind === 'void') return Types.double;
  throw new MillraceError('DATATYPE_MISMATCH', {
    expression: `${name}(${typeName(type)})`,
    problem: 'a number is wanted',
    remedy: 'Cast the argument to a numeric type.',
  });
}

/** `sum(int)` is bigint, `sum(decimal(p,s))` is decimal(p+10,s), everything else double (SEMANTICS.md 29). */
export function sumType(input: DataType): DataType {
  if (isIntegral(input)) return Types.long;
  if (input.kind === 'decimal') return Types.decimal(Math.min(38, input.precision + 10), input.scale);
  return Types.double;
}

/** The type an input is cast to, so that the accumulators see few types. */
function sumInput(input: DataType): DataType {
  if (isIntegral(input)) return Types.long;
  return input.kind === 'decimal' ? input : Types.double;
}

function sumLike(name: string, summary: string, example: readonly [string, string], onOverflow: 'by mode' | 'null') {
  return defineAggregate({
    name,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    resolve(args): ResolvedCall {
      const input = sumInput(numericInput(name, args));
      return { argTypes: [input], type: sumType(input), nullable: true };
    },
    state(argTypes, type, context) {
      const input = argTypes[0] ?? Types.double;
      const sum = accumulator('sum', input, type, context);
      return [onOverflow === 'null' ? { ...sum, onOverflow } : sum];
    },
    finish: (states) => firstState(states),
  });
}

function avgType(input: DataType): DataType {
  if (input.kind !== 'decimal') return Types.double;
  return adjustedDecimal(input.precision + 4, input.scale + 4);
}

const avg = defineAggregate({
  name: 'avg',
  aliases: ['mean'],
  usage: 'avg(expr)',
  summary: 'The mean of the values that are not null; double, or decimal for decimals.',
  examples: [['avg(col) FROM VALUES (1), (2) AS t(col)', '1.5']],
  resolve(args) {
    const given = numericInput('avg', args);
    const input = given.kind === 'decimal' ? given : Types.double;
    return { argTypes: [input], type: avgType(input), nullable: true };
  },
  state(argTypes, _type, context) {
    const input = argTypes[0] ?? Types.double;
    return [
      accumulator('sum', input, input.kind === 'decimal' ? sumType(input) : Types.double, context),
      accumulator('count', input, Types.long, context),
    ];
  },
  finish(states, type, length, { arena }) {
    const sumColumn = firstState(states);
    const sum = columnReader(sumColumn);
    const count = columnReader(present(states[1], 'count state'));
    const writer = writerOf(type, length, arena);
    const shift = type.kind === 'decimal' && sumColumn.type.kind === 'decimal' ? type.scale - sumColumn.type.scale : 0;
    for (let row = 0; row < length; row++) {
      const total = sum(row);
      const n = count(row);
      if (total === null || n === null || Number(n) === 0) continue;
      if (type.kind !== 'decimal') writer.set(row, Number(total) / Number(n));
      else if (typeof total === 'bigint' && typeof n === 'bigint') {
        const mean = divideHalfUp(total * 10n ** BigInt(Math.max(shift, 0)), n);
        if (fitsPrecision(mean, type.precision)) writer.set(row, mean);
      }
    }
    return writer.finish();
  },
});

function pick(
  name: string,
  aliases: readonly string[],
  summary: string,
  example: readonly [string, string],
  op: AccumulatorOp,
) {
  return defineAggregate({
    name,
    aliases,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    resolve(args) {
      const { type } = one(name, args);
      if (type.kind === 'map' || type.kind === 'array' || type.kind === 'struct') {
        throw new MillraceError('NOT_SUPPORTED', {
          feature: `${name}(${typeName(type)})`,
          remedy: 'Aggregate its fields or elements, or to_json() of it.',
        });
      }
      return { argTypes: [type], type, nullable: true };
    },
    state: ([input = Types.void], type, context) => [accumulator(op, input, type, context)],
    finish: (states) => firstState(states),
  });
}

const count = defineAggregate({
  name: 'count',
  usage: 'count(*) or count(expr)',
  summary: 'The number of rows, or of rows where the expression is not null.',
  examples: [['count(*) FROM VALUES (1), (NULL) AS t(col)', '2']],
  resolve(args) {
    if (args.length > 1) {
      throw new MillraceError('NOT_SUPPORTED', {
        feature: 'count with several expressions',
        remedy:
          'Count rows where all of them are not null: count(CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN 1 END).',
      });
    }
    return { argTypes: args.map((arg) => arg.type), type: Types.long, nullable: false };
  },
  state: ([input], _type, context) => [accumulator('count', input, Types.long, context)],
  finish: (states) => firstState(states),
});

/** min or max of a boolean, read as `every` or `some`. */
function booleanFold(
  name: string,
  aliases: readonly string[],
  summary: string,
  example: readonly [string, string],
  op: 'min' | 'max',
) {
  return defineAggregate({
    name,
    aliases,
    usage: `${name}(expr)`,
    summary,
    examples: [example],
    resolve(args) {
      const { type } = one(name, args);
      if (type.kind !== 'boolean' && type.kind !== 'void') {
        throw new MillraceError('DATATYPE_MISMATCH', {
          expression: `${name}(${typeName(type)})`,
          problem: 'a boolean is wanted',
          remedy: 'Compare the value with something.',
        });
      }
      return { argTypes: [Types.boolean], type: Types.boolean, nullable: true };
    },
    state: (_types, _type, context) => [accumulator(op, Types.boolean, Types.boolean, context)],
    finish: (states) => firstState(states),
  });
}

/** Known to Spark, not made of our accumulators yet: a clear refusal instead of an unknown function. */
function missing(name: string, aliases: readonly string[], usage: string, remedy: string) {
  return defineAggregate({
    name,
    aliases,
    usage,
    summary: 'Not supported yet.',
    resolve() {
      throw new MillraceError('NOT_SUPPORTED', { feature: `The aggregate ${name}`, remedy });
    },
    state: () => [],
    finish: (states) => firstState(states),
  });
}

export const AGGREGATES = [
  count,
  sumLike(
    'sum',
    'The sum of the values that are not null; bigint for integers.',
    ['sum(col) FROM VALUES (1), (2) AS t(col)', '3'],
    'by mode',
  ),
  sumLike('try_sum', 'As sum, but null on overflow.', ['try_sum(col) FROM VALUES (1), (2) AS t(col)', '3'], 'null'),
  avg,
  pick('min', [], 'The smallest value.', ['min(col) FROM VALUES (2), (1) AS t(col)', '1'], 'min'),
  pick(
    'max',
    [],
    'The greatest value; NaN is greater than every number.',
    ['max(col) FROM VALUES (2), (1) AS t(col)', '2'],
    'max',
  ),
  pick(
    'first',
    ['first_value'],
    'The first value in the order of arrival, null included.',
    ['first(col) FROM VALUES (5) AS t(col)', '5'],
    'first',
  ),
  pick(
    'last',
    ['last_value'],
    'The last value in the order of arrival, null included.',
    ['last(col) FROM VALUES (5) AS t(col)', '5'],
    'last',
  ),
  pick('any_value', [], 'Some value of the group.', ['any_value(col) FROM VALUES (5) AS t(col)', '5'], 'first'),
  booleanFold(
    'bool_and',
    ['every'],
    'Whether all values are true.',
    ['bool_and(col) FROM VALUES (true), (false) AS t(col)', 'false'],
    'min',
  ),
  booleanFold(
    'bool_or',
    ['some', 'any'],
    'Whether some value is true.',
    ['bool_or(col) FROM VALUES (true), (false) AS t(col)', 'true'],
    'max',
  ),
  missing('approx_count_distinct', [], 'approx_count_distinct(expr)', 'Deduplicate with distinct() and count().'),
  missing(
    'stddev',
    ['stddev_samp', 'std'],
    'stddev(expr)',
    'Use avg() for now; a numerically stable variance needs a state of its own.',
  ),
  missing(
    'stddev_pop',
    [],
    'stddev_pop(expr)',
    'Use avg() for now; a numerically stable variance needs a state of its own.',
  ),
  missing(
    'variance',
    ['var_samp'],
    'variance(expr)',
    'Use avg() for now; a numerically stable variance needs a state of its own.',
  ),
  missing('var_pop', [], 'var_pop(expr)', 'Use avg() for now; a numerically stable variance needs a state of its own.'),
  missing('collect_list', ['array_agg'], 'collect_list(expr)', 'Collect the rows and group them in TypeScript.'),
  missing('collect_set', [], 'collect_set(expr)', 'Use distinct() and collect the rows.'),
  missing(
    'percentile_approx',
    ['approx_percentile', 'percentile', 'median'],
    'percentile_approx(expr, percentage)',
    'Use min(), avg() and max() for now.',
  ),
];
