/**
 * Moves filters towards the source.
 *
 *   Filter (b > 1)                    →    Project [a AS b]
 *     Project [a AS b] over X                Filter (a > 1) over X
 *
 * Through projections (unless the condition needs something expensive that the projection computes anyway), below watermarks of
 * other columns (SEMANTICS.md 9), time windows, sorts and deduplications where the condition does not look at what they add, below
 * aggregates where it looks at grouping columns only, into all children of a union and into the sides of a join.
 */
import type { Expr } from '../expr/expr.ts';
import { columnIdsOf, contains } from '../expr/nodes.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming, transformPlanDown, withPlanChildren } from '../plan/nodes.ts';
import { outputOf } from '../plan/output.ts';
import type { Rule } from './rule.ts';
import {
  conjunctionOf,
  conjunctsOf,
  definitionsOf,
  isDeterministic,
  isExpensive,
  readsOnly,
  substitute,
} from './substitute.ts';

export const pushFilters: Rule = {
  name: 'push-filters',
  apply: (plan) => transformPlanDown(plan, (node) => (node.kind === 'filter' ? push(node) : node)),
};

function push(filter: PlanOf<'filter'>): LogicalPlan {
  const { child } = filter;
  if (!isDeterministic(filter.condition)) return filter;
  switch (child.kind) {
    case 'project':
      return pushThroughProject(filter, child);
    case 'withWatermark':
      return pushBelowWatermark(filter, child);
    case 'sort':
    case 'subqueryAlias':
    case 'distinct':
      return withPlanChildren(child, [filterOver(conjunctsOf(filter.condition), child.child)]);
    case 'timeWindow':
      return split(filter, child, (part) => !columnIdsOf(part).has(child.window.id));
    case 'deduplicate': {
      const keys = new Set(child.keys.flatMap((key) => [...columnIdsOf(key)]));
      return split(filter, child, (part) => keys.size > 0 && readsOnly(part, keys));
    }
    case 'aggregate':
      return pushThroughAggregate(filter, child);
    case 'union':
      return pushIntoUnion(filter, child);
    case 'join':
      return pushIntoJoin(filter, child);
    case 'filter':
    case 'limit':
    case 'offset':
    case 'oneRow':
    case 'localRelation':
    case 'range':
    case 'dataSource':
    case 'unresolvedRelation':
    case 'with':
      return filter;
  }
}

/** As in Spark, rows that a filter removes for their event time do advance the watermark. In batch there is none. */
function pushBelowWatermark(filter: PlanOf<'filter'>, child: PlanOf<'withWatermark'>): LogicalPlan {
  const times = columnIdsOf(child.eventTime);
  return split(filter, child, (part) => !isStreaming(child) || [...columnIdsOf(part)].every((id) => !times.has(id)));
}

function filterOver(parts: readonly Expr[], child: LogicalPlan): LogicalPlan {
  const condition = conjunctionOf(parts);
  return condition === undefined ? child : { kind: 'filter', condition, child };
}

/** Conjuncts that may move go below `child`, the others stay; the filter itself where none may. */
function split(
  filter: PlanOf<'filter'>,
  child: LogicalPlan & { readonly child: LogicalPlan },
  moves: (part: Expr) => boolean,
): LogicalPlan {
  const parts = conjunctsOf(filter.condition);
  const moving = parts.filter(moves);
  if (moving.length === 0) return filter;
  const below = withPlanChildren(child, [filterOver(moving, child.child)]);
  return filterOver(
    parts.filter((part) => !moves(part)),
    below,
  );
}

function pushThroughProject(filter: PlanOf<'filter'>, project: PlanOf<'project'>): LogicalPlan {
  const definitions = definitionsOf(project.expressions);
  const moves = (part: Expr): boolean =>
    [...columnIdsOf(part)].every((id) => {
      const definition = definitions.get(id);
      return definition === undefined || (isDeterministic(definition) && !isExpensive(definition));
    });
  const parts = conjunctsOf(filter.condition);
  const moving = parts.filter(moves).map((part) => substitute(part, definitions));
  if (moving.length === 0) return filter;
  const below: LogicalPlan = { ...project, child: filterOver(moving, project.child) };
  return filterOver(
    parts.filter((part) => !moves(part)),
    below,
  );
}

/** A global aggregate gives a row even of nothing, so nothing moves below it. */
function pushThroughAggregate(filter: PlanOf<'filter'>, aggregate: PlanOf<'aggregate'>): LogicalPlan {
  if (aggregate.groupings.length === 0) return filter;
  const definitions = definitionsOf(aggregate.outputs);
  const groupingIds = new Set(aggregate.groupings.flatMap((key) => (key.kind === 'column' ? [key.id] : [])));
  const overGroupings = (part: Expr): boolean => {
    const below = substitute(part, definitions);
    return !contains(below, (node) => node.kind === 'aggregate') && readsOnly(below, groupingIds);
  };
  const parts = conjunctsOf(filter.condition);
  const moving = parts.filter(overGroupings).map((part) => substitute(part, definitions));
  if (moving.length === 0) return filter;
  const below: LogicalPlan = { ...aggregate, child: filterOver(moving, aggregate.child) };
  return filterOver(
    parts.filter((part) => !overGroupings(part)),
    below,
  );
}

function pushIntoUnion(filter: PlanOf<'filter'>, union: PlanOf<'union'>): LogicalPlan {
  const outputs = outputOf(union);
  const children = union.children.map((child): LogicalPlan => {
    const columns = outputOf(child);
    const renamed = new Map(
      outputs.flatMap((output, i) => (columns[i] === undefined ? [] : [[output.id, columns[i]] as const])),
    );
    return { kind: 'filter', condition: substitute(filter.condition, renamed), child };
  });
  return { ...union, children };
}

/** Below a side whose unmatched rows the join makes up, a filter would change which rows match. */
function pushIntoJoin(filter: PlanOf<'filter'>, join: PlanOf<'join'>): LogicalPlan {
  const intoLeft = ['inner', 'cross', 'left', 'semi', 'anti'].includes(join.type);
  const intoRight = ['inner', 'cross', 'right'].includes(join.type);
  const leftIds = new Set(outputOf(join.left).map((column) => column.id));
  const rightIds = new Set(outputOf(join.right).map((column) => column.id));
  const parts = conjunctsOf(filter.condition);
  const left = parts.filter((part) => intoLeft && readsOnly(part, leftIds));
  const right = parts.filter((part) => !left.includes(part) && intoRight && readsOnly(part, rightIds));
  if (left.length + right.length === 0) return filter;
  const below: LogicalPlan = { ...join, left: filterOver(left, join.left), right: filterOver(right, join.right) };
  return filterOver(
    parts.filter((part) => !left.includes(part) && !right.includes(part)),
    below,
  );
}
