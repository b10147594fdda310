/** Kafka → from_json → counts per 10 seconds and partition, in update mode; notes when each count was seen. */
import { createWriteStream } from 'node:fs';
import { col, from_json, SparkSession, window } from 'millrace';

const { BOOTSTRAP = '', TOPIC = '', CHECKPOINT = '', OBSERVATIONS = '', TOTAL = '0' } = process.env;
const spark = SparkSession.builder.appName('latency').getOrCreate();
const observations = createWriteStream(OBSERVATIONS);
const latest = new Map<string, number>();
const counts = spark.readStream
  .format('kafka')
  .option('kafka.bootstrap.servers', BOOTSTRAP)
  .option('subscribe', TOPIC)
  .option('startingOffsets', 'earliest')
  .load()
  .select(
    from_json(col('value').cast('string'), 'timestamp TIMESTAMP, url STRING, userId INT, status INT').as('e'),
    'partition',
  )
  .groupBy(window(col('e.timestamp'), '10 seconds'), col('partition'))
  .count()
  .selectExpr('unix_millis(window.start) AS start', 'partition', 'count');
const query = counts.writeStream
  .outputMode('update')
  .option('checkpointLocation', CHECKPOINT)
  .foreachBatch(async (batch) => {
    const rows = await batch.collect();
    const seen = Date.now();
    for (const { start, partition, count } of rows) {
      observations.write(`${seen} ${String(start)} ${String(partition)} ${String(count)}\n`);
      latest.set(`${String(start)} ${String(partition)}`, Number(count));
    }
    if ([...latest.values()].reduce((sum, count) => sum + count, 0) >= Number(TOTAL)) void query.stop();
  })
  .start();
console.log('ready');
await query.awaitTermination();
await new Promise((resolve) => observations.end(resolve));
console.log(JSON.stringify({ groups: latest.size }));
await spark.stop();
