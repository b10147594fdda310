import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { typeName } from '../../kernel/arrow/types.ts';
import type { SparkSession } from '../../kernel/api/session.ts';
import { MillraceError } from '../../kernel/core/errors.ts';
import { col, count, lit, window } from '../../kernel/api/functions.ts';
import { sum } from '../../kernel/api/functions.generated.ts';
import { planContains } from '../../kernel/plan/nodes.ts';
import { outputOf } from '../../kernel/plan/output.ts';
import { isResolved } from '../../kernel/expr/resolved.ts';
import { planExprs, walkPlan } from '../../kernel/plan/nodes.ts';
import { fakeSession } from '../support/fake-runner.ts';

function session(): SparkSession {
  const spark = fakeSession();
  spark
    .createDataFrame(
      [],
      'id INT, url STRING, ts TIMESTAMP, price DECIMAL(10,2), data STRUCT<url: STRING, n: BIGINT>, tags MAP<STRING, INT>',
    )
    .createOrReplaceTempView('events');
  spark.createDataFrame([], 'id INT, name STRING').createOrReplaceTempView('users');
  return spark;
}

/** `name: type` of each output column. */
function columns(text: string): string[] {
  const { plan } = session().sql(text);
  walkPlan(plan, (node) => {
    for (const expr of planExprs(node)) assert.ok(isResolved(expr), text);
    return 'descend';
  });
  return outputOf(plan).map((column) => `${column.name}: ${typeName(column.type)}`);
}

function fails(text: string, condition: string, message?: RegExp): void {
  assert.throws(
    () => session().sql(text),
    (error) => {
      assert.ok(error instanceof MillraceError, String(error));
      assert.equal(error.condition, condition, error.message);
      if (message !== undefined) assert.match(error.message, message);
      return true;
    },
  );
}

describe('names', () => {
  it('output columns are called as in Spark', () => {
    assert.deepEqual(
      columns(
        'SELECT id + 1, CAST(url AS BINARY), count(*), sum(id) FROM events GROUP BY 1, 2'
          .replace('count(*), sum(id) ', 'id ')
          .replace(' GROUP BY 1, 2', ''),
      ),
      ['(id + 1): int', 'url: binary', 'id: int'],
    );
    assert.deepEqual(
      columns(
        "SELECT 'x', 1.5, NULL, upper(url), data.n, data['url'], tags.a, NOT (id = 1), id <> 2, CASE WHEN id > 1 THEN 'a' ELSE 'b' END FROM events",
      ),
      [
        'x: string',
        '1.5: decimal(2,1)',
        'NULL: void',
        'upper(url): string',
        'n: bigint',
        'data.url: string',
        'a: int',
        '(NOT (id = 1)): boolean',
        '(NOT (id = 2)): boolean',
        'CASE WHEN (id > 1) THEN a ELSE b END: string',
      ],
    );
    assert.deepEqual(columns('SELECT URL FROM events'), ['URL: string']);
    assert.deepEqual(columns('SELECT count(*), count(1), sum(id), avg(price), max(url) FROM events'), [
      'count(1): bigint',
      'count(1): bigint',
      'sum(id): bigint',
      'avg(price): decimal(14,6)',
      'max(url): string',
    ]);
  });

  it('are found without regard to case, qualified, and inside structs', () => {
    assert.deepEqual(columns('SELECT e.ID, e.data.url, DATA.N FROM events AS e'), [
      'ID: int',
      'url: string',
      'N: bigint',
    ]);
    assert.deepEqual(columns('SELECT data.* FROM events'), ['url: string', 'n: bigint']);
    assert.deepEqual(columns('SELECT u.*, e.url FROM events e JOIN users u ON e.id = u.id'), [
      'id: int',
      'name: string',
      'url: string',
    ]);
  });

  it('that are unknown name their neighbours and their place', () => {
    fails(
      'SELECT\n  urll FROM events',
      'UNRESOLVED_COLUMN',
      /Did you mean one of the following\? `url`.*line 2, column 3/s,
    );
    fails('SELECT data.nn FROM events', 'FIELD_NOT_FOUND', /`n`/);
    fails('SELECT 1 FROM event', 'TABLE_OR_VIEW_NOT_FOUND', /`events`/);
    fails('SELECT uper(url) FROM events', 'UNRESOLVED_ROUTINE', /upper/);
    fails('SELECT id FROM events e JOIN users u ON e.id = u.id', 'AMBIGUOUS_REFERENCE', /`e.id`, `u.id`/);
    fails('SELECT upper() FROM events', 'WRONG_NUM_ARGS', /line 1/);
    fails('SELECT substring(url) FROM events', 'WRONG_NUM_ARGS');
  });

  it('of common tables and subqueries', () => {
    assert.deepEqual(
      columns('WITH a AS (SELECT id FROM events), b AS (SELECT id + 1 AS next FROM a) SELECT * FROM b'),
      ['next: int'],
    );
    assert.deepEqual(columns('SELECT s.total FROM (SELECT sum(id) AS total FROM events) s'), ['total: bigint']);
  });
});

describe('aggregation', () => {
  it('groups by name, ordinal, alias and expression', () => {
    assert.deepEqual(columns('SELECT url, count(*) AS c FROM events GROUP BY url'), ['url: string', 'c: bigint']);
    assert.deepEqual(columns('SELECT lower(url) AS u, count(*) FROM events GROUP BY 1'), [
      'u: string',
      'count(1): bigint',
    ]);
    assert.deepEqual(columns('SELECT lower(url) AS u, count(*) FROM events GROUP BY u'), [
      'u: string',
      'count(1): bigint',
    ]);
    assert.deepEqual(columns('SELECT lower(url), length(lower(url)) FROM events GROUP BY lower(url)'), [
      'lower(url): string',
      'length(lower(url)): int',
    ]);
  });

  it('turns every grouping into a column of the child', () => {
    const { plan } = session().sql('SELECT id % 2 AS parity, count(*) FROM events GROUP BY id % 2');
    assert.ok(plan.kind === 'aggregate');
    assert.deepEqual(
      plan.groupings.map((key) => key.kind),
      ['column'],
    );
    assert.equal(plan.child.kind, 'project');
  });

  it('refuses what is neither grouped nor aggregated', () => {
    fails('SELECT id, count(*) FROM events GROUP BY url', 'MISSING_AGGREGATION', /`id`/);
    fails('SELECT id, count(*) FROM events', 'MISSING_GROUP_BY');
    fails('SELECT sum(count(*)) FROM events', 'NESTED_AGGREGATE_FUNCTION');
    fails('SELECT id FROM events WHERE count(*) > 1', 'INVALID_WHERE_CONDITION');
    fails('SELECT url FROM events GROUP BY 3', 'GROUP_BY_POS_OUT_OF_RANGE');
    fails('SELECT median(id) FROM events', 'NOT_SUPPORTED');
  });

  it('HAVING and ORDER BY may use aggregates and columns that are not selected', () => {
    assert.deepEqual(
      columns('SELECT url FROM events GROUP BY url HAVING count(*) > 1 AND max(id) < 9 ORDER BY sum(id) DESC, url'),
      ['url: string'],
    );
    assert.deepEqual(columns('SELECT url AS u FROM events ORDER BY ts, u'), ['u: string']);
    assert.deepEqual(columns('SELECT url, count(*) c FROM events GROUP BY url ORDER BY c, 1'), [
      'url: string',
      'c: bigint',
    ]);
    fails('SELECT url FROM events GROUP BY url HAVING id > 1', 'MISSING_AGGREGATION');
  });

  it('FILTER and count_if become conditions', () => {
    const { plan } = session().sql('SELECT count(*) FILTER (WHERE id > 1), count_if(id > 1) FROM events');
    assert.ok(plan.kind === 'aggregate');
    const kinds = plan.outputs.map((output) =>
      output.kind === 'alias' && output.child.kind === 'aggregate' ? output.child.args[0]?.kind : undefined,
    );
    assert.deepEqual(kinds, ['case', 'case']);
  });
});

describe('time windows', () => {
  const grouped = (args: string): string => `SELECT window(${args}), count(*) FROM events GROUP BY window(${args})`;

  it('become one node below the aggregate', () => {
    const { plan } = session().sql(grouped("ts, '10 minutes', '5 minutes', '1 minute'"));
    assert.ok(plan.kind === 'aggregate');
    assert.ok(plan.child.kind === 'timeWindow');
    assert.equal(plan.child.windowMicros, 600_000_000n);
    assert.equal(plan.child.slideMicros, 300_000_000n);
    assert.equal(plan.child.startMicros, 60_000_000n);
    assert.deepEqual(
      plan.groupings.map(
        (key) => key.kind === 'column' && key.id === (plan.child.kind === 'timeWindow' ? plan.child.window.id : 0),
      ),
      [true],
    );
    assert.deepEqual(
      outputOf(plan).map((c) => c.name),
      ['window', 'count(1)'],
    );
  });

  it('are the same from the DataFrame and from SQL', () => {
    const spark = session();
    const frame = spark
      .table('events')
      .groupBy(window(col('ts'), '1 minute'), col('url'))
      .count();
    assert.deepEqual(frame.columns, ['window', 'url', 'count']);
    assert.ok(planContains(frame.plan, (node) => node.kind === 'timeWindow' && node.slideMicros === 60_000_000n));
    const bounds = frame.select('window.start', 'window.end', 'count');
    assert.deepEqual(bounds.columns, ['start', 'end', 'count']);
  });

  it('take double-quoted text, dates and strings as times', () => {
    assert.deepEqual(
      columns('SELECT window(ts, "1 hour") AS w, count(*) FROM events GROUP BY window(ts, "1 hour")')[0],
      'w: struct<start:timestamp,end:timestamp>',
    );
    columns(grouped("url, '1 day'"));
  });

  it('refuse wrong durations', () => {
    fails(grouped("ts, '1 minute', '2 minutes'"), 'DATATYPE_MISMATCH', /slide must not exceed/);
    fails(grouped("ts, '0 minutes'"), 'DATATYPE_MISMATCH', /greater than 0/);
    fails(grouped("ts, '-1 minutes'"), 'DATATYPE_MISMATCH');
    fails(grouped("ts, '1 month'"), 'DATATYPE_MISMATCH', /months/);
    fails(grouped("ts, '1 minute', '1 minute', '1 minute'"), 'DATATYPE_MISMATCH', /start/);
    fails(grouped("ts, 'soon'"), 'CANNOT_PARSE_INTERVAL');
    fails(grouped("id, '1 minute'"), 'DATATYPE_MISMATCH', /type int/);
    fails("SELECT window(ts, '1 minute'), window(ts, '2 minutes') FROM events", 'DATATYPE_MISMATCH', /only one/);
  });
});

describe('types', () => {
  it('are coerced as under ANSI', () => {
    assert.deepEqual(
      columns(
        "SELECT id + 1L, id / 2, id + 1.5, price * 2, coalesce(id, 1D), if(id > 1, id, '7'), url = 1 FROM events",
      ).map((c) => c.split(': ')[1]),
      ['bigint', 'double', 'decimal(12,1)', 'decimal(12,2)', 'double', 'bigint', 'boolean'],
    );
  });

  it('that do not fit are refused with the expression', () => {
    fails('SELECT id + ts FROM events', 'DATATYPE_MISMATCH', /int \+ timestamp/);
    fails('SELECT 1 FROM events WHERE id', 'DATATYPE_MISMATCH', /boolean/);
    fails('SELECT data = 1 FROM events', 'DATATYPE_MISMATCH');
    fails('SELECT CASE WHEN true THEN data ELSE 1 END FROM events', 'DATATYPE_MISMATCH');
    fails('SELECT tags FROM events ORDER BY tags', 'DATATYPE_MISMATCH');
  });

  it('of unions meet, and numbers of columns must agree', () => {
    assert.deepEqual(columns('SELECT id FROM events UNION ALL SELECT 1.5'), ['id: decimal(11,1)']);
    fails('SELECT id FROM events UNION ALL SELECT id, name FROM users', 'NUM_COLUMNS_MISMATCH');
  });
});

describe('plans of the API', () => {
  it('tell two reads of one frame apart in a self join', () => {
    const spark = session();
    const users = spark.table('users');
    const joined = users.as('a').join(users.as('b'), col('a.id').equalTo(col('b.id')));
    const ids = outputOf(joined.plan).map((column) => column.id);
    assert.equal(new Set(ids).size, 4);
    assert.deepEqual(users.join(users, 'id').columns, ['id', 'name', 'name']);
  });

  it('analysing again changes nothing', () => {
    const frame = session().sql("SELECT url, window(ts, '1 minute') w, count(*) c FROM events GROUP BY 1, 2");
    assert.equal(frame.state.analyze(frame.plan), frame.plan);
  });

  it('refuse columns of another frame', () => {
    const spark = session();
    const other = spark.createDataFrame([], 'x INT');
    assert.throws(() => spark.table('users').select(other.col('x')), { condition: 'UNRESOLVED_COLUMN' });
  });

  it('survive a structured clone', () => {
    const frame = session()
      .table('events')
      .groupBy('url')
      .agg(count('*').as('n'), sum('id'))
      .filter(col('n').gt(lit(1)));
    assert.deepEqual(structuredClone(frame.plan), frame.plan);
  });
});
