/**
 * Aggregation: groupings by name, ordinal or alias; outputs over groupings and aggregates; and what HAVING and ORDER BY
 * need of it. After analysis every grouping is a column of the child: a computed one moves into a projection below.
 */
import { MillraceError } from '../core/errors.ts';
import { Exprs, type ColumnExpr, type Expr } from '../expr/expr.ts';
import { contains, sameExpr, transformDown } from '../expr/nodes.ts';
import { exprText } from '../expr/text.ts';
import type { AnalysisContext } from './context.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { namedOutput } from './naming.ts';
import { placeAliases } from './lateral-alias.ts';
import { expandStars } from './stars.ts';
import { outputOf } from './output.ts';
import { isAggregateCall, resolveCalls, resolveNames, tryResolveNames } from './resolve-expr.ts';
import { scopeOf, type Scope } from './scope.ts';
import { refuseSessionWindows } from './session-window.ts';
import { nameWindows } from './window-reference.ts';
import { hasWindow, placeWindows } from './windowing.ts';

/** What the parser writes for `GROUP BY ALL`; no function can have the name. */
const GROUP_BY_ALL = 'group by all';

export function isAggregateOutput(exprs: readonly Expr[]): boolean {
  return exprs.some((expr) => contains(expr, isAggregateCall));
}

/** @param node its child is analysed */
export function analyzeAggregate(node: PlanOf<'aggregate'>, context: AnalysisContext): LogicalPlan {
  const scope = scopeOf(node.child);
  refuseSessionWindows(node.groupings);
  const written = placeAliases(expandStars(nameWindows(node.outputs, node.groupings, scope), scope), scope);
  const groupings = writtenGroupings(node, written).map((grouping) => groupingOf(grouping, written, scope));
  const named = written.map((output) => namedOutput(resolveNames(output, scope), output, context));
  const placed = placeWindows([...groupings, ...named], node.child, context);
  const resolved = placed.exprs.map((expr) => resolveCalls(expr, context.functions));
  const keys = resolved.slice(0, groupings.length).map(stripAlias);
  const grouped = pullOut(keys, placed.child, context);
  const outputs = resolved.slice(groupings.length).map((output) => overGroups(output, keys, grouped.columns));
  for (const output of outputs) checkGrouped(output, grouped.columns);
  return Object.freeze({ kind: 'aggregate', groupings: grouped.columns, outputs, child: grouped.child });
}

/** `GROUP BY ALL` stands for every output without an aggregate. */
function writtenGroupings(node: PlanOf<'aggregate'>, outputs: readonly Expr[]): readonly Expr[] {
  const [only] = node.groupings;
  if (only?.kind !== 'call' || only.name !== GROUP_BY_ALL) return node.groupings;
  return outputs.filter((output) => !contains(output, isAggregateCall)).map(stripAlias);
}

function stripAlias(expr: Expr): Expr {
  return expr.kind === 'alias' ? expr.child : expr;
}

/** An ordinal or an output's alias stands for that output; a column of the child goes first. */
function groupingOf(grouping: Expr, outputs: readonly Expr[], scope: Scope): Expr {
  const chosen =
    grouping.kind === 'literal' && typeof grouping.value === 'number' ? byOrdinal(grouping.value, outputs) : grouping;
  const found = tryResolveNames(chosen, scope);
  if (found !== undefined) return refuseAggregates(found);
  if (chosen.kind === 'attribute' && chosen.parts.length === 1) {
    const wanted = chosen.parts[0]?.toLowerCase();
    const alias = outputs.find((output) => output.kind === 'alias' && output.name.toLowerCase() === wanted);
    if (alias?.kind === 'alias') return refuseAggregates(resolveNames(alias.child, scope));
  }
  return resolveNames(chosen, scope);
}

function byOrdinal(index: number, outputs: readonly Expr[]): Expr {
  const output = outputs[index - 1];
  if (output === undefined) throw new MillraceError('GROUP_BY_POS_OUT_OF_RANGE', { index, size: outputs.length });
  if (contains(output, isAggregateCall))
    throw new MillraceError('GROUP_BY_POS_AGGREGATE', { index, expression: exprText(output) });
  return stripAlias(output);
}

function refuseAggregates(grouping: Expr): Expr {
  if (!contains(grouping, isAggregateCall)) return grouping;
  throw new MillraceError('GROUP_BY_AGGREGATE', { expression: exprText(grouping) });
}

/** Computed groupings become columns of a projection below the aggregate. */
function pullOut(
  keys: readonly Expr[],
  child: LogicalPlan,
  context: AnalysisContext,
): { readonly columns: readonly ColumnExpr[]; readonly child: LogicalPlan } {
  const computed: Expr[] = [];
  const columns = keys.map((key): ColumnExpr => {
    if (key.kind === 'column') return key;
    const known = computed.find((alias) => alias.kind === 'alias' && sameExpr(alias.child, key));
    const alias = known ?? Exprs.alias(key, exprText(key), context.nextColumnId());
    if (known === undefined) computed.push(alias);
    return columnOf(alias);
  });
  if (computed.length === 0) return { columns, child };
  const expressions = [...outputOf(child), ...computed];
  return { columns, child: Object.freeze({ kind: 'project', expressions, child }) };
}

function columnOf(alias: Expr): ColumnExpr {
  const [column] = outputOf({ kind: 'project', expressions: [alias], child: { kind: 'oneRow' } });
  return column ?? Exprs.column(0, '', { kind: 'void' }, true);
}

/** Parts of an output that equal a grouping become its column; aggregates keep their arguments, which are of the child. */
function overGroups(output: Expr, keys: readonly Expr[], columns: readonly ColumnExpr[]): Expr {
  return transformDown(output, (node) => {
    if (node.kind === 'aggregate') return node;
    const index = keys.findIndex((key) => key.kind !== 'column' && sameExpr(key, node));
    return columns[index];
  });
}

/** @throws MISSING_AGGREGATION for a column that is neither grouped nor inside an aggregate */
function checkGrouped(output: Expr, columns: readonly ColumnExpr[]): void {
  const ids = new Set(columns.map((column) => column.id));
  transformDown(output, (node) => {
    if (node.kind === 'aggregate') return node;
    if (node.kind === 'column' && !ids.has(node.id)) {
      const expression = `\`${node.name}\``;
      throw ids.size === 0
        ? new MillraceError('MISSING_GROUP_BY', { expression })
        : new MillraceError('MISSING_AGGREGATION', { expression });
    }
    return undefined;
  });
}

/**
 * Resolves expressions of a HAVING or ORDER BY above an aggregate: its outputs first, then groupings and further
 * aggregates of its child, which become hidden outputs.
 */
export function exposeAggregate(
  exprs: readonly Expr[],
  aggregate: PlanOf<'aggregate'>,
  context: AnalysisContext,
): { readonly exprs: readonly Expr[]; readonly plan: PlanOf<'aggregate'> } {
  const outputs = [...aggregate.outputs];
  const outputScope = scopeOf(aggregate);
  const childScope = scopeOf(aggregate.child);
  const expose = (expr: Expr): Expr => {
    const known = outputs.find((output) => sameExpr(stripAlias(output), expr));
    if (known !== undefined) return known.kind === 'column' ? known : columnOf(known);
    const alias = Exprs.alias(expr, exprText(expr), context.nextColumnId());
    outputs.push(alias);
    return columnOf(alias);
  };
  const resolve = (expr: Expr): Expr =>
    transformDown(expr, (node) => {
      if (isAggregateCall(node)) return expose(resolveCalls(resolveNames(node, childScope), context.functions));
      if (hasWindow(node) && node.kind === 'call' && node.name === 'window') return windowOf(node, aggregate);
      const inOutput = node.kind === 'attribute' ? tryResolveNames(node, outputScope) : undefined;
      if (inOutput !== undefined) return inOutput;
      if (node.kind === 'attribute') return expose(grouped(resolveNames(node, childScope), aggregate));
      if (node.kind === 'column' && !outputScope.some((entry) => entry.column.id === node.id)) {
        return expose(grouped(node, aggregate));
      }
      return undefined;
    });
  const resolved = exprs.map((expr) =>
    resolveCalls(resolve(groupingText(expr, aggregate, expose, childScope)), context.functions),
  );
  return { exprs: resolved, plan: Object.freeze({ ...aggregate, outputs }) };
}

/** `HAVING a + 1 > 2` with `GROUP BY a + 1`: the computed grouping lies in the projection below. */
function groupingText(expr: Expr, aggregate: PlanOf<'aggregate'>, expose: (expr: Expr) => Expr, scope: Scope): Expr {
  return transformDown(expr, (node) => {
    if (node.kind !== 'call' || isAggregateCall(node)) return undefined;
    const resolved = tryResolveNames(node, scope);
    if (resolved === undefined) return undefined;
    const text = exprText(resolved);
    const grouping = aggregate.groupings.find(
      (key) => key.kind === 'column' && key.name === text && text.includes('('),
    );
    return grouping === undefined ? undefined : expose(grouping);
  });
}

function windowOf(node: Expr, aggregate: PlanOf<'aggregate'>): Expr {
  const window = aggregate.groupings.find((key) => key.kind === 'column' && key.name === 'window');
  if (window !== undefined) return window;
  throw new MillraceError('MISSING_AGGREGATION', { expression: exprText(node) });
}

function grouped(expr: Expr, aggregate: PlanOf<'aggregate'>): Expr {
  checkGrouped(
    expr,
    aggregate.groupings.flatMap((key) => (key.kind === 'column' ? [key] : [])),
  );
  return expr;
}
