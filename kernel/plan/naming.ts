/** The names of output columns that have no alias, as Spark gives them. */
import { Exprs, type Expr, type ExprOf } from '../expr/expr.ts';
import { exprText } from '../expr/text.ts';
import type { AnalysisContext } from './context.ts';

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
      return Exprs.alias(
        expr,
        original.kind === 'attribute' ? lastPart(original.parts, expr.name) : expr.name,
        context.nextColumnId(),
      );
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

/** `CAST(value AS STRING)` keeps the name `value`, and a cast to a nested type never shows. */
function castName(cast: ExprOf<'cast'>, child: Expr): string {
  if (cast.type.kind === 'array' || cast.type.kind === 'map' || cast.type.kind === 'struct') return exprText(child);
  return child.kind === 'column' || child.kind === 'alias' || child.kind === 'field' ? child.name : exprText(cast);
}

/** A map's entry by a dotted name is called after its key. */
function callName(expr: Expr, original: Expr): string {
  return original.kind === 'attribute' ? lastPart(original.parts, exprText(expr)) : exprText(expr);
}
