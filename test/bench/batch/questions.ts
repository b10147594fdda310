/**
 * The questions of the batch suite. A question's columns have the same names in all dialects, since the summaries of
 * results are compared by them; Polars has its queries in peers/polars_questions.py, by the same names.
 */

export interface Question {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  /** Spark SQL: for Millrace, and for Spark where it has no text of its own. */
  readonly sql: string;
  readonly duckdb: string;
  readonly spark?: string;
  /** Statements of Spark SQL before `sql`, for views of files; not timed. */
  readonly setUp?: readonly string[];
  /** As in `Comparison`. */
  readonly rounding?: number;
  /** The key of Polars' query, where it is not the name. */
  readonly polars?: string;
  /** What Polars' query is given: the file that it reads, or a number in it. */
  readonly argument?: string | number;
}

/** The group-by questions of the h2oai db-benchmark. */
export const GROUP_BY: readonly Question[] = [
  same('q1', 'sum by id1 (100 groups)', 'SELECT id1, sum(v1) AS v1 FROM groupby GROUP BY id1'),
  same('q2', 'sum by id1, id2 (10 K groups)', 'SELECT id1, id2, sum(v1) AS v1 FROM groupby GROUP BY id1, id2'),
  same(
    'q3',
    'sum, mean by id3 (rows / 100 groups)',
    'SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM groupby GROUP BY id3',
  ),
  same(
    'q4',
    'three means by id4 (100 groups)',
    'SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3 FROM groupby GROUP BY id4',
  ),
  same(
    'q5',
    'three sums by id6 (rows / 100 groups)',
    'SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM groupby GROUP BY id6',
  ),
  {
    name: 'q6',
    title: 'median, deviation by id4, id5',
    sql: 'SELECT id4, id5, median(v3) AS median, stddev(v3) AS sd FROM groupby GROUP BY id4, id5',
    duckdb: 'SELECT id4, id5, quantile_cont(v3, 0.5) AS median, stddev(v3) AS sd FROM groupby GROUP BY id4, id5',
  },
  same(
    'q7',
    'max - min by id3 (rows / 100 groups)',
    'SELECT id3, max(v1) - min(v2) AS range FROM groupby GROUP BY id3',
  ),
  {
    name: 'q8',
    title: 'two largest by id6 (rows / 100 groups)',
    sql: `SELECT id6, v3 FROM (SELECT id6, v3, row_number() OVER (PARTITION BY id6 ORDER BY v3 DESC) AS place FROM groupby)
          WHERE place <= 2`,
    duckdb: 'SELECT id6, unnest(max(v3, 2)) AS v3 FROM groupby GROUP BY id6',
  },
  same(
    'q9',
    'squared correlation by id2, id4',
    'SELECT id2, id4, pow(corr(v1, v2), 2) AS r2 FROM groupby GROUP BY id2, id4',
  ),
  same(
    'q10',
    'sum, count by all six (as many groups as rows)',
    `SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS n FROM groupby
     GROUP BY id1, id2, id3, id4, id5, id6`,
  ),
];

/** Its joins, without the string columns that no join reads. */
export const JOINS: readonly Question[] = [
  same('j1', 'inner, small right side', 'SELECT x.*, small.v2 FROM x JOIN small ON x.id1 = small.id1'),
  same('j2', 'inner, medium right side', 'SELECT x.*, medium.v2 FROM x JOIN medium ON x.id2 = medium.id2'),
  same('j3', 'left outer, medium right side', 'SELECT x.*, medium.v2 FROM x LEFT JOIN medium ON x.id2 = medium.id2'),
  same('j4', 'inner by a string, medium right side', 'SELECT x.*, medium.v2 FROM x JOIN medium ON x.id5 = medium.id5'),
  same('j5', 'inner, right side as large as the left', 'SELECT x.*, big.v2 FROM x JOIN big ON x.id3 = big.id3'),
];

const WINDOW_US = 600_000_000;
const PANE_US = 60_000_000;
const KEYS = { low: '100 keys', medium: '100 K keys' };

/** Each counts and sums by window and key, and gives how many groups, rows and their sum: nobody pays for output. */
export const WINDOWS: readonly Question[] = [
  ...(['low', 'medium'] as const).map((key) => windowQuestion(`tumbling-${key}`, key, "'10 minutes'", tumbling(key))),
  ...(['low', 'medium'] as const).map((key) =>
    windowQuestion(`sliding-${key}`, key, "'10 minutes', '1 minute'", panes(key)),
  ),
  {
    name: 'session',
    title: 'sessions with a gap of 1 minute, 100 K keys',
    sql: total('SELECT count(*) AS n, sum(v) AS s FROM events GROUP BY session_window(ts, "1 minute"), medium'),
    duckdb: total(
      `SELECT count(*) AS n, sum(v) AS s FROM (
         SELECT medium, v, sum(first) OVER (PARTITION BY medium ORDER BY ts ROWS UNBOUNDED PRECEDING) AS session FROM (
           SELECT medium, ts, v, CASE WHEN epoch_us(ts) - lag(epoch_us(ts)) OVER (PARTITION BY medium ORDER BY ts) > ${PANE_US}
             THEN 1 ELSE 0 END AS first FROM events)) GROUP BY medium, session`,
    ),
  },
];

function same(name: string, title: string, sql: string): Question {
  return { name, title, sql, duckdb: sql };
}

function windowQuestion(name: string, key: keyof typeof KEYS, window: string, duckdb: string): Question {
  const kind = name.startsWith('sliding') ? 'sliding 10 minutes by 1' : 'tumbling 10 minutes';
  return {
    name,
    title: `${kind}, ${KEYS[key]}`,
    sql: total(`SELECT count(*) AS n, sum(v) AS s FROM events GROUP BY window(ts, ${window}), ${key}`),
    duckdb: total(duckdb),
  };
}

function total(groups: string): string {
  return `SELECT count(*) AS groups, sum(n) AS n, sum(s) AS s FROM (${groups}) AS g`;
}

function tumbling(key: string): string {
  return `SELECT count(*) AS n, sum(v) AS s FROM events GROUP BY epoch_us(ts) // ${WINDOW_US}, ${key}`;
}

/** What one would write by hand for speed: minutes first, each of which belongs to ten windows. */
function panes(key: string): string {
  return `SELECT sum(n) AS n, sum(s) AS s FROM
    (SELECT epoch_us(ts) // ${PANE_US} AS pane, ${key}, count(*) AS n, sum(v) AS s FROM events GROUP BY ALL),
    (SELECT unnest(range(${WINDOW_US / PANE_US})) AS o) GROUP BY pane + o, ${key}`;
}
