/** How long a 100-row micro-batch of a windowed count with a durable checkpoint takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Section } from '../contract.ts';
import { median, quantile } from '../statistics.ts';
import { millrace, millraceEngine } from '../subject.ts';

const BATCHES = { small: 20, full: 200 };

export const microBatch: Section = {
  name: 'micro-batch',
  async open({ size }) {
    const batches = BATCHES[size];
    const { spark, functions } = await millrace();
    const { col, window, MemoryStream } = functions;
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    let runs = 0;
    const run = async (): Promise<number[]> => {
      runs++;
      const stream = new MemoryStream(spark, 'time TIMESTAMP, url STRING');
      const query = stream
        .toDF()
        .withWatermark('time', '10 seconds')
        .groupBy(window(col('time'), '1 minute'), col('url'))
        .count()
        .writeStream.outputMode('update')
        .format('noop')
        .option('checkpointLocation', join(folder, String(runs)))
        .start();
      const durations: number[] = [];
      for (let batch = 0; batch < batches; batch++) {
        stream.addData(
          Array.from({ length: 100 }, (_, i) => ({
            time: new Date(1.7e12 + batch * 1000 + i),
            url: `/page/${i % 10}`,
          })),
        );
        await query.processAllAvailable();
        // A batch without rows may have followed, to evict what the watermark has passed.
        const progress = query.recentProgress.findLast(({ numInputRows }) => numInputRows > 0);
        if (progress !== undefined) durations.push(progress.durationMs['triggerExecution'] ?? progress.batchDuration);
      }
      await query.stop();
      return durations;
    };
    return {
      comparisons: [
        {
          name: `100 rows, ${batches} batches`,
          description:
            'memory source → 1-minute window count by url, update mode; a batch from its trigger to its commit, with offsets, state and commit synced to disk',
          measures: [
            { name: 'p50', unit: 'ms', target: { kind: 'figure', max: 10 } },
            { name: 'p99', unit: 'ms' },
          ],
          rounds: 3,
          ours: {
            engine: millraceEngine('in this process, checkpoint in the system’s temporary folder'),
            run: async () => {
              const durations = await run();
              return { figures: { p50: median(durations), p99: quantile(durations, 0.99) } };
            },
          },
          peers: [],
        },
      ],
      missing: [],
      close: async () => {
        await spark.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
