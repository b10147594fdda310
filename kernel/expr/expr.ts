/**
 * Expressions: frozen plain data with a `kind`, made by the factories below; structured-clone safe, since analysed plans
 * are posted to the engine thread and kept in checkpoints.
 *
 * Lifecycle: the SQL parser and the DataFrame API make *unresolved* expressions (`attribute`, `star`, `call`, …). The
 * analyzer replaces those kinds: `attribute` → `column` (or `field` chains), `star` → several, `call` → `function`,
 * `aggregate` or a plan node (`window`), and inserts casts. After analysis only the kinds of `ResolvedExpr` remain.
 */
import type { DataType } from '../arrow/types.ts';
import type { SourcePosition } from '../core/errors.ts';

/** A literal's value, by type as in arrow/types.ts; decimals as unscaled bigint, dates as days, timestamps as bigint µs. */
export type LiteralValue = null | boolean | number | bigint | string | Uint8Array;

/** How a failed cast ends: an error (ANSI), or null (`try_cast`, and Spark's older behaviour with its wrap-arounds). */
export type CastMode = 'ansi' | 'try' | 'legacy';

export interface SortOrder {
  readonly child: Expr;
  readonly direction: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
}

/** Identifies a column through a plan, across projections that pass it on unchanged. Unique within a session. */
export type ColumnId = number;

export type Expr =
  // ── unresolved ──
  /** `a`, `t.a`, `data.url`: dotted name parts as written, without quotes. */
  | { readonly kind: 'attribute'; readonly parts: readonly string[]; readonly position?: SourcePosition }
  /** `*`, `t.*`, `data.*` (a struct's fields). */
  | { readonly kind: 'star'; readonly target: readonly string[]; readonly position?: SourcePosition }
  /** A function by name, operators included under their function names: `+`, `=`, `and`, `not`, `in`, `like`, `case`… */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expr[];
      readonly distinct?: boolean;
      /** `agg(...) FILTER (WHERE …)` */
      readonly filter?: Expr;
      readonly position?: SourcePosition;
    }
  /** `:name` or `${name}` in SQL, replaced by a literal before analysis. */
  | { readonly kind: 'parameter'; readonly name: string; readonly position?: SourcePosition }
  // ── both ──
  /** `text`: how the literal shows, where its value does not tell (a timestamp in the session's zone). */
  | { readonly kind: 'literal'; readonly value: LiteralValue; readonly type: DataType; readonly text?: string }
  /** `child AS name`; the analyzer gives the id. */
  | { readonly kind: 'alias'; readonly child: Expr; readonly name: string; readonly id?: ColumnId }
  | {
      readonly kind: 'cast';
      readonly child: Expr;
      readonly type: DataType;
      readonly mode?: CastMode;
      readonly position?: SourcePosition;
    }
  /** CASE WHEN … THEN … ELSE … END; the simple form is parsed into this with `=`. */
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expr; readonly then: Expr }[];
      readonly otherwise?: Expr;
    }
  // ── resolved ──
  | {
      readonly kind: 'column';
      readonly id: ColumnId;
      readonly name: string;
      readonly type: DataType;
      readonly nullable: boolean;
    }
  /** Field `index` of a struct. */
  | {
      readonly kind: 'field';
      readonly child: Expr;
      readonly index: number;
      readonly name: string;
      readonly type: DataType;
      readonly nullable: boolean;
    }
  /** A scalar function of the registry, arguments already coerced to one of its signatures. */
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly args: readonly Expr[];
      readonly type: DataType;
      readonly nullable: boolean;
      readonly position?: SourcePosition;
    }
  /** An aggregate function of the registry; only in an `aggregate` plan node's output. */
  | {
      readonly kind: 'aggregate';
      readonly name: string;
      readonly args: readonly Expr[];
      readonly distinct: boolean;
      readonly filter?: Expr;
      readonly type: DataType;
      readonly nullable: boolean;
    };

export type ExprKind = Expr['kind'];
export type ExprOf<K extends ExprKind> = Extract<Expr, { kind: K }>;
export type ColumnExpr = ExprOf<'column'>;

export const Exprs = {
  attribute: (parts: readonly string[], position?: SourcePosition): Expr =>
    Object.freeze(position === undefined ? { kind: 'attribute', parts } : { kind: 'attribute', parts, position }),
  star: (target: readonly string[] = [], position?: SourcePosition): Expr =>
    Object.freeze(position === undefined ? { kind: 'star', target } : { kind: 'star', target, position }),
  call: (
    name: string,
    args: readonly Expr[],
    rest: { readonly distinct?: boolean; readonly filter?: Expr; readonly position?: SourcePosition } = {},
  ): Expr => Object.freeze({ kind: 'call', name: name.toLowerCase(), args, ...rest }),
  literal: (value: LiteralValue, type: DataType): Expr => Object.freeze({ kind: 'literal', value, type }),
  alias: (child: Expr, name: string, id?: ColumnId): Expr =>
    Object.freeze(id === undefined ? { kind: 'alias', child, name } : { kind: 'alias', child, name, id }),
  cast: (child: Expr, type: DataType, mode?: CastMode): Expr =>
    Object.freeze(mode === undefined ? { kind: 'cast', child, type } : { kind: 'cast', child, type, mode }),
  column: (id: ColumnId, name: string, type: DataType, nullable: boolean): ColumnExpr =>
    Object.freeze({ kind: 'column', id, name, type, nullable }),
} as const;
