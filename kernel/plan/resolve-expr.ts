/**
 * Expressions, from names to types: `resolveNames` turns attributes into columns, `resolveCalls` turns calls into
 * functions and aggregates with coerced arguments. Between the two, output columns get their names.
 */
import { isIntegral, sameType, typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr, type ExprOf, type LiteralValue } from '../expr/expr.ts';
import { transformDown, transformUp, withChildren, childrenOf, contains } from '../expr/nodes.ts';
import { nullableOf, typeOf } from '../expr/resolved.ts';
import { exprText, structFieldName } from '../expr/text.ts';
import { arithmeticRow } from '../functions/arithmetic.ts';
import { checkCast } from '../functions/cast.ts';
import { castValue } from '../functions/cast-values.ts';
import { commonTypeOf, textRuleOf } from '../functions/coercion.ts';
import type { AggregateFunction, FunctionContext, ResolveArgument, ScalarFunction } from '../functions/contract.ts';
import { functionNames, lookupFunction } from '../functions/registry.ts';
import type { SqlParser } from './parser-port.ts';
import { isInterval, rewriteCall } from './rewrite-calls.ts';
import { rewriteJsonCall } from './rewrite-json.ts';
import { noSessionWindows } from './session-window.ts';
import { expandStars } from './stars.ts';
import { namesOf, resolveName, unresolvedColumn, type Scope } from './scope.ts';
import { nearest } from './suggest.ts';

/** @throws UNRESOLVED_COLUMN, AMBIGUOUS_REFERENCE */
export function resolveNames(expr: Expr, scope: Scope): Expr {
  return transformDown(expr, (node) => {
    if (node.kind === 'parameter') {
      throw new MillraceError('UNBOUND_SQL_PARAMETER', { name: node.name });
    }
    if (node.kind === 'call' && node.name !== 'count' && node.args.some((arg) => arg.kind === 'star')) {
      return resolveNames({ ...node, args: expandStars(node.args, scope) }, scope);
    }
    if (node.kind !== 'attribute') return undefined;
    const found = resolveName(node.parts, scope, node.position);
    if (found === undefined) throw unresolvedColumn(node.parts, namesOf(scope), node.position);
    return found;
  });
}

/** As `resolveNames`, but undefined where a name is unknown. */
export function tryResolveNames(expr: Expr, scope: Scope): Expr | undefined {
  const isKnown = !contains(
    expr,
    (node) => node.kind === 'attribute' && resolveName(node.parts, scope, node.position) === undefined,
  );
  return isKnown ? resolveNames(expr, scope) : undefined;
}

/** Whether a call names an aggregate function. */
export function isAggregateCall(node: Expr): boolean {
  return (
    (node.kind === 'call' && (node.name === 'count_if' || lookupFunction(node.name)?.kind === 'aggregate')) ||
    node.kind === 'aggregate'
  );
}

/** What functions depend on, and the parser for schemas given as text. */
export interface ResolveContext extends FunctionContext {
  readonly parser: Pick<SqlParser, 'parseSchema' | 'parseType'>;
}

/**
 * Types and functions, bottom up.
 * @param expr names resolved
 * @throws UNRESOLVED_ROUTINE, WRONG_NUM_ARGS, DATATYPE_MISMATCH, NESTED_AGGREGATE_FUNCTION
 */
export function resolveCalls(expr: Expr, context: ResolveContext): Expr {
  const resolved = resolveTree(expr, context);
  if (!isInterval(resolved)) return resolved;
  throw new MillraceError('NOT_SUPPORTED', {
    feature: 'A column of intervals',
    remedy: 'Add the interval to a date or timestamp.',
  });
}

/** As `resolveCalls`, but an interval stays a call: what it stands in takes it up, or refuses it. */
function resolveTree(expr: Expr, context: ResolveContext): Expr {
  if (expr.kind === 'call' && expr.name === 'interval') return expr;
  if (expr.kind === 'call' && (expr.name === 'struct' || expr.name === 'row constructor')) {
    return resolveTree(structCall(expr), context);
  }
  if (expr.kind === 'call' && (expr.name === 'from_json' || expr.name === 'to_json')) {
    return resolveChildren(rewriteJsonCall(expr, context.parser), context);
  }
  return resolveChildren(expr, context);
}

/** `struct(a, b + 1 AS c)`, which `(a, b + 1 AS c)` is as well. */
function structCall(node: ExprOf<'call'>): Expr {
  const args = node.args.flatMap((arg, i) => {
    const inner = arg.kind === 'alias' ? arg.child : arg;
    return [Exprs.literal(structFieldName(arg, i), Types.string), inner];
  });
  return Exprs.call('named_struct', args, node.position === undefined ? {} : { position: node.position });
}

function resolveChildren(expr: Expr, context: ResolveContext): Expr {
  const children = childrenOf(expr).map((child) => resolveTree(child, context));
  const node = withChildren(expr, children);
  switch (node.kind) {
    case 'call':
      return resolveCall(node, context);
    case 'cast':
      refuseIntervals('the value of a cast', children);
      return resolveCast(node, context);
    case 'case':
      refuseIntervals('a part of CASE', children);
      return resolveCase(node, context);
    case 'attribute':
    case 'star':
    case 'parameter':
    case 'literal':
    case 'alias':
    case 'column':
    case 'field':
    case 'function':
    case 'aggregate':
      return node;
  }
}

function resolveCall(node: ExprOf<'call'>, context: ResolveContext): Expr {
  if (node.name !== '+' && node.name !== '-') refuseIntervals(`an argument of ${node.name}`, node.args);
  const rewritten = rewriteCall(node);
  if (rewritten !== undefined) return resolveTree(rewritten, context);
  const entry = lookupFunction(node.name);
  if (entry === undefined) throw unknownRoutine(node);
  return entry.kind === 'scalar' ? scalarCall(entry, node, context) : aggregateCall(entry, node, context);
}

function refuseIntervals(where: string, parts: readonly Expr[]): void {
  if (parts.some(isInterval)) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `An interval as ${where}`,
      remedy: 'Intervals can be added to and subtracted from dates and timestamps, and given to window() as text.',
    });
  }
}

function unknownRoutine(node: ExprOf<'call'>): MillraceError {
  const position = node.position === undefined ? {} : { position: node.position };
  if (node.name === 'session_window') return noSessionWindows(node);
  if (node.name === 'window') {
    return new MillraceError(
      'DATATYPE_MISMATCH',
      {
        expression: exprText(node),
        problem: 'it may only stand in select, groupBy and withColumn',
        remedy: 'Group by it, or compute it in a column first.',
      },
      position,
    );
  }
  if (['explode', 'explode_outer', 'posexplode', 'inline', 'stack'].includes(node.name)) {
    return new MillraceError(
      'NOT_SUPPORTED',
      { feature: `The generator ${node.name}`, remedy: 'Take elements out by position with getItem().' },
      position,
    );
  }
  const near = nearest(
    node.name,
    functionNames().filter((name) => /^\w+$/.test(name)),
  );
  const suggestion = near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Check the spelling.';
  return new MillraceError('UNRESOLVED_ROUTINE', { name: `\`${node.name}\``, suggestion }, position);
}

/** Errors of overload resolution point at the call. */
function located<T>(node: ExprOf<'call'>, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof MillraceError && error.position === undefined && node.position !== undefined) {
      throw new MillraceError(error.condition, error.parameters, { position: node.position, cause: error });
    }
    throw error;
  }
}

function asArgument(expr: Expr): ResolveArgument {
  const base = { type: typeOf(expr), nullable: nullableOf(expr) };
  const constant = constantOf(expr);
  if (constant === undefined) return base;
  return expr.kind === 'literal' ? { ...base, literal: constant, constant } : { ...base, constant };
}

/** A literal, or the sum, difference or product of two: the digits of `round(x, 1 + 1)`. */
function constantOf(expr: Expr): LiteralValue | undefined {
  if (expr.kind === 'literal') return expr.value;
  if (expr.kind !== 'function' || (expr.name !== '+' && expr.name !== '-' && expr.name !== '*')) return undefined;
  const values = expr.args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined));
  if (values.includes(undefined) || values.includes(null)) return undefined;
  return arithmeticRow(expr.name, expr.args.map(typeOf), expr.type, 'null')(...values);
}

function scalarCall(entry: ScalarFunction, node: ExprOf<'call'>, context: FunctionContext): Expr {
  if (node.distinct === true) throw notAggregate(node);
  const resolved = located(node, () => entry.resolve(node.args.map(asArgument), context));
  const args = node.args.map((arg, i) => coerce(arg, resolved.argTypes[i] ?? typeOf(arg), context));
  const { type, nullable } = resolved;
  const base = { kind: 'function', name: entry.name, args, type, nullable } as const;
  return Object.freeze(node.position === undefined ? base : { ...base, position: node.position });
}

function notAggregate(node: ExprOf<'call'>): MillraceError {
  return new MillraceError('NOT_SUPPORTED', {
    feature: exprText(node),
    remedy: 'DISTINCT belongs to aggregate functions only.',
  });
}

function aggregateCall(entry: AggregateFunction, node: ExprOf<'call'>, context: FunctionContext): Expr {
  if (node.args.some((arg) => contains(arg, isAggregateCall))) {
    throw new MillraceError('NESTED_AGGREGATE_FUNCTION', { expression: exprText(node) });
  }
  const given = node.args.filter((arg) => arg.kind !== 'star');
  const isEveryRow = entry.name === 'count' && given.every((arg) => arg.kind === 'literal' && arg.value !== null);
  const counted = isEveryRow ? [] : given;
  const resolved = located(node, () => entry.resolve(counted.map(asArgument), context));
  const args = counted.map((arg, i) => coerce(arg, resolved.argTypes[i] ?? typeOf(arg), context));
  return Object.freeze({
    kind: 'aggregate',
    name: entry.name,
    args,
    distinct: node.distinct === true && !['min', 'max'].includes(entry.name),
    type: resolved.type,
    nullable: resolved.nullable,
  });
}

/** An implicit cast where the types differ; literals are cast here and now. */
export function coerce(expr: Expr, type: DataType, context: FunctionContext): Expr {
  const from = typeOf(expr);
  if (sameType(from, type)) return expr;
  if (expr.kind === 'literal') {
    if (expr.value === null) return Exprs.literal(null, type);
    const folded = foldLiteral(expr, type, context);
    if (folded !== undefined) return folded;
  }
  checkCast(from, type, exprText(expr));
  return Exprs.cast(expr, type, context.ansi ? 'ansi' : 'legacy');
}

/** Undefined where the cast fails: then the error belongs to the rows that evaluate it. */
function foldLiteral(expr: ExprOf<'literal'>, type: DataType, context: FunctionContext): Expr | undefined {
  try {
    const value = castValue(expr.type, type, context.ansi ? 'ansi' : 'legacy', context)(expr.value);
    return Exprs.literal(value, type);
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
}

function resolveCast(node: ExprOf<'cast'>, context: FunctionContext): Expr {
  checkCast(typeOf(node.child), node.type, exprText(node));
  // A cast integer is no literal: in decimal arithmetic it counts with the digits of its type.
  const isNumber = node.child.kind === 'literal' && isIntegral(node.type);
  if (sameType(typeOf(node.child), node.type) && !isNumber) return node.child;
  const mode = node.mode ?? (context.ansi ? 'ansi' : 'legacy');
  if (node.child.kind === 'literal' && node.child.value === null) return Exprs.literal(null, node.type);
  return node.mode === mode ? node : Object.freeze({ ...node, mode });
}

function resolveCase(node: ExprOf<'case'>, context: FunctionContext): Expr {
  const results = [
    ...node.branches.map((branch) => branch.then),
    ...(node.otherwise === undefined ? [] : [node.otherwise]),
  ];
  const type = commonTypeOf(results.map(typeOf), textRuleOf(context));
  if (type === undefined) {
    throw new MillraceError('DATATYPE_MISMATCH', {
      expression: exprText(node),
      problem: `the branches have the types ${results.map((result) => typeName(typeOf(result))).join(', ')}, which have no common type`,
      remedy: 'Cast them to one type.',
    });
  }
  const branches = node.branches.map((branch) => ({
    when: requireBoolean(branch.when, 'WHEN'),
    then: coerce(branch.then, type, context),
  }));
  const { otherwise } = node;
  return Object.freeze({
    kind: 'case',
    branches,
    ...(otherwise === undefined ? {} : { otherwise: coerce(otherwise, type, context) }),
  });
}

/** @throws DATATYPE_MISMATCH where the condition is not a boolean: neither a text nor NULL is one */
export function requireBoolean(condition: Expr, clause: string): Expr {
  const type = typeOf(condition);
  if (type.kind === 'boolean') return condition;
  throw new MillraceError('DATATYPE_MISMATCH', {
    expression: exprText(condition),
    problem: `${clause} needs a boolean, but this is ${typeName(type)}`,
    remedy: 'Compare it with something.',
  });
}

/** Replaces `:name` parameters by literals. */
export function bindParameters(expr: Expr, values: ReadonlyMap<string, Expr>): Expr {
  return transformUp(expr, (node) => (node.kind === 'parameter' ? (values.get(node.name) ?? node) : node));
}
