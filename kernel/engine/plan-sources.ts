/** What running a plan needs to know of it: its sources, and the settings that planning reads. */
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { walkPlan } from '../plan/nodes.ts';
import type { Conf } from '../plan/runner-port.ts';

/** The sources of a plan, each `sourceId` once. */
export function collectSources(plan: LogicalPlan): readonly PlanOf<'dataSource'>[] {
  const sources = new Map<number, PlanOf<'dataSource'>>();
  walkPlan(plan, (node) => {
    if (node.kind === 'dataSource' && !sources.has(node.sourceId)) sources.set(node.sourceId, node);
    return 'descend';
  });
  return [...sources.values()];
}

export function planOptions(conf: Conf): { readonly ansi: boolean; readonly timeZone: string } {
  return {
    ansi: conf['spark.sql.ansi.enabled'] !== 'false',
    timeZone: conf['spark.sql.session.timeZone'] ?? 'UTC',
  };
}
