/** What an optimizer rule is. */
import type { Expr } from '../expr/expr.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';

export interface OptimizeOptions {
  /**
   * Computes an expression of literals by the functions' own implementations, which need an engine instance
   * (`createConstantFolder` in physical/). undefined: leave it, as for what raises an error. Absent: nothing is computed.
   */
  readonly foldConstant?: (expression: Expr) => Expr | undefined;
}

export interface Rule {
  readonly name: string;
  /** The plan itself where nothing changes. */
  readonly apply: (plan: LogicalPlan, options: OptimizeOptions) => LogicalPlan;
}
