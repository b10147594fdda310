/** What compiled expressions work on. */
import type { RecordBatch } from '../../arrow/column.ts';
import type { Expr } from '../../expr/expr.ts';
import type { Argument, EvalContext, FunctionContext } from '../../functions/contract.ts';

/** One batch while expressions are computed over it. */
export interface Frame {
  readonly batch: RecordBatch;
  readonly context: EvalContext;
  /** Results of shared subexpressions, by slot. */
  readonly shared: (Argument | undefined)[];
}

export type Evaluate = (frame: Frame) => Argument;

/** Compiles the parts of an expression. */
export interface ExpressionCompiler {
  readonly context: FunctionContext;
  compile(expression: Expr): Evaluate;
}
