/** What streaming plans may hold, by output mode: Spark's rules, checked when a query starts. */
import { MillraceError } from '../core/errors.ts';
import { contains } from '../expr/nodes.ts';
import { exprText } from '../expr/text.ts';
import { eventTimesOf } from './event-time.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { isStreaming, planChildren, walkPlan } from './nodes.ts';
import type { OutputMode } from './runner-port.ts';

/** @throws UNSUPPORTED_STREAMING_OPERATION for a batch action such as `collect()` */
export function refuseBatchAction(plan: LogicalPlan, action: string): void {
  if (!isStreaming(plan)) return;
  throw refusal(
    action,
    'queries with streaming sources must be executed with writeStream.start()',
    'Start it, for example with df.writeStream.format("memory").queryName("t").start(), and look at spark.table("t").',
  );
}

/** @throws UNSUPPORTED_STREAMING_OPERATION, STREAMING_OUTPUT_MODE, NOT_SUPPORTED */
export function checkStreaming(plan: LogicalPlan, outputMode: OutputMode): void {
  const streaming = nodesOf(plan).filter(isStreaming);
  const aggregates = streaming.filter((node) => node.kind === 'aggregate' || node.kind === 'distinct');
  for (const node of streaming) checkNode(node, outputMode, aggregates);
  if (outputMode === 'complete' && aggregates.length === 0) {
    throw new MillraceError('STREAMING_OUTPUT_MODE', {
      operation: 'A query without aggregation',
      outputMode,
      problem: 'there is no streaming aggregation',
      remedy: 'Use append, or aggregate.',
    });
  }
  if (outputMode !== 'append' && aggregates.length > 1) {
    throw refusal(
      `Several aggregations in output mode ${outputMode}`,
      'only append can chain them',
      'Use append with a watermark.',
    );
  }
}

function nodesOf(plan: LogicalPlan): LogicalPlan[] {
  const nodes: LogicalPlan[] = [];
  walkPlan(plan, (node) => {
    nodes.push(node);
    return 'descend';
  });
  return nodes;
}

function checkNode(node: LogicalPlan, mode: OutputMode, aggregates: readonly LogicalPlan[]): void {
  switch (node.kind) {
    case 'aggregate':
      if (node.outputs.some((output) => contains(output, (expr) => expr.kind === 'aggregate' && expr.distinct)))
        throw refusal(
          'A DISTINCT aggregate',
          'its state would grow without end',
          'Drop duplicates before, with dropDuplicatesWithinWatermark().',
        );
      checkAggregate(node, mode);
      return;
    case 'distinct':
      if (mode === 'append') throw noWatermark('distinct()');
      return;
    case 'sort':
      if (mode !== 'complete' || !planHas(node.child, aggregates)) {
        throw refusal(
          'Sorting',
          'it is only possible after an aggregation in output mode complete',
          'Use outputMode("complete"), or sort the result where it is read.',
        );
      }
      return;
    case 'limit':
      if (mode === 'update')
        throw refusal('limit', 'it is not possible in output mode update', 'Use append or complete.');
      if (mode === 'append' || !planHas(node.child, aggregates)) {
        throw new MillraceError('NOT_SUPPORTED', {
          feature: 'limit over the rows of a stream',
          remedy: 'Use it after an aggregation in output mode complete, or limit the result where it is read.',
        });
      }
      return;
    case 'union':
      if (!node.children.every(isStreaming)) {
        throw refusal(
          'A union with a batch DataFrame',
          'its rows would come again with every batch',
          'Write them to the sink beforehand, or read them as a stream.',
        );
      }
      return;
    case 'offset':
      if (mode !== 'complete') throw refusal('offset', 'it is only possible in output mode complete', 'Leave it out.');
      return;
    case 'deduplicate':
      checkDeduplicate(node, mode, aggregates);
      return;
    case 'join':
      checkJoin(node, mode);
      return;
    case 'withWatermark':
      checkWatermark(node);
      return;
    case 'unresolvedRelation':
    case 'oneRow':
    case 'localRelation':
    case 'range':
    case 'dataSource':
    case 'subqueryAlias':
    case 'project':
    case 'filter':
    case 'timeWindow':
    case 'with':
      return;
  }
}

function planHas(plan: LogicalPlan, wanted: readonly LogicalPlan[]): boolean {
  return wanted.includes(plan) || planChildren(plan).some((child) => planHas(child, wanted));
}

function checkAggregate(node: PlanOf<'aggregate'>, mode: OutputMode): void {
  if (mode !== 'append') return;
  const eventTimes = eventTimesOf(node.child);
  const hasEventTime = node.groupings.some((key) => key.kind === 'column' && eventTimes.has(key.id));
  if (!hasEventTime) throw noWatermark('A streaming aggregation');
}

function noWatermark(operation: string): MillraceError {
  return new MillraceError('STREAMING_OUTPUT_MODE', {
    operation,
    outputMode: 'append',
    problem: 'there is no watermark among its keys, so no result would ever be final',
    remedy:
      'Call withWatermark(eventTime, delay) before it and group by that column or a window over it, or use update or complete.',
  });
}

function checkDeduplicate(node: PlanOf<'deduplicate'>, mode: OutputMode, aggregates: readonly LogicalPlan[]): void {
  if (node.withinWatermark && eventTimesOf(node.child).size === 0) {
    throw refusal(
      'dropDuplicatesWithinWatermark',
      'there is no watermark below it',
      'Call withWatermark(eventTime, delay) before it.',
    );
  }
  if (mode === 'complete' && aggregates.length > 0 && planHas(node.child, aggregates)) {
    throw refusal(
      'dropDuplicates after an aggregation',
      'it is not possible in output mode complete',
      'Use append or update.',
    );
  }
}

function checkJoin(node: PlanOf<'join'>, mode: OutputMode): void {
  const left = isStreaming(node.left);
  const right = isStreaming(node.right);
  if (left && right) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'A join of two streams',
      remedy: 'Join a stream with a batch DataFrame, or union the streams and aggregate.',
    });
  }
  const preserved = { left: right, right: left, full: true, semi: right, anti: right, inner: false, cross: false };
  if (preserved[node.type]) {
    throw refusal(
      `A ${node.type} join`,
      'it would have to wait for rows of the stream that may never come',
      `Keep the streaming side as the preserved one, or use an inner join in output mode ${mode}.`,
    );
  }
}

/** A stream has one watermark, whichever the column: redefining it fails (SEMANTICS.md 10). */
function checkWatermark(node: PlanOf<'withWatermark'>): void {
  if (!nodesOf(node.child).some(({ kind }) => kind === 'withWatermark')) return;
  throw refusal(
    `A second watermark on ${exprText(node.eventTime)}`,
    'the stream has one already',
    'Define the watermark once, with the delay that is wanted.',
  );
}

function refusal(operation: string, problem: string, remedy: string): MillraceError {
  return new MillraceError('UNSUPPORTED_STREAMING_OPERATION', { operation, problem, remedy });
}
