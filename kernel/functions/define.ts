/** How functions are written down: the declarative form that families use, turned into entries of the registry. */
import { isIntegral, isNumeric, sameType, typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { castsImplicitly, commonTypeOf } from './coercion.ts';
import type {
  AggregateFunction,
  FunctionContext,
  ResolveArgument,
  ResolvedCall,
  ScalarFunction,
  ScalarImplementation,
} from './contract.ts';
import { isNested, readerOf, writerOf } from './vectors.ts';

/**
 * What a parameter takes: a type, or a class of types. `text`: a binary or the text of anything; `bytes`: a binary or a string;
 * `common`: all parameters marked so meet in one type.
 */
export type Param =
  DataType | 'any' | 'numeric' | 'integral' | 'common' | 'time' | 'array' | 'map' | 'struct' | 'text' | 'bytes';

/** One row: argument values in, result out; undefined for an optional argument that was not given. */
export type RowFunction = (...values: readonly (LiteralValue | undefined)[]) => LiteralValue;

export interface ScalarDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly examples?: readonly (readonly [sql: string, result: string])[];
  readonly since?: string;
  readonly volatility?: ScalarFunction['volatility'];
  readonly params?: readonly Param[];
  /** How many of `params` may be left out at the end. */
  readonly optional?: number;
  /** The last parameter may be repeated, at least so many times. */
  readonly variadic?: number;
  readonly returns?: DataType | ((types: readonly DataType[], args: readonly ResolveArgument[]) => DataType);
  /** Overload resolution of its own, instead of `params` and `returns`. */
  readonly resolve?: ScalarFunction['resolve'];
  /** `strict` (default): a null argument gives null without a call. */
  readonly nulls?: 'strict' | 'lenient';
  /** When the result may be null: where an argument may (default), always, never. */
  readonly nullable?: 'argument' | 'always' | 'never';
  /** The computation of a row, made once per plan. */
  readonly row?: (argTypes: readonly DataType[], type: DataType, context: FunctionContext) => RowFunction;
  /** A whole column at a time; tried first, undefined: by rows. */
  readonly vector?: (
    argTypes: readonly DataType[],
    type: DataType,
    context: FunctionContext,
  ) => ScalarImplementation | undefined;
}

/** A scalar function of `family`. */
export function defineFunction(family: string, definition: ScalarDefinition): ScalarFunction {
  return {
    kind: 'scalar',
    name: definition.name,
    aliases: definition.aliases ?? [],
    family,
    usage: definition.usage,
    summary: definition.summary,
    examples: (definition.examples ?? []).map(([sql, result]) => ({ sql, result })),
    since: definition.since ?? '0.1.0',
    volatility: definition.volatility ?? 'immutable',
    resolve: definition.resolve ?? ((args) => resolveByParams(definition, args)),
    implementation: (argTypes, type, context) =>
      definition.vector?.(argTypes, type, context) ?? rowImplementation(definition, argTypes, type, context),
  };
}

export type AggregateDefinition = Omit<AggregateFunction, 'kind' | 'family' | 'aliases' | 'examples' | 'since'> & {
  readonly aliases?: readonly string[];
  readonly examples?: readonly (readonly [sql: string, result: string])[];
};

export function defineAggregate(definition: AggregateDefinition): AggregateFunction {
  return {
    ...definition,
    kind: 'aggregate',
    family: 'aggregate',
    aliases: definition.aliases ?? [],
    examples: (definition.examples ?? []).map(([sql, result]) => ({ sql, result })),
    since: '0.1.0',
  };
}

function rowImplementation(
  definition: ScalarDefinition,
  argTypes: readonly DataType[],
  type: DataType,
  context: FunctionContext,
): ScalarImplementation {
  const { row, name } = definition;
  // Rows are read value by value, and nested values have no form for that.
  if (row === undefined || argTypes.some(isNested) || isNested(type)) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `${name}(${argTypes.map(typeName).join(', ')})`,
      remedy: 'Use other argument types, or another function.',
    });
  }
  const compute = row(argTypes, type, context);
  return { engine: 'javascript', evaluate: evaluateRows(compute, definition.nulls ?? 'strict', type) };
}

/** Runs a row function over a batch. */
export function evaluateRows(
  compute: RowFunction,
  nulls: 'strict' | 'lenient',
  type: DataType,
): ScalarImplementation['evaluate'] {
  return (args, length, context) => {
    const writer = writerOf(type, length, context.arena);
    const readers = args.map(readerOf);
    const [first, second] = readers;
    if (nulls === 'strict' && first !== undefined && readers.length === 1) {
      for (let i = 0; i < length; i++) {
        const a = first(i);
        if (a !== null) writer.set(i, compute(a));
      }
    } else if (nulls === 'strict' && first !== undefined && second !== undefined && readers.length === 2) {
      for (let i = 0; i < length; i++) {
        const a = first(i);
        const b = second(i);
        if (a !== null && b !== null) writer.set(i, compute(a, b));
      }
    } else {
      for (let i = 0; i < length; i++) {
        const values = readers.map((read) => read(i));
        if (nulls === 'lenient' || !values.includes(null)) writer.set(i, compute(...values));
      }
    }
    return writer.finish();
  };
}

function resolveByParams(definition: ScalarDefinition, args: readonly ResolveArgument[]): ResolvedCall {
  const params = paramsFor(definition, args.length);
  const given = args.map((arg) => arg.type);
  const common = commonOf(definition, params, given);
  const argTypes = params.map((param, i) => {
    const type = given[i] ?? Types.void;
    const wanted = param === 'common' ? common : wantedType(param, type);
    if (wanted === undefined || !castsImplicitly(type, wanted)) throw wrongType(definition, i, type, param);
    return wanted;
  });
  const { returns = Types.void } = definition;
  return {
    argTypes,
    type: typeof returns === 'function' ? returns(argTypes, args) : returns,
    nullable: resultNullable(definition.nullable ?? 'argument', args),
  };
}

export function resultNullable(rule: 'argument' | 'always' | 'never', args: readonly ResolveArgument[]): boolean {
  return rule === 'always' || (rule === 'argument' && args.some((arg) => arg.nullable));
}

function paramsFor(definition: ScalarDefinition, count: number): readonly Param[] {
  const { params = [], optional = 0, variadic } = definition;
  const last = params[params.length - 1];
  if (variadic !== undefined && last !== undefined) {
    const fixed = params.slice(0, -1);
    if (count < fixed.length + variadic)
      throw wrongCount(definition.name, `at least ${fixed.length + variadic}`, count);
    return [...fixed, ...Array<Param>(count - fixed.length).fill(last)];
  }
  if (count > params.length || count < params.length - optional) {
    const expected = optional === 0 ? String(params.length) : `${params.length - optional} to ${params.length}`;
    throw wrongCount(definition.name, expected, count);
  }
  return params.slice(0, count);
}

export function wrongCount(name: string, expected: string, actual: number): MillraceError {
  return new MillraceError('WRONG_NUM_ARGS', { name, expected, actual });
}

function commonOf(
  definition: ScalarDefinition,
  params: readonly Param[],
  given: readonly DataType[],
): DataType | undefined {
  const types = given.filter((_, i) => params[i] === 'common');
  const common = commonTypeOf(types);
  if (common !== undefined) return common;
  throw new MillraceError('DATATYPE_MISMATCH', {
    expression: definition.name,
    problem: `the types ${types.map(typeName).join(', ')} have no common type`,
    remedy: 'Cast the arguments to one type.',
  });
}

function wantedType(param: Exclude<Param, 'common'>, given: DataType): DataType | undefined {
  if (typeof param !== 'string') return sameType(param, given) ? given : param;
  switch (param) {
    case 'any':
      return given;
    case 'numeric':
      if (isNumeric(given)) return given;
      return given.kind === 'string' || given.kind === 'void' ? Types.double : undefined;
    case 'integral':
      if (isIntegral(given)) return given;
      if (given.kind === 'void') return Types.int;
      return given.kind === 'string' ? Types.long : undefined;
    case 'time':
      if (given.kind === 'date' || given.kind === 'timestamp' || given.kind === 'timestamp_ntz') return given;
      return given.kind === 'string' || given.kind === 'void' ? Types.timestamp : undefined;
    case 'bytes':
      if (given.kind === 'void') return Types.string;
      return given.kind === 'binary' || given.kind === 'string' ? given : undefined;
    case 'text':
      return given.kind === 'binary' ? given : Types.string;
    case 'array':
    case 'map':
    case 'struct':
      return given.kind === param ? given : undefined;
  }
}

function wrongType(definition: ScalarDefinition, index: number, given: DataType, param: Param): MillraceError {
  const wanted = param === 'bytes' ? 'binary or string' : typeof param === 'string' ? param : typeName(param);
  return new MillraceError('DATATYPE_MISMATCH', {
    expression: definition.usage,
    problem: `argument ${index + 1} has the type ${typeName(given)}, but ${wanted} is wanted`,
    remedy: 'Cast it to a fitting type.',
  });
}
