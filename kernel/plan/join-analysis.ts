/** Joins: names of both sides, USING, and columns told apart where a plan is joined with itself. */
import { MillraceError } from '../core/errors.ts';
import { Exprs, type ColumnExpr, type ColumnId, type Expr } from '../expr/expr.ts';
import { contains, transformUp } from '../expr/nodes.ts';
import { exprText } from '../expr/text.ts';
import type { AnalysisContext } from './context.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { mapPlanExprs, transformPlanUp } from './nodes.ts';
import { outputOf } from './output.ts';
import { isAggregateCall, requireBoolean, resolveCalls, resolveNames } from './resolve-expr.ts';
import { namesOf, scopeOf, unresolvedColumn } from './scope.ts';

/** @param plan both sides are analysed */
export function analyzeJoin(plan: PlanOf<'join'>, context: AnalysisContext): LogicalPlan {
  const { left } = plan;
  const right = overlaps(left, plan.right) ? freshColumns(plan.right, context) : plan.right;
  if (plan.using !== undefined) return joinUsing({ ...plan, right }, plan.using, context);
  if (plan.condition === undefined) return Object.freeze({ ...plan, right });
  const scope = [...scopeOf(left), ...scopeOf(right)];
  const named = resolveNames(plan.condition, scope);
  if (contains(named, isAggregateCall)) {
    throw new MillraceError('UNSUPPORTED_EXPR_FOR_OPERATOR', {
      expression: exprText(plan.condition),
      remedy: 'ON takes no aggregate. Aggregate one side first, in a subquery.',
    });
  }
  const condition = requireBoolean(resolveCalls(named, context.functions), 'ON');
  return Object.freeze({ ...plan, right, condition });
}

function overlaps(left: LogicalPlan, right: LogicalPlan): boolean {
  const ids = new Set(outputOf(left).map((column) => column.id));
  return outputOf(right).some((column) => ids.has(column.id));
}

/** The same plan with new ids for every column that it makes. */
export function freshColumns(plan: LogicalPlan, context: AnalysisContext): LogicalPlan {
  const ids = new Map<ColumnId, ColumnId>();
  const fresh = (id: ColumnId): ColumnId => {
    const known = ids.get(id) ?? context.nextColumnId();
    ids.set(id, known);
    return known;
  };
  const column = (old: ColumnExpr): ColumnExpr => ({ ...old, id: fresh(old.id) });
  const rewrite = (expr: Expr): Expr =>
    transformUp(expr, (node) => {
      if (node.kind === 'column') return column(node);
      return node.kind === 'alias' && node.id !== undefined ? { ...node, id: fresh(node.id) } : node;
    });
  return transformPlanUp(plan, (node) => {
    const renamed = mapPlanExprs(node, rewrite);
    switch (renamed.kind) {
      case 'localRelation':
      case 'range':
      case 'dataSource':
        return { ...renamed, output: renamed.output.map(column) };
      case 'timeWindow':
        return { ...renamed, window: column(renamed.window) };
      case 'oneRow':
      case 'unresolvedRelation':
      case 'subqueryAlias':
      case 'project':
      case 'filter':
      case 'aggregate':
      case 'sort':
      case 'limit':
      case 'offset':
      case 'distinct':
      case 'deduplicate':
      case 'withWatermark':
      case 'union':
      case 'join':
      case 'with':
        return renamed;
    }
  });
}

/** The named columns come once and first; in a full join from whichever side has them. */
function joinUsing(plan: PlanOf<'join'>, using: readonly string[], context: AnalysisContext): LogicalPlan {
  const find = (side: LogicalPlan, name: string): ColumnExpr => {
    const found = outputOf(side).find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) throw unresolvedColumn([name], namesOf(scopeOf(side)), undefined);
    return found;
  };
  const pairs = using.map((name) => ({ left: find(plan.left, name), right: find(plan.right, name) }));
  const equal = pairs.map((pair) => Exprs.call('=', [pair.left, pair.right]));
  const [first, ...rest] = equal;
  if (first === undefined) {
    throw new MillraceError('INVALID_ARGUMENT', {
      argument: 'using',
      problem: 'no column is named',
      remedy: 'Name at least one.',
    });
  }
  const all = rest.reduce((left, right) => Exprs.call('and', [left, right]), first);
  const { using: _names, ...bare } = plan;
  const join: LogicalPlan = Object.freeze({ ...bare, condition: resolveCalls(all, context.functions) });
  if (plan.type === 'semi' || plan.type === 'anti') return join;
  const output = new Map(outputOf(join).map((column) => [column.id, column]));
  const keys = pairs.map((pair) => usingColumn(plan.type, pair, output, context));
  const taken = new Set(pairs.flatMap((pair) => [pair.left.id, pair.right.id]));
  const others = outputOf(join).filter((column) => !taken.has(column.id));
  return Object.freeze({ kind: 'project', expressions: [...keys, ...others], child: join });
}

function usingColumn(
  type: PlanOf<'join'>['type'],
  pair: { readonly left: ColumnExpr; readonly right: ColumnExpr },
  output: ReadonlyMap<ColumnId, ColumnExpr>,
  context: AnalysisContext,
): Expr {
  const left = output.get(pair.left.id) ?? pair.left;
  const right = output.get(pair.right.id) ?? pair.right;
  if (type === 'right') return right;
  if (type !== 'full') return left;
  const either = resolveCalls(Exprs.call('coalesce', [left, right]), context.functions);
  return Exprs.alias(either, pair.left.name, context.nextColumnId());
}
