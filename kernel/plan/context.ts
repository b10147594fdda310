/** What the analyzer needs of a session. */
import type { ColumnId } from '../expr/expr.ts';
import type { FunctionContext } from '../functions/contract.ts';
import type { Catalog } from './catalog.ts';
import type { LogicalPlan } from './logical-plan.ts';

export interface AnalysisContext {
  readonly catalog: Catalog;
  readonly functions: FunctionContext;
  /** A number that no other column of the session has. */
  nextColumnId(): ColumnId;
  /** Plans analysed before, which are not looked at again. */
  readonly analysed: WeakSet<LogicalPlan>;
}
