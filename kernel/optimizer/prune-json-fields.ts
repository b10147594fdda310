/**
 * Parses only the fields that something reads.
 *
 *   Project [data.url]                                      →    Project [data.url]
 *     Project [from_json(value, 'url, time, ip') AS data]          Project [from_json(value, 'url') AS data]
 *
 * As in Spark, only without options: they may ask for the text of damaged records, or for an error.
 */
import { Types, type StructType } from '../arrow/types.ts';
import { Exprs, type ColumnId, type Expr, type ExprOf } from '../expr/expr.ts';
import { transformUp, walk } from '../expr/nodes.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { mapPlanExprs, planChildren, planExprs, transformPlanUp, walkPlan } from '../plan/nodes.ts';
import { outputOf } from '../plan/output.ts';
import type { Rule } from './rule.ts';

export const pruneJsonFields: Rule = {
  name: 'prune-json-fields',
  apply(plan) {
    const smaller = findPrunable(plan);
    return smaller.size === 0 ? plan : rewrite(plan, smaller);
  },
};

/** Which fields of a column are read: their indices, or all where the struct itself is looked at. */
type Reads = Map<ColumnId, Set<number> | 'all'>;

interface Pruned {
  readonly type: StructType;
  /** Old index → new index. */
  readonly indices: ReadonlyMap<number, number>;
}

function findPrunable(plan: LogicalPlan): ReadonlyMap<ColumnId, Pruned> {
  const reads = readsOf(plan);
  const found = new Map<ColumnId, Pruned>();
  walkPlan(plan, (node) => {
    if (node.kind !== 'project') return 'descend';
    for (const expression of node.expressions) {
      if (expression.kind !== 'alias' || expression.id === undefined || !isPlainFromJson(expression.child)) continue;
      const read = reads.get(expression.id);
      if (read === undefined || read === 'all') continue;
      const type = prunedType(expression.child.type, read);
      if (type !== undefined) found.set(expression.id, type);
    }
    return 'descend';
  });
  return found;
}

type FromJson = ExprOf<'function'> & { readonly type: StructType };

function isPlainFromJson(expression: Expr): expression is FromJson {
  return (
    expression.kind === 'function' &&
    expression.name === 'from_json' &&
    expression.type.kind === 'struct' &&
    expression.args.slice(2).every((arg) => arg.kind === 'literal' && (arg.value === null || arg.value === ''))
  );
}

function prunedType(type: StructType, read: ReadonlySet<number>): Pruned | undefined {
  const kept = type.fields.flatMap((field, i) => (read.has(i) ? [{ field, i }] : []));
  if (kept.length === type.fields.length || kept.length === 0) return undefined;
  return {
    type: Types.struct(kept.map(({ field }) => field)),
    indices: new Map(kept.map(({ i }, index) => [i, index])),
  };
}

function readsOf(plan: LogicalPlan): Reads {
  const reads: Reads = new Map();
  for (const column of outputOf(plan)) reads.set(column.id, 'all');
  walkPlan(plan, (node) => {
    for (const expression of planExprs(node)) noteReads(expression, reads);
    // What these nodes look at they look at without naming it.
    if (node.kind === 'union' || node.kind === 'distinct' || node.kind === 'deduplicate') {
      for (const child of planChildren(node)) for (const column of outputOf(child)) reads.set(column.id, 'all');
    }
    return 'descend';
  });
  return reads;
}

function noteReads(expression: Expr, reads: Reads): void {
  walk(expression, (node) => {
    if (node.kind === 'field' && node.child.kind === 'column') {
      const known = reads.get(node.child.id) ?? new Set<number>();
      if (known !== 'all') reads.set(node.child.id, known.add(node.index));
      return 'skip';
    }
    if (node.kind === 'column') reads.set(node.id, 'all');
    return 'descend';
  });
}

function rewrite(plan: LogicalPlan, smaller: ReadonlyMap<ColumnId, Pruned>): LogicalPlan {
  const rewriteExpr = (expression: Expr): Expr => {
    if (expression.kind === 'field' && expression.child.kind === 'column') {
      const pruned = smaller.get(expression.child.id);
      const index = pruned?.indices.get(expression.index);
      return index === undefined || index === expression.index ? expression : { ...expression, index };
    }
    if (expression.kind === 'column') {
      const pruned = smaller.get(expression.id);
      return pruned === undefined ? expression : { ...expression, type: pruned.type };
    }
    if (expression.kind === 'alias' && expression.id !== undefined && isPlainFromJson(expression.child)) {
      const pruned = smaller.get(expression.id);
      return pruned === undefined ? expression : { ...expression, child: withType(expression.child, pruned.type) };
    }
    return expression;
  };
  return transformPlanUp(plan, (node) => mapPlanExprs(node, (expression) => transformUp(expression, rewriteExpr)));
}

/** The schema is also the type of the second argument, a null literal. */
function withType(call: FromJson, type: StructType): FromJson {
  const [text, schema, ...options] = call.args;
  if (text === undefined || schema === undefined) return { ...call, type };
  return { ...call, type, args: [text, Exprs.literal(null, type), ...options] };
}
