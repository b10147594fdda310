/**
 * `SELECT window.start, count(*) … GROUP BY window(time, '1 minute')`: beside a grouping by `window(…)`, the name `window` means
 * that grouping, unless the input has such a column.
 */
import { Types } from '../arrow/types.ts';
import { Exprs, type Expr } from '../expr/expr.ts';
import { transformDown } from '../expr/nodes.ts';
import { tryResolveNames } from './resolve-expr.ts';
import type { Scope } from './scope.ts';

export function nameWindows(outputs: readonly Expr[], groupings: readonly Expr[], scope: Scope): readonly Expr[] {
  const window = groupings.find((grouping) => grouping.kind === 'call' && isWindow(grouping.name));
  if (window?.kind !== 'call') return outputs;
  return outputs.map((output) => {
    const named = transformDown(output, (expr) => {
      if (expr.kind !== 'attribute' || !isWindow(expr.parts[0]) || tryResolveNames(expr, scope) !== undefined)
        return undefined;
      return expr.parts
        .slice(1)
        .reduce<Expr>((inner, part) => Exprs.call('getfield', [inner, Exprs.literal(part, Types.string)]), window);
    });
    // Without an alias the column keeps the name under which it was asked for.
    const asked = output.kind === 'attribute' && named !== output ? output.parts.at(-1) : undefined;
    return asked === undefined ? named : Exprs.alias(named, asked);
  });
}

function isWindow(name: string | undefined): boolean {
  return name?.toLowerCase() === 'window';
}
