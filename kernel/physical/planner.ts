/**
 * Logical → physical. The plan must be analysed and optimised (`distinct`, aliases of subqueries and the like are gone).
 * Operators that work row by row are fused into stages; what needs all rows stands above them.
 */
import { field, type Schema, Types } from '../arrow/types.ts';
import { AssertionError } from '../core/assert.ts';
import { MillraceError } from '../core/errors.ts';
import type { ColumnExpr } from '../expr/expr.ts';
import type { FunctionContext } from '../functions/contract.ts';
import { intervalMicros } from '../plan/interval.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming } from '../plan/nodes.ts';
import { explainPhysical } from './explain.ts';
import type { PhysicalPlan, PreparedPhysicalPlan } from './physical-plan.ts';
import { planAggregate } from './plan-aggregate.ts';
import { planJoin } from './plan-join.ts';
import { PlanContext } from './plan-context.ts';
import { projectedColumn } from './projected-column.ts';
import type { StageOperator } from './stage.ts';

export type PrepareOptions = FunctionContext;

/** @throws NOT_SUPPORTED */
export function prepare(plan: LogicalPlan, options: PrepareOptions): PreparedPhysicalPlan {
  const context = new PlanContext(options, isStreaming(plan), planNode);
  const root = planNode(plan, context);
  return {
    schema: schemaOf(root.output),
    stateful: context.stateful,
    watermarks: context.watermarks,
    text: explainPhysical(root, options),
    root,
  };
}

export function schemaOf(columns: readonly ColumnExpr[]): Schema {
  return Types.struct(columns.map((column) => field(column.name, column.type, column.nullable)));
}

function planNode(plan: LogicalPlan, context: PlanContext): PhysicalPlan {
  switch (plan.kind) {
    case 'oneRow':
      return { kind: 'oneRow', output: [] };
    case 'localRelation':
      return planLocal(plan);
    case 'range':
      return { kind: 'range', start: plan.start, end: plan.end, step: plan.step, output: plan.output };
    case 'dataSource':
      return planSource(plan);
    case 'subqueryAlias':
      return planNode(plan.child, context);
    case 'project':
      return planProject(plan, context);
    case 'filter': {
      const child = planNode(plan.child, context);
      return appendOperator(child, { kind: 'filter', condition: plan.condition, output: child.output });
    }
    case 'timeWindow':
      return planTimeWindow(plan, context);
    case 'aggregate':
      return planAggregate(plan, context);
    case 'sort':
      return planSort(plan, undefined, context);
    case 'limit':
      return planLimit(plan, context);
    case 'offset': {
      const child = planNode(plan.child, context);
      return { kind: 'offset', count: plan.count, child, output: child.output };
    }
    case 'deduplicate':
      return planDeduplicate(plan, context);
    case 'withWatermark':
      return planWatermark(plan, context);
    case 'union':
      return planUnion(plan, context);
    case 'join':
      return planJoin(plan, context);
    case 'distinct':
    case 'unresolvedRelation':
    case 'with':
      throw new AssertionError(`${plan.kind} does not reach the physical planner`);
  }
}

function planLocal(plan: PlanOf<'localRelation'>): PhysicalPlan {
  const ordinals = plan.output.map((column) => plan.schema.fields.findIndex((f) => f.name === column.name));
  const all = plan.output.length === plan.schema.fields.length;
  return {
    kind: 'local',
    rows: plan.rows,
    ordinals: all ? plan.output.map((_, i) => i) : ordinals,
    output: plan.output,
  };
}

function planSource(plan: PlanOf<'dataSource'>): PhysicalPlan {
  const { sourceId, format, options, paths, streaming, output } = plan;
  return { kind: 'scan', sourceId, format, options, paths, streaming, schema: schemaOf(output), output };
}

/** Adds an operator to the stage below, or starts one. */
export function appendOperator(child: PhysicalPlan, operator: StageOperator): PhysicalPlan {
  const { output } = operator;
  if (child.kind === 'stage' && child.sink.kind === 'collect') {
    return { ...child, operators: [...child.operators, operator], output };
  }
  return { kind: 'stage', operators: [operator], sink: { kind: 'collect' }, child, output };
}

function planProject(plan: PlanOf<'project'>, context: PlanContext): PhysicalPlan {
  const child = planNode(plan.child, context);
  const columns = plan.expressions.map(projectedColumn);
  columns.forEach((column) => context.followEventTime(column));
  const passesAll =
    columns.length === child.output.length &&
    columns.every((c, i) => c.expression.kind === 'column' && c.column.id === child.output[i]?.id);
  if (passesAll && columns.every((c, i) => c.column.name === child.output[i]?.name)) return child;
  return appendOperator(child, { kind: 'project', columns, output: columns.map((c) => c.column) });
}

function planTimeWindow(plan: PlanOf<'timeWindow'>, context: PlanContext): PhysicalPlan {
  const { time, windowMicros, slideMicros, startMicros, window } = plan;
  const child = planNode(plan.child, context);
  context.noteWindow(time, window, windowMicros);
  const paneMicros = greatestCommonDivisor(windowMicros, slideMicros);
  const output = [...child.output, window];
  return appendOperator(child, {
    ...{ kind: 'window', mode: 'rows', time, windowMicros, slideMicros, startMicros, paneMicros },
    column: window,
    output,
  });
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

function planSort(plan: PlanOf<'sort'>, count: number | undefined, context: PlanContext): PhysicalPlan {
  const child = planNode(plan.child, context);
  const { orders } = plan;
  const { output } = child;
  if (count === undefined) return { kind: 'sort', orders, count, child, output };
  const sink = { kind: 'top', orders, count } as const;
  const partial: PhysicalPlan =
    child.kind === 'stage' && child.sink.kind === 'collect'
      ? { ...child, sink }
      : { kind: 'stage', operators: [], sink, child, output };
  return { kind: 'sort', orders, count, child: partial, output };
}

/** A limit over a sort keeps only the first rows while sorting; so does one over an offset or a projection of a sort. */
function planLimit(plan: PlanOf<'limit'>, context: PlanContext): PhysicalPlan {
  const { count } = plan;
  const child = planLimited(plan.child, count, context);
  if (child.kind === 'sort' && child.count !== undefined && child.count <= count) return child;
  return { kind: 'limit', count, child, output: child.output };
}

function planLimited(plan: LogicalPlan, count: number, context: PlanContext): PhysicalPlan {
  if (plan.kind === 'sort') return planSort(plan, count, context);
  if (plan.kind === 'offset' && plan.child.kind === 'sort') {
    const child = planSort(plan.child, count + plan.count, context);
    return { kind: 'offset', count: plan.count, child, output: child.output };
  }
  if (plan.kind === 'project' && plan.child.kind === 'sort') {
    const child = planSort(plan.child, count, context);
    const columns = plan.expressions.map(projectedColumn);
    return appendOperator(child, { kind: 'project', columns, output: columns.map((c) => c.column) });
  }
  return planNode(plan, context);
}

function planDeduplicate(plan: PlanOf<'deduplicate'>, context: PlanContext): PhysicalPlan {
  const child = planNode(plan.child, context);
  const { output } = child;
  const keys = plan.keys.length > 0 ? plan.keys : output;
  const ordinals = keys.map((key) => {
    const index = key.kind === 'column' ? output.findIndex((column) => column.id === key.id) : -1;
    if (index < 0) throw new AssertionError('deduplication keys are columns of the child');
    return index;
  });
  const streaming = isStreaming(plan.child);
  if (!streaming && plan.withinWatermark) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'dropDuplicatesWithinWatermark on a batch DataFrame',
      remedy: 'Use dropDuplicates.',
    });
  }
  const stateId = streaming ? context.addDeduplicate(output, ordinals, plan.withinWatermark) : undefined;
  return { kind: 'deduplicate', child, stateId, keys: ordinals, output };
}

function planWatermark(plan: PlanOf<'withWatermark'>, context: PlanContext): PhysicalPlan {
  const child = planNode(plan.child, context);
  if (!isStreaming(plan.child)) return child;
  const delayMicros = intervalMicros(plan.delay);
  const watermarkId = context.addWatermark(plan.eventTime, delayMicros);
  const { output } = child;
  return appendOperator(child, { kind: 'watermark', watermarkId, delayMicros, time: plan.eventTime, output });
}

function planUnion(plan: PlanOf<'union'>, context: PlanContext): PhysicalPlan {
  const children = plan.children.map((child) => planNode(child, context));
  const [first] = children;
  if (first === undefined) throw new AssertionError('a union has children');
  const output = first.output.map((column, i) => ({
    ...column,
    nullable: children.some((child) => child.output[i]?.nullable ?? true),
  }));
  return { kind: 'union', children, output };
}
