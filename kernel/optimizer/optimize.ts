/** Runs the rules over an analysed plan until nothing changes. */
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { collapseProjects } from './collapse-projects.ts';
import { combineFilters } from './combine-filters.ts';
import { distinctToAggregate } from './distinct-to-aggregate.ts';
import { dropNullKeys } from './drop-null-keys.ts';
import { factorDisjunctions } from './factor-disjunctions.ts';
import { foldConstants } from './fold-constants.ts';
import { pushLimits } from './limits.ts';
import { orderJoins } from './order-joins.ts';
import { pruneColumns } from './prune-columns.ts';
import { pruneJsonFields } from './prune-json-fields.ts';
import { pushFilters } from './push-filters.ts';
import type { OptimizeOptions, Rule } from './rule.ts';
import { splitDistinctAggregates } from './split-distinct-aggregates.ts';

/** In the order in which they help each other. */
const RULES: readonly Rule[] = [
  distinctToAggregate,
  splitDistinctAggregates,
  foldConstants,
  factorDisjunctions,
  orderJoins,
  dropNullKeys,
  pushFilters,
  combineFilters,
  collapseProjects,
  pushLimits,
  pruneColumns,
  pruneJsonFields,
];

/** Rules reach their fixed point in two or three rounds; more would be a pair of rules that undo each other. */
const ROUNDS_MAX = 10;

/** @param plan analysed; the result gives the same rows in columns of the same ids, names and types */
export function optimize(plan: LogicalPlan, options: OptimizeOptions = {}): LogicalPlan {
  let current = plan;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = current;
    for (const rule of RULES) current = rule.apply(current, options);
    if (current === before) break;
  }
  return current;
}
