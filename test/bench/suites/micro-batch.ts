/** A 100-row micro-batch of a windowed count with a durable checkpoint: how long one takes, p50. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, quantile, type Suite } from '../runner.ts';
import { millrace } from '../subject.ts';

const BATCHES = 200;

export const microBatch: Suite = {
  name: 'micro-batch',
  async open() {
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
      for (let batch = 0; batch < BATCHES; batch++) {
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
          name: `100-row micro-batch, p50 of ${BATCHES}`,
          description:
            'memory source → 1-minute window count by url, update mode, checkpoint on disk, offsets, state and commit synced',
          target: 'ms <= 10',
          rounds: 3,
          ours: { name: 'p50', run: async () => ({ ms: median(await run()) }) },
          peers: [],
        },
        {
          name: `100-row micro-batch, p99 of ${BATCHES}`,
          description: 'the same',
          target: '–',
          rounds: 3,
          ours: { name: 'p99', run: async () => ({ ms: quantile(await run(), 0.99) }) },
          peers: [],
        },
      ],
      close: async () => {
        await spark.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
