/**
 * Computes what depends on no row, and simplifies AND, OR, NOT and filters with literals.
 *
 *   Filter ((a > (1 + 2)) AND true)    →    Filter (a > 3)
 *   Filter true over X                 →    X
 *
 * Stable functions (current_timestamp) and volatile ones (rand) stay. An expression that raises an error stays, so that the
 * error comes where a row asks for it.
 */
import type { Expr, ExprOf } from '../expr/expr.ts';
import { childrenOf, transformUp } from '../expr/nodes.ts';
import { typeOf } from '../expr/resolved.ts';
import { lookupScalar } from '../functions/registry.ts';
import { mapPlanExprs, transformPlanUp } from '../plan/nodes.ts';
import type { OptimizeOptions, Rule } from './rule.ts';

export const foldConstants: Rule = {
  name: 'fold-constants',
  apply: (plan, options) =>
    transformPlanUp(plan, (node) => {
      const folded = mapPlanExprs(node, (expression) => transformUp(expression, (inner) => fold(inner, options)));
      return folded.kind === 'filter' && isLiteral(folded.condition, true) ? folded.child : folded;
    }),
};

function isLiteral(expression: Expr | undefined, value: boolean): boolean {
  return expression?.kind === 'literal' && expression.value === value;
}

function fold(expression: Expr, { foldConstant }: OptimizeOptions): Expr {
  if (expression.kind === 'function') {
    const simpler = simplify(expression);
    if (simpler !== undefined) return simpler;
  }
  if (foldConstant === undefined || !isFoldable(expression)) return expression;
  return foldConstant(expression) ?? expression;
}

function simplify(expression: ExprOf<'function'>): Expr | undefined {
  const [left, right] = expression.args;
  if (left === undefined || right === undefined) return undefined;
  if (expression.name === 'and') {
    if (isLiteral(left, true)) return right;
    if (isLiteral(right, true)) return left;
    if (isLiteral(left, false)) return left;
  }
  if (expression.name === 'or') {
    if (isLiteral(left, false)) return right;
    if (isLiteral(right, false)) return left;
    if (isLiteral(left, true)) return left;
  }
  return undefined;
}

function isFoldable(expression: Expr): boolean {
  const { kind } = typeOf(expression);
  if (kind === 'struct' || kind === 'array' || kind === 'map') return false;
  if (expression.kind === 'function') {
    if (lookupScalar(expression.name)?.volatility !== 'immutable') return false;
  } else if (expression.kind !== 'cast' && expression.kind !== 'case') return false;
  const children = childrenOf(expression);
  return children.length > 0 && children.every((child) => child.kind === 'literal');
}
