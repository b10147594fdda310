/**
 * The analyzer: names → columns, calls → typed functions, windows and groupings → plan nodes. Synchronous and pure but for
 * the numbers it gives to new columns; a wrong query throws at the line that builds it.
 */
import { sameType, typeName, Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type ColumnExpr, type Expr, type SortOrder } from '../expr/expr.ts';
import { columnIdsOf, contains, walk } from '../expr/nodes.ts';
import { isResolved, typeOf } from '../expr/resolved.ts';
import { commonTypeOf, sameButNames, textRuleOf } from '../functions/coercion.ts';
import { analyzeAggregate, exposeAggregate, isAggregateOutput } from './aggregate-analysis.ts';
import { tableNotFound, type CatalogTable } from './catalog.ts';
import type { AnalysisContext } from './context.ts';
import { intervalMicros } from './interval.ts';
import { analyzeJoin } from './join-analysis.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { namedOutput } from './naming.ts';
import { expandStars } from './stars.ts';
import { outputOf } from './output.ts';
import {
  coerce,
  isAggregateCall,
  requireBoolean,
  resolveCalls,
  resolveNames,
  tryResolveNames,
} from './resolve-expr.ts';
import { foldTypedLiterals } from './typed-literals.ts';
import { placeAliases } from './lateral-alias.ts';
import { namesOf, scopeOf, unresolvedColumn } from './scope.ts';
import { placeWindows } from './windowing.ts';

type Relations = ReadonlyMap<string, CatalogTable>;

/**
 * @returns the plan with every name, type and function resolved; calling it again on the result changes nothing
 * @throws UNRESOLVED_COLUMN, UNRESOLVED_ROUTINE, TABLE_OR_VIEW_NOT_FOUND, DATATYPE_MISMATCH, MISSING_AGGREGATION, …
 */
export function analyze(plan: LogicalPlan, context: AnalysisContext): LogicalPlan {
  return analyzeNode(plan, context, new Map());
}

function analyzeNode(plan: LogicalPlan, context: AnalysisContext, ctes: Relations): LogicalPlan {
  if (context.analysed.has(plan)) return plan;
  const analysed = analyzeKind(foldTypedLiterals(plan, context.functions), context, ctes);
  checkColumns(analysed);
  context.analysed.add(analysed);
  return analysed;
}

function analyzeKind(plan: LogicalPlan, context: AnalysisContext, ctes: Relations): LogicalPlan {
  const descend = (child: LogicalPlan): LogicalPlan => analyzeNode(child, context, ctes);
  switch (plan.kind) {
    case 'oneRow':
    case 'localRelation':
    case 'dataSource':
      return plan;
    case 'range':
      return plan.output.length > 0
        ? plan
        : Object.freeze({ ...plan, output: [Exprs.column(context.nextColumnId(), 'id', Types.long, false)] });
    case 'unresolvedRelation':
      return relation(plan, context, ctes);
    case 'with':
      return withCtes(plan, context, ctes);
    case 'subqueryAlias':
    case 'limit':
    case 'offset':
    case 'distinct':
      return Object.freeze({ ...plan, child: descend(plan.child) });
    case 'project':
      return analyzeProject({ ...plan, child: descend(plan.child) }, context);
    case 'filter':
      return analyzeFilter({ ...plan, child: descend(plan.child) }, context);
    case 'timeWindow':
      return Object.freeze({ ...plan, child: descend(plan.child) });
    case 'aggregate':
      return analyzeAggregate({ ...plan, child: descend(plan.child) }, context);
    case 'sort':
      return analyzeSort({ ...plan, child: descend(plan.child) }, context);
    case 'deduplicate':
      return analyzeDeduplicate({ ...plan, child: descend(plan.child) }, context);
    case 'withWatermark':
      return analyzeWatermark({ ...plan, child: descend(plan.child) });
    case 'union':
      return analyzeUnion({ ...plan, children: plan.children.map(descend) }, context);
    case 'join':
      return analyzeJoin({ ...plan, left: descend(plan.left), right: descend(plan.right) }, context);
  }
}

function relation(plan: PlanOf<'unresolvedRelation'>, context: AnalysisContext, ctes: Relations): LogicalPlan {
  const name = plan.name[plan.name.length - 1] ?? '';
  const found = ctes.get(name.toLowerCase()) ?? context.catalog.find(name);
  if (found !== undefined) return Object.freeze({ kind: 'subqueryAlias', name: found.name, child: found.plan });
  const known = [...ctes.values(), ...context.catalog.list()].map((table) => table.name);
  const error = tableNotFound(plan.name.join('.'), known);
  throw plan.position === undefined
    ? error
    : new MillraceError(error.condition, error.parameters, { position: plan.position });
}

/** Each common table sees those before it. */
function withCtes(plan: PlanOf<'with'>, context: AnalysisContext, outer: Relations): LogicalPlan {
  const ctes = new Map(outer);
  const named = new Set<string>();
  for (const cte of plan.ctes) {
    if (named.has(cte.name.toLowerCase())) throw new MillraceError('DUPLICATED_CTE_NAMES', { name: `\`${cte.name}\`` });
    named.add(cte.name.toLowerCase());
    ctes.set(cte.name.toLowerCase(), { name: cte.name, plan: analyzeNode(cte.plan, context, ctes) });
  }
  return analyzeNode(plan.child, context, ctes);
}

function analyzeProject(plan: PlanOf<'project'>, context: AnalysisContext): LogicalPlan {
  if (isAggregateOutput(plan.expressions)) {
    return analyzeAggregate(
      { kind: 'aggregate', groupings: [], outputs: plan.expressions, child: plan.child },
      context,
    );
  }
  const scope = scopeOf(plan.child);
  const written = placeAliases(expandStars(plan.expressions, scope), scope);
  const named = written.map((expr) => namedOutput(resolveNames(expr, scope), expr, context));
  const { exprs, child } = placeWindows(named, plan.child, context);
  const expressions = exprs.map((expr) => resolveCalls(expr, context.functions));
  return Object.freeze({ kind: 'project', expressions, child });
}

/** HAVING comes as a filter above an aggregate, and may use aggregates and columns that it does not give. */
function analyzeFilter(plan: PlanOf<'filter'>, context: AnalysisContext): LogicalPlan {
  const { child } = plan;
  const plain = contains(plan.condition, isAggregateCall) ? undefined : tryResolveNames(plan.condition, scopeOf(child));
  if (plain !== undefined || child.kind !== 'aggregate') {
    refuseAggregates(plan.condition);
    const names = plain ?? resolveNames(plan.condition, scopeOf(child));
    const condition = requireBoolean(resolveCalls(names, context.functions), 'WHERE');
    return Object.freeze({ kind: 'filter', condition, child });
  }
  const exposed = exposeAggregate([plan.condition], child, context);
  const condition = requireBoolean(exposed.exprs[0] ?? plan.condition, 'HAVING');
  return projectBack(Object.freeze({ kind: 'filter', condition, child: exposed.plan }), child);
}

function refuseAggregates(condition: Expr): void {
  if (!contains(condition, isAggregateCall)) return;
  throw new MillraceError('INVALID_WHERE_CONDITION', {});
}

/** Hides the columns that `plan` has beyond those of `original`. */
function projectBack(plan: LogicalPlan, original: LogicalPlan): LogicalPlan {
  const wanted = outputOf(original);
  if (outputOf(plan).length === wanted.length) return plan;
  return Object.freeze({ kind: 'project', expressions: wanted, child: plan });
}

function analyzeSort(plan: PlanOf<'sort'>, context: AnalysisContext): LogicalPlan {
  const output = outputOf(plan.child);
  const exprs = plan.orders.map((order) => byOrdinal(order, output));
  const { child, resolved } = resolveOver(exprs, plan.child, context);
  const orders = plan.orders.map((order, i) => ({ ...order, child: resolved[i] ?? order.child }));
  for (const order of orders) {
    const type = typeOf(order.child);
    if (type.kind !== 'map') continue;
    throw new MillraceError('DATATYPE_MISMATCH', {
      expression: 'ORDER BY',
      problem: `a ${typeName(type)} has no order`,
      remedy: 'Order by one of its entries.',
    });
  }
  return projectBack(Object.freeze({ kind: 'sort', orders, child }), plan.child);
}

function byOrdinal(order: SortOrder, output: readonly ColumnExpr[]): Expr {
  const { child } = order;
  if (child.kind !== 'literal' || typeof child.value !== 'number') return child;
  const column = output[child.value - 1];
  if (column === undefined) {
    throw new MillraceError('ORDER_BY_POS_OUT_OF_RANGE', { index: child.value, size: output.length });
  }
  return column;
}

/** Resolves sort expressions against a plan; what it does not give is added to it as hidden columns. */
function resolveOver(
  exprs: readonly Expr[],
  child: LogicalPlan,
  context: AnalysisContext,
): { readonly child: LogicalPlan; readonly resolved: readonly Expr[] } {
  const plain = exprs.map((expr) =>
    contains(expr, isAggregateCall) ? undefined : tryResolveNames(expr, scopeOf(child)),
  );
  const ids = new Set(outputOf(child).map((column) => column.id));
  const isGiven = (expr: Expr | undefined): expr is Expr =>
    expr !== undefined && [...columnIdsOf(expr)].every((id) => ids.has(id));
  if (plain.every(isGiven)) return { child, resolved: plain.map((expr) => resolveCalls(expr, context.functions)) };
  if (child.kind === 'aggregate') {
    const exposed = exposeAggregate(exprs, child, context);
    return { child: exposed.plan, resolved: exposed.exprs };
  }
  if (child.kind === 'filter') {
    const below = resolveOver(exprs, child.child, context);
    return { child: Object.freeze({ ...child, child: below.child }), resolved: below.resolved };
  }
  if (child.kind === 'project') return resolveOverProject(exprs, child, context);
  return { child, resolved: exprs.map((expr) => resolveCalls(resolveNames(expr, scopeOf(child)), context.functions)) };
}

/** A name that the projection gives is its own; others come from below it. */
function resolveOverProject(
  exprs: readonly Expr[],
  project: PlanOf<'project'>,
  context: AnalysisContext,
): { readonly child: LogicalPlan; readonly resolved: readonly Expr[] } {
  const below = project.child.kind === 'filter' || project.child.kind === 'aggregate' ? project.child : undefined;
  if (exprs.some((expr) => contains(expr, isAggregateCall)) && below !== undefined) {
    const lower = resolveOver(exprs, below, context);
    return hidden(project, lower.child, lower.resolved);
  }
  const scope = scopeOf(project);
  const childScope = scopeOf(project.child);
  const resolved = exprs.map((expr) =>
    resolveCalls(tryResolveNames(expr, scope) ?? resolveNames(expr, [...scope, ...childScope]), context.functions),
  );
  return hidden(project, project.child, resolved);
}

function hidden(
  project: PlanOf<'project'>,
  child: LogicalPlan,
  resolved: readonly Expr[],
): { readonly child: LogicalPlan; readonly resolved: readonly Expr[] } {
  const given = new Set(outputOf(project).map((column) => column.id));
  const available = new Map(outputOf(child).map((column) => [column.id, column]));
  const extra = new Map<number, ColumnExpr>();
  for (const expr of resolved) {
    for (const id of columnIdsOf(expr)) {
      const column = available.get(id);
      if (!given.has(id) && column !== undefined) extra.set(id, column);
    }
  }
  const expressions = [...project.expressions, ...extra.values()];
  return { child: Object.freeze({ kind: 'project', expressions, child }), resolved };
}

function analyzeDeduplicate(plan: PlanOf<'deduplicate'>, context: AnalysisContext): LogicalPlan {
  const scope = scopeOf(plan.child);
  const keys = plan.keys.map((key) => resolveCalls(resolveNames(key, scope), context.functions));
  return Object.freeze({ ...plan, keys });
}

/** @throws EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE, CANNOT_PARSE_INTERVAL for a negative delay */
function analyzeWatermark(plan: PlanOf<'withWatermark'>): LogicalPlan {
  const eventTime = resolveNames(plan.eventTime, scopeOf(plan.child));
  const type = typeOf(eventTime);
  const isWindow = type.kind === 'struct' && type.fields.some((f) => f.name === 'end' && f.type.kind === 'timestamp');
  if (type.kind !== 'timestamp' && !isWindow) {
    const name = eventTime.kind === 'column' ? eventTime.name : 'expression';
    throw new MillraceError('EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE', { name: `\`${name}\``, type: typeName(type) });
  }
  if (eventTime.kind !== 'column') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'A watermark on a nested field',
      remedy: 'Select the field as a column first, then call withWatermark on it.',
    });
  }
  if (intervalMicros(plan.delay) < 0n) {
    throw new MillraceError('CANNOT_PARSE_INTERVAL', {
      text: 'of the watermark',
      problem: 'a delay must not be negative',
    });
  }
  return Object.freeze({ ...plan, eventTime });
}

/** Children get one set of types; by name they also get one order. @throws NUM_COLUMNS_MISMATCH, INCOMPATIBLE_COLUMN_TYPE */
function analyzeUnion(plan: PlanOf<'union'>, context: AnalysisContext): LogicalPlan {
  const [first, ...rest] = plan.children;
  if (first === undefined) return plan;
  const names = outputOf(first).map((column) => column.name.toLowerCase());
  const ordered = plan.byName ? [first, ...rest.map((child) => reorder(child, names))] : plan.children;
  const outputs = ordered.map(outputOf);
  if (outputs.some((output) => output.length !== names.length)) {
    throw new MillraceError('NUM_COLUMNS_MISMATCH', {
      operation: 'UNION',
      counts: outputs.map((output) => output.length).join(' and '),
    });
  }
  const types = names.map((name, i) => {
    const all = outputs.map((output) => output[i]?.type ?? Types.void);
    const [type = Types.void] = all;
    const isAlike = all.every((other) => sameButNames(type, other));
    const common = commonTypeOf(all, textRuleOf(context.functions)) ?? (isAlike ? type : undefined);
    if (common !== undefined) return common;
    throw new MillraceError('INCOMPATIBLE_COLUMN_TYPE', {
      operation: 'UNION',
      column: name,
      types: all.map(typeName).join(' and '),
    });
  });
  const children = ordered.map((child) => {
    const output = outputOf(child);
    if (output.every((column, i) => sameType(column.type, types[i] ?? column.type))) return child;
    const expressions = output.map((column, i) => {
      const cast = coerce(column, types[i] ?? column.type, context.functions);
      return cast === column ? column : Exprs.alias(cast, column.name, context.nextColumnId());
    });
    return Object.freeze({ kind: 'project', expressions, child } as const);
  });
  return Object.freeze({ kind: 'union', children, byName: false });
}

function reorder(child: LogicalPlan, names: readonly string[]): LogicalPlan {
  const output = outputOf(child);
  const expressions = names.map((name) => {
    const column = output.find((candidate) => candidate.name.toLowerCase() === name);
    if (column === undefined) throw unresolvedColumn([name], namesOf(scopeOf(child)), undefined);
    return column;
  });
  return Object.freeze({ kind: 'project', expressions, child });
}

/** Every column that a node reads must come from below it: catches a column taken from another DataFrame. */
function checkColumns(plan: LogicalPlan): void {
  if (plan.kind !== 'project' && plan.kind !== 'filter' && plan.kind !== 'aggregate' && plan.kind !== 'sort') return;
  const given = new Set(outputOf(plan.child).map((column) => column.id));
  const exprs =
    plan.kind === 'project'
      ? plan.expressions
      : plan.kind === 'filter'
        ? [plan.condition]
        : plan.kind === 'sort'
          ? plan.orders.map((order) => order.child)
          : plan.outputs;
  for (const expr of exprs) {
    walk(expr, (node) => {
      if (node.kind === 'column' && !given.has(node.id)) {
        throw unresolvedColumn(
          [node.name],
          outputOf(plan.child).map((column) => column.name),
          undefined,
        );
      }
      return 'descend';
    });
    if (!isResolved(expr)) walk(expr, refuseLeftover);
  }
}

function refuseLeftover(node: Expr): 'descend' {
  if (node.kind === 'star') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'A * inside an expression',
      remedy: 'Use it alone in the select list, or as count(*).',
    });
  }
  if (node.kind === 'call' && node.name === 'interval') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'A column of intervals',
      remedy: 'Add the interval to a date or timestamp.',
    });
  }
  return 'descend';
}
