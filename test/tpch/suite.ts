/** The 22 queries of TPC-H at scale factor 0.01, read from CSV files. */
import type * as Public from '../../kernel/index.ts';
import type { CompatSuite } from '../compat/contract.ts';
import { textTable } from '../support/cells.ts';
import { readTpchAnswer, tpchDifference } from './answers.ts';
import { TEST_SCALE, tpchData } from './data.ts';
import { tpchQueries, tpchViews } from './queries.ts';

export const suite: CompatSuite = {
  name: 'tpch',
  title: 'TPC-H, 22 queries',
  async open() {
    const data = await tpchData({ scale: TEST_SCALE, format: 'csv' });
    const dist = new URL('../../dist/index.js', import.meta.url);
    const { SparkSession } = (await import(dist.href)) as typeof Public;
    const spark = SparkSession.builder.appName('tpch').config('spark.sql.session.timeZone', 'UTC').getOrCreate();
    for (const view of tpchViews(data)) spark.sql(view);
    const cases = tpchQueries(TEST_SCALE).map(({ id, sql }) => ({
      id,
      feature: 'TPC-H',
      place: `test/tpch/queries/${id}.sql`,
      run: async () => tpchDifference(readTpchAnswer(id), await textTable(spark.sql(sql))),
    }));
    return { cases, close: () => spark.stop() };
  },
};
