/** Ten-minute windows by key over 10 M rows of an Arrow table in memory, against DuckDB over the same rows in its own table. */
import { makeData, Field, Float64, Int64, RecordBatch, Schema, Struct, Table, TimeUnit, Timestamp } from 'apache-arrow';
import { openDuckDb } from '../duckdb.ts';
import { timed, type Suite } from '../runner.ts';
import { millrace } from '../subject.ts';

const ROWS = 10_000_000;
const START_MICROS = 1_704_067_200_000_000;

export const groupBy: Suite = {
  name: 'group-by',
  async open() {
    const { spark, functions } = await millrace();
    const { col, count, sum, window } = functions;
    const events = spark.createDataFrame(eventTable());
    const duck = await openDuckDb();
    await duck.query(
      `CREATE TABLE events AS SELECT make_timestamp(${START_MICROS} + i * 360 + ((i * 40503) % 4294967296) % 10000000) ts,
       ((i * 2654435761) % 4294967296) % 100 low, ((i * 2654435761) % 4294967296) % 100000 medium,
       ((i * 69069 + 1) % 4294967296)::DOUBLE / 4294967296 * 100 v FROM range(${ROWS}) t(i)`,
    );
    const answer = (groups: unknown, rows: unknown, total: unknown): string =>
      `${String(groups)} groups, ${String(rows)} rows, sum ${Number(total).toPrecision(10)}`;
    const comparison = (key: 'low' | 'medium', label: string) => ({
      name: `10 M rows, 10-minute windows by ${label}, count and sum`,
      description: 'createDataFrame(arrowTable).groupBy(window, key), in memory on both sides, 2 threads each',
      target: 'ratio <= 0.5',
      rounds: 7,
      ours: {
        name: 'millrace',
        run: async () => {
          const totals = events
            .groupBy(window(col('ts'), '10 minutes'), col(key))
            .agg(count('*').as('n'), sum('v').as('s'))
            .selectExpr('count(*) AS a', 'sum(n) AS b', 'sum(s) AS c');
          const { ms, value } = await timed(() => totals.collect());
          const [row] = value;
          return { ms, answer: answer(row?.['a'], row?.['b'], row?.['c']) };
        },
      },
      peers: [
        {
          name: 'duckdb',
          run: async () => {
            const { ms, value } = await timed(() =>
              duck.query(
                `SELECT count(*) a, sum(n) b, sum(s) c FROM (SELECT epoch_us(ts) // 600000000 w, ${key}, count(*) n, sum(v) s FROM events GROUP BY ALL)`,
              ),
            );
            const [[groups, rows, total] = []] = value;
            return { ms, answer: answer(groups, rows, total) };
          },
        },
      ],
    });
    return {
      comparisons: [comparison('low', '100 keys'), comparison('medium', '100K keys')],
      close: async () => {
        duck.close();
        await spark.stop();
      },
    };
  },
};

/** The same rows as DuckDB's table: an hour of event time, up to 10 s out of order. */
function eventTable(): Table {
  const ts = new BigInt64Array(ROWS);
  const low = new BigInt64Array(ROWS);
  const medium = new BigInt64Array(ROWS);
  const v = new Float64Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    const hash = Math.imul(i, 2654435761) >>> 0;
    ts[i] = BigInt(START_MICROS + i * 360 + ((Math.imul(i, 40503) >>> 0) % 10_000_000));
    low[i] = BigInt(hash % 100);
    medium[i] = BigInt(hash % 100_000);
    v[i] = (((Math.imul(i, 69069) + 1) >>> 0) / 4294967296) * 100;
  }
  const timestamp = new Timestamp(TimeUnit.MICROSECOND, 'UTC');
  const columns = [
    { name: 'ts', type: timestamp, data: makeData({ type: timestamp, data: ts }) },
    { name: 'low', type: new Int64(), data: makeData({ type: new Int64(), data: low }) },
    { name: 'medium', type: new Int64(), data: makeData({ type: new Int64(), data: medium }) },
    { name: 'v', type: new Float64(), data: makeData({ type: new Float64(), data: v }) },
  ];
  const fields = columns.map(({ name, type }) => new Field(name, type, false));
  const struct = makeData({
    type: new Struct(fields),
    length: ROWS,
    nullCount: 0,
    children: columns.map(({ data }) => data),
  });
  return new Table(new RecordBatch(new Schema(fields), struct));
}
