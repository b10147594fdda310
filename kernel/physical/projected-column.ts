/** Outputs of projections and aggregates as columns. */
import type { Expr } from '../expr/expr.ts';
import { outputColumn } from '../plan/output.ts';
import type { ProjectedColumn } from './stage.ts';

/** The column that an output expression makes: an alias with its id, or a column passed on. */
export function projectedColumn(expression: Expr): ProjectedColumn {
  return { expression: expression.kind === 'alias' ? expression.child : expression, column: outputColumn(expression) };
}
