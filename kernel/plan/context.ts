/** What the analyzer needs of a session. */
import type { ColumnId } from '../expr/expr.ts';
import type { Catalog } from './catalog.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { ResolveContext } from './resolve-expr.ts';

export interface AnalysisContext {
  readonly catalog: Catalog;
  readonly functions: ResolveContext;
  /** A number that no other column of the session has. */
  nextColumnId(): ColumnId;
  /** Plans analysed before, which are not looked at again. */
  readonly analysed: WeakSet<LogicalPlan>;
}
