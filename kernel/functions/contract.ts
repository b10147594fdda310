/** What a function of the registry is. `define.ts` makes them, one family per file registers them. */
import type { Column } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import type { DataType } from '../arrow/types.ts';
import type { LiteralValue } from '../expr/expr.ts';
import type { Kernels } from '../../wasm/abi/kernels.ts';

export interface FunctionContext {
  /** ANSI mode: errors instead of nulls (SEMANTICS.md 30). */
  readonly ansi: boolean;
  /** IANA name, or an offset such as +02:00. */
  readonly timeZone: string;
}

/** What an implementation is given for one batch. Results are allocated from `arena`. */
export interface EvalContext extends FunctionContext {
  readonly arena: Arena;
  readonly kernels: Kernels;
  /** The value of `current_timestamp()`: the query's, or the micro-batch's logged, start in µs. */
  readonly batchTimestampMicros: bigint;
}

/** A constant argument stays a constant, so that kernels can be chosen for it. Constants are never expanded to columns. */
export type Argument =
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'constant'; readonly value: LiteralValue; readonly type: DataType };

/** How a function is computed for given argument types. */
export interface ScalarImplementation {
  /** What `explain` prints: `wasm:add_i64`, or `javascript`. */
  readonly engine: string;
  /** `length` rows; at least one argument is a column unless the function is volatile (constants are folded before). */
  evaluate(args: readonly Argument[], length: number, context: EvalContext): Column;
}

/** The outcome of overload resolution: arguments are cast to `argTypes`. */
export interface ResolvedCall {
  readonly argTypes: readonly DataType[];
  readonly type: DataType;
  readonly nullable: boolean;
}

export interface ResolveArgument {
  readonly type: DataType;
  readonly nullable: boolean;
  /** Present where the argument is a literal: `from_json`'s schema is one. */
  readonly literal?: LiteralValue;
  /** Present where the value is known beforehand: that of a literal, or of arithmetic with literals. */
  readonly constant?: LiteralValue;
}

interface FunctionCommon {
  /** Lower case, as in SQL. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly family: string;
  /** `usage` lines such as `upper(str)`, for help, completion and the reference page. */
  readonly usage: string;
  readonly summary: string;
  /** SQL expression and its result as `show` prints it; run as a test. */
  readonly examples: readonly { readonly sql: string; readonly result: string }[];
  readonly since: string;
}

export interface ScalarFunction extends FunctionCommon {
  readonly kind: 'scalar';
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  /** @throws WRONG_NUM_ARGS, DATATYPE_MISMATCH */
  resolve(args: readonly ResolveArgument[], context: FunctionContext): ResolvedCall;
  implementation(argTypes: readonly DataType[], type: DataType, context: FunctionContext): ScalarImplementation;
}

/** The accumulators that group tables know; every aggregate function is made of these. */
export type AccumulatorOp = 'count' | 'sum' | 'min' | 'max' | 'first' | 'last' | 'first_non_null' | 'last_non_null';

/** One column of aggregate state. `input` indexes the aggregate's arguments; absent for `count(*)`. */
export interface AccumulatorSpec {
  readonly op: AccumulatorOp;
  readonly inputType: DataType | undefined;
  /** count: long, never null. sum: long, double or decimal, null before the first non-null input. Others: the input's type. */
  readonly stateType: DataType;
  /** Integer and decimal sums: an overflow is an error (ANSI) or wraps (long) / gives null (decimal). */
  readonly onOverflow: 'error' | 'wrap' | 'null';
}

export interface AggregateFunction extends FunctionCommon {
  readonly kind: 'aggregate';
  resolve(args: readonly ResolveArgument[], context: FunctionContext): ResolvedCall;
  /** The state columns; `argument` says which argument feeds each (absent: count every row). */
  state(
    argTypes: readonly DataType[],
    type: DataType,
    context: FunctionContext,
  ): readonly (AccumulatorSpec & { readonly argument: number | undefined })[];
  /** The result from the state columns (as arguments in order): `avg` divides sum by count. */
  finish(states: readonly Column[], type: DataType, length: number, context: EvalContext): Column;
}

export type FunctionEntry = ScalarFunction | AggregateFunction;
