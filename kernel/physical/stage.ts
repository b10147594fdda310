/**
 * Stages: the part of a plan that runs task by task, on compute workers or inline: a source, a chain of operators that work
 * batch by batch, and a sink that keeps what they give. Plain frozen data, posted to workers as it is.
 */
import type { Schema } from '../arrow/types.ts';
import type { ColumnExpr, Expr, SortOrder } from '../expr/expr.ts';
import type { AccumulatorSpec } from '../functions/contract.ts';
import type { GroupKeySpec } from './ports.ts';

/** Rows that come as tasks: `reader` tasks of a source, or ranges of numbers. `output` are the columns, in `schema`'s order. */
export interface StageSource {
  readonly kind: 'scan' | 'batches';
  readonly schema: Schema;
  readonly output: readonly ColumnExpr[];
}

export interface ProjectedColumn {
  readonly expression: Expr;
  readonly column: ColumnExpr;
}

/** `output` are the columns after the operator. */
export type StageOperator =
  | { readonly kind: 'filter'; readonly condition: Expr; readonly output: readonly ColumnExpr[] }
  | { readonly kind: 'project'; readonly columns: readonly ProjectedColumn[]; readonly output: readonly ColumnExpr[] }
  /**
   * Adds `column` and drops rows without a time.
   * `pane`: the start (timestamp) of the pane that holds the time; panes are `paneMicros` long and windows are whole panes.
   * `rows`: struct<start, end>, a row for each window that holds the time, earliest window last, as in Spark.
   */
  | {
      readonly kind: 'window';
      readonly mode: 'pane' | 'rows';
      readonly time: Expr;
      readonly windowMicros: bigint;
      readonly slideMicros: bigint;
      readonly startMicros: bigint;
      readonly paneMicros: bigint;
      readonly column: ColumnExpr;
      readonly output: readonly ColumnExpr[];
    }
  /** Passes rows on and notes their event times. */
  | {
      readonly kind: 'watermark';
      readonly watermarkId: number;
      readonly delayMicros: bigint;
      readonly time: Expr;
      readonly output: readonly ColumnExpr[];
    };

/** Sliding windows: partial results by pane become partial results by window. `index` is the key with the pane's start. */
export interface PaneExpansion {
  readonly index: number;
  readonly windowMicros: bigint;
  readonly slideMicros: bigint;
  readonly startMicros: bigint;
  readonly paneMicros: bigint;
}

export interface StageKey {
  readonly expression: Expr;
  readonly spec: GroupKeySpec;
}

export interface StageAccumulator {
  readonly spec: AccumulatorSpec;
  /** Feeds the accumulator; absent: every row counts. */
  readonly input: Expr | undefined;
}

export type StageSink =
  | { readonly kind: 'collect' }
  /** Partial aggregation, kept across tasks; gives key columns k0… and state columns s0…, each key once per thread. */
  | {
      readonly kind: 'aggregate';
      readonly keys: readonly StageKey[];
      readonly accumulators: readonly StageAccumulator[];
    }
  /** Partial results (k0…, s0…) of one partition of the keys, merged; panes become windows. */
  | {
      readonly kind: 'merge';
      readonly keys: readonly GroupKeySpec[];
      readonly accumulators: readonly AccumulatorSpec[];
      readonly panes: PaneExpansion | undefined;
    }
  /** The first `count` rows by `orders`, per thread. */
  | { readonly kind: 'top'; readonly orders: readonly SortOrder[]; readonly count: number };

export interface Stage {
  readonly source: StageSource;
  readonly operators: readonly StageOperator[];
  readonly sink: StageSink;
}
