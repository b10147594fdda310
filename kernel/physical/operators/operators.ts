/** The operators of a stage: a batch in, a batch out (undefined where no row is left). */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import { allocateFixed, makeBatch } from '../../arrow/make.ts';
import { pointerOf, validityPointer } from '../../arrow/open.ts';
import { field, type Schema, Types } from '../../arrow/types.ts';
import { assert, present } from '../../core/assert.ts';
import type { ColumnExpr } from '../../expr/expr.ts';
import type { EvalContext, FunctionContext } from '../../functions/contract.ts';
import { rowsWhere, trueBits } from '../columns.ts';
import { compileColumns, compileExpressions } from '../expressions/evaluator.ts';
import type { EventTimeStats } from '../ports.ts';
import type { StageOperator } from '../stage.ts';
import { takeBatch } from '../take.ts';
import { expandWindows, windowStruct } from './windows.ts';

export type Operator = (batch: RecordBatch, context: EvalContext, notes: EventTimeNotes) => RecordBatch | undefined;

type OperatorOf<K extends StageOperator['kind']> = Extract<StageOperator, { kind: K }>;

export function compileOperator(
  operator: StageOperator,
  input: readonly ColumnExpr[],
  context: FunctionContext,
): Operator {
  switch (operator.kind) {
    case 'filter':
      return compileFilter(operator, input, context);
    case 'project':
      return compileProject(operator, input, context);
    case 'window':
      return compileWindow(operator, input, context);
    case 'watermark':
      return compileWatermark(operator, input, context);
  }
}

export function schemaOfColumns(columns: readonly ColumnExpr[]): Schema {
  return Types.struct(columns.map((column) => field(column.name, column.type, column.nullable)));
}

function compileFilter(
  operator: OperatorOf<'filter'>,
  input: readonly ColumnExpr[],
  context: FunctionContext,
): Operator {
  const evaluator = compileExpressions([operator.condition], input, context);
  return (batch, evalContext) => {
    const [condition] = evaluator.evaluate(batch, evalContext);
    if (condition === undefined) return undefined;
    if (condition.kind === 'constant') return condition.value === true ? batch : undefined;
    const rows = rowsWhere(trueBits(condition.column, evalContext), batch.length, 'set', evalContext);
    if (rows.length === 0) return undefined;
    return rows.length === batch.length ? batch : takeBatch(batch, rows, evalContext);
  };
}

function compileProject(
  operator: OperatorOf<'project'>,
  input: readonly ColumnExpr[],
  context: FunctionContext,
): Operator {
  const schema = schemaOfColumns(operator.output);
  const expressions = operator.columns.map((column) => column.expression);
  const compute = compileColumns(expressions, input, context);
  return (batch, evalContext) => makeBatch(schema, compute(batch, evalContext), batch.length);
}

function compileWindow(
  operator: OperatorOf<'window'>,
  input: readonly ColumnExpr[],
  context: FunctionContext,
): Operator {
  const { mode, windowMicros, slideMicros, startMicros, paneMicros, time } = operator;
  const schema = schemaOfColumns(operator.output);
  const computeTime = compileColumns([time], input, context);
  return (given, evalContext) => {
    const timed = withTimes(given, present(computeTime(given, evalContext)[0], 'time'), evalContext);
    if (timed === undefined) return undefined;
    const { batch, times } = timed;
    if (mode === 'pane') {
      const starts = startsOf(times, startMicros, paneMicros, evalContext);
      return makeBatch(schema, [...batch.columns, starts], batch.length);
    }
    const starts = startsOf(times, startMicros, slideMicros, evalContext);
    if (windowMicros === slideMicros) {
      return makeBatch(schema, [...batch.columns, windowStruct(starts, windowMicros, evalContext)], batch.length);
    }
    const { rows, windows } = expandWindows(times, starts, windowMicros, slideMicros, evalContext);
    if (rows.length === 0) return undefined;
    const expanded = takeBatch(batch, rows, evalContext);
    return makeBatch(schema, [...expanded.columns, windows], rows.length);
  };
}

/** Rows without a time fall in no window. */
export function withTimes(
  batch: RecordBatch,
  times: Column,
  context: EvalContext,
): { readonly batch: RecordBatch; readonly times: Column } | undefined {
  if (times.layout === 'null') return undefined;
  if (times.validity === undefined) return { batch, times };
  const rows = rowsWhere(times.validity, batch.length, 'set', context);
  if (rows.length === batch.length) return { batch, times };
  if (rows.length === 0) return undefined;
  const withTime = makeBatch(
    Types.struct([...batch.schema.fields, field('time', times.type)]),
    [...batch.columns, times],
    batch.length,
  );
  const kept = takeBatch(withTime, rows, context);
  return {
    batch: makeBatch(batch.schema, kept.columns.slice(0, -1), rows.length),
    times: present(kept.columns.at(-1), 'times'),
  };
}

export function startsOf(times: Column, origin: bigint, slide: bigint, { arena, kernels }: EvalContext): Column {
  assert(times.layout === 'fixed', 'times are timestamps');
  const starts = allocateFixed(Types.timestamp, times.length, arena);
  kernels.window_start(pointerOf(times.values), times.length, origin, slide, pointerOf(starts.values));
  return starts;
}

/** Event times by watermark, gathered over the batches of a run. */
export class EventTimeNotes {
  readonly #stats = new Map<number, EventTimeStats>();

  add(next: EventTimeStats): void {
    const old = this.#stats.get(next.watermarkId);
    this.#stats.set(next.watermarkId, old === undefined ? next : mergeEventTimes(old, next));
  }

  list(): readonly EventTimeStats[] {
    return [...this.#stats.values()].sort((a, b) => a.watermarkId - b.watermarkId);
  }
}

function mergeEventTimes(a: EventTimeStats, b: EventTimeStats): EventTimeStats {
  return {
    ...a,
    count: a.count + b.count,
    minMicros: a.minMicros < b.minMicros ? a.minMicros : b.minMicros,
    maxMicros: a.maxMicros > b.maxMicros ? a.maxMicros : b.maxMicros,
    sumMicros: a.sumMicros + b.sumMicros,
  };
}

function compileWatermark(
  operator: OperatorOf<'watermark'>,
  input: readonly ColumnExpr[],
  context: FunctionContext,
): Operator {
  const { watermarkId, delayMicros, time } = operator;
  const compute = compileColumns([time], input, context);
  return (batch, evalContext, notes) => {
    const times = present(compute(batch, evalContext)[0], 'time');
    if (times.layout !== 'fixed') return batch;
    const { arena, kernels } = evalContext;
    const out = new BigInt64Array(arena.memory.buffer, arena.allocate(24), 3);
    const count = kernels.min_max_sum_i64(
      pointerOf(times.values),
      validityPointer(times),
      batch.length,
      pointerOf(out),
    );
    const [minMicros = 0n, maxMicros = 0n, sumMicros = 0n] = out;
    if (count > 0) notes.add({ watermarkId, delayMicros, count, minMicros, maxMicros, sumMicros });
    return batch;
  };
}
