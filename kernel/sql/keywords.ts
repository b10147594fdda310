/**
 * Words that end an expression or a relation, so that they are not read as an alias without AS. Everything else may be a
 * name, as in Spark's default mode.
 */
// prettier-ignore
export const CLAUSE_WORDS: ReadonlySet<string> = new Set([
  'ANTI', 'CLUSTER', 'CROSS', 'DISTRIBUTE', 'EXCEPT', 'FROM', 'FULL', 'GROUP', 'HAVING', 'INNER', 'INTERSECT', 'JOIN', 'LATERAL',
  'LEFT', 'LIMIT', 'MINUS', 'NATURAL', 'OFFSET', 'ON', 'ORDER', 'PIVOT', 'QUALIFY', 'RIGHT', 'SELECT', 'SEMI', 'SORT', 'TABLESAMPLE',
  'UNION', 'UNPIVOT', 'USING', 'WHERE', 'WINDOW', 'WITH',
]);

/**
 * Words that cannot begin an expression as a column name, so that a forgotten expression is reported where it is missing.
 * `window` and `offset` are columns that people have.
 */
// prettier-ignore
export const NOT_A_COLUMN: ReadonlySet<string> = new Set([
  'AND', 'AS', 'BETWEEN', 'BY', 'ELSE', 'END', 'FROM', 'GROUP', 'HAVING', 'IN', 'IS', 'LIKE', 'ON', 'OR', 'ORDER', 'SELECT', 'THEN',
  'UNION', 'WHEN', 'WHERE',
]);

/** Offered by completion, in the order in which a query uses them. */
// prettier-ignore
export const COMPLETION_KEYWORDS: readonly string[] = [
  'SELECT', 'DISTINCT', 'FROM', 'WHERE', 'GROUP BY', 'HAVING', 'ORDER BY', 'LIMIT', 'OFFSET', 'JOIN', 'LEFT JOIN', 'RIGHT JOIN',
  'FULL JOIN', 'CROSS JOIN', 'ON', 'USING', 'UNION ALL', 'UNION', 'WITH', 'AS', 'AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'LIKE', 'RLIKE',
  'IS NULL', 'IS NOT NULL', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END', 'CAST', 'TRY_CAST', 'INTERVAL', 'ASC', 'DESC', 'NULLS FIRST',
  'NULLS LAST', 'VALUES', 'CREATE OR REPLACE TEMPORARY VIEW', 'DROP VIEW', 'SHOW TABLES', 'DESCRIBE', 'EXPLAIN', 'SET', 'TRUE',
  'FALSE', 'NULL',
];
