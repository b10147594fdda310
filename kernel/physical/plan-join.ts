/** Plans `join`: equalities between the sides become hash keys, what remains of the condition is tested on the pairs. */
import { MillraceError } from '../core/errors.ts';
import type { ColumnExpr, ColumnId, Expr } from '../expr/expr.ts';
import { columnIdsOf } from '../expr/nodes.ts';
import type { PlanOf } from '../plan/logical-plan.ts';
import { outputOf } from '../plan/output.ts';
import { isStreaming } from '../plan/nodes.ts';
import { Types } from '../arrow/types.ts';
import type { PhysicalPlan } from './physical-plan.ts';
import type { PlanContext } from './plan-context.ts';

export function planJoin(plan: PlanOf<'join'>, context: PlanContext): PhysicalPlan {
  if (isStreaming(plan.left) && isStreaming(plan.right)) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'A join of two streams',
      remedy: 'Join a stream with a table that is read in batch, or union the streams and aggregate.',
    });
  }
  if (context.streaming && keepsUnmatchedBatchRows(plan)) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `A ${plan.type} join that keeps the unmatched rows of the table beside a stream`,
      remedy: 'Put the stream on the side whose rows are all kept.',
    });
  }
  const left = context.plan(plan.left);
  const right = context.plan(plan.right);
  const { leftKeys, rightKeys, rest } = splitCondition(plan.condition, left.output, right.output);
  return {
    kind: 'join',
    type: plan.type,
    left,
    right,
    leftKeys,
    rightKeys,
    condition: rest,
    output: outputOf(plan),
  };
}

/** Rows of the table that no row of this batch matches may be matched by a later one. */
function keepsUnmatchedBatchRows(plan: PlanOf<'join'>): boolean {
  const streamOnLeft = isStreaming(plan.left);
  switch (plan.type) {
    case 'full':
      return true;
    case 'left':
    case 'semi':
    case 'anti':
      return !streamOnLeft;
    case 'right':
      return streamOnLeft;
    case 'inner':
    case 'cross':
      return false;
  }
}

interface JoinCondition {
  readonly leftKeys: readonly Expr[];
  readonly rightKeys: readonly Expr[];
  readonly rest: Expr | undefined;
}

function splitCondition(
  condition: Expr | undefined,
  left: readonly ColumnExpr[],
  right: readonly ColumnExpr[],
): JoinCondition {
  const leftIds = new Set(left.map((column) => column.id));
  const rightIds = new Set(right.map((column) => column.id));
  const leftKeys: Expr[] = [];
  const rightKeys: Expr[] = [];
  const rest: Expr[] = [];
  for (const part of conjuncts(condition)) {
    const [a, b] = part.kind === 'function' && part.name === '=' ? part.args : [];
    if (a !== undefined && b !== undefined && readsOnly(a, leftIds) && readsOnly(b, rightIds)) {
      leftKeys.push(a);
      rightKeys.push(b);
    } else if (a !== undefined && b !== undefined && readsOnly(a, rightIds) && readsOnly(b, leftIds)) {
      leftKeys.push(b);
      rightKeys.push(a);
    } else rest.push(part);
  }
  const all = rest.reduce<Expr | undefined>(
    (whole, part) =>
      whole === undefined
        ? part
        : { kind: 'function', name: 'and', args: [whole, part], type: Types.boolean, nullable: true },
    undefined,
  );
  return { leftKeys, rightKeys, rest: all };
}

function conjuncts(condition: Expr | undefined): readonly Expr[] {
  if (condition === undefined) return [];
  if (condition.kind === 'function' && condition.name === 'and') return condition.args.flatMap(conjuncts);
  return [condition];
}

function readsOnly(expression: Expr, ids: ReadonlySet<ColumnId>): boolean {
  const read = columnIdsOf(expression);
  return read.size > 0 && [...read].every((id) => ids.has(id));
}
