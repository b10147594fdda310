/**
 *   Limit 5 over Limit 9 over X       →    Limit 5 over X
 *   Limit 5 over Project over X       →    Project over Limit 5 over X
 *   Limit 5 over Union [A, B]         →    Limit 5 over Union [Limit 5 over A, Limit 5 over B]
 *
 * A limit that reaches a sort makes it keep only the first rows (the physical planner sees to that).
 */
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming, transformPlanDown } from '../plan/nodes.ts';
import type { Rule } from './rule.ts';

export const pushLimits: Rule = {
  name: 'push-limits',
  apply: (plan) => transformPlanDown(plan, (node) => (node.kind === 'limit' ? push(node) : node)),
};

function push(limit: PlanOf<'limit'>): LogicalPlan {
  const { child, count } = limit;
  if (isStreaming(child)) return limit;
  if (child.kind === 'limit') return { ...child, count: Math.min(count, child.count) };
  if (child.kind === 'project') return { ...child, child: { kind: 'limit', count, child: child.child } };
  if (child.kind === 'union' && !child.children.every((part) => isLimited(part, count))) {
    const children = child.children.map((part): LogicalPlan =>
      isLimited(part, count) ? part : { kind: 'limit', count, child: part },
    );
    return { ...limit, child: { ...child, children } };
  }
  return limit;
}

function isLimited(plan: LogicalPlan, count: number): boolean {
  if (plan.kind === 'project') return isLimited(plan.child, count);
  return plan.kind === 'limit' && plan.count <= count;
}
