/** The columns that an analysed plan gives, and its schema. */
import { field, Types, type Schema } from '../arrow/types.ts';
import { AssertionError } from '../core/assert.ts';
import { Exprs, type ColumnExpr, type Expr } from '../expr/expr.ts';
import { nullableOf, typeOf } from '../expr/resolved.ts';
import { exprText } from '../expr/text.ts';
import { eventTimesOf } from './event-time.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';

/** @throws AssertionError for a plan that is not analysed */
export function outputOf(plan: LogicalPlan): readonly ColumnExpr[] {
  switch (plan.kind) {
    case 'oneRow':
      return [];
    case 'localRelation':
    case 'range':
    case 'dataSource':
      return plan.output;
    case 'project':
      return plan.expressions.map(outputColumn);
    case 'aggregate':
      return plan.outputs.map(outputColumn);
    case 'timeWindow':
      return [...outputOf(plan.child), plan.window];
    case 'subqueryAlias':
    case 'filter':
    case 'sort':
    case 'limit':
    case 'offset':
    case 'distinct':
    case 'deduplicate':
    case 'withWatermark':
      return outputOf(plan.child);
    case 'union':
      return unionOutput(plan);
    case 'join':
      return joinOutput(plan);
    case 'unresolvedRelation':
    case 'with':
      throw new AssertionError(`a plan with ${plan.kind} is not analysed`);
  }
}

/** The column that an output expression gives: aliases have names and ids of their own. */
export function outputColumn(expr: Expr): ColumnExpr {
  if (expr.kind === 'column') return expr;
  if (expr.kind === 'alias' && expr.id !== undefined) {
    return Exprs.column(expr.id, expr.name, typeOf(expr.child), nullableOf(expr.child));
  }
  throw new AssertionError(`an output must be an alias or a column, not ${exprText(expr)}`);
}

function unionOutput(plan: PlanOf<'union'>): readonly ColumnExpr[] {
  const outputs = plan.children.map(outputOf);
  const [first = []] = outputs;
  return first.map((column, i) => {
    const nullable = outputs.some((output) => output[i]?.nullable ?? true);
    return nullable === column.nullable ? column : { ...column, nullable };
  });
}

function joinOutput(plan: PlanOf<'join'>): readonly ColumnExpr[] {
  const asNullable = (column: ColumnExpr): ColumnExpr => (column.nullable ? column : { ...column, nullable: true });
  const left = outputOf(plan.left);
  switch (plan.type) {
    case 'semi':
    case 'anti':
      return left;
    case 'inner':
    case 'cross':
      return [...left, ...outputOf(plan.right)];
    case 'left':
      return [...left, ...outputOf(plan.right).map(asNullable)];
    case 'right':
      return [...left.map(asNullable), ...outputOf(plan.right)];
    case 'full':
      return [...left, ...outputOf(plan.right)].map(asNullable);
  }
}

/** The schema, event-time columns marked with `spark.watermarkDelayMs` in their metadata, as in Spark. */
export function schemaOf(plan: LogicalPlan): Schema {
  const eventTimes = eventTimesOf(plan);
  return Types.struct(
    outputOf(plan).map((column) => {
      const delayMs = eventTimes.get(column.id);
      const metadata = delayMs === undefined ? undefined : { 'spark.watermarkDelayMs': Number(delayMs) };
      return field(column.name, column.type, column.nullable, metadata);
    }),
  );
}
