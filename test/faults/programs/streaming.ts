/**
 * The streaming program of the torture runs, run by `millrace run` in a process of its own that may be killed at any time.
 *
 * Each record has an id. `append`, `update` and `complete` count by window and key, and sum a mark per record: `16 ** slot`,
 * where no two records of a key and window have the same slot, so that each hexadecimal digit of the sum tells how often one record was
 * counted. `deduplicate` lets one of two records through, which come in different batches.
 */
import fs from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { col, expr, SparkSession, type DataFrame } from 'millrace';
import { KEYS, MARKS, OUTPUT_MODES, RECORDS_PER_BATCH, recordsOf, type Assignment } from '../program.ts';
import { openSink } from './sinks.ts';

const assignment = JSON.parse(process.env['FAULTS_PROGRAM'] ?? '') as Assignment;
const { source, query, sink, input, folder, flaw } = assignment;
const perBatch = RECORDS_PER_BATCH[source];

const spark = SparkSession.builder
  .appName('faults')
  .config('spark.sql.streaming.minBatchesToRetain', '10')
  .config('spark.sql.shuffle.partitions', '2')
  .getOrCreate();

/** id BIGINT, time TIMESTAMP */
function records(): DataFrame {
  switch (source) {
    case 'files':
      return spark.readStream
        .schema('id BIGINT, time TIMESTAMP')
        .option('maxFilesPerTrigger', '1')
        .json(input)
        .selectExpr('id', 'time');
    case 'kafka': {
      const [brokers = '', topic = ''] = input.split('/');
      const options = { subscribe: topic, startingOffsets: 'earliest', maxOffsetsPerTrigger: String(perBatch) };
      const messages = spark.readStream.format('kafka').options({ 'kafka.bootstrap.servers': brokers, ...options });
      return messages
        .load()
        .select(expr(`from_json(cast(value AS STRING), 'id BIGINT, time TIMESTAMP')`).as('record'))
        .select('record.*');
    }
    case 'traffic': {
      const options = {
        rows: String(recordsOf(assignment)),
        rowsPerSecond: '0',
        maxRowsPerTrigger: String(perBatch),
        startTimestamp: '2026-01-01T00:00:00Z',
        speedup: '50',
        disorder: '10 seconds',
        seed: input,
      };
      return spark.readStream.format('website-traffic').options(options).load().selectExpr(
        // It has four partitions, and fills them by turns.
        'offset * 4 + partition AS id',
        `from_json(cast(value AS STRING), 'timestamp TIMESTAMP').timestamp AS time`,
      );
    }
  }
}

function rows(): DataFrame {
  const watermarked = records().withWatermark('time', '2 seconds');
  if (query === 'deduplicate') {
    return watermarked
      .selectExpr(`(id div ${2 * perBatch}) * ${perBatch} + id % ${perBatch} AS id`)
      .dropDuplicates(['id']);
  }
  return watermarked
    .selectExpr('time', `id % ${KEYS} AS key`, `shiftleft(1L, cast(4 * ((id div ${KEYS}) % ${MARKS}) AS INT)) AS mark`)
    .groupBy(expr(`window(time, '10 seconds')`).as('window'), col('key'))
    .agg(expr('count(*)').as('count'), expr('sum(mark)').as('marks'))
    .selectExpr('window.start AS window', 'key', 'count', 'hex(marks) AS marks');
}

/** Whether this is not the program's first start in its folder. */
function isRestart(): boolean {
  const marker = path.join(folder, 'started');
  const found = fs.existsSync(marker);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(marker, '');
  return found;
}

const restarted = isRestart();
let mayLose = flaw === 'loses' && restarted;
let gateAt = assignment.gateAt;
const opened = await openSink(assignment);

async function waitAtGate(): Promise<void> {
  gateAt = undefined;
  process.stdout.write('gate\n');
  await once(process.stdin, 'data');
  process.stdin.destroy();
}

async function deliver(batch: DataFrame, batchId: number): Promise<void> {
  if (batchId === gateAt) await waitAtGate();
  let texts: readonly string[] = await batch.toJSON().collect();
  if (mayLose && texts.length > 0) {
    mayLose = false;
    texts = texts.slice(1);
  }
  if (flaw === 'hangs' && restarted) await new Promise(() => setInterval(() => undefined, 1000));
  await opened.write(String(batchId), texts);
}

const writer = rows()
  .writeStream.outputMode(OUTPUT_MODES[query])
  .option('checkpointLocation', path.join(folder, 'checkpoint'))
  .trigger({ availableNow: true });
const running =
  sink === 'memory'
    ? writer.format('memory').queryName('counts').start()
    : writer.foreachBatch((batch, id) => deliver(batch, Number(id))).start();
process.stdout.write('started\n');
await running.awaitTermination();
if (sink === 'memory') await opened.write('table', await spark.table('counts').toJSON().collect());
await opened.close();
await spark.stop();
