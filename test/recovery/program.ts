/**
 * A streaming query for the recovery tests, run by `millrace run` in a process of its own that may be killed at any time. It
 * counts events by window and key, and writes each batch to `$FOLDER/sink/<batch id>.json`, replacing what an earlier try has
 * written; with `$SINK` memory it writes the table at the end.
 */
import fs from 'node:fs';
import path from 'node:path';
import { col, from_json, SparkSession, window } from 'millrace';

const { SOURCE = '', MODE = 'append', SINK = 'files', FOLDER = '', INPUT = '', ROWS = '0', STEP = '0' } = process.env;
const SCHEMA = 'timestamp TIMESTAMP, url STRING';

const spark = SparkSession.builder
  .appName('recovery')
  .config('spark.sql.streaming.minBatchesToRetain', '10')
  .config('spark.sql.shuffle.partitions', '2')
  .getOrCreate();

function parsed(format: string, options: Readonly<Record<string, string>>) {
  const records = spark.readStream.format(format).options(options).load();
  return records.select(from_json(col('value').cast('string'), SCHEMA).as('event')).select('event.*');
}

function events() {
  switch (SOURCE) {
    case 'files':
      return spark.readStream.schema(SCHEMA).option('maxFilesPerTrigger', STEP).json(INPUT);
    case 'kafka':
      return parsed('kafka', {
        'kafka.bootstrap.servers': INPUT,
        subscribe: 'events',
        startingOffsets: 'earliest',
        maxOffsetsPerTrigger: STEP,
      });
    case 'traffic':
      return parsed('website-traffic', {
        rows: ROWS,
        rowsPerSecond: '0',
        maxRowsPerTrigger: STEP,
        startTimestamp: '2026-01-01T00:00:00Z',
        speedup: '50',
        disorder: '10 seconds',
      });
    default:
      throw new Error(`no source ${SOURCE}`);
  }
}

function write(name: string, rows: readonly unknown[]): void {
  const folder = path.join(FOLDER, 'sink');
  fs.mkdirSync(folder, { recursive: true });
  const temporary = path.join(FOLDER, `.${name}.tmp`);
  fs.writeFileSync(temporary, JSON.stringify(rows));
  fs.renameSync(temporary, path.join(folder, `${name}.json`));
}

const counts = events()
  .withWatermark('timestamp', '2 seconds')
  .groupBy(window(col('timestamp'), '10 seconds'), col('url'))
  .count();
const writer = counts.writeStream
  .outputMode(MODE === 'complete' || MODE === 'update' ? MODE : 'append')
  .option('checkpointLocation', path.join(FOLDER, 'checkpoint'))
  .trigger({ availableNow: true });
const query =
  SINK === 'memory'
    ? writer.format('memory').queryName('counts').start()
    : writer.foreachBatch(async (batch, id) => write(String(id), await batch.toJSON().collect())).start();
process.stdout.write('started\n');
await query.awaitTermination();
if (SINK === 'memory') write('table', await spark.table('counts').toJSON().collect());
await spark.stop();
