/**
 *   Distinct over X (a, b)    →    Aggregate [a, b] [a, b] over X
 *
 * Aliases of subqueries, which only name things, go too.
 */
import { transformPlanUp } from '../plan/nodes.ts';
import { outputOf } from '../plan/output.ts';
import type { Rule } from './rule.ts';

export const distinctToAggregate: Rule = {
  name: 'distinct-to-aggregate',
  apply: (plan) =>
    transformPlanUp(plan, (node) => {
      if (node.kind === 'subqueryAlias') return node.child;
      if (node.kind !== 'distinct') return node;
      const columns = outputOf(node.child);
      return { kind: 'aggregate', groupings: columns, outputs: columns, child: node.child };
    }),
};
