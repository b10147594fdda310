/** What every plan kind is made of: the one table that drives walking and rewriting. */
import type { Expr } from '../expr/expr.ts';
import type { LogicalPlan, PlanKind, PlanOf } from './logical-plan.ts';

interface NodeOps<N> {
  readonly children: (node: N) => readonly LogicalPlan[];
  readonly rebuild: (node: N, children: readonly LogicalPlan[]) => LogicalPlan;
  readonly exprs: (node: N) => readonly Expr[];
  /** The same node over other expressions, given in the order of `exprs`. */
  readonly withExprs: (node: N, exprs: readonly Expr[]) => LogicalPlan;
}

const noPlans: readonly LogicalPlan[] = [];
const noExprs: readonly Expr[] = [];

function leaf<N extends LogicalPlan>(): NodeOps<N> {
  return { children: () => noPlans, rebuild: (n) => n, exprs: () => noExprs, withExprs: (n) => n };
}

/** A node with one child and no expressions. */
function unary<N extends LogicalPlan & { readonly child: LogicalPlan }>(): Pick<NodeOps<N>, 'children' | 'rebuild'> {
  return { children: (n) => [n.child], rebuild: (n, [child]) => ({ ...n, child: child ?? n.child }) };
}

function plain<N extends LogicalPlan & { readonly child: LogicalPlan }>(): NodeOps<N> {
  return { ...unary<N>(), exprs: () => noExprs, withExprs: (n) => n };
}

const NODES: { readonly [K in PlanKind]: NodeOps<PlanOf<K>> } = {
  unresolvedRelation: leaf(),
  oneRow: leaf(),
  localRelation: leaf(),
  range: leaf(),
  dataSource: leaf(),
  subqueryAlias: plain(),
  limit: plain(),
  offset: plain(),
  distinct: plain(),
  project: {
    ...unary(),
    exprs: (n) => n.expressions,
    withExprs: (n, expressions) => ({ ...n, expressions }),
  },
  filter: {
    ...unary(),
    exprs: (n) => [n.condition],
    withExprs: (n, [condition]) => ({ ...n, condition: condition ?? n.condition }),
  },
  timeWindow: {
    ...unary(),
    exprs: (n) => [n.time],
    withExprs: (n, [time]) => ({ ...n, time: time ?? n.time }),
  },
  aggregate: {
    ...unary(),
    exprs: (n) => [...n.groupings, ...n.outputs],
    withExprs: (n, exprs) => ({
      ...n,
      groupings: exprs.slice(0, n.groupings.length),
      outputs: exprs.slice(n.groupings.length),
    }),
  },
  sort: {
    ...unary(),
    exprs: (n) => n.orders.map((order) => order.child),
    withExprs: (n, exprs) => ({
      ...n,
      orders: n.orders.map((order, i) => ({ ...order, child: exprs[i] ?? order.child })),
    }),
  },
  deduplicate: {
    ...unary(),
    exprs: (n) => n.keys,
    withExprs: (n, keys) => ({ ...n, keys }),
  },
  withWatermark: {
    ...unary(),
    exprs: (n) => [n.eventTime],
    withExprs: (n, [eventTime]) => ({ ...n, eventTime: eventTime ?? n.eventTime }),
  },
  union: {
    children: (n) => n.children,
    rebuild: (n, children) => ({ ...n, children }),
    exprs: () => noExprs,
    withExprs: (n) => n,
  },
  join: {
    children: (n) => [n.left, n.right],
    rebuild: (n, [left, right]) => ({ ...n, left: left ?? n.left, right: right ?? n.right }),
    exprs: (n) => (n.condition === undefined ? noExprs : [n.condition]),
    withExprs: (n, [condition]) => (condition === undefined ? n : { ...n, condition }),
  },
  with: {
    children: (n) => [...n.ctes.map((cte) => cte.plan), n.child],
    rebuild: (n, children) => ({
      ...n,
      ctes: n.ctes.map((cte, i) => ({ ...cte, plan: children[i] ?? cte.plan })),
      child: children[n.ctes.length] ?? n.child,
    }),
    exprs: () => noExprs,
    withExprs: (n) => n,
  },
};

/** The table's row for a node. The cast says what TypeScript cannot: the row found under `plan.kind` is made for `plan`. */
function opsOf(plan: LogicalPlan): NodeOps<LogicalPlan> {
  return NODES[plan.kind] as NodeOps<LogicalPlan>;
}

export function planChildren(plan: LogicalPlan): readonly LogicalPlan[] {
  return opsOf(plan).children(plan);
}

export function planExprs(plan: LogicalPlan): readonly Expr[] {
  return opsOf(plan).exprs(plan);
}

/** The plan over other children; the plan itself where nothing changed. */
export function withPlanChildren(plan: LogicalPlan, children: readonly LogicalPlan[]): LogicalPlan {
  if (planChildren(plan).every((child, i) => child === children[i])) return plan;
  return Object.freeze(opsOf(plan).rebuild(plan, children));
}

/** The plan with its own expressions rewritten; children as they are. */
export function mapPlanExprs(plan: LogicalPlan, rewrite: (expr: Expr) => Expr): LogicalPlan {
  const old = planExprs(plan);
  const exprs = old.map(rewrite);
  return old.every((expr, i) => expr === exprs[i]) ? plan : Object.freeze(opsOf(plan).withExprs(plan, exprs));
}

/** Bottom up: children first, then the node over the new children. */
export function transformPlanUp(plan: LogicalPlan, rewrite: (node: LogicalPlan) => LogicalPlan): LogicalPlan {
  const children = planChildren(plan).map((child) => transformPlanUp(child, rewrite));
  return rewrite(withPlanChildren(plan, children));
}

/** Top down; what `rewrite` returns is descended into. */
export function transformPlanDown(plan: LogicalPlan, rewrite: (node: LogicalPlan) => LogicalPlan): LogicalPlan {
  const node = rewrite(plan);
  return withPlanChildren(
    node,
    planChildren(node).map((child) => transformPlanDown(child, rewrite)),
  );
}

/** Parents before children. @returns false where a visitor said `stop` */
export function walkPlan(plan: LogicalPlan, visit: (node: LogicalPlan) => 'descend' | 'skip' | 'stop'): boolean {
  const step = visit(plan);
  if (step === 'stop') return false;
  if (step === 'skip') return true;
  return planChildren(plan).every((child) => walkPlan(child, visit));
}

export function planContains(plan: LogicalPlan, test: (node: LogicalPlan) => boolean): boolean {
  return !walkPlan(plan, (node) => (test(node) ? 'stop' : 'descend'));
}

/** Whether rows arrive for ever. */
export function isStreaming(plan: LogicalPlan): boolean {
  return planContains(plan, (node) => node.kind === 'dataSource' && node.streaming);
}
