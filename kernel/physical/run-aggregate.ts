/** The upper half of an aggregation: merge partial results, the stream's state, the functions' results, the projection. */
import type { Column, RecordBatch } from '../arrow/column.ts';
import { concatBatches } from '../arrow/concat.ts';
import { allocateFixed, makeBatch, nullColumn } from '../arrow/make.ts';
import { type DataType, field, type Schema, Types } from '../arrow/types.ts';
import { assert, present } from '../core/assert.ts';
import type { EvalContext } from '../functions/contract.ts';
import type { ExecutorOptions } from './execution.ts';
import { columnIdsOf } from '../expr/nodes.ts';
import { compileColumns } from './expressions/evaluator.ts';
import { aggregateFunction } from './functions.ts';
import { schemaOfColumns } from './operators/operators.ts';
import { expandBatch } from './operators/sinks.ts';
import { windowStruct } from './operators/windows.ts';
import type { KeyOutput, PhysicalOf } from './physical-plan.ts';
import type { StatefulOperator } from './ports.ts';

type AggregateNode = PhysicalOf<'aggregate'>;

/** @param groups batches of k0…, s0…; each key occurs once in all of them together */
export function finishAggregate(
  node: AggregateNode,
  groups: readonly RecordBatch[],
  state: StatefulOperator | undefined,
  context: EvalContext,
): readonly RecordBatch[] {
  const { arena } = context;
  if (state === undefined) return groups.map((batch) => finishGroups(node, batch, context));
  const all = concatBatches(groupSchema(node), groups, arena);
  return [finishGroups(node, state.process(all, arena), context)];
}

/**
 * Each key once; a row of initial states where there are no keys. A single partial result, and no panes to expand, needs no
 * merging.
 * @param partials batches of k0…, s0…; within one batch each key occurs once
 */
export function mergeGroups(
  node: AggregateNode,
  partials: readonly RecordBatch[],
  engine: ExecutorOptions,
  context: EvalContext,
): RecordBatch {
  return withInitialRow(node, mergePartials(node, partials, engine, context), context);
}

function mergePartials(
  node: AggregateNode,
  partials: readonly RecordBatch[],
  engine: ExecutorOptions,
  context: EvalContext,
): RecordBatch {
  const [first, ...rest] = partials;
  if (first === undefined) return emptyGroups(node, context);
  if (rest.length === 0 && node.panes === undefined) return first;
  const table = engine.createGroupTable(engine.instance, node.keys, node.accumulators);
  const scratch = context.arena.memory.createArena('panes');
  try {
    for (const partial of partials) {
      const expanded =
        node.panes === undefined ? partial : expandBatch(partial, node.panes, { ...context, arena: scratch });
      const keys = expanded.columns.slice(0, node.keys.length);
      table.merge(keys, expanded.columns.slice(node.keys.length), expanded.length);
      scratch.release();
    }
    return table.emit('all', context.arena);
  } finally {
    scratch.release();
    table.release();
  }
}

function groupSchema(node: AggregateNode): Schema {
  return Types.struct([
    ...node.keys.map((key, i) => field(`k${i}`, key.type)),
    ...node.accumulators.map((accumulator, i) => field(`s${i}`, accumulator.stateType)),
  ]);
}

function emptyGroups(node: AggregateNode, { arena }: EvalContext): RecordBatch {
  const schema = groupSchema(node);
  return makeBatch(
    schema,
    schema.fields.map((f) => nullColumn(f.type, 0, arena)),
    0,
  );
}

/** Without keys there is always one row: counts of 0, sums of null. */
function withInitialRow(node: AggregateNode, groups: RecordBatch, { arena }: EvalContext): RecordBatch {
  if (node.keys.length > 0 || groups.length > 0) return groups;
  const columns = node.accumulators.map((accumulator) =>
    accumulator.op === 'count' ? zeroCount(accumulator.stateType, arena) : nullColumn(accumulator.stateType, 1, arena),
  );
  return makeBatch(groupSchema(node), columns, 1);
}

function zeroCount(type: DataType, arena: EvalContext['arena']): Column {
  const column = allocateFixed(type, 1, arena);
  assert(column.values instanceof BigInt64Array, 'counts are longs');
  column.values.fill(0n);
  return column;
}

/** The grouping columns that the outputs read. */
function outputsRead(node: AggregateNode): AggregateNode['keyOutputs'] {
  const read = new Set(node.columns.flatMap(({ expression }) => [...columnIdsOf(expression)]));
  return node.keyOutputs.filter(({ column }) => read.has(column.id));
}

/** The keys (k0…) that the outputs read. */
export function keysRead(node: AggregateNode): ReadonlySet<number> {
  return new Set(outputsRead(node).flatMap(({ from }) => keysOf(from)));
}

function keysOf(from: KeyOutput): readonly number[] {
  switch (from.kind) {
    case 'key':
    case 'window':
      return [from.index];
    case 'struct':
      return [...from.fields.flatMap(keysOf), ...(from.presence === undefined ? [] : [from.presence])];
  }
}

function finishGroups(node: AggregateNode, groups: RecordBatch, context: EvalContext): RecordBatch {
  const keyColumns = groups.columns.slice(0, node.keys.length);
  const states = groups.columns.slice(node.keys.length);
  const read = outputsRead(node);
  const keys = read.map(({ from }) => keyColumn(from, keyColumns, groups.length, context));
  const results = node.aggregates.map((aggregate) =>
    aggregateFunction(aggregate.name).finish(
      aggregate.states.map((index) => present(states[index], 'state column')),
      aggregate.type,
      groups.length,
      context,
    ),
  );
  const columns = [...read.map((key) => key.column), ...node.aggregates.map((aggregate) => aggregate.column)];
  const finished = makeBatch(schemaOfColumns(columns), [...keys, ...results], groups.length);
  const compute = compileColumns(
    node.columns.map((column) => column.expression),
    columns,
    context,
  );
  return makeBatch(schemaOfColumns(node.output), compute(finished, context), groups.length);
}

function keyColumn(from: KeyOutput, keys: readonly Column[], length: number, context: EvalContext): Column {
  switch (from.kind) {
    case 'key':
      return present(keys[from.index], 'key column');
    case 'window':
      return windowStruct(present(keys[from.index], 'window start'), from.windowMicros, context);
    case 'struct': {
      assert(from.type.kind === 'struct', 'a struct key');
      const children = from.fields.map((part) => keyColumn(part, keys, length, context));
      const presence = from.presence === undefined ? undefined : keys[from.presence];
      const validity = presence?.layout === 'bits' ? presence.values : undefined;
      return { layout: 'struct', type: from.type, length, validity, children };
    }
  }
}
