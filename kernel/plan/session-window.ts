/** Session windows are known by name only, to say what to do instead. */
import { MillraceError } from '../core/errors.ts';
import type { Expr, ExprOf } from '../expr/expr.ts';
import { walk } from '../expr/nodes.ts';

/** @throws NOT_SUPPORTED; to be called before names are resolved, since `session_window.start` names no column */
export function refuseSessionWindows(exprs: readonly Expr[]): void {
  for (const expr of exprs) {
    walk(expr, (node) => {
      if (isSessionWindow(node)) throw noSessionWindows(node);
      return 'descend';
    });
  }
}

function isSessionWindow(node: Expr): node is ExprOf<'call'> {
  return node.kind === 'call' && node.name.toLowerCase() === 'session_window';
}

export function noSessionWindows({ position }: ExprOf<'call'>): MillraceError {
  return new MillraceError(
    'NOT_SUPPORTED',
    { feature: 'session_window', remedy: 'Use window() for tumbling and sliding windows.' },
    position === undefined ? {} : { position },
  );
}
