/** The names of output columns that have no alias, as Spark gives them; and stars. */
import type { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr } from '../expr/expr.ts';
import { typeOf } from '../expr/resolved.ts';
import { exprText } from '../expr/text.ts';
import type { AnalysisContext } from './context.ts';
import { allFields, namesOf, resolveName, unresolvedColumn, type Scope } from './scope.ts';

/**
 * @param expr names resolved, calls not: implicit casts must not show
 * @param original as the user wrote it
 */
export function namedOutput(expr: Expr, original: Expr, context: AnalysisContext): Expr {
  switch (expr.kind) {
    case 'column':
      return expr;
    case 'alias':
      return expr.id === undefined ? Exprs.alias(expr.child, expr.name, context.nextColumnId()) : expr;
    case 'field':
      return Exprs.alias(expr, original.kind === 'attribute' ? lastPart(original.parts, expr.name) : expr.name, context.nextColumnId());
    case 'cast':
      return Exprs.alias(expr, castName(expr, expr.child), context.nextColumnId());
    case 'call':
      return Exprs.alias(expr, callName(expr, original), context.nextColumnId());
    case 'attribute':
    case 'star':
    case 'parameter':
    case 'literal':
    case 'case':
    case 'function':
    case 'aggregate':
      return Exprs.alias(expr, exprText(expr), context.nextColumnId());
  }
}

function lastPart(parts: readonly string[], instead: string): string {
  return parts[parts.length - 1] ?? instead;
}

/** `CAST(value AS STRING)` keeps the name `value`. */
function castName(cast: Expr, child: Expr): string {
  return child.kind === 'column' || child.kind === 'alias' || child.kind === 'field' ? child.name : exprText(cast);
}

/** A map's entry by a dotted name is called after its key. */
function callName(expr: Expr, original: Expr): string {
  return original.kind === 'attribute' ? lastPart(original.parts, exprText(expr)) : exprText(expr);
}

/** Stars replaced by what they stand for; everything else as it is. @throws UNRESOLVED_COLUMN */
export function expandStars(exprs: readonly Expr[], scope: Scope): readonly Expr[] {
  return exprs.flatMap((expr) => (expr.kind === 'star' ? expandStar(expr.target, scope, () => notFound(expr, scope)) : [expr]));
}

function notFound(star: Extract<Expr, { kind: 'star' }>, scope: Scope): MillraceError {
  return unresolvedColumn([...star.target, '*'], namesOf(scope), star.position);
}

function expandStar(target: readonly string[], scope: Scope, missing: () => MillraceError): readonly Expr[] {
  if (target.length === 0) return scope.map((entry) => entry.column);
  const [qualifier = ''] = target;
  const qualified =
    target.length === 1 ? scope.filter((entry) => entry.qualifier?.toLowerCase() === qualifier.toLowerCase()) : [];
  if (qualified.length > 0) return qualified.map((entry) => entry.column);
  const struct = resolveName(target, scope);
  if (struct === undefined || typeOf(struct).kind !== 'struct') throw missing();
  return allFields(struct);
}
