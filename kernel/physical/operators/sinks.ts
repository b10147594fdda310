/** What a stage's sink keeps of the batches that reach it. */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import { concatBatches } from '../../arrow/concat.ts';
import type { Arena } from '../../arrow/memory.ts';
import { copyBatch } from '../../arrow/transfer.ts';
import type { ColumnExpr } from '../../expr/expr.ts';
import type { EvalContext, FunctionContext } from '../../functions/contract.ts';
import { makeBatch } from '../../arrow/make.ts';
import { present } from '../../core/assert.ts';
import { columnOfArgument } from '../columns.ts';
import { takeBatch, takeColumn } from '../take.ts';
import { expandPanes } from './windows.ts';
import { compileColumns, compileExpressions, type Evaluator } from '../expressions/evaluator.ts';
import type { DenseReference } from '../dense-groups/reference.ts';
import type { CreateGroupTable, EngineInstance, GroupTable } from '../ports.ts';
import type { PaneExpansion, StageSink } from '../stage.ts';
import { sortedRows } from './sort.ts';

/** Takes batches that are valid during the call only; keeps its own memory until `release`. */
export interface Sink {
  /** Rows kept so far, where they are kept as they are; 0 for aggregates. */
  readonly rowCount: number;
  add(taskIndex: number, batch: RecordBatch, context: EvalContext): void;
  finish(context: EvalContext): readonly { readonly taskIndex: number; readonly batches: readonly RecordBatch[] }[];
  /** After `finish`: groups that are not among its batches. */
  dense?(): DenseReference | undefined;
  release(): void;
}

/** A sink without its state: made once per plan, opened once per run. */
export type OpenSink = (instance: EngineInstance, createGroupTable: CreateGroupTable) => Sink;

export function compileSink(sink: StageSink, input: readonly ColumnExpr[], context: FunctionContext): OpenSink {
  switch (sink.kind) {
    case 'collect':
      return (instance) => new CollectSink(instance);
    case 'aggregate': {
      const keys = compileColumns(
        sink.keys.map((key) => key.expression),
        input,
        context,
      );
      const inputs = compileInputs(sink, input, context);
      const specs = sink.keys.map((key) => key.spec);
      const accumulators = sink.accumulators.map((accumulator) => accumulator.spec);
      return (instance, create) => new AggregateSink(create(instance, specs, accumulators), keys, inputs);
    }
    case 'merge': {
      const { keys, accumulators, panes } = sink;
      return (instance, create) => new MergeSink(create(instance, keys, accumulators), keys.length, panes);
    }
    case 'top': {
      const { orders, count } = sink;
      const columns = compileColumns(
        orders.map((order) => order.child),
        input,
        context,
      );
      return (instance) => new TopSink(instance, columns, orders, count);
    }
  }
}

class CollectSink implements Sink {
  readonly #arena: Arena;
  readonly #output = new Map<number, RecordBatch[]>();
  rowCount = 0;

  constructor(instance: EngineInstance) {
    this.#arena = instance.memory.createArena('rows of a stage');
  }

  add(taskIndex: number, batch: RecordBatch): void {
    const batches = this.#output.get(taskIndex) ?? [];
    batches.push(copyBatch(batch, this.#arena));
    this.#output.set(taskIndex, batches);
    this.rowCount += batch.length;
  }

  finish(): ReturnType<Sink['finish']> {
    return [...this.#output].map(([taskIndex, batches]) => ({ taskIndex, batches }));
  }

  release(): void {
    this.#arena.release();
    this.#output.clear();
  }
}

type ComputeColumns = ReturnType<typeof compileColumns>;
type AggregateOf = Extract<StageSink, { kind: 'aggregate' }>;
export interface Inputs {
  readonly evaluator: Evaluator;
  /** For each accumulator its position among the evaluator's expressions; undefined: counts rows. */
  readonly positions: readonly (number | undefined)[];
}

export function compileInputs(sink: AggregateOf, input: readonly ColumnExpr[], context: FunctionContext): Inputs {
  const given = sink.accumulators.flatMap((accumulator) =>
    accumulator.input === undefined ? [] : [accumulator.input],
  );
  let next = 0;
  const positions = sink.accumulators.map((accumulator) => (accumulator.input === undefined ? undefined : next++));
  return { evaluator: compileExpressions(given, input, context), positions };
}

/** The accumulators' columns; undefined: counts rows. */
export function inputColumns(
  { evaluator, positions }: Inputs,
  batch: RecordBatch,
  context: EvalContext,
): readonly (Column | undefined)[] {
  const values = evaluator
    .evaluate(batch, context)
    .map((value) => columnOfArgument(value, batch.length, context.arena));
  return positions.map((position) => (position === undefined ? undefined : values[position]));
}

class AggregateSink implements Sink {
  readonly rowCount = 0;
  readonly #table: GroupTable;
  readonly #keys: ComputeColumns;
  readonly #inputs: Inputs;
  #arena: Arena | undefined;

  constructor(table: GroupTable, keys: ComputeColumns, inputs: Inputs) {
    this.#table = table;
    this.#keys = keys;
    this.#inputs = inputs;
  }

  add(_taskIndex: number, batch: RecordBatch, context: EvalContext): void {
    this.#table.update(this.#keys(batch, context), inputColumns(this.#inputs, batch, context), batch.length);
  }

  finish(context: EvalContext): ReturnType<Sink['finish']> {
    this.#arena = context.arena.memory.createArena('partial groups');
    if (this.#table.groupCount === 0) return [];
    return [{ taskIndex: 0, batches: [this.#table.emit('all', this.#arena)] }];
  }

  release(): void {
    this.#table.release();
    this.#arena?.release();
  }
}

/** Rows are dropped whenever this many times the wanted number has come together. */
const TOP_SLACK = 4;
const TOP_ROWS_MIN = 16_384;

class TopSink implements Sink {
  readonly #memory: EngineInstance['memory'];
  readonly #columns: ComputeColumns;
  readonly #orders: Extract<StageSink, { kind: 'top' }>['orders'];
  readonly #count: number;
  #arena: Arena;
  #batches: RecordBatch[] = [];
  rowCount = 0;

  constructor(
    instance: EngineInstance,
    columns: ComputeColumns,
    orders: Extract<StageSink, { kind: 'top' }>['orders'],
    count: number,
  ) {
    this.#memory = instance.memory;
    this.#columns = columns;
    this.#orders = orders;
    this.#count = count;
    this.#arena = this.#memory.createArena('top rows');
  }

  add(_taskIndex: number, batch: RecordBatch, context: EvalContext): void {
    this.#batches.push(copyBatch(batch, this.#arena));
    this.rowCount += batch.length;
    if (this.rowCount > Math.max(TOP_ROWS_MIN, this.#count * TOP_SLACK)) this.#cut(context);
  }

  finish(context: EvalContext): ReturnType<Sink['finish']> {
    if (this.#batches.length === 0) return [];
    this.#cut(context);
    return [{ taskIndex: 0, batches: this.#batches }];
  }

  release(): void {
    this.#arena.release();
    this.#batches = [];
  }

  /** Keeps the first rows only, in a fresh arena. */
  #cut(context: EvalContext): void {
    const [first] = this.#batches;
    if (first === undefined) return;
    const all = concatBatches(first.schema, this.#batches, context.arena);
    const rows = sortedRows(this.#columns(all, context), this.#orders).subarray(0, this.#count);
    const next = this.#memory.createArena('top rows');
    const kept = takeBatch(all, rows, { ...context, arena: next });
    this.#batches = [copyBatch(kept, next)];
    this.#arena.release();
    this.#arena = next;
    this.rowCount = rows.length;
  }
}

/** Merges batches of k0…, s0… */
class MergeSink implements Sink {
  readonly rowCount = 0;
  readonly #table: GroupTable;
  readonly #keyCount: number;
  readonly #panes: PaneExpansion | undefined;
  #arena: Arena | undefined;

  constructor(table: GroupTable, keyCount: number, panes: PaneExpansion | undefined) {
    this.#table = table;
    this.#keyCount = keyCount;
    this.#panes = panes;
  }

  add(_taskIndex: number, batch: RecordBatch, context: EvalContext): void {
    const { columns, length } = this.#panes === undefined ? batch : expandBatch(batch, this.#panes, context);
    this.#table.merge(columns.slice(0, this.#keyCount), columns.slice(this.#keyCount), length);
  }

  finish(context: EvalContext): ReturnType<Sink['finish']> {
    this.#arena = context.arena.memory.createArena('merged groups');
    if (this.#table.groupCount === 0) return [];
    return [{ taskIndex: 0, batches: [this.#table.emit('all', this.#arena)] }];
  }

  release(): void {
    this.#table.release();
    this.#arena?.release();
  }
}

/** A row for each window of each pane. */
export function expandBatch(batch: RecordBatch, panes: PaneExpansion, context: EvalContext): RecordBatch {
  const { rows, starts } = expandPanes(present(batch.columns[panes.index], 'pane column'), panes, context.arena);
  const columns = batch.columns.map((column, i) => (i === panes.index ? starts : takeColumn(column, rows, context)));
  return makeBatch(batch.schema, columns, rows.length);
}
