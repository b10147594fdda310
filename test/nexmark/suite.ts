/** Nexmark's 23 queries over 20,000 events in batch, and as streams where Spark can. */
import type * as Public from '../../kernel/index.ts';
import type { CompatSuite } from '../compat/contract.ts';
import { nexmarkDifference, readNexmarkAnswer } from './answers.ts';
import { nexmarkData, TEST_DATA } from './data.ts';
import { nexmarkQueries } from './queries.ts';
import { runBatch, runStream } from './run-query.ts';

export const suite: CompatSuite = {
  name: 'nexmark',
  title: 'Nexmark, 23 queries',
  async open() {
    const data = await nexmarkData(TEST_DATA);
    const dist = new URL('../../dist/index.js', import.meta.url);
    const { SparkSession } = (await import(dist.href)) as typeof Public;
    const spark = SparkSession.builder.appName('nexmark').config('spark.sql.session.timeZone', 'UTC').getOrCreate();
    const cases = nexmarkQueries().flatMap((query) => {
      const { id, sql, stream } = query;
      const place = `test/nexmark/queries/${id}.sql`;
      const batch = {
        ...{ id: `batch/${id}`, feature: 'Nexmark, batch', place },
        run: async () => nexmarkDifference(readNexmarkAnswer(id), await runBatch(spark, query, data)),
      };
      if (stream === undefined) return [batch];
      const streaming = {
        ...{ id: `stream/${id}`, feature: 'Nexmark, streaming', place },
        run: async () => nexmarkDifference(readNexmarkAnswer(id), await runStream(spark, { sql, stream }, data)),
      };
      return [batch, streaming];
    });
    return { cases, close: () => spark.stop() };
  },
};
