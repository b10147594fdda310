/** Which expressions can raise an error, so that they may be computed only for rows that ask for them. */
import { isIntegral } from '../../arrow/types.ts';
import type { Expr, ExprOf } from '../../expr/expr.ts';
import { childrenOf } from '../../expr/nodes.ts';
import { nullableOf, typeOf } from '../../expr/resolved.ts';
import { Types } from '../../arrow/types.ts';
import type { FunctionContext } from '../../functions/contract.ts';

/** Cheap functions that have a result for every argument. All others are taken to be able to raise an error. */
const TOTAL = new Set([
  '=',
  '==',
  '<>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '<=>',
  'and',
  'or',
  'not',
  '!',
  'isnull',
  'isnotnull',
  'isnan',
  'in',
  'like',
  'coalesce',
  'if',
  'upper',
  'lower',
  'trim',
  'ltrim',
  'rtrim',
  'length',
  'concat',
  'substring',
  'starts_with',
  'startswith',
  'ends_with',
  'endswith',
  'contains',
  'struct',
  'named_struct',
  'between',
  'nullif',
  'nvl',
  'ifnull',
]);

export function mayRaise(expression: Expr, context: FunctionContext): boolean {
  switch (expression.kind) {
    case 'column':
    case 'literal':
      return false;
    case 'function':
      if (!TOTAL.has(expression.name)) return true;
      break;
    case 'cast':
      if (!isTotalCast(expression)) return true;
      break;
    case 'alias':
    case 'field':
    case 'case':
      break;
    case 'attribute':
    case 'star':
    case 'call':
    case 'parameter':
    case 'aggregate':
      return true;
  }
  return childrenOf(expression).some((child) => mayRaise(child, context));
}

const INTEGRAL_ORDER = ['byte', 'short', 'int', 'long'];

function isTotalCast(expression: ExprOf<'cast'>): boolean {
  const from = typeOf(expression.child);
  const to = expression.type;
  if (to.kind === 'string' || from.kind === 'void' || from.kind === to.kind) return true;
  if (isIntegral(from) && isIntegral(to)) return INTEGRAL_ORDER.indexOf(from.kind) <= INTEGRAL_ORDER.indexOf(to.kind);
  return (isIntegral(from) || from.kind === 'float') && (to.kind === 'double' || to.kind === 'float');
}

/** `coalesce` and `if` as `case`, where an argument must not be computed for every row; else undefined. */
export function asCase(expression: ExprOf<'function'>, context: FunctionContext): ExprOf<'case'> | undefined {
  const { name, args } = expression;
  const [first, ...rest] = args;
  if (first === undefined || !rest.some((arg) => mayRaise(arg, context))) return undefined;
  if (name === 'if') {
    const [then, otherwise] = rest;
    if (then === undefined || otherwise === undefined) return undefined;
    return { kind: 'case', branches: [{ when: first, then }], otherwise };
  }
  if (name !== 'coalesce') return undefined;
  const last = args.at(-1);
  if (last === undefined) return undefined;
  const branches = args.slice(0, -1).map((arg) => ({ when: isNotNull(arg), then: arg }));
  return { kind: 'case', branches, otherwise: last };
}

function isNotNull(argument: Expr): Expr {
  return nullableOf(argument)
    ? { kind: 'function', name: 'isnotnull', args: [argument], type: Types.boolean, nullable: false }
    : { kind: 'literal', value: true, type: Types.boolean };
}
