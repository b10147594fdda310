/** Kafka → from_json → one-minute windows → count, to the end of the topic; prints events, windows and a checksum as JSON. */
import { col, from_json, SparkSession, window } from 'millrace';

const spark = SparkSession.builder.appName('traffic').getOrCreate();
const events = spark.readStream
  .format('kafka')
  .option('kafka.bootstrap.servers', process.env['BOOTSTRAP'] ?? '')
  .option('subscribe', process.env['TOPIC'] ?? '')
  .option('startingOffsets', 'earliest')
  .load()
  .selectExpr('CAST(value AS STRING)')
  .select(from_json(col('value'), 'timestamp TIMESTAMP, url STRING, userId INT, status INT').as('e'))
  .select('e.*');
const query = events
  .groupBy(window(col('timestamp'), '1 minute'))
  .count()
  .writeStream.outputMode('complete')
  .format('memory')
  .queryName('counts')
  .option('checkpointLocation', process.env['CHECKPOINT'] ?? '')
  .trigger({ availableNow: true })
  .start();
await query.awaitTermination();
const [answer] = await spark
  .sql(
    `SELECT sum(count) AS events, count(*) AS windows, sum(count * (unix_timestamp(window.start) DIV 60 % 1000)) AS checksum
     FROM counts`,
  )
  .toJSON()
  .collect();
console.log(answer);
await spark.stop();
