/**
 * Plans `aggregate`: keys and accumulators for the group table, partial in the stages, merged above.
 *
 *   Aggregate [window, url] [window, url, avg(x) + 1]
 * becomes
 *   Aggregate (merge by k0 = pane start, k1 = url; avg out of s0, s1; then avg + 1)
 *     Stage (… partial: k0, k1 → s0 = sum(x), s1 = count(x))
 */
import { type DataType, Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type ColumnExpr, type Expr, type ExprOf } from '../expr/expr.ts';
import { columnIdsOf, contains, sameExpr, transformDown } from '../expr/nodes.ts';
import { nullableOf, typeOf } from '../expr/resolved.ts';
import { exprText } from '../expr/text.ts';
import type { AccumulatorSpec } from '../functions/contract.ts';
import type { PlanOf } from '../plan/logical-plan.ts';
import { isStreaming } from '../plan/nodes.ts';
import { aggregateFunction } from './functions.ts';
import type { AggregateOutput, KeyOutput, PhysicalPlan } from './physical-plan.ts';
import type { PlanContext } from './plan-context.ts';
import { projectedColumn } from './projected-column.ts';
import type { GroupKeySpec, StatefulSpec } from './ports.ts';
import type { PaneExpansion, StageAccumulator, StageKey, StageOperator } from './stage.ts';

type StageNode = Extract<PhysicalPlan, { kind: 'stage' }>;
type WindowOperator = Extract<StageOperator, { kind: 'window' }>;

interface NamedKey extends StageKey {
  readonly name: string;
}

interface Keys {
  readonly keys: readonly NamedKey[];
  readonly outputs: readonly { readonly from: KeyOutput; readonly column: ColumnExpr; readonly grouping: Expr }[];
}

export function planAggregate(plan: PlanOf<'aggregate'>, context: PlanContext): PhysicalPlan {
  const below = asStage(context.plan(plan.child));
  const pane = findPane(below, plan);
  const stage = pane === undefined ? below : withPane(below, pane);
  const { keys, outputs } = planKeys(plan.groupings, pane, context);
  const { accumulators, aggregates, calls } = planAggregates(plan.outputs, context);
  const partial: PhysicalPlan = {
    ...stage,
    sink: { kind: 'aggregate', keys: keys.map(({ expression, spec }) => ({ expression, spec })), accumulators },
    output: [],
  };
  const specs = accumulators.map((accumulator) => accumulator.spec);
  // A table beside a stream is aggregated anew in each batch.
  const stateId = isStreaming(plan.child) ? addState(keys, specs, plan.groupings, outputs, context) : undefined;
  const columns = plan.outputs.map(projectedColumn).map(({ expression, column }) => ({
    expression: overResults(expression, outputs, calls),
    column,
  }));
  columns.forEach((column) => context.followEventTime(column));
  return {
    kind: 'aggregate',
    child: partial,
    keys: keys.map((key) => key.spec),
    keyOutputs: outputs.map(({ from, column }) => ({ from, column })),
    accumulators: specs,
    aggregates,
    panes: pane === undefined ? undefined : expansionOf(pane),
    stateId,
    columns,
    output: columns.map((column) => column.column),
  };
}

function asStage(child: PhysicalPlan): StageNode {
  if (child.kind === 'stage' && child.sink.kind === 'collect') return child;
  return { kind: 'stage', operators: [], sink: { kind: 'collect' }, child, output: child.output };
}

/** The window operator whose column is grouped by, if rows need only the start of their pane: nothing else looks at it. */
function findPane(stage: StageNode, plan: PlanOf<'aggregate'>): WindowOperator | undefined {
  const at = stage.operators.findIndex((operator) => operator.kind === 'window');
  const operator = stage.operators[at];
  if (operator?.kind !== 'window') return undefined;
  const { id } = operator.column;
  const reads = (expression: Expr): boolean => columnIdsOf(expression).has(id);
  if (!plan.groupings.some((grouping) => grouping.kind === 'column' && grouping.id === id)) return undefined;
  if (plan.groupings.some((grouping) => grouping.kind !== 'column' && reads(grouping))) return undefined;
  if (plan.outputs.some((output) => contains(output, (node) => node.kind === 'aggregate' && reads(node))))
    return undefined;
  const usedAbove = stage.operators.slice(at + 1).some((above) => {
    switch (above.kind) {
      case 'filter':
        return reads(above.condition);
      case 'project':
        return above.columns.some((column) => column.expression.kind !== 'column' && reads(column.expression));
      case 'window':
      case 'watermark':
        return reads(above.time);
    }
  });
  return usedAbove ? undefined : operator;
}

function paneColumn(window: WindowOperator): ColumnExpr {
  return { ...window.column, type: Types.timestamp, nullable: false };
}

function withPane(stage: StageNode, window: WindowOperator): StageNode {
  const pane = paneColumn(window);
  const retype = (column: ColumnExpr): ColumnExpr => (column.id === pane.id ? { ...pane, name: column.name } : column);
  const operators = stage.operators.map((operator): StageOperator => {
    const output = operator.output.map(retype);
    if (operator === window) return { ...window, mode: 'pane', column: pane, output };
    if (operator.kind !== 'project') return { ...operator, output };
    const columns = operator.columns.map(({ expression, column }) => ({
      expression: expression.kind === 'column' ? retype(expression) : expression,
      column: retype(column),
    }));
    return { ...operator, columns, output };
  });
  return { ...stage, operators, output: stage.output.map(retype) };
}

function expansionOf(window: WindowOperator): PaneExpansion | undefined {
  const { windowMicros, slideMicros, startMicros, paneMicros } = window;
  return windowMicros === slideMicros ? undefined : { index: 0, windowMicros, slideMicros, startMicros, paneMicros };
}

/** The pane, where there is one, is key 0. */
function planKeys(groupings: readonly Expr[], pane: WindowOperator | undefined, context: PlanContext): Keys {
  const keys: NamedKey[] = [];
  const outputs: Keys['outputs'][number][] = [];
  const isPane = (grouping: Expr): boolean => grouping.kind === 'column' && grouping.id === pane?.column.id;
  const addKey = (name: string, expression: Expr, role: GroupKeySpec['role']): number => {
    keys.push({ name, expression, spec: { type: typeOf(expression), role } });
    return keys.length - 1;
  };
  if (pane !== undefined) addKey(pane.column.name, paneColumn(pane), 'pane');
  for (const grouping of groupings) {
    const from: KeyOutput =
      pane !== undefined && isPane(grouping)
        ? { kind: 'window', index: 0, windowMicros: pane.windowMicros }
        : flattenKey(exprText(grouping), grouping, addKey);
    const column =
      grouping.kind === 'column'
        ? grouping
        : context.syntheticColumn(exprText(grouping), grouping, nullableOf(grouping));
    outputs.push({ from, column, grouping });
  }
  return { keys, outputs };
}

type AddKey = (name: string, expression: Expr, role: GroupKeySpec['role']) => number;

/** A struct is grouped by its fields, and by whether it is null. */
function flattenKey(name: string, expression: Expr, addKey: AddKey): KeyOutput {
  const type = typeOf(expression);
  if (type.kind === 'array' || type.kind === 'map') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `Grouping by ${name} of an array or map type`,
      remedy: 'Group by its to_json() text.',
    });
  }
  if (type.kind !== 'struct') return { kind: 'key', index: addKey(name, expression, 'key') };
  const fields = type.fields.map((field, index) => {
    const nullable = field.nullable || nullableOf(expression);
    const child: Expr = { kind: 'field', child: expression, index, name: field.name, type: field.type, nullable };
    return flattenKey(`${name}.${field.name}`, child, addKey);
  });
  const presence = nullableOf(expression) ? addKey(`${name} is not null`, isNotNull(expression), 'key') : undefined;
  return { kind: 'struct', type, fields, presence };
}

function isNotNull(expression: Expr): Expr {
  return { kind: 'function', name: 'isnotnull', args: [expression], type: Types.boolean, nullable: false };
}

interface Aggregates {
  readonly accumulators: readonly StageAccumulator[];
  readonly aggregates: readonly AggregateOutput[];
  readonly calls: readonly { readonly call: Expr; readonly column: ColumnExpr }[];
}

/** Each aggregate function once, made of accumulators that they share: `avg(x)` and `sum(x)` need one sum. */
function planAggregates(outputs: readonly Expr[], context: PlanContext): Aggregates {
  const accumulators: StageAccumulator[] = [];
  const aggregates: AggregateOutput[] = [];
  const calls: Aggregates['calls'][number][] = [];
  const visit = (node: Expr): Expr | undefined => {
    if (node.kind !== 'aggregate') return undefined;
    if (calls.some(({ call }) => sameExpr(call, node))) return node;
    const column = context.syntheticColumn(exprText(node), node, node.nullable);
    const states = statesOf(node, context).map((state) => indexOfAccumulator(state, accumulators));
    aggregates.push({ name: node.name, type: node.type, states, column });
    calls.push({ call: node, column });
    return node;
  };
  for (const output of outputs) transformDown(output, visit);
  return { accumulators, aggregates, calls };
}

function statesOf(call: ExprOf<'aggregate'>, context: PlanContext): readonly StageAccumulator[] {
  if (call.distinct) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `${exprText(call)} beside other aggregates`,
      remedy: 'Compute distinct aggregates of one expression in a query of their own, and join the results.',
    });
  }
  const entry = aggregateFunction(call.name);
  const states = entry.state(call.args.map(typeOf), call.type, context.options);
  return states.map(({ argument, ...spec }) => {
    const input = argument === undefined ? undefined : call.args[argument];
    return accumulatorOf(spec, input, call.filter);
  });
}

/** A filter turns what it leaves out into nulls, which accumulators skip. Counting what is never null counts rows. */
function accumulatorOf(spec: AccumulatorSpec, input: Expr | undefined, filter: Expr | undefined): StageAccumulator {
  const countsRows = spec.op === 'count' && (input === undefined || !nullableOf(input));
  if (filter === undefined) {
    return countsRows ? { spec: { ...spec, inputType: undefined }, input: undefined } : { spec, input };
  }
  const then = countsRows || input === undefined ? Exprs.literal(true, Types.boolean) : input;
  return {
    spec: { ...spec, inputType: typeOf(then) },
    input: { kind: 'case', branches: [{ when: filter, then }] },
  };
}

function indexOfAccumulator(wanted: StageAccumulator, accumulators: StageAccumulator[]): number {
  const at = accumulators.findIndex(
    ({ spec, input }) =>
      spec.op === wanted.spec.op &&
      spec.onOverflow === wanted.spec.onOverflow &&
      sameKind(spec.stateType, wanted.spec.stateType) &&
      (input === undefined || wanted.input === undefined ? input === wanted.input : sameExpr(input, wanted.input)),
  );
  if (at >= 0) return at;
  accumulators.push(wanted);
  return accumulators.length - 1;
}

function sameKind(a: DataType, b: DataType): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** An output over the grouping and aggregate columns in place of what they compute. */
function overResults(expression: Expr, keys: Keys['outputs'], calls: Aggregates['calls']): Expr {
  return transformDown(expression, (node) => {
    const call = calls.find((candidate) => sameExpr(candidate.call, node));
    if (call !== undefined) return call.column;
    return keys.find((key) => sameExpr(key.grouping, node))?.column;
  });
}

function addState(
  keys: readonly NamedKey[],
  accumulators: readonly AccumulatorSpec[],
  groupings: readonly Expr[],
  outputs: Keys['outputs'],
  context: PlanContext,
): number {
  const stateId = context.stateful.length;
  context.stateful.push({
    kind: 'aggregate',
    stateId,
    keys: keys.map(({ spec, name }) => ({ ...spec, name })),
    accumulators,
    eventTimeKey: eventTimeKey(groupings, outputs, context),
  });
  return stateId;
}

type EventTimeKey = Extract<StatefulSpec, { kind: 'aggregate' }>['eventTimeKey'];

function eventTimeKey(groupings: readonly Expr[], outputs: Keys['outputs'], context: PlanContext): EventTimeKey {
  for (const [i, grouping] of groupings.entries()) {
    const time = context.eventTimeOf(grouping);
    const index = firstKeyOf(outputs[i]?.from);
    if (time === undefined || index === undefined) continue;
    if (time.kind === 'window') return { index, kind: 'window', windowMicros: time.windowMicros };
    return { index, kind: 'timestamp', windowMicros: 0n };
  }
  return undefined;
}

/** A window's start is its first field. */
function firstKeyOf(from: KeyOutput | undefined): number | undefined {
  if (from === undefined) return undefined;
  return from.kind === 'struct' ? firstKeyOf(from.fields[0]) : from.index;
}
