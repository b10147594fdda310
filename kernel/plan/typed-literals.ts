/** `DATE '2024-01-31'` and the like become literals before names are resolved: the session's zone is known only here. */
import { typeName } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { Expr, ExprOf } from '../expr/expr.ts';
import { transformUp } from '../expr/nodes.ts';
import { literalText } from '../expr/literal.ts';
import { castValue } from '../functions/cast-values.ts';
import type { FunctionContext } from '../functions/contract.ts';
import { zoneOf } from '../functions/timezone.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { mapPlanExprs } from './nodes.ts';

/** @throws INVALID_TYPED_LITERAL */
export function foldTypedLiterals(plan: LogicalPlan, context: FunctionContext): LogicalPlan {
  return mapPlanExprs(plan, (expr) =>
    transformUp(expr, (node) => (node.kind === 'call' && node.name === 'typed literal' ? folded(node, context) : node)),
  );
}

function folded(node: ExprOf<'call'>, context: FunctionContext): Expr {
  const [cast] = node.args;
  if (cast?.kind !== 'cast' || cast.child.kind !== 'literal') return node;
  const { type, child } = cast;
  try {
    const value = castValue(child.type, type, 'ansi', context)(child.value);
    const shown =
      type.kind === 'timestamp' && typeof value === 'bigint' ? zoneOf(context.timeZone).toWall(value) : value;
    return Object.freeze({ kind: 'literal', value, type, text: literalText(shown, type) });
  } catch (cause) {
    if (!(cause instanceof MillraceError)) throw cause;
    throw new MillraceError(
      'INVALID_TYPED_LITERAL',
      { text: `'${String(child.value)}'`, type: typeName(type).toUpperCase() },
      node.position === undefined ? { cause } : { position: node.position, cause },
    );
  }
}
