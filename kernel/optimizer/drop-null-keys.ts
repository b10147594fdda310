/**
 * Gives a stream that is joined a filter for what its join drops anyway: rows whose key is null.
 *
 *   Join inner (k = n)              →    Join inner (k = n)
 *     Watermark ts over Stream             Filter (isnotnull(k))
 *     Table (n)                              Watermark ts over Stream
 *                                          Table (n)
 *
 * Pushed below the watermark, such rows do not advance it (SEMANTICS.md 9); Spark infers the same filter.
 */
import { Types } from '../arrow/types.ts';
import type { ColumnExpr, Expr } from '../expr/expr.ts';
import { sameExpr } from '../expr/nodes.ts';
import { nullableOf } from '../expr/resolved.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming, transformPlanDown } from '../plan/nodes.ts';
import { outputOf } from '../plan/output.ts';
import type { Rule } from './rule.ts';
import { conjunctionOf, conjunctsOf, definitionsOf, isDeterministic, substitute } from './substitute.ts';

export const dropNullKeys: Rule = {
  name: 'drop-null-keys',
  apply: (plan) => transformPlanDown(plan, (node) => (node.kind === 'join' ? filterStreams(node) : node)),
};

function filterStreams(join: PlanOf<'join'>): LogicalPlan {
  if (join.condition === undefined || !dropsUnmatched(join) || !isDeterministic(join.condition)) return join;
  const keys = conjunctsOf(join.condition).flatMap(keysOf);
  const [left, right] = [withoutNulls(join.left, keys), withoutNulls(join.right, keys)];
  return left === join.left && right === join.right ? join : { ...join, left, right };
}

/** Whether rows of either side that meet no other go nowhere. */
function dropsUnmatched({ type }: PlanOf<'join'>): boolean {
  return type === 'inner' || type === 'cross' || type === 'semi';
}

const COMPARISONS = new Set(['=', '<', '<=', '>', '>=']);

/** The columns that a comparison reads, as they are or cast: where one is null, so is the comparison. */
function keysOf(part: Expr): readonly ColumnExpr[] {
  if (part.kind !== 'function' || !COMPARISONS.has(part.name)) return [];
  return part.args.flatMap((arg) => {
    const operand = arg.kind === 'cast' ? arg.child : arg;
    return operand.kind === 'column' ? [operand] : [];
  });
}

function withoutNulls(side: LogicalPlan, keys: readonly ColumnExpr[]): LogicalPlan {
  if (!isStreaming(side)) return side;
  const own = outputOf(side);
  const mayBeNull = keys.filter((key) => own.some(({ id }) => id === key.id) && isInReach(key, side));
  const condition = conjunctionOf(mayBeNull.map(isNotNull));
  return condition === undefined ? side : { kind: 'filter', condition, child: side };
}

function isNotNull(expression: Expr): Expr {
  return { kind: 'function', name: 'isnotnull', args: [expression], type: Types.boolean, nullable: false };
}

/** Whether a filter can reach the source from here, and there is none yet. */
function isInReach(key: Expr, plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'dataSource':
      return nullableOf(key);
    case 'filter': {
      const wanted = isNotNull(key);
      return !conjunctsOf(plan.condition).some((part) => sameExpr(part, wanted)) && isInReach(key, plan.child);
    }
    case 'project':
      return isInReach(substitute(key, definitionsOf(plan.expressions)), plan.child);
    case 'subqueryAlias':
    case 'withWatermark':
      return isInReach(key, plan.child);
    case 'aggregate':
    case 'deduplicate':
    case 'distinct':
    case 'join':
    case 'limit':
    case 'localRelation':
    case 'offset':
    case 'oneRow':
    case 'range':
    case 'sort':
    case 'timeWindow':
    case 'union':
    case 'unresolvedRelation':
    case 'with':
      return false;
  }
}
