/** Physical plans: what the executor walks. Plain frozen data; `output` names the columns of a node's batches, in order. */
import type { Schema } from '../arrow/types.ts';
import type { ColumnExpr, Expr, SortOrder } from '../expr/expr.ts';
import type { DataType } from '../arrow/types.ts';
import type { AccumulatorSpec } from '../functions/contract.ts';
import type { InlineRows, Options } from '../plan/logical-plan.ts';
import type { GroupKeySpec, PreparedPlan } from './ports.ts';
import type { PaneExpansion, ProjectedColumn, StageOperator, StageSink } from './stage.ts';

/** How a grouping column is put together again from key columns of the group table. */
export type KeyOutput =
  | { readonly kind: 'key'; readonly index: number }
  /** The key holds a window's start; the column is struct<start, end>. */
  | { readonly kind: 'window'; readonly index: number; readonly windowMicros: bigint }
  /** A struct grouped by its fields; `presence` is the key that is true where the struct is not null. */
  | {
      readonly kind: 'struct';
      readonly type: DataType;
      readonly fields: readonly KeyOutput[];
      readonly presence: number | undefined;
    };

/** An aggregate function's result out of state columns. */
export interface AggregateOutput {
  readonly name: string;
  readonly type: DataType;
  /** Indices of state columns. */
  readonly states: readonly number[];
  readonly column: ColumnExpr;
}

export type PhysicalPlan =
  | {
      readonly kind: 'scan';
      readonly sourceId: number;
      readonly format: string;
      readonly options: Options;
      readonly paths: readonly string[];
      readonly schema: Schema;
      readonly streaming: boolean;
      readonly output: readonly ColumnExpr[];
    }
  | {
      readonly kind: 'local';
      readonly rows: InlineRows;
      /** Ordinals into the rows' columns. */
      readonly ordinals: readonly number[];
      readonly output: readonly ColumnExpr[];
    }
  | {
      readonly kind: 'range';
      readonly start: bigint;
      readonly end: bigint;
      readonly step: bigint;
      readonly output: readonly ColumnExpr[];
    }
  | { readonly kind: 'oneRow'; readonly output: readonly ColumnExpr[] }
  | {
      readonly kind: 'stage';
      readonly operators: readonly StageOperator[];
      readonly sink: StageSink;
      readonly child: PhysicalPlan;
      readonly output: readonly ColumnExpr[];
    }
  /** Merges partial results, asks the state of a stream, finishes and projects. */
  | {
      readonly kind: 'aggregate';
      readonly child: PhysicalPlan;
      readonly keys: readonly GroupKeySpec[];
      readonly keyOutputs: readonly { readonly from: KeyOutput; readonly column: ColumnExpr }[];
      readonly accumulators: readonly AccumulatorSpec[];
      readonly aggregates: readonly AggregateOutput[];
      readonly panes: PaneExpansion | undefined;
      readonly stateId: number | undefined;
      readonly columns: readonly ProjectedColumn[];
      readonly output: readonly ColumnExpr[];
    }
  | {
      readonly kind: 'deduplicate';
      readonly child: PhysicalPlan;
      /** Undefined in batch: the first row of each key is kept. */
      readonly stateId: number | undefined;
      /** Ordinals into `output`. */
      readonly keys: readonly number[];
      readonly output: readonly ColumnExpr[];
    }
  | {
      readonly kind: 'sort';
      readonly orders: readonly SortOrder[];
      /** Keep only the first so many. */
      readonly count: number | undefined;
      readonly child: PhysicalPlan;
      readonly output: readonly ColumnExpr[];
    }
  | {
      readonly kind: 'limit';
      readonly count: number;
      readonly child: PhysicalPlan;
      readonly output: readonly ColumnExpr[];
    }
  | {
      readonly kind: 'offset';
      readonly count: number;
      readonly child: PhysicalPlan;
      readonly output: readonly ColumnExpr[];
    }
  | { readonly kind: 'union'; readonly children: readonly PhysicalPlan[]; readonly output: readonly ColumnExpr[] }
  /** Hash join on equal keys (nulls never match), then `condition` over left and right columns. */
  | {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross';
      readonly left: PhysicalPlan;
      readonly right: PhysicalPlan;
      readonly leftKeys: readonly Expr[];
      readonly rightKeys: readonly Expr[];
      readonly condition: Expr | undefined;
      readonly output: readonly ColumnExpr[];
    };

export type PhysicalKind = PhysicalPlan['kind'];
export type PhysicalOf<K extends PhysicalKind> = Extract<PhysicalPlan, { kind: K }>;

/** A prepared plan with what is inside; other rooms see only the port. */
export interface PreparedPhysicalPlan extends PreparedPlan {
  readonly root: PhysicalPlan;
}

export function isPhysical(plan: PreparedPlan): plan is PreparedPhysicalPlan {
  return 'root' in plan;
}
