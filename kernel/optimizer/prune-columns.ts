/**
 * Keeps only the columns that something above reads, down to the columns that a source reads.
 *
 *   Project [a]                         →    Project [a]
 *     Project [a, b AS c]                      Project [a]
 *       DataSource (a, b, d)                     DataSource (a)
 */
import { fixedWidth } from '../arrow/types.ts';
import type { ColumnExpr, ColumnId, Expr } from '../expr/expr.ts';
import { columnIdsOf } from '../expr/nodes.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming, planChildren, planExprs, withPlanChildren } from '../plan/nodes.ts';
import { outputColumn, outputOf } from '../plan/output.ts';
import type { Rule } from './rule.ts';

export const pruneColumns: Rule = {
  name: 'prune-columns',
  apply: (plan) => prune(plan, new Set(outputOf(plan).map((column) => column.id))),
};

type Ids = ReadonlySet<ColumnId>;

function withReads(expressions: readonly Expr[], ids: Ids = new Set()): Ids {
  const all = new Set(ids);
  for (const expression of expressions) columnIdsOf(expression, all);
  return all;
}

/** The plan, giving at least the columns `wanted`. */
function prune(plan: LogicalPlan, wanted: Ids): LogicalPlan {
  switch (plan.kind) {
    case 'project': {
      const expressions = keep(plan.expressions, wanted);
      return pruned(plan, expressions, { ...plan, expressions }, withReads(expressions));
    }
    case 'aggregate': {
      const outputs = keep(plan.outputs, wanted);
      return pruned(plan, outputs, { ...plan, outputs }, withReads([...plan.groupings, ...outputs]));
    }
    case 'dataSource':
    case 'localRelation': {
      const output = keepColumns(plan.output, wanted);
      return output.length === plan.output.length ? plan : { ...plan, output };
    }
    case 'union':
      return pruneUnion(plan, wanted);
    case 'join': {
      const ids = withReads(planExprs(plan), wanted);
      return withPlanChildren(plan, [prune(plan.left, ids), prune(plan.right, ids)]);
    }
    case 'distinct':
      return withPlanChildren(plan, [prune(plan.child, allOf(plan.child))]);
    case 'deduplicate':
      return pruneDeduplicate(plan, wanted);
    case 'filter':
    case 'timeWindow':
    case 'sort':
    case 'withWatermark':
    case 'subqueryAlias':
    case 'limit':
    case 'offset':
      return withPlanChildren(plan, [prune(plan.child, withReads(planExprs(plan), wanted))]);
    case 'oneRow':
    case 'range':
    case 'unresolvedRelation':
    case 'with':
      return plan;
  }
}

/**
 * Within a watermark the event-time column must reach the operator, whether or not something above reads it. Else, in a
 * stream, it must not if nothing does: then late rows are no longer dropped (SEMANTICS.md 17).
 */
function pruneDeduplicate(plan: PlanOf<'deduplicate'>, wanted: Ids): LogicalPlan {
  if (plan.keys.length === 0 || plan.withinWatermark) {
    return withPlanChildren(plan, [prune(plan.child, allOf(plan.child))]);
  }
  const reads = withReads(plan.keys, wanted);
  const child = prune(plan.child, reads);
  const output = outputOf(child);
  const expressions = output.filter(({ id }) => reads.has(id));
  if (!isStreaming(child) || expressions.length === output.length) return withPlanChildren(plan, [child]);
  return withPlanChildren(plan, [{ kind: 'project', expressions, child }]);
}

function allOf(plan: LogicalPlan): Ids {
  return new Set(outputOf(plan).map((column) => column.id));
}

function pruned(plan: LogicalPlan, outputs: readonly Expr[], smaller: LogicalPlan, reads: Ids): LogicalPlan {
  const node = outputs.length === outputOf(plan).length ? plan : smaller;
  return withPlanChildren(
    node,
    planChildren(node).map((child) => prune(child, reads)),
  );
}

/** At least one is kept, so that rows are still counted. */
function keep(outputs: readonly Expr[], wanted: Ids): readonly Expr[] {
  const kept = outputs.filter((output) => wanted.has(outputColumn(output).id));
  return kept.length === 0 ? outputs.slice(0, 1) : kept;
}

/** As `keep`, preferring a narrow column. */
function keepColumns(output: readonly ColumnExpr[], wanted: Ids): readonly ColumnExpr[] {
  const kept = output.filter((column) => wanted.has(column.id));
  if (kept.length > 0) return kept;
  const narrow = output.find((column) => fixedWidth(column.type) !== undefined) ?? output[0];
  return narrow === undefined ? [] : [narrow];
}

/** Columns of a union's children correspond by position. */
function pruneUnion(plan: PlanOf<'union'>, wanted: Ids): LogicalPlan {
  const output = outputOf(plan);
  const positions = output.flatMap((column, i) => (wanted.has(column.id) ? [i] : []));
  const kept = positions.length === 0 ? [0] : positions;
  if (kept.length === output.length) {
    return withPlanChildren(
      plan,
      plan.children.map((child) => prune(child, allOf(child))),
    );
  }
  const children = plan.children.map((child): LogicalPlan => {
    const columns = outputOf(child);
    const expressions = kept.flatMap((i) => (columns[i] === undefined ? [] : [columns[i]]));
    return prune({ kind: 'project', expressions, child }, new Set(expressions.map((column) => column.id)));
  });
  return { ...plan, children };
}
