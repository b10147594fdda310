/** What a stream may not be, told when it is started, by condition; the rules are Spark 4.3's unless said otherwise. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { DataFrame } from '../../kernel/api/data-frame.ts';
import type { OutputMode } from '../../kernel/plan/runner-port.ts';
import { eventStream, millrace, spark } from './support/public.ts';

const { col, expr, window } = millrace;

after(() => spark.stop());

const events = eventStream();
const frame = events.frame;
const watermarked = () => frame().withWatermark('ts', '1 second');
const UNSUPPORTED = 'UNSUPPORTED_STREAMING_OPERATION';
const OUTPUT_MODE = 'STREAMING_OUTPUT_MODE';

const REFUSED: readonly (readonly [string, OutputMode, () => DataFrame<never>, string, RegExp])[] = [
  [
    'an aggregation without a watermark',
    'append',
    () => frame().groupBy('k').count() as never,
    OUTPUT_MODE,
    /watermark/,
  ],
  [
    'no event time among the keys',
    'append',
    () => watermarked().groupBy('k').count() as never,
    OUTPUT_MODE,
    /among its/,
  ],
  ['complete without an aggregation', 'complete', () => frame() as never, OUTPUT_MODE, /no streaming aggregation/],
  ['sorted rows', 'append', () => frame().orderBy('k') as never, UNSUPPORTED, /Sorting/],
  ['a sorted result', 'update', () => frame().groupBy('k').count().orderBy('k') as never, UNSUPPORTED, /Sorting/],
  ['a limit', 'update', () => frame().limit(3) as never, UNSUPPORTED, /limit/],
  ['a limit (Spark can)', 'append', () => frame().limit(3) as never, 'NOT_SUPPORTED', /limit/],
  ['a union with batch rows', 'append', () => frame().union(batchRows()) as never, UNSUPPORTED, /union/],
  ['a join of streams (Spark can)', 'append', () => frame().join(frame(), 'k') as never, 'NOT_SUPPORTED', /join/],
  [
    'two watermarks of a column',
    'append',
    () => watermarked().withWatermark('ts', '2 seconds') as never,
    UNSUPPORTED,
    /ts/,
  ],
  [
    'watermarks of two columns',
    'append',
    () => watermarked().withColumn('t', col('ts')).withWatermark('t', '2 seconds') as never,
    UNSUPPORTED,
    /has one already/,
  ],
  [
    'a watermark after the aggregation',
    'append',
    () => frame().groupBy('ts').count().withWatermark('ts', '1 second') as never,
    OUTPUT_MODE,
    /before it/,
  ],
  [
    'the end of a window as the only key',
    'append',
    () =>
      watermarked()
        .select(window(col('ts'), '5 seconds').getField('end').as('end'))
        .groupBy('end')
        .count() as never,
    OUTPUT_MODE,
    /among its/,
  ],
  [
    'two aggregations',
    'update',
    () =>
      watermarked()
        .groupBy(window(col('ts'), '5 seconds'), col('k'))
        .count()
        .groupBy('window')
        .count() as never,
    UNSUPPORTED,
    /append/,
  ],
];

function batchRows() {
  return spark.createDataFrame([[new Date(0), 'a', 1]], 'ts TIMESTAMP, k STRING, v INT');
}

for (const [what, mode, make, condition, message] of REFUSED) {
  test(`${mode} mode refuses ${what}`, () => {
    assert.throws(() => make().writeStream.outputMode(mode).format('noop').start(), { condition, message });
    assert.deepEqual(spark.streams.active, []);
  });
}

test('a watermark needs a timestamp and a delay from 0 on', () => {
  assert.throws(() => frame().withWatermark('k', '1 second'), { condition: 'EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE' });
  assert.throws(() => frame().withWatermark('ts', 'soon'), { condition: 'INVALID_INTERVAL_FORMAT' });
  assert.throws(() => frame().withColumn('t', col('ts').cast('timestamp_ntz')).withWatermark('t', '1 second'), {
    condition: 'EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE',
  });
  assert.throws(() => frame().withWatermark('ts', '-1 second'), {
    condition: 'CANNOT_PARSE_INTERVAL',
    message: /negative/,
  });
});

test('batch actions on a stream say what to do instead', async () => {
  const actions = [() => frame().collect(), () => frame().count(), () => frame().show()];
  for (const action of actions) {
    await assert.rejects(async () => action(), { condition: UNSUPPORTED, message: /writeStream/ });
  }
});

test('settings of the writer are checked', () => {
  const writer = frame().writeStream;
  const wrong: readonly (readonly [() => unknown, string, RegExp])[] = [
    [() => writer.outputMode('all' as never), 'INVALID_ARGUMENT', /append, update or complete/],
    [() => writer.trigger({ processingTime: 'soon' }), 'INVALID_INTERVAL_FORMAT', /soon/],
    [() => writer.trigger({ processingTime: '-5 seconds' }), 'INVALID_ARGUMENT', /negative/],
    [() => writer.format('memory').start(), 'INVALID_ARGUMENT', /queryName/],
    [() => writer.format('foreachBatch').start(), 'INVALID_ARGUMENT', /needs a function/],
    [() => writer.format('kafkaa').start(), 'DATA_SOURCE_NOT_FOUND', /kafkaa/],
    [() => spark.range(3).writeStream, 'INVALID_ARGUMENT', /not streaming/],
  ];
  for (const [action, condition, message] of wrong) assert.throws(action, { condition, message });
});

test('a second query of the same name is refused, and may start once the first has ended', async () => {
  const writer = frame().filter(expr('v > 0')).writeStream.queryName('same').format('noop');
  const query = writer.start();
  assert.throws(() => writer.start(), { condition: 'CONCURRENT_QUERY', message: /same/ });
  assert.deepEqual(spark.streams.active, [query]);
  await query.stop();
  await writer.start().stop();
});
