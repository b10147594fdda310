import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Types, typeName } from '../../kernel/arrow/types.ts';
import type { Expr } from '../../kernel/expr/expr.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { sqlParser } from '../../kernel/sql/parser.ts';

/** An expression as nested calls, for comparison: `+(1, *(2, 3))`. */
function text(expr: Expr): string {
  switch (expr.kind) {
    case 'call':
      return `${expr.name}(${expr.distinct === true ? 'distinct ' : ''}${expr.args.map(text).join(', ')})${expr.filter === undefined ? '' : ` filter ${text(expr.filter)}`}`;
    case 'attribute':
      return expr.parts.join('.');
    case 'star':
      return [...expr.target, '*'].join('.');
    case 'literal':
      return typeof expr.value === 'string'
        ? `'${expr.value}'`
        : expr.value instanceof Uint8Array
          ? `x'${Buffer.from(expr.value).toString('hex')}'`
          : `${String(expr.value)}:${typeName(expr.type)}`;
    case 'alias':
      return `${text(expr.child)} as ${expr.name}`;
    case 'cast':
      return `cast${expr.mode === undefined ? '' : `-${expr.mode}`}(${text(expr.child)} ${typeName(expr.type)})`;
    case 'case':
      return `case(${expr.branches.map((b) => `${text(b.when)}→${text(b.then)}`).join(', ')}${expr.otherwise === undefined ? '' : `, ${text(expr.otherwise)}`})`;
    case 'parameter':
      return `:${expr.name}`;
    case 'column':
    case 'field':
    case 'function':
    case 'aggregate':
      return `resolved ${expr.kind}`;
  }
}

const parsed = (sql: string): string => text(sqlParser.parseExpression(sql));

/** The kinds of a plan from the top, following the first child. */
function kinds(plan: LogicalPlan): string {
  const child =
    'child' in plan ? plan.child : 'children' in plan ? plan.children[0] : 'left' in plan ? plan.left : undefined;
  return child === undefined ? plan.kind : `${plan.kind} > ${kinds(child)}`;
}

const CONDITION = (condition: string) => (error: unknown) =>
  error instanceof Error && 'condition' in error && error.condition === condition;

describe('expressions', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1 + 2 * 3', '+(1:int, *(2:int, 3:int))'],
    ['1 - 2 - 3', '-(-(1:int, 2:int), 3:int)'],
    ['a OR b AND NOT c', 'or(a, and(b, not(c)))'],
    ['a = 1 AND b <> 2', 'and(=(a, 1:int), <>(b, 2:int))'],
    ['a BETWEEN 1 AND 2 AND b', 'and(between(a, 1:int, 2:int), b)'],
    ['a NOT IN (1, 2)', 'not(in(a, 1:int, 2:int))'],
    ["name NOT LIKE 'a%' ESCAPE '!'", "not(like(name, 'a%', '!'))"],
    ['a IS NOT NULL', 'isnotnull(a)'],
    ['a IS NOT DISTINCT FROM b', '<=>(a, b)'],
    ['-a + -1', '+(unary minus(a), -1:int)'],
    ['-9223372036854775808', '-9223372036854775808:bigint'],
    ['9223372036854775808', '9223372036854775808:decimal(19,0)'],
    ['1.50', '150:decimal(3,2)'],
    ['1e3', '1000:double'],
    ['2L', '2:bigint'],
    ['1.5D', '1.5:double'],
    ["'it''s' \"double\"", "'it'sdouble'"],
    [String.raw`'a\tb\u0041'`, "'a\tbA'"],
    [String.raw`r'a\tb'`, String.raw`'a\tb'`],
    ["X'1fF'", "x'01ff'"],
    ["DATE '2024-02-29'", "typed literal(cast-ansi('2024-02-29' date))"],
    ['CAST(value AS STRING)', 'cast(value string)'],
    ['try_cast(a AS decimal(10, 2))', 'cast-try(a decimal(10,2))'],
    ['a::array<array<int>>', 'cast(a array<array<int>>)'],
    ['data.url', 'data.url'],
    ['data.*', 'data.*'],
    ["m['k'][0].x", "getfield(getitem(getitem(m, 'k'), 0:int), 'x')"],
    ['count(*)', 'count(*)'],
    ['COUNT(DISTINCT a) FILTER (WHERE b > 1)', 'count(distinct a) filter >(b, 1:int)'],
    ['window(timestamp, "10 minutes", \'5 minutes\')', "window(timestamp, '10 minutes', '5 minutes')"],
    ['CASE a WHEN 1 THEN 2 ELSE 3 END', 'case(=(a, 1:int)→2:int, 3:int)'],
    ['INTERVAL 10 MINUTES 30 SECONDS', "interval('10 MINUTES 30 SECONDS')"],
    ["INTERVAL '1' DAY", "interval('1 DAY')"],
    ['EXTRACT(HOUR FROM ts)', "extract('HOUR', ts)"],
    ["TRIM(LEADING 'x' FROM name)", "ltrim(name, 'x')"],
    ['substring(name FROM 2 FOR 3)', 'substring(name, 2:int, 3:int)'],
    ['current_timestamp', 'current_timestamp()'],
    ['a >> 1', '>>(a, 1:int)'],
    ['`odd name` AS `x y`', 'odd name as x y'],
    ['price > :low', '>(price, :low)'],
    ['timestamp', 'timestamp'],
    ['window.start', 'window.start'],
    ['offset + partition', '+(offset, partition)'],
    ['a /* comment /* nested */ */ + -- rest\n b', '+(a, b)'],
  ];
  for (const [sql, expected] of cases) it(sql, () => assert.equal(parsed(sql), expected));
});

describe('queries', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['SELECT 1', 'project > oneRow'],
    ['SELECT a FROM t WHERE b ORDER BY a DESC LIMIT 3', 'limit > sort > project > filter > unresolvedRelation'],
    [
      'SELECT window(timestamp, "10 minutes"), count(*) FROM events GROUP BY window(timestamp, "10 minutes")',
      'aggregate > unresolvedRelation',
    ],
    ['SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 1', 'filter > aggregate > unresolvedRelation'],
    [
      'SELECT DISTINCT a FROM (SELECT a FROM t) AS s',
      'distinct > project > subqueryAlias > project > unresolvedRelation',
    ],
    ['SELECT 1 UNION ALL SELECT 2 UNION SELECT 3', 'distinct > union > union > project > oneRow'],
    ['SELECT * FROM a JOIN b ON a.id = b.id LEFT JOIN c USING (id)', 'project > join > join > unresolvedRelation'],
    ['WITH x AS (SELECT 1 AS a) SELECT * FROM x', 'with > project > unresolvedRelation'],
    ["SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(id, name)", 'project > subqueryAlias > union > project > oneRow'],
    ['SELECT * FROM STREAM(events)', 'project > unresolvedRelation'],
    ['SELECT id FROM range(10)', 'project > range'],
  ];
  for (const [sql, expected] of cases) it(sql, () => assert.equal(kinds(sqlParser.parseQuery(sql)), expected));

  it('orders nulls first ascending, last descending', () => {
    const plan = sqlParser.parseQuery('SELECT a, b FROM t ORDER BY a, b DESC, c NULLS LAST');
    assert.ok(plan.kind === 'sort');
    assert.deepEqual(
      plan.orders.map((o) => `${o.direction} ${o.nulls}`),
      ['asc first', 'desc last', 'asc last'],
    );
  });
});

describe('statements', () => {
  it('reads a view over a source, with its schema and options', () => {
    const statement = sqlParser.parseStatement(
      "CREATE OR REPLACE TEMPORARY VIEW events (ts TIMESTAMP, url STRING) USING json OPTIONS (path 'a b.json', mode = 'FAILFAST')",
    );
    assert.ok(statement.kind === 'createView' && statement.definition.kind === 'source');
    assert.equal(statement.replace, true);
    assert.deepEqual(statement.definition.options, { path: 'a b.json', mode: 'FAILFAST' });
    assert.deepEqual(
      statement.definition.schema?.fields.map((f) => f.type.kind),
      ['timestamp', 'string'],
    );
  });

  it('tells the columns of a query from a schema', () => {
    const statement = sqlParser.parseStatement('CREATE TEMP VIEW v (a, b) AS SELECT 1, 2');
    assert.ok(statement.kind === 'createView' && statement.definition.kind === 'query');
    assert.deepEqual(statement.definition.columns, ['a', 'b']);
  });

  it('splits a script at semicolons outside of strings and comments, with line numbers', () => {
    const script = sqlParser.parseScript(
      "SELECT ';' AS a; -- one; two\n\nSET spark.sql.ansi.enabled = false;\nSELECT 2",
    );
    assert.deepEqual(
      script.map((s) => [s.statement.kind, s.line]),
      [
        ['query', 1],
        ['setOption', 3],
        ['query', 4],
      ],
    );
  });
});

describe('schemas', () => {
  it('reads DDL text', () => {
    const schema = sqlParser.parseSchema(
      "id BIGINT NOT NULL, tags ARRAY<STRING>, at: STRUCT<lat: DOUBLE, lon: DOUBLE> COMMENT 'where', m MAP<STRING, DECIMAL(10,2)>",
    );
    assert.deepEqual(
      schema.fields.map((f) => `${f.name} ${typeName(f.type)} ${f.nullable ? 'null' : 'not null'}`),
      [
        'id bigint not null',
        'tags array<string> null',
        'at struct<lat:double,lon:double> null',
        'm map<string,decimal(10,2)> null',
      ],
    );
    assert.deepEqual(sqlParser.parseType('struct<>'), Types.struct([]));
    assert.equal(
      typeName(sqlParser.parseType('STRUCT<a:INT,b:ARRAY<STRUCT<c:STRING>>>')),
      'struct<a:int,b:array<struct<c:string>>>',
    );
  });
});

describe('errors', () => {
  const cases: readonly (readonly [string, string, number, number])[] = [
    ['SELEC 1', "'SELEC'", 1, 1],
    ['SELECT a FROM', 'end of input', 1, 14],
    ['SELECT a,\n  FROM t', "'FROM'", 2, 3],
    ["SELECT 'open", "'", 1, 8],
    ['SELECT (1 + 2', 'end of input', 1, 14],
  ];
  for (const [sql, near, line, column] of cases) {
    it(sql, () => {
      assert.throws(
        () => sqlParser.parseStatement(sql),
        (error: unknown) => {
          assert.ok(CONDITION('PARSE_SYNTAX_ERROR')(error));
          assert.ok(
            error instanceof Error &&
              error.message.includes(`near ${near}`) &&
              error.message.includes(`line ${line}, column ${column}`),
            String(error),
          );
          return true;
        },
      );
    });
  }

  for (const sql of [
    'SELECT sum(a) OVER (ORDER BY b) FROM t',
    'SELECT a FROM t WHERE a IN (SELECT b FROM u)',
    'SELECT a FROM t GROUP BY ROLLUP(a)',
    'INSERT INTO t VALUES (1)',
  ]) {
    it(`says what is missing: ${sql}`, () =>
      assert.throws(() => sqlParser.parseStatement(sql), CONDITION('NOT_SUPPORTED')));
  }
});
