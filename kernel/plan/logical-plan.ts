/**
 * Logical plans: frozen plain data with a `kind`, structured-clone safe. The same kinds before and after analysis; an
 * analysed plan holds only resolved expressions, and every node's output columns are known (`outputOf`).
 */
import type { Schema } from '../arrow/types.ts';
import type { ColumnExpr, Expr, SortOrder } from '../expr/expr.ts';
import type { SourcePosition } from '../core/errors.ts';

export type Options = Readonly<Record<string, string>>;

/** A day-time or month interval as Spark keeps it. */
export interface CalendarInterval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: bigint;
}

/** Rows made by the user, as one Arrow IPC stream (`kernel/arrow/ipc.ts`). */
export interface InlineRows {
  readonly ipc: Uint8Array;
  readonly rowCount: number;
  /** Present where the engine keeps the rows in its memory from one query to the next: their number there. */
  readonly id?: number;
}

export type LogicalPlan =
  // ── leaves ──
  /** A name in FROM; the analyzer looks it up in the catalog. */
  | { readonly kind: 'unresolvedRelation'; readonly name: readonly string[]; readonly position?: SourcePosition }
  /** `SELECT 1`: one row without columns. */
  | { readonly kind: 'oneRow' }
  | {
      readonly kind: 'localRelation';
      readonly output: readonly ColumnExpr[];
      readonly schema: Schema;
      readonly rows: InlineRows;
    }
  | {
      readonly kind: 'range';
      readonly output: readonly ColumnExpr[];
      readonly start: bigint;
      readonly end: bigint;
      readonly step: bigint;
    }
  /**
   * A batch or streaming source. `output` are the columns that are read, a subset of `schema` after column pruning.
   * `sourceId` tells two reads of one streaming query apart; the API numbers them in order of appearance.
   */
  | {
      readonly kind: 'dataSource';
      readonly output: readonly ColumnExpr[];
      readonly format: string;
      readonly options: Options;
      readonly paths: readonly string[];
      readonly schema: Schema;
      readonly streaming: boolean;
      readonly sourceId: number;
    }
  // ── one child ──
  | { readonly kind: 'subqueryAlias'; readonly name: string; readonly child: LogicalPlan }
  | { readonly kind: 'project'; readonly expressions: readonly Expr[]; readonly child: LogicalPlan }
  | { readonly kind: 'filter'; readonly condition: Expr; readonly child: LogicalPlan }
  /**
   * Adds the column `window` (struct<start, end: timestamp>) to each row, once per window that holds the row's time; rows
   * with a null time are dropped. Made by the analyzer out of `window(...)`, as in Spark's TimeWindowing.
   * All durations in µs; slide <= duration; start may be negative.
   */
  | {
      readonly kind: 'timeWindow';
      readonly time: Expr;
      readonly windowMicros: bigint;
      readonly slideMicros: bigint;
      readonly startMicros: bigint;
      readonly window: ColumnExpr;
      readonly child: LogicalPlan;
    }
  /** `outputs` are aliases or columns over groupings and aggregates; before analysis `groupings` may hold ordinals. */
  | {
      readonly kind: 'aggregate';
      readonly groupings: readonly Expr[];
      readonly outputs: readonly Expr[];
      readonly child: LogicalPlan;
    }
  | { readonly kind: 'sort'; readonly orders: readonly SortOrder[]; readonly child: LogicalPlan }
  | { readonly kind: 'limit'; readonly count: number; readonly child: LogicalPlan }
  | { readonly kind: 'offset'; readonly count: number; readonly child: LogicalPlan }
  | { readonly kind: 'distinct'; readonly child: LogicalPlan }
  /** Rows unique by `keys` (all columns where empty), keeping any one of each. */
  | {
      readonly kind: 'deduplicate';
      readonly keys: readonly Expr[];
      readonly withinWatermark: boolean;
      readonly child: LogicalPlan;
    }
  | {
      readonly kind: 'withWatermark';
      readonly eventTime: Expr;
      readonly delay: CalendarInterval;
      readonly child: LogicalPlan;
    }
  // ── several children ──
  | { readonly kind: 'union'; readonly children: readonly LogicalPlan[]; readonly byName: boolean }
  | {
      readonly kind: 'join';
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross';
      readonly condition?: Expr;
      readonly using?: readonly string[];
    }
  /** `WITH name AS (…)`; the analyzer inlines it. */
  | {
      readonly kind: 'with';
      readonly ctes: readonly { readonly name: string; readonly plan: LogicalPlan }[];
      readonly child: LogicalPlan;
    };

export type PlanKind = LogicalPlan['kind'];
export type PlanOf<K extends PlanKind> = Extract<LogicalPlan, { kind: K }>;

/** A SQL statement: a query, or a command that the session carries out. */
export type Statement =
  | { readonly kind: 'query'; readonly plan: LogicalPlan }
  | {
      readonly kind: 'createView';
      readonly name: string;
      readonly replace: boolean;
      readonly temporary: boolean;
      /** Either a query, or a source: `CREATE TEMPORARY VIEW v (ddl) USING json OPTIONS (path '…')`. */
      readonly definition:
        | { readonly kind: 'query'; readonly plan: LogicalPlan; readonly columns: readonly string[] }
        | {
            readonly kind: 'source';
            readonly schema: Schema | undefined;
            readonly format: string;
            readonly options: Options;
          };
    }
  | { readonly kind: 'dropView'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'showTables' }
  | { readonly kind: 'describe'; readonly name: readonly string[] }
  | { readonly kind: 'explain'; readonly mode: ExplainMode; readonly plan: LogicalPlan }
  | { readonly kind: 'setOption'; readonly key: string | undefined; readonly value: string | undefined };

export type ExplainMode = 'simple' | 'extended' | 'formatted';
