/** What planning gathers on its way up: stateful operators, watermarks, and which columns carry the event time. */
import { field, Types } from '../arrow/types.ts';
import { AssertionError } from '../core/assert.ts';
import type { ColumnExpr, ColumnId, Expr } from '../expr/expr.ts';
import { exprText } from '../expr/text.ts';
import { typeOf } from '../expr/resolved.ts';
import type { FunctionContext } from '../functions/contract.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { PhysicalPlan } from './physical-plan.ts';
import type { PreparedPlan, StatefulSpec } from './ports.ts';
import type { ProjectedColumn } from './stage.ts';

/** How a column carries the event time of a watermark below it. */
export type EventTimeColumn =
  | { readonly kind: 'timestamp'; readonly delayMicros: bigint }
  | { readonly kind: 'window'; readonly windowMicros: bigint; readonly delayMicros: bigint };

export class PlanContext {
  readonly options: FunctionContext;
  readonly streaming: boolean;
  readonly plan: (plan: LogicalPlan) => PhysicalPlan;
  readonly stateful: StatefulSpec[] = [];
  readonly watermarks: PreparedPlan['watermarks'][number][] = [];
  readonly #eventTimes = new Map<ColumnId, EventTimeColumn>();
  #nextSyntheticId = -1;

  constructor(
    options: FunctionContext,
    streaming: boolean,
    plan: (plan: LogicalPlan, context: PlanContext) => PhysicalPlan,
  ) {
    this.options = options;
    this.streaming = streaming;
    this.plan = (child) => plan(child, this);
  }

  /** A column for an intermediate result; its negative id meets no column of the analyzer. */
  syntheticColumn(name: string, expression: Expr, nullable: boolean): ColumnExpr {
    return { kind: 'column', id: this.#nextSyntheticId--, name, type: typeOf(expression), nullable };
  }

  eventTimeOf(expression: Expr): EventTimeColumn | undefined {
    return expression.kind === 'column' ? this.#eventTimes.get(expression.id) : undefined;
  }

  addWatermark(time: Expr, delayMicros: bigint): number {
    const watermarkId = this.watermarks.length;
    if (time.kind !== 'column') throw new AssertionError('the event time of a watermark is a column');
    this.watermarks.push({ watermarkId, delayMicros, column: exprText(time) });
    this.#eventTimes.set(time.id, { kind: 'timestamp', delayMicros });
    return watermarkId;
  }

  /** A window over the event time carries it on; `window(window_column)` takes the time out of a window again. */
  noteWindow(time: Expr, window: ColumnExpr, windowMicros: bigint): void {
    const source = this.eventTimeOf(time) ?? this.#windowTime(time);
    if (source !== undefined) {
      this.#eventTimes.set(window.id, { kind: 'window', windowMicros, delayMicros: source.delayMicros });
    }
  }

  followEventTime({ expression, column }: ProjectedColumn): void {
    const source = this.eventTimeOf(expression);
    if (source !== undefined) this.#eventTimes.set(column.id, source);
    const windowTime = this.#windowTime(expression);
    if (windowTime !== undefined) {
      this.#eventTimes.set(column.id, { kind: 'timestamp', delayMicros: windowTime.delayMicros });
    }
  }

  #windowTime(expression: Expr): EventTimeColumn | undefined {
    if (expression.kind !== 'function') return undefined;
    const [first] = expression.args;
    if (first === undefined) return undefined;
    if (expression.name === 'window_time') return this.eventTimeOf(first);
    // window.end - 1 µs, as the analyzer writes the time of a window column.
    return first.kind === 'field' && expression.name === '-' ? this.eventTimeOf(first.child) : undefined;
  }

  addDeduplicate(output: readonly ColumnExpr[], keys: readonly number[], withinWatermark: boolean): number {
    const stateId = this.stateful.length;
    const eventTime = output.findIndex((column) => this.#eventTimes.has(column.id));
    const time = output[eventTime];
    this.stateful.push({
      kind: 'deduplicate',
      stateId,
      input: Types.struct(output.map((column) => field(column.name, column.type, column.nullable))),
      keys,
      eventTime: eventTime < 0 ? undefined : eventTime,
      withinWatermark,
      delayMicros: time === undefined ? 0n : (this.eventTimeOf(time)?.delayMicros ?? 0n),
    });
    return stateId;
  }
}
