/**
 * Partial aggregation by dense groups, with the pane of a row's time found on the way. Rows that do not suit them, and
 * batches too small to be worth it, go to a group table beside.
 */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import { sliceColumn } from '../../arrow/slice.ts';
import { present } from '../../core/assert.ts';
import type { ColumnExpr } from '../../expr/expr.ts';
import type { EvalContext, FunctionContext } from '../../functions/contract.ts';
import { compileColumns } from '../expressions/evaluator.ts';
import { DenseGroups } from '../dense-groups/dense-groups.ts';
import type { DenseReference } from '../dense-groups/reference.ts';
import type { DenseShape } from '../dense-groups/shape.ts';
import type { CreateGroupTable, EngineInstance, GroupTable } from '../ports.ts';
import type { Stage, StageOperator, StageSink } from '../stage.ts';
import { startsOf, withTimes } from './operators.ts';
import { compileInputs, type Inputs, inputColumns, type OpenSink, type Sink } from './sinks.ts';

const DENSE_ROWS_MIN = 2048;

type ComputeColumns = ReturnType<typeof compileColumns>;
type WindowOperator = Extract<StageOperator, { kind: 'window' }>;

interface CompiledDense {
  readonly shape: DenseShape;
  readonly window: WindowOperator | undefined;
  /** Undefined where there is no window. */
  readonly time: ComputeColumns | undefined;
  /** Keys other than the pane. */
  readonly keys: ComputeColumns;
  readonly inputs: Inputs;
}

/** @param input the columns below the window operator, which is part of this sink */
export function compileDenseSink(
  stage: Stage,
  sink: Extract<StageSink, { kind: 'aggregate' }>,
  shape: DenseShape,
  input: readonly ColumnExpr[],
  context: FunctionContext,
): OpenSink {
  const last = stage.operators.at(-1);
  const window = shape.panes !== undefined && last?.kind === 'window' ? last : undefined;
  const others = sink.keys.filter((_, i) => i !== shape.panes?.index).map((key) => key.expression);
  const compiled: CompiledDense = {
    shape,
    window,
    time: window === undefined ? undefined : compileColumns([window.time], input, context),
    keys: compileColumns(others, input, context),
    inputs: compileInputs(sink, input, context),
  };
  return (instance, createGroupTable) => new DenseSink(compiled, instance, createGroupTable);
}

class DenseSink implements Sink {
  readonly rowCount = 0;
  readonly #compiled: CompiledDense;
  readonly #instance: EngineInstance;
  readonly #createGroupTable: CreateGroupTable;
  readonly #arena: Arena;
  #dense: DenseGroups | undefined;
  #table: GroupTable | undefined;

  constructor(compiled: CompiledDense, instance: EngineInstance, createGroupTable: CreateGroupTable) {
    this.#compiled = compiled;
    this.#instance = instance;
    this.#createGroupTable = createGroupTable;
    this.#arena = instance.memory.createArena('partial groups');
  }

  add(_taskIndex: number, given: RecordBatch, context: EvalContext): void {
    const { shape, time, keys: computeKeys, inputs: computeInputs } = this.#compiled;
    const timed =
      time === undefined
        ? { batch: given, times: undefined }
        : withTimes(given, present(time(given, context)[0], 'time'), context);
    if (timed === undefined) return;
    const { batch, times } = timed;
    const { length } = batch;
    const keys = computeKeys(batch, context);
    const inputs = inputColumns(computeInputs, batch, context);
    if (length >= DENSE_ROWS_MIN) this.#dense ??= new DenseGroups(this.#instance, shape);
    const done = this.#dense?.add(times, keys, inputs, length) ?? 0;
    if (done === length) return;
    const rest = (column: Column): Column => (done === 0 ? column : sliceColumn(column, done, length, context.arena));
    this.#addToTable(
      times === undefined ? undefined : rest(times),
      keys.map(rest),
      inputs.map((column) => (column === undefined ? undefined : rest(column))),
      length - done,
      context,
    );
  }

  finish(): ReturnType<Sink['finish']> {
    if (this.#table === undefined || this.#table.groupCount === 0) return [];
    return [{ taskIndex: 0, batches: [this.#table.emit('all', this.#arena)] }];
  }

  dense(): DenseReference | undefined {
    return this.#dense?.finish(this.#arena);
  }

  release(): void {
    this.#dense?.release();
    this.#table?.release();
    this.#arena.release();
  }

  #addToTable(
    times: Column | undefined,
    keys: readonly Column[],
    inputs: readonly (Column | undefined)[],
    length: number,
    context: EvalContext,
  ): void {
    const { shape, window } = this.#compiled;
    this.#table ??= this.#createGroupTable(this.#instance, shape.keys, shape.accumulators);
    const all = [...keys];
    if (times !== undefined && window !== undefined && shape.panes !== undefined) {
      all.splice(shape.panes.index, 0, startsOf(times, window.startMicros, window.paneMicros, context));
    }
    this.#table.update(all, inputs, length);
  }
}
