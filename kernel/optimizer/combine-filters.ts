/**
 *   Filter a             →    Filter (b AND a)
 *     Filter b over X           X
 */
import { Types } from '../arrow/types.ts';
import { transformPlanUp } from '../plan/nodes.ts';
import { isDeterministic } from './substitute.ts';
import type { Rule } from './rule.ts';

export const combineFilters: Rule = {
  name: 'combine-filters',
  apply: (plan) =>
    transformPlanUp(plan, (node) => {
      if (node.kind !== 'filter' || node.child.kind !== 'filter') return node;
      const { child } = node;
      if (!isDeterministic(node.condition) || !isDeterministic(child.condition)) return node;
      const args = [child.condition, node.condition];
      return {
        kind: 'filter',
        condition: { kind: 'function', name: 'and', args, type: Types.boolean, nullable: true },
        child: child.child,
      };
    }),
};
