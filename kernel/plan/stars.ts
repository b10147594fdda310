/** `*`, `t.*` and `data.*`: what they stand for. */
import { MillraceError } from '../core/errors.ts';
import type { Expr } from '../expr/expr.ts';
import { typeOf } from '../expr/resolved.ts';
import { allFields, namesOf, resolveName, unresolvedColumn, type Scope } from './scope.ts';

/** Stars replaced by what they stand for; everything else as it is. @throws UNRESOLVED_COLUMN */
export function expandStars(exprs: readonly Expr[], scope: Scope): readonly Expr[] {
  return exprs.flatMap((expr) =>
    expr.kind === 'star' ? expandStar(expr.target, scope, () => notFound(expr, scope)) : [expr],
  );
}

function notFound(star: Extract<Expr, { kind: 'star' }>, scope: Scope): MillraceError {
  return unresolvedColumn([...star.target, '*'], namesOf(scope), star.position);
}

function expandStar(target: readonly string[], scope: Scope, missing: () => MillraceError): readonly Expr[] {
  if (target.length === 0) return scope.map((entry) => entry.column);
  const [qualifier = ''] = target;
  const qualified =
    target.length === 1 ? scope.filter((entry) => entry.qualifier?.toLowerCase() === qualifier.toLowerCase()) : [];
  if (qualified.length > 0) return qualified.map((entry) => entry.column);
  const struct = resolveName(target, scope);
  if (struct?.kind === 'call') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `${[...target, '*'].join('.')} of a map's entry`,
      remedy: 'Name its fields one by one.',
    });
  }
  if (struct === undefined || typeOf(struct).kind !== 'struct') throw missing();
  return allFields(struct);
}
