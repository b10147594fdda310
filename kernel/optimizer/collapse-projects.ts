/**
 *   Project [b + 1 AS c]             →    Project [(a * 2) + 1 AS c]
 *     Project [a * 2 AS b] over X           X
 *
 * Not where it would compute something expensive twice: a struct out of from_json of which several fields are used stays in
 * the lower projection, and is parsed once. Not where the lower one is volatile.
 */
import type { ColumnId, Expr } from '../expr/expr.ts';
import { walk } from '../expr/nodes.ts';
import { transformPlanUp } from '../plan/nodes.ts';
import { outputOf } from '../plan/output.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import type { Rule } from './rule.ts';
import { definitionsOf, isDeterministic, isExpensive, substituteOutput } from './substitute.ts';

export const collapseProjects: Rule = {
  name: 'collapse-projects',
  apply: (plan) => transformPlanUp(plan, (node) => (node.kind === 'project' ? collapse(node) : node)),
};

function collapse(plan: PlanOf<'project'>): LogicalPlan {
  const { child } = plan;
  if (passesAll(plan)) return child;
  if (child.kind !== 'project') return plan;
  const definitions = definitionsOf(child.expressions);
  if (![...definitions.values()].every(isDeterministic)) return plan;
  const uses = countUses(plan.expressions);
  for (const [id, definition] of definitions) {
    if ((uses.get(id) ?? 0) > 1 && isExpensive(definition)) return plan;
  }
  const expressions = plan.expressions.map((expression) => substituteOutput(expression, definitions));
  return { kind: 'project', expressions, child: child.child };
}

/** The projection changes neither columns nor names nor order. */
function passesAll(plan: PlanOf<'project'>): boolean {
  const below = outputOf(plan.child);
  return (
    below.length === plan.expressions.length &&
    plan.expressions.every((expression, i) => {
      const column = below[i];
      return expression.kind === 'column' && expression.id === column?.id && expression.name === column.name;
    })
  );
}

function countUses(expressions: readonly Expr[]): ReadonlyMap<ColumnId, number> {
  const uses = new Map<ColumnId, number>();
  for (const expression of expressions) {
    walk(expression, (node) => {
      if (node.kind === 'column') uses.set(node.id, (uses.get(node.id) ?? 0) + 1);
      return 'descend';
    });
  }
  return uses;
}
