/** Which columns carry the event time: those marked by `withWatermark`, and windows over them. */
import type { ColumnId, Expr } from '../expr/expr.ts';
import { intervalMicros } from './interval.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { planChildren } from './nodes.ts';

/** @returns column id → delay of the watermark in ms, for every event-time column that the plan knows */
export function eventTimesOf(plan: LogicalPlan): ReadonlyMap<ColumnId, bigint> {
  const marked = new Map<ColumnId, bigint>();
  for (const child of planChildren(plan)) for (const [id, delay] of eventTimesOf(child)) marked.set(id, delay);
  switch (plan.kind) {
    case 'withWatermark':
      if (plan.eventTime.kind === 'column') marked.set(plan.eventTime.id, intervalMicros(plan.delay) / 1000n);
      break;
    case 'timeWindow': {
      const delay = plan.time.kind === 'column' ? marked.get(plan.time.id) : undefined;
      if (delay !== undefined) marked.set(plan.window.id, delay);
      break;
    }
    case 'project':
      passOn(plan.expressions, marked);
      break;
    case 'aggregate':
      passOn(plan.outputs, marked);
      break;
    case 'unresolvedRelation':
    case 'oneRow':
    case 'localRelation':
    case 'range':
    case 'dataSource':
    case 'subqueryAlias':
    case 'filter':
    case 'sort':
    case 'limit':
    case 'offset':
    case 'distinct':
    case 'deduplicate':
    case 'union':
    case 'join':
    case 'with':
      break;
  }
  return marked;
}

/** A renamed event-time column is still one, but the bounds taken out of a window are none. */
function passOn(outputs: readonly Expr[], marked: Map<ColumnId, bigint>): void {
  for (const output of outputs) {
    if (output.kind !== 'alias' || output.id === undefined) continue;
    const { child } = output;
    const delay = child.kind === 'column' ? marked.get(child.id) : undefined;
    if (delay !== undefined) marked.set(output.id, delay);
  }
}
