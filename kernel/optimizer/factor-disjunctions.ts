/**
 *   (a AND b) OR (a AND c)    →    a AND (b OR c)
 *
 * In filters and conditions of joins: what all branches ask for can move towards the source, or be a join's key.
 */
import { Types } from '../arrow/types.ts';
import type { Expr } from '../expr/expr.ts';
import { sameExpr } from '../expr/nodes.ts';
import { transformPlanUp } from '../plan/nodes.ts';
import type { Rule } from './rule.ts';
import { conjunctionOf, conjunctsOf, isDeterministic } from './substitute.ts';

export const factorDisjunctions: Rule = {
  name: 'factor-disjunctions',
  apply: (plan) =>
    transformPlanUp(plan, (node) => {
      if ((node.kind !== 'filter' && node.kind !== 'join') || node.condition === undefined) return node;
      const condition = factored(node.condition);
      return condition === node.condition ? node : { ...node, condition };
    }),
};

/** The condition itself where nothing can be taken out. */
function factored(condition: Expr): Expr {
  const parts = conjunctsOf(condition);
  const after = parts.flatMap(factoredParts);
  const isSame = after.length === parts.length && after.every((part, index) => part === parts[index]);
  return isSame ? condition : (conjunctionOf(after) ?? condition);
}

/** A disjunction as what its branches share, and the rest; the part itself where they share nothing. */
function factoredParts(part: Expr): readonly Expr[] {
  const [first, ...others] = branchesOf(part).map(conjunctsOf);
  if (first === undefined || others.length === 0 || !isDeterministic(part)) return [part];
  const shared = first.filter((a) => others.every((branch) => branch.some((b) => sameExpr(a, b))));
  if (shared.length === 0) return [part];
  const rests = [first, ...others].map((branch) =>
    conjunctionOf(branch.filter((a) => !shared.some((b) => sameExpr(a, b)))),
  );
  // A branch that asks for nothing else is true wherever the shared part is.
  const alternatives = rests.flatMap((rest) => rest ?? []);
  return alternatives.length < rests.length ? shared : [...shared, alternatives.reduce(either)];
}

function branchesOf(condition: Expr): readonly Expr[] {
  if (condition.kind === 'function' && condition.name === 'or') return condition.args.flatMap(branchesOf);
  return [condition];
}

function either(a: Expr, b: Expr): Expr {
  return { kind: 'function', name: 'or', args: [a, b], type: Types.boolean, nullable: true };
}
