/**
 * Expressions as text, as Spark's `toPrettySQL` writes them: the names of unnamed output columns, and what `explain` shows.
 * Implicit casts never show, since names are made before types are coerced.
 */
import { typeName } from '../arrow/types.ts';
import { literalText } from './literal.ts';
import type { Expr, SortOrder } from './expr.ts';

/** Operators between two operands, in parentheses. */
const INFIX: Readonly<Record<string, string>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
  div: 'div',
  '=': '=',
  '==': '=',
  '<=>': '<=>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  and: 'AND',
  or: 'OR',
  '&': '&',
  '|': '|',
  '^': '^',
};

/** `count(1)`, `(a + 1)`, `CAST(a AS STRING)`, `data.url`. */
export function exprText(expr: Expr): string {
  switch (expr.kind) {
    case 'attribute':
      return expr.parts.join('.');
    case 'star':
      return [...expr.target, '*'].join('.');
    case 'parameter':
      return `:${expr.name}`;
    case 'literal':
      return literalText(expr.value, expr.type);
    case 'alias':
      return `${exprText(expr.child)} AS ${expr.name}`;
    case 'cast':
      return `${expr.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${exprText(expr.child)} AS ${typeName(expr.type).toUpperCase()})`;
    case 'case':
      return [
        'CASE',
        ...expr.branches.map((branch) => `WHEN ${exprText(branch.when)} THEN ${exprText(branch.then)}`),
        ...(expr.otherwise === undefined ? [] : [`ELSE ${exprText(expr.otherwise)}`]),
        'END',
      ].join(' ');
    case 'column':
      return expr.name;
    case 'field':
      return `${exprText(expr.child)}.${expr.name}`;
    case 'call':
      return callText(expr.name, expr.args, expr.distinct ?? false) + filterText(expr.filter);
    case 'function':
      return callText(expr.name, expr.args, false);
    case 'aggregate':
      return callText(expr.name, expr.args, expr.distinct) + filterText(expr.filter);
  }
}

export function sortText(order: SortOrder): string {
  return `${exprText(order.child)} ${order.direction.toUpperCase()} NULLS ${order.nulls.toUpperCase()}`;
}

function filterText(filter: Expr | undefined): string {
  return filter === undefined ? '' : ` FILTER (WHERE ${exprText(filter)})`;
}

function callText(name: string, args: readonly Expr[], distinct: boolean): string {
  const texts = args.map(exprText);
  const [a = '', b = ''] = texts;
  const infix = Object.hasOwn(INFIX, name) ? INFIX[name] : undefined;
  if (infix !== undefined && texts.length === 2) return `(${a} ${infix} ${b})`;
  switch (name) {
    case '<>':
    case '!=':
      return `(NOT (${a} = ${b}))`;
    case 'not':
    case '!':
      return `(NOT ${a})`;
    case 'negative':
      return `(- ${a})`;
    case '~':
      return `~${a}`;
    case 'isnull':
      return `(${a} IS NULL)`;
    case 'isnotnull':
      return `(${a} IS NOT NULL)`;
    case 'in':
      return `(${a} IN (${texts.slice(1).join(', ')}))`;
    case 'like':
      return `${a} LIKE ${b}`;
    case 'rlike':
      return `RLIKE(${a}, ${b})`;
    case '||':
      return `concat(${texts.join(', ')})`;
    case 'getitem':
      return `${a}[${b}]`;
    case 'interval':
      return `INTERVAL '${a}'`;
    case 'window':
    case 'session_window':
      return name;
    case 'from_json':
      return `from_json(${a})`;
    case 'count':
      if (args[0]?.kind === 'star' || args.length === 0) return 'count(1)';
      return `count(${distinct ? 'DISTINCT ' : ''}${texts.join(', ')})`;
    default:
      return `${name}(${distinct ? 'DISTINCT ' : ''}${texts.join(', ')})`;
  }
}
