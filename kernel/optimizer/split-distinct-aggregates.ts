/**
 * DISTINCT inside an aggregate becomes a grouping of its own:
 *
 *   Aggregate [k] [k, count(DISTINCT x), sum(y)]
 * becomes
 *   Aggregate [k'] [k' AS k, count(x'), sum(s)]
 *     Aggregate [k', x'] [k', x', sum(y) AS s]
 *       Project [k AS k', x AS x', y]
 *
 * Where all DISTINCT aggregates are of the same expressions, and the others can be aggregated again (count, sum, min, max).
 * min and max are the same with and without DISTINCT. Streams keep no such state.
 */
import { Exprs, type ColumnExpr, type Expr, type ExprOf } from '../expr/expr.ts';
import { sameExpr, transformDown, transformUp, walk } from '../expr/nodes.ts';
import { nullableOf, typeOf } from '../expr/resolved.ts';
import { exprText } from '../expr/text.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming, mapPlanExprs, planExprs, transformPlanUp, walkPlan } from '../plan/nodes.ts';
import type { Rule } from './rule.ts';

type AggregateCall = ExprOf<'aggregate'>;

export const splitDistinctAggregates: Rule = {
  name: 'split-distinct-aggregates',
  apply(plan) {
    const ids = new FreshIds(plan);
    return transformPlanUp(plan, (node) => {
      if (node.kind !== 'aggregate') return node;
      const simpler = mapPlanExprs(node, (expression) => transformUp(expression, dropNeedlessDistinct));
      return simpler.kind === 'aggregate' && !isStreaming(simpler) ? split(simpler, ids) : simpler;
    });
  },
};

/** Ids below every id of the plan; the analyzer's are positive. */
class FreshIds {
  #next: number;

  constructor(plan: LogicalPlan) {
    let least = -1_000_000;
    walkPlan(plan, (node) => {
      for (const expression of planExprs(node)) {
        walk(expression, (part) => {
          if ((part.kind === 'column' || part.kind === 'alias') && part.id !== undefined)
            least = Math.min(least, part.id);
          return 'descend';
        });
      }
      return 'descend';
    });
    this.#next = least - 1;
  }

  alias(child: Expr): { readonly alias: Expr; readonly column: ColumnExpr } {
    const id = this.#next--;
    const name = exprText(child);
    return { alias: Exprs.alias(child, name, id), column: Exprs.column(id, name, typeOf(child), nullableOf(child)) };
  }
}

function dropNeedlessDistinct(expression: Expr): Expr {
  const needless = expression.kind === 'aggregate' && expression.distinct && ['min', 'max'].includes(expression.name);
  return needless ? { ...expression, distinct: false } : expression;
}

/** How a partial result is aggregated again. */
const AGAIN: Readonly<Record<string, string>> = { count: 'sum', sum: 'sum', min: 'min', max: 'max' };

function split(plan: PlanOf<'aggregate'>, ids: FreshIds): LogicalPlan {
  const calls = callsOf(plan.outputs);
  const distinct = calls.filter((call) => call.distinct);
  const [first] = distinct;
  if (first === undefined) return plan;
  const sameArguments = distinct.every(
    (call) =>
      call.filter === undefined &&
      call.args.length === first.args.length &&
      call.args.every((arg, i) => sameExpr(arg, first.args[i] ?? call)),
  );
  const others = calls.filter((call) => !call.distinct);
  if (!sameArguments || !others.every((call) => AGAIN[call.name] !== undefined && call.type.kind !== 'decimal'))
    return plan;
  return build(plan, first, others, ids);
}

function callsOf(outputs: readonly Expr[]): readonly AggregateCall[] {
  const calls: AggregateCall[] = [];
  for (const output of outputs) {
    walk(output, (node) => {
      if (node.kind !== 'aggregate') return 'descend';
      if (!calls.some((call) => sameExpr(call, node))) calls.push(node);
      return 'skip';
    });
  }
  return calls;
}

function build(
  plan: PlanOf<'aggregate'>,
  distinct: AggregateCall,
  others: readonly AggregateCall[],
  ids: FreshIds,
): LogicalPlan {
  const keys = plan.groupings.map((grouping) => ({ grouping, ...ids.alias(grouping) }));
  const args = distinct.args.map((arg) => ({ arg, ...ids.alias(arg) }));
  const inputs = others.map((call) => ({ call, ...ids.alias(call) }));
  const below: LogicalPlan = {
    kind: 'project',
    expressions: [...keys.map(({ alias }) => alias), ...args.map(({ alias }) => alias), ...columnsReadBy(others)],
    child: plan.child,
  };
  const groupings = [...keys.map(({ column }) => column), ...args.map(({ column }) => column)];
  const inner: LogicalPlan = {
    kind: 'aggregate',
    groupings,
    outputs: [...groupings, ...inputs.map(({ alias }) => alias)],
    child: below,
  };
  const outputs = plan.outputs.map((output) =>
    overInner(output, (node) => {
      if (node.kind === 'aggregate') {
        if (node.distinct) return { ...node, distinct: false, args: args.map(({ column }) => column) };
        const input = inputs.find(({ call }) => sameExpr(call, node));
        return input === undefined ? undefined : aggregateAgain(node, input.column);
      }
      return keys.find(({ grouping }) => sameExpr(grouping, node))?.column;
    }),
  );
  return { kind: 'aggregate', groupings: keys.map(({ column }) => column), outputs, child: inner };
}

/** Outputs keep their names and ids. */
function overInner(output: Expr, replace: (node: Expr) => Expr | undefined): Expr {
  const replaced = transformDown(output, replace);
  if (output.kind !== 'column') return replaced;
  return { kind: 'alias', child: replaced, name: output.name, id: output.id };
}

/** A count of nothing is 0, but the sum of no counts is null; without keys there may be no inner group at all. */
function aggregateAgain(call: AggregateCall, column: ColumnExpr): Expr {
  const name = AGAIN[call.name] ?? call.name;
  const again: Expr = { ...call, name, args: [column], nullable: true };
  const { filter: _filter, ...unfiltered } = again;
  if (call.name !== 'count') return unfiltered;
  const zero = Exprs.literal(0n, call.type);
  return { kind: 'function', name: 'coalesce', args: [unfiltered, zero], type: call.type, nullable: false };
}

function columnsReadBy(calls: readonly AggregateCall[]): readonly ColumnExpr[] {
  const columns = new Map<number, ColumnExpr>();
  for (const call of calls) {
    walk(call, (node) => {
      if (node.kind === 'column') columns.set(node.id, node);
      return 'descend';
    });
  }
  return [...columns.values()];
}
