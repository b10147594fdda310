/** Queries: WITH, SELECT, FROM with joins and subqueries, GROUP BY, HAVING, set operations, ORDER BY, LIMIT. */
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr, type SortOrder } from '../expr/expr.ts';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import type { TokenCursor } from './cursor.ts';
import { parseAlias, parseExpression, parseNamedExpression } from './expressions.ts';
import { CLAUSE_WORDS } from './keywords.ts';

type JoinType = PlanOf<'join'>['type'];

/** `[WITH …] term [ORDER BY …] [LIMIT …] [OFFSET …]` */
export function parseQuery(cursor: TokenCursor): LogicalPlan {
  if (!cursor.takeWords('WITH')) return parseOrderedQuery(cursor);
  if (cursor.isWord('RECURSIVE')) throw notSupported('WITH RECURSIVE', 'Repeat the query in TypeScript, with a loop.');
  const ctes = cursor.commaSeparated(() => {
    const name = cursor.expectName('a name for the common table expression');
    const columns = cursor.isSymbol('(') ? parseNameList(cursor) : [];
    cursor.takeWords('AS');
    cursor.expectSymbol('(');
    const plan = parseQuery(cursor);
    cursor.expectSymbol(')');
    return { name, plan: renameColumns(plan, columns) };
  });
  return Object.freeze({ kind: 'with', ctes, child: parseOrderedQuery(cursor) });
}

function parseOrderedQuery(cursor: TokenCursor): LogicalPlan {
  let plan = parseSetOperations(cursor);
  if (cursor.takeWords('ORDER', 'BY') || cursor.takeWords('SORT', 'BY')) {
    plan = Object.freeze({ kind: 'sort', orders: cursor.commaSeparated(() => parseSortOrder(cursor)), child: plan });
  }
  let limit: number | undefined;
  let offset: number | undefined;
  for (;;) {
    if (cursor.takeWords('LIMIT')) {
      if (!cursor.takeWords('ALL')) limit = cursor.expectInteger('the number of rows');
    } else if (cursor.takeWords('OFFSET')) {
      offset = cursor.expectInteger('the number of rows');
    } else {
      break;
    }
  }
  if (offset !== undefined) plan = Object.freeze({ kind: 'offset', count: offset, child: plan });
  return limit === undefined ? plan : Object.freeze({ kind: 'limit', count: limit, child: plan });
}

export function parseSortOrder(cursor: TokenCursor): SortOrder {
  const child = parseExpression(cursor);
  const direction = cursor.takeWords('DESC') ? 'desc' : 'asc';
  if (direction === 'asc') cursor.takeWords('ASC');
  // Nulls are the smallest values unless the query says otherwise.
  const nulls = cursor.takeWords('NULLS', 'LAST')
    ? 'last'
    : cursor.takeWords('NULLS', 'FIRST')
      ? 'first'
      : direction === 'asc'
        ? 'first'
        : 'last';
  return Object.freeze({ child, direction, nulls });
}

function parseSetOperations(cursor: TokenCursor): LogicalPlan {
  let left = parseQueryPrimary(cursor);
  while (cursor.takeWords('UNION')) {
    const distinct = !cursor.takeWords('ALL');
    if (distinct) cursor.takeWords('DISTINCT');
    const union: LogicalPlan = Object.freeze({
      kind: 'union',
      children: [left, parseQueryPrimary(cursor)],
      byName: false,
    });
    left = distinct ? Object.freeze({ kind: 'distinct', child: union }) : union;
  }
  for (const word of ['INTERSECT', 'EXCEPT', 'MINUS']) {
    if (cursor.isWord(word))
      throw notSupported(word, 'Use a LEFT SEMI JOIN for INTERSECT, a LEFT ANTI JOIN for EXCEPT.');
  }
  return left;
}

function parseQueryPrimary(cursor: TokenCursor): LogicalPlan {
  if (cursor.takeSymbol('(')) {
    const plan = parseQuery(cursor);
    cursor.expectSymbol(')');
    return plan;
  }
  if (cursor.takeWords('VALUES')) return parseValues(cursor);
  if (cursor.takeWords('TABLE')) return parseTableName(cursor);
  if (cursor.takeWords('SELECT')) return parseSelect(cursor);
  // `FROM t SELECT …` is Spark's, too.
  if (cursor.isWord('FROM')) {
    const from = parseFrom(cursor);
    return cursor.takeWords('SELECT') ? parseSelect(cursor, from) : from;
  }
  throw cursor.unexpected('Expected SELECT, VALUES, TABLE or a query in parentheses.');
}

function parseSelect(cursor: TokenCursor, from?: LogicalPlan): LogicalPlan {
  const distinct = cursor.takeWords('DISTINCT');
  if (!distinct) cursor.takeWords('ALL');
  const expressions = cursor.commaSeparated(() => parseNamedExpression(cursor));
  let plan = from ?? (cursor.isWord('FROM') ? parseFrom(cursor) : Object.freeze({ kind: 'oneRow' } as const));
  if (cursor.takeWords('WHERE'))
    plan = Object.freeze({ kind: 'filter', condition: parseExpression(cursor), child: plan });
  const groupings = cursor.takeWords('GROUP', 'BY') ? parseGroupings(cursor) : undefined;
  const having = cursor.takeWords('HAVING') ? parseExpression(cursor) : undefined;
  if (cursor.isWord('QUALIFY')) throw notSupported('QUALIFY', 'Filter the result of a subquery instead.');
  plan =
    groupings === undefined && having === undefined
      ? Object.freeze({ kind: 'project', expressions, child: plan })
      : Object.freeze({ kind: 'aggregate', groupings: groupings ?? [], outputs: expressions, child: plan });
  if (having !== undefined) plan = Object.freeze({ kind: 'filter', condition: having, child: plan });
  return distinct ? Object.freeze({ kind: 'distinct', child: plan }) : plan;
}

function parseGroupings(cursor: TokenCursor): readonly Expr[] {
  for (const word of ['ROLLUP', 'CUBE', 'GROUPING']) {
    if (cursor.isWord(word)) throw notSupported(`GROUP BY ${word}`, 'Use one query for each grouping and UNION ALL.');
  }
  if (cursor.takeWords('ALL')) return [Exprs.call('group by all', [])];
  const groupings = cursor.commaSeparated(() => parseExpression(cursor));
  if (cursor.isWord('WITH'))
    throw notSupported('GROUP BY … WITH ROLLUP or CUBE', 'Use one query for each grouping and UNION ALL.');
  return groupings;
}

function parseFrom(cursor: TokenCursor): LogicalPlan {
  cursor.expectWords('FROM');
  const [first, ...rest] = cursor.commaSeparated(() => parseRelation(cursor));
  if (first === undefined) throw cursor.unexpected('Expected a table.');
  return rest.reduce<LogicalPlan>((left, right) => Object.freeze({ kind: 'join', left, right, type: 'cross' }), first);
}

function parseRelation(cursor: TokenCursor): LogicalPlan {
  let left = parseRelationPrimary(cursor);
  for (;;) {
    const natural = cursor.takeWords('NATURAL');
    const type = parseJoinType(cursor);
    if (type === undefined) {
      if (natural) throw cursor.unexpected('Expected JOIN.');
      return left;
    }
    if (natural) throw notSupported('NATURAL JOIN', 'Name the columns with USING (…).');
    left = parseJoinRest(cursor, left, type);
  }
}

function parseJoinRest(cursor: TokenCursor, left: LogicalPlan, type: JoinType): LogicalPlan {
  if (cursor.isWord('LATERAL')) throw notSupported('LATERAL', 'Join without it.');
  const right = parseRelationPrimary(cursor);
  if (cursor.takeWords('ON'))
    return Object.freeze({ kind: 'join', left, right, type, condition: parseExpression(cursor) });
  if (cursor.takeWords('USING'))
    return Object.freeze({ kind: 'join', left, right, type, using: parseNameList(cursor) });
  return Object.freeze({ kind: 'join', left, right, type: type === 'inner' ? 'cross' : type });
}

function parseJoinType(cursor: TokenCursor): JoinType | undefined {
  const take = (...words: readonly string[]): boolean => cursor.takeWords(...words);
  if (take('JOIN') || take('INNER', 'JOIN')) return 'inner';
  if (take('CROSS', 'JOIN')) return 'cross';
  if (take('LEFT', 'SEMI', 'JOIN') || take('SEMI', 'JOIN')) return 'semi';
  if (take('LEFT', 'ANTI', 'JOIN') || take('ANTI', 'JOIN')) return 'anti';
  if (take('LEFT', 'OUTER', 'JOIN') || take('LEFT', 'JOIN')) return 'left';
  if (take('RIGHT', 'OUTER', 'JOIN') || take('RIGHT', 'JOIN')) return 'right';
  if (take('FULL', 'OUTER', 'JOIN') || take('FULL', 'JOIN')) return 'full';
  return undefined;
}

function parseRelationPrimary(cursor: TokenCursor): LogicalPlan {
  if (cursor.takeSymbol('(')) {
    const plan =
      cursor.isWord('SELECT') ||
      cursor.isWord('WITH') ||
      cursor.isWord('VALUES') ||
      cursor.isWord('FROM') ||
      cursor.isSymbol('(')
        ? parseQuery(cursor)
        : parseRelation(cursor);
    cursor.expectSymbol(')');
    return parseRelationAlias(cursor, plan);
  }
  if (cursor.takeWords('VALUES')) return parseRelationAlias(cursor, parseValues(cursor));
  // STREAM(t) and STREAM t name the same view: whether it streams is the view's own property.
  if (cursor.isWord('STREAM') && cursor.isSymbol('(', 1)) {
    cursor.next();
    cursor.next();
    const plan = parseTableName(cursor);
    cursor.expectSymbol(')');
    return parseRelationAlias(cursor, plan);
  }
  if (
    cursor.isWord('STREAM') &&
    cursor.peek(1).kind === 'word' &&
    !CLAUSE_WORDS.has(cursor.peek(1).text.toUpperCase()) &&
    !cursor.isWord('AS', 1)
  ) {
    cursor.next();
  }
  const next = cursor.peek();
  if (cursor.isSymbol('(', 1) && next.kind === 'word') return parseRelationAlias(cursor, parseTableFunction(cursor));
  return parseRelationAlias(cursor, parseTableName(cursor));
}

function parseRelationAlias(cursor: TokenCursor, plan: LogicalPlan): LogicalPlan {
  if (cursor.isWord('TABLESAMPLE')) throw notSupported('TABLESAMPLE', 'Filter with rand() instead.');
  if (cursor.isWord('PIVOT') || cursor.isWord('UNPIVOT'))
    throw notSupported('PIVOT', 'Aggregate with FILTER (WHERE …) for each column.');
  if (cursor.isWord('LATERAL')) throw notSupported('LATERAL VIEW', 'Flatten the rows before, in TypeScript.');
  const name = parseAlias(cursor, CLAUSE_WORDS);
  if (name === undefined) return plan;
  const columns = cursor.isSymbol('(') ? parseNameList(cursor) : [];
  return Object.freeze({ kind: 'subqueryAlias', name, child: renameColumns(plan, columns) });
}

function parseTableName(cursor: TokenCursor): LogicalPlan {
  const position = cursor.position();
  const name = [cursor.expectName('a table name', CLAUSE_WORDS)];
  while (cursor.takeSymbol('.')) name.push(cursor.expectName('a table name after the point'));
  return Object.freeze({ kind: 'unresolvedRelation', name, position });
}

/** `range(end)`, `range(start, end[, step])`. */
function parseTableFunction(cursor: TokenCursor): LogicalPlan {
  const name = cursor.expectName('a table function');
  if (name.toLowerCase() !== 'range') throw notSupported(`The table function ${name}`, 'Known: range.');
  cursor.expectSymbol('(');
  const args = cursor.commaSeparated(() => {
    const negative = cursor.takeSymbol('-');
    const value = BigInt(cursor.expectInteger('a bound'));
    return negative ? -value : value;
  });
  cursor.expectSymbol(')');
  const [first = 0n, second, step = 1n] = args;
  const [start, end] = second === undefined ? [0n, first] : [first, second];
  return Object.freeze({ kind: 'range', output: [], start, end, step });
}

/** `(1, 'a'), (2, 'b')`: a union of one-row projections, with columns col1, col2, … */
function parseValues(cursor: TokenCursor): LogicalPlan {
  const rows = cursor.commaSeparated((): LogicalPlan => {
    const values = cursor.takeSymbol('(') ? cursor.commaSeparated(() => parseExpression(cursor)) : undefined;
    if (values !== undefined) cursor.expectSymbol(')');
    const expressions = (values ?? [parseExpression(cursor)]).map((value, i) => Exprs.alias(value, `col${i + 1}`));
    return Object.freeze({ kind: 'project', expressions, child: Object.freeze({ kind: 'oneRow' }) });
  });
  const [only] = rows;
  return rows.length === 1 && only !== undefined
    ? only
    : Object.freeze({ kind: 'union', children: rows, byName: false });
}

/** `t(a, b)`: the columns by position under new names. Only where the parser sees the columns itself. */
function renameColumns(plan: LogicalPlan, columns: readonly string[]): LogicalPlan {
  if (columns.length === 0) return plan;
  const values = valuesOf(plan);
  if (values === undefined)
    throw notSupported('A list of column names after a table alias', 'Rename the columns in the SELECT list with AS.');
  return values(columns);
}

/** A plan whose output expressions are known to the parser can be renamed at once. */
function valuesOf(plan: LogicalPlan): ((columns: readonly string[]) => LogicalPlan) | undefined {
  const rename = (expressions: readonly Expr[], columns: readonly string[]): readonly Expr[] => {
    if (expressions.length !== columns.length) {
      throw new MillraceError('PARSE_SYNTAX_ERROR', {
        error: `(${columns.join(', ')})`,
        hint: `There are ${expressions.length} columns but ${columns.length} names.`,
      });
    }
    return expressions.map((expression, i) =>
      Exprs.alias(expression.kind === 'alias' ? expression.child : expression, columns[i] ?? ''),
    );
  };
  if (plan.kind === 'project' && plan.expressions.every((e) => e.kind !== 'star')) {
    return (columns) => Object.freeze({ ...plan, expressions: rename(plan.expressions, columns) });
  }
  if (plan.kind === 'aggregate' && plan.outputs.every((e) => e.kind !== 'star')) {
    return (columns) => Object.freeze({ ...plan, outputs: rename(plan.outputs, columns) });
  }
  if (plan.kind === 'union') {
    const renamed = plan.children.map(valuesOf);
    if (renamed.every((r) => r !== undefined))
      return (columns) => Object.freeze({ ...plan, children: renamed.map((r) => r(columns)) });
  }
  return undefined;
}

export function parseNameList(cursor: TokenCursor): readonly string[] {
  cursor.expectSymbol('(');
  const names = cursor.commaSeparated(() => cursor.expectName('a column name'));
  cursor.expectSymbol(')');
  return names;
}

function notSupported(feature: string, remedy: string): MillraceError {
  return new MillraceError('NOT_SUPPORTED', { feature, remedy });
}
