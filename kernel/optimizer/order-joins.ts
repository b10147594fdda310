/**
 * Turns equalities of a filter above inner joins into conditions of these joins, in an order in which each join has one.
 *
 *   Filter (a.x = c.x AND c.y = b.y)          Join inner (c.y = b.y)
 *     Join cross                         →      Join inner (a.x = c.x)
 *       Join cross                                a
 *         a                                       c
 *         b                                     b
 *       c
 *
 * As `FROM a, b, c WHERE …` has it. The next relation is the first one that an equality links to those already joined (Spark's
 * ReorderJoin does the same); where none does, the first. Relations of a stream keep their order, which a checkpoint knows.
 */
import type { ColumnId, Expr } from '../expr/expr.ts';
import { columnIdsOf } from '../expr/nodes.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming, transformPlanDown } from '../plan/nodes.ts';
import { outputOf } from '../plan/output.ts';
import type { Rule } from './rule.ts';
import { conjunctionOf, conjunctsOf, isDeterministic, readsOnly } from './substitute.ts';

export const orderJoins: Rule = {
  name: 'order-joins',
  apply: (plan) => transformPlanDown(plan, (node) => (node.kind === 'filter' ? order(node) : node)),
};

interface Flattened {
  readonly relations: LogicalPlan[];
  /** Of the joins themselves. */
  readonly conditions: Expr[];
  /** Of the filters above and between them. */
  readonly filters: Expr[];
}

function order(filter: PlanOf<'filter'>): LogicalPlan {
  if (!isInnerJoin(filter.child)) return filter;
  const flat: Flattened = { relations: [], conditions: [], filters: [] };
  flatten(filter, flat);
  const keepsOrder = flat.relations.some(isStreaming);
  const { plan, left } = join(flat, { keepsOrder });
  // Nothing has moved into a join: the plan stays as it is.
  if (flat.filters.every((part) => left.includes(part))) return filter;
  const condition = conjunctionOf(left);
  const filtered: LogicalPlan = condition === undefined ? plan : { kind: 'filter', condition, child: plan };
  const [before, after] = [outputOf(filter), outputOf(plan)];
  if (before.every(({ id }, index) => id === after[index]?.id)) return filtered;
  return { kind: 'project', expressions: before, child: filtered };
}

function isInnerJoin(plan: LogicalPlan): plan is PlanOf<'join'> {
  return plan.kind === 'join' && (plan.type === 'inner' || plan.type === 'cross') && plan.using === undefined;
}

function flatten(plan: LogicalPlan, into: Flattened): void {
  if (isInnerJoin(plan) && (plan.condition === undefined || isDeterministic(plan.condition))) {
    flatten(plan.left, into);
    flatten(plan.right, into);
    if (plan.condition !== undefined) into.conditions.push(...conjunctsOf(plan.condition));
  } else if (plan.kind === 'filter' && isInnerJoin(plan.child) && isDeterministic(plan.condition)) {
    flatten(plan.child, into);
    into.filters.push(...conjunctsOf(plan.condition));
  } else into.relations.push(plan);
}

/** @returns the joins, and the conjuncts that are in none of them */
function join(
  { relations, conditions, filters }: Flattened,
  { keepsOrder }: { readonly keepsOrder: boolean },
): { readonly plan: LogicalPlan; readonly left: readonly Expr[] } {
  const waiting = relations.map((plan) => ({ plan, ids: idsOf(plan) }));
  const [first] = waiting.splice(0, 1);
  if (first === undefined) throw new RangeError('joins have relations');
  let { plan, ids } = first;
  let pending: readonly Expr[] = [...conditions, ...filters];
  while (waiting.length > 0) {
    const linked = waiting.findIndex((relation) => pending.some((part) => links(part, ids, relation.ids)));
    const [next] = waiting.splice(keepsOrder || linked < 0 ? 0 : linked, 1);
    if (next === undefined) break;
    const both = new Set([...ids, ...next.ids]);
    const hasKey = pending.some((part) => links(part, ids, next.ids));
    const isReady = (part: Expr): boolean =>
      readsOnly(part, both) &&
      !readsOnly(part, ids) &&
      !readsOnly(part, next.ids) &&
      (hasKey || conditions.includes(part));
    const condition = conjunctionOf(pending.filter(isReady));
    plan =
      condition === undefined
        ? { kind: 'join', type: 'cross', left: plan, right: next.plan }
        : { kind: 'join', type: 'inner', left: plan, right: next.plan, condition };
    pending = pending.filter((part) => !isReady(part));
    ids = both;
  }
  return { plan, left: pending };
}

function idsOf(plan: LogicalPlan): ReadonlySet<ColumnId> {
  return new Set(outputOf(plan).map(({ id }) => id));
}

/** An equality with one side in each. */
function links(part: Expr, left: ReadonlySet<ColumnId>, right: ReadonlySet<ColumnId>): boolean {
  if (part.kind !== 'function' || part.name !== '=') return false;
  const [a, b] = part.args;
  if (a === undefined || b === undefined || columnIdsOf(a).size === 0 || columnIdsOf(b).size === 0) return false;
  return (readsOnly(a, left) && readsOnly(b, right)) || (readsOnly(a, right) && readsOnly(b, left));
}
