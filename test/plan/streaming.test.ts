import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DataFrame } from '../../kernel/api/data-frame.ts';
import { col, window } from '../../kernel/api/functions.ts';
import type { OutputMode } from '../../kernel/plan/runner-port.ts';
import { checkStreaming } from '../../kernel/plan/streaming-check.ts';
import { fakeSession } from '../support/fake-runner.ts';

const stream = (): DataFrame<{ timestamp: unknown; value: bigint }> =>
  fakeSession().readStream.format('rate').schema('timestamp TIMESTAMP, value BIGINT').load() as never;
const watermarked = (): DataFrame => stream().withWatermark('timestamp', '10 seconds').select('*');

const windowed = (frame: DataFrame): DataFrame => frame.groupBy(window(col('timestamp'), '1 minute')).count();

function allowed(frame: DataFrame): readonly OutputMode[] {
  return (['append', 'update', 'complete'] as const).filter((mode) => {
    try {
      checkStreaming(frame.plan, mode);
      return true;
    } catch (error) {
      assert.match(String(error), /UNSUPPORTED_STREAMING_OPERATION|STREAMING_OUTPUT_MODE|NOT_SUPPORTED/);
      return false;
    }
  });
}

describe('output modes', () => {
  const cases: readonly (readonly [string, () => DataFrame, readonly OutputMode[]])[] = [
    ['a projection', () => stream().select('value').select('*'), ['append', 'update']],
    ['an aggregation without a watermark', () => windowed(stream().select('*')), ['update', 'complete']],
    ['an aggregation over an event-time window', () => windowed(watermarked()), ['append', 'update', 'complete']],
    [
      'grouped by the event time itself',
      () => watermarked().groupBy('timestamp').count().select('*'),
      ['append', 'update', 'complete'],
    ],
    [
      'grouped by another column only',
      () => watermarked().groupBy('value').count().select('*'),
      ['update', 'complete'],
    ],
    ['sorted after an aggregation', () => windowed(watermarked()).orderBy('count'), ['complete']],
    ['a distinct count', () => stream().selectExpr('count(DISTINCT value)').select('*'), []],
    ['sorted without an aggregation', () => stream().orderBy('value').select('*'), []],
    ['limited', () => stream().limit(3).select('*'), []],
    ['distinct', () => stream().distinct().select('*'), ['append', 'update']],
    ['deduplicated', () => stream().dropDuplicates(['value']).select('*'), ['append', 'update']],
    [
      'deduplicated within a watermark',
      () => watermarked().dropDuplicatesWithinWatermark(['value']),
      ['append', 'update'],
    ],
    [
      'deduplicated within a watermark that is missing',
      () => stream().dropDuplicatesWithinWatermark(['value']).select('*'),
      [],
    ],
    ['two aggregations', () => windowed(watermarked()).groupBy('window').count().select('*'), ['append']],
  ];
  for (const [name, frame, modes] of cases) {
    it(`${name}: ${modes.join(', ') || 'none'}`, () => {
      assert.deepEqual(allowed(frame()), modes);
    });
  }
});

describe('watermarks', () => {
  it('mark the column, and windows over it, in the schema', () => {
    const schema = windowed(watermarked()).coreSchema;
    assert.deepEqual(
      schema.fields.map((f) => f.metadata?.['spark.watermarkDelayMs']),
      [10_000, undefined],
    );
  });
  it('need a timestamp, a delay that is not negative, and come once', () => {
    assert.throws(() => stream().withWatermark('value', '1 second'), {
      condition: 'EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE',
    });
    assert.throws(() => stream().withWatermark('timestamp', '-1 second'), { condition: 'CANNOT_PARSE_INTERVAL' });
    const twice = stream().withWatermark('timestamp', '1 second').withWatermark('timestamp', '2 seconds').select('*');
    assert.throws(() => {
      checkStreaming(twice.plan, 'append');
    }, /second watermark/);
  });
  it('count months as 31 days', () => {
    const [field] = stream().withWatermark('timestamp', '1 month').coreSchema.fields;
    assert.equal(field?.metadata?.['spark.watermarkDelayMs'], 31 * 86_400_000);
  });
});

describe('batch actions on a stream', () => {
  it('are refused with the way out', async () => {
    for (const action of [
      () => stream().collect(),
      () => stream().count(),
      () => stream().show(),
      () => stream().take(1),
      () => stream().toArrow(),
    ]) {
      await assert.rejects(action, /UNSUPPORTED_STREAMING_OPERATION.*writeStream\.start\(\)/s);
    }
    assert.throws(() => stream().write, { condition: 'UNSUPPORTED_STREAMING_OPERATION' });
  });
});
