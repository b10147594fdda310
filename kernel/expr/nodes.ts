/** What every expression kind is made of: the one table that drives walking, rewriting and comparing. */
import { sameType } from '../arrow/types.ts';
import type { Expr, ExprKind, ExprOf } from './expr.ts';

interface NodeOps<N> {
  readonly children: (node: N) => readonly Expr[];
  /** The same node over other children, given in the order of `children`. */
  readonly rebuild: (node: N, children: readonly Expr[]) => Expr;
  /** Whether two nodes say the same, their children aside. */
  readonly same: (a: N, b: N) => boolean;
}

const none: readonly Expr[] = [];
const first = (children: readonly Expr[], instead: Expr): Expr => children[0] ?? instead;
const sameText = (a: readonly string[], b: readonly string[]): boolean => a.join('\u0000') === b.join('\u0000');

const NODES: { readonly [K in ExprKind]: NodeOps<ExprOf<K>> } = {
  attribute: { children: () => none, rebuild: (n) => n, same: (a, b) => sameText(a.parts, b.parts) },
  star: { children: () => none, rebuild: (n) => n, same: (a, b) => sameText(a.target, b.target) },
  parameter: { children: () => none, rebuild: (n) => n, same: (a, b) => a.name === b.name },
  literal: {
    children: () => none,
    rebuild: (n) => n,
    same: (a, b) => sameType(a.type, b.type) && sameLiteral(a.value, b.value),
  },
  column: { children: () => none, rebuild: (n) => n, same: (a, b) => a.id === b.id },
  call: {
    children: (n) => (n.filter === undefined ? n.args : [...n.args, n.filter]),
    rebuild: (n, children) => ({
      ...n,
      args: children.slice(0, n.args.length),
      ...(n.filter === undefined ? {} : { filter: children[n.args.length] ?? n.filter }),
    }),
    same: (a, b) => a.name === b.name && (a.distinct ?? false) === (b.distinct ?? false) && sameFilter(a, b),
  },
  alias: {
    children: (n) => [n.child],
    rebuild: (n, children) => ({ ...n, child: first(children, n.child) }),
    same: (a, b) => a.name === b.name && a.id === b.id,
  },
  cast: {
    children: (n) => [n.child],
    rebuild: (n, children) => ({ ...n, child: first(children, n.child) }),
    same: (a, b) => sameType(a.type, b.type) && a.mode === b.mode,
  },
  case: {
    children: (n) => [
      ...n.branches.flatMap((branch) => [branch.when, branch.then]),
      ...(n.otherwise === undefined ? [] : [n.otherwise]),
    ],
    rebuild: (n, children) => ({
      kind: 'case',
      branches: n.branches.map((branch, i) => ({
        when: children[2 * i] ?? branch.when,
        then: children[2 * i + 1] ?? branch.then,
      })),
      ...(n.otherwise === undefined ? {} : { otherwise: children[2 * n.branches.length] ?? n.otherwise }),
    }),
    same: (a, b) => a.branches.length === b.branches.length,
  },
  field: {
    children: (n) => [n.child],
    rebuild: (n, children) => ({ ...n, child: first(children, n.child) }),
    same: (a, b) => a.index === b.index,
  },
  function: {
    children: (n) => n.args,
    rebuild: (n, children) => ({ ...n, args: children }),
    same: (a, b) => a.name === b.name && sameType(a.type, b.type),
  },
  aggregate: {
    children: (n) => (n.filter === undefined ? n.args : [...n.args, n.filter]),
    rebuild: (n, children) => ({
      ...n,
      args: children.slice(0, n.args.length),
      ...(n.filter === undefined ? {} : { filter: children[n.args.length] ?? n.filter }),
    }),
    same: (a, b) => a.name === b.name && a.distinct === b.distinct && sameFilter(a, b),
  },
};

/** The table's row for a node. The cast says what TypeScript cannot: the row found under `expr.kind` is made for `expr`. */
function opsOf(expr: Expr): NodeOps<Expr> {
  return NODES[expr.kind] as NodeOps<Expr>;
}

function sameFilter(a: { readonly filter?: Expr }, b: { readonly filter?: Expr }): boolean {
  return (a.filter === undefined) === (b.filter === undefined);
}

function sameLiteral(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }
  return Object.is(a, b);
}

export function childrenOf(expr: Expr): readonly Expr[] {
  return opsOf(expr).children(expr);
}

/** The node over other children; the node itself where nothing changed. */
export function withChildren(expr: Expr, children: readonly Expr[]): Expr {
  const old = childrenOf(expr);
  if (old.every((child, i) => child === children[i])) return expr;
  return Object.freeze(opsOf(expr).rebuild(expr, children));
}

/** Bottom up: children first, then the node over the new children. */
export function transformUp(expr: Expr, rewrite: (node: Expr) => Expr): Expr {
  const children = childrenOf(expr).map((child) => transformUp(child, rewrite));
  return rewrite(withChildren(expr, children));
}

/** Top down: what `rewrite` returns is final, `undefined` descends. */
export function transformDown(expr: Expr, rewrite: (node: Expr) => Expr | undefined): Expr {
  const replaced = rewrite(expr);
  if (replaced !== undefined) return replaced;
  return withChildren(
    expr,
    childrenOf(expr).map((child) => transformDown(child, rewrite)),
  );
}

export type WalkStep = 'descend' | 'skip' | 'stop';

/** Parents before children. @returns false where a visitor said `stop` */
export function walk(expr: Expr, visit: (node: Expr) => WalkStep): boolean {
  const step = visit(expr);
  if (step === 'stop') return false;
  if (step === 'skip') return true;
  return childrenOf(expr).every((child) => walk(child, visit));
}

/** Whether some node of the tree satisfies `test`. */
export function contains(expr: Expr, test: (node: Expr) => boolean): boolean {
  return !walk(expr, (node) => (test(node) ? 'stop' : 'descend'));
}

/** Structural equality; columns are the same by id, whatever they are called. */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || !opsOf(a).same(a, b)) return false;
  const left = childrenOf(a);
  const right = childrenOf(b);
  return left.length === right.length && left.every((child, i) => sameExpr(child, right[i] ?? a));
}

/** The ids of all columns that the expression reads. */
export function columnIdsOf(expr: Expr, into: Set<number> = new Set()): Set<number> {
  walk(expr, (node) => {
    if (node.kind === 'column') into.add(node.id);
    return 'descend';
  });
  return into;
}
