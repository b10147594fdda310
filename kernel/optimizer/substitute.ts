/** Moving expressions through projections: what a column stands for, and what may be computed twice or elsewhere. */
import { Types } from '../arrow/types.ts';
import type { ColumnId, Expr } from '../expr/expr.ts';
import { columnIdsOf, contains, transformDown } from '../expr/nodes.ts';
import { lookupScalar } from '../functions/registry.ts';

/** Functions whose cost is worth a column of its own rather than a second computation. */
const EXPENSIVE = new Set([
  'from_json',
  'to_json',
  'get_json_object',
  'schema_of_json',
  'json_tuple',
  'regexp_extract',
  'regexp_extract_all',
  'regexp_replace',
  'rlike',
  'regexp_like',
  'split',
  'md5',
  'sha1',
  'sha2',
  'crc32',
  'from_csv',
  'to_csv',
  'translate',
]);

export function isExpensive(expression: Expr): boolean {
  return contains(expression, (node) => node.kind === 'function' && EXPENSIVE.has(node.name));
}

/** Gives the same value for the same row, however often and wherever it is computed. */
export function isDeterministic(expression: Expr): boolean {
  return !contains(
    expression,
    (node) => node.kind === 'function' && lookupScalar(node.name)?.volatility === 'volatile',
  );
}

/** What the aliases of a projection stand for, by column id. */
export function definitionsOf(expressions: readonly Expr[]): ReadonlyMap<ColumnId, Expr> {
  const definitions = new Map<ColumnId, Expr>();
  for (const expression of expressions) {
    if (expression.kind === 'alias' && expression.id !== undefined) definitions.set(expression.id, expression.child);
  }
  return definitions;
}

export function substitute(expression: Expr, definitions: ReadonlyMap<ColumnId, Expr>): Expr {
  return transformDown(expression, (node) => (node.kind === 'column' ? (definitions.get(node.id) ?? node) : undefined));
}

/** As `substitute`, for an output expression: a column that stands for something becomes an alias with its name and id. */
export function substituteOutput(expression: Expr, definitions: ReadonlyMap<ColumnId, Expr>): Expr {
  if (expression.kind !== 'column') return substitute(expression, definitions);
  const child = definitions.get(expression.id);
  return child === undefined ? expression : { kind: 'alias', child, name: expression.name, id: expression.id };
}

/** Whether all columns that it reads are among these; so it is where it reads none. */
export function readsOnly(expression: Expr, ids: ReadonlySet<ColumnId>): boolean {
  return [...columnIdsOf(expression)].every((id) => ids.has(id));
}

export function conjunctsOf(condition: Expr): readonly Expr[] {
  if (condition.kind === 'function' && condition.name === 'and') return condition.args.flatMap(conjunctsOf);
  return [condition];
}

/** undefined for no conjuncts. */
export function conjunctionOf(parts: readonly Expr[]): Expr | undefined {
  return parts.reduce<Expr | undefined>(
    (whole, part) =>
      whole === undefined
        ? part
        : { kind: 'function', name: 'and', args: [whole, part], type: Types.boolean, nullable: true },
    undefined,
  );
}
