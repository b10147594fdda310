/**
 * The built engine against Spark 4.3: the rows and the figures of the state below were seen in Spark for the same programs over
 * the same rows (read there from files, one per step).
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventStream, millrace, observe, spark } from './support/public.ts';

const { avg, col, count, expr, first, last, max, min, sum, window } = millrace;

after(() => spark.stop());

const counted = (start: number, k: string, n: number): string =>
  JSON.stringify({ start: `1970-01-01T00:00:${String(start).padStart(2, '0')}.000Z`, k, count: n });

function windowed() {
  const events = eventStream();
  const counts = events
    .frame()
    .withWatermark('ts', '10 seconds')
    .groupBy(window(col('ts'), '10 seconds'), col('k'))
    .count()
    .selectExpr('window.start', 'k', 'count');
  const steps = [
    () => events.add([1, 'a'], [11, 'a'], [12, 'b']),
    () => events.add([25, 'a']),
    () => events.add([2, 'late'], [15, 'a'], [null, 'n']),
    () => events.add([45, 'z']),
  ];
  return { counts, steps };
}

const WITH_EVICTION = [
  'in 3 wm 00:00:00.000Z; stateStoreSave 3 +3 -0 late 0',
  'in 0 wm 00:00:02.000Z; stateStoreSave 3 +0 -0 late 0',
  'in 1 wm 00:00:02.000Z; stateStoreSave 4 +1 -0 late 0',
  'in 0 wm 00:00:15.000Z; stateStoreSave 3 +0 -1 late 0',
  'in 3 wm 00:00:15.000Z; stateStoreSave 3 +1 -0 late 1',
  'in 1 wm 00:00:15.000Z; stateStoreSave 4 +1 -0 late 0',
  'in 0 wm 00:00:35.000Z; stateStoreSave 1 +0 -3 late 0',
];

test('windows in append: out on eviction by a batch without rows, late rows dropped and counted, null times in no window', async () => {
  const { counts, steps } = windowed();
  assert.deepEqual(await observe(counts, 'append', steps), {
    rows: [[], [counted(0, 'a', 1)], [], [counted(10, 'a', 2), counted(10, 'b', 1), counted(20, 'a', 1)]],
    batches: WITH_EVICTION,
  });
});

test('windows in update: what changed goes out, eviction gives nothing', async () => {
  const { counts, steps } = windowed();
  assert.deepEqual(await observe(counts, 'update', steps), {
    rows: [
      [counted(0, 'a', 1), counted(10, 'a', 1), counted(10, 'b', 1)],
      [counted(20, 'a', 1)],
      [counted(10, 'a', 2)],
      [counted(40, 'z', 1)],
    ],
    batches: WITH_EVICTION,
  });
});

test('windows in complete: everything each time, nothing evicted, late rows counted, no batch without rows', async () => {
  const { counts, steps } = windowed();
  const { rows, batches } = await observe(counts, 'complete', steps);
  assert.deepEqual([...(rows.at(-1) ?? [])].sort(), [
    counted(0, 'a', 1),
    counted(0, 'late', 1),
    counted(10, 'a', 2),
    counted(10, 'b', 1),
    counted(20, 'a', 1),
    counted(40, 'z', 1),
  ]);
  assert.deepEqual(batches, [
    'in 3 wm 00:00:00.000Z; stateStoreSave 3 +3 -0 late 0',
    'in 1 wm 00:00:02.000Z; stateStoreSave 4 +1 -0 late 0',
    'in 3 wm 00:00:15.000Z; stateStoreSave 5 +2 -0 late 0',
    'in 1 wm 00:00:15.000Z; stateStoreSave 6 +1 -0 late 0',
  ]);
});

test('sliding windows: a row counts in each of its windows, each window goes out once', async () => {
  const events = eventStream();
  const counts = events
    .frame()
    .withWatermark('ts', '5 seconds')
    .groupBy(window(col('ts'), '10 seconds', '5 seconds'))
    .count()
    .selectExpr('second(window.start) AS start', 'count');
  const steps = [() => events.add([12], [13], [17]), () => events.add([30]), () => events.add([60])];
  assert.deepEqual(await observe(counts, 'append', steps), {
    rows: [
      [],
      ['{"start":10,"count":3}', '{"start":15,"count":1}', '{"start":5,"count":2}'],
      ['{"start":25,"count":1}', '{"start":30,"count":1}'],
    ],
    batches: [
      'in 3 wm 00:00:00.000Z; stateStoreSave 3 +3 -0 late 0',
      'in 0 wm 00:00:12.000Z; stateStoreSave 3 +0 -0 late 0',
      'in 1 wm 00:00:12.000Z; stateStoreSave 5 +2 -0 late 0',
      'in 0 wm 00:00:25.000Z; stateStoreSave 2 +0 -3 late 0',
      'in 1 wm 00:00:25.000Z; stateStoreSave 4 +2 -0 late 0',
      'in 0 wm 00:00:55.000Z; stateStoreSave 2 +0 -2 late 0',
    ],
  });
});

test('aggregates without keys keep their row, also over an empty batch', async () => {
  const events = eventStream();
  const totals = events.frame().agg(count('*').as('c'), max('v').as('m'));
  const steps = [() => events.add([1, 'a', 1]), () => events.add(), () => events.add([1, 'a', 5], [1, 'a', null])];
  assert.deepEqual((await observe(totals, 'update', steps)).rows, [
    ['{"c":1,"m":1}'],
    ['{"c":1,"m":1}'],
    ['{"c":3,"m":5}'],
  ]);
});

test('first, last, avg and min go on over batches', async () => {
  const events = eventStream();
  const values = events
    .frame()
    .groupBy('k')
    .agg(first('v').as('f'), last('v').as('l'), avg('v').as('a'), min('v').as('m'));
  const steps = [() => events.add([1, 'a', 1], [2, 'a', 3]), () => events.add([2, 'a', 9])];
  assert.deepEqual((await observe(values, 'update', steps)).rows, [
    ['{"k":"a","f":1,"l":3,"a":2.0,"m":1}'],
    ['{"k":"a","f":1,"l":9,"a":4.333333333333333,"m":1}'],
  ]);
});

test('a null event time as a key stays in the state and never goes out', async () => {
  const events = eventStream();
  const counts = events
    .frame()
    .withWatermark('ts', '1 second')
    .groupBy('ts')
    .count()
    .selectExpr('second(ts) s', 'count');
  const steps = [() => events.add([1, 'a'], [null, 'b']), () => events.add([7, 'a']), () => events.add([20, 'c'])];
  assert.deepEqual(await observe(counts, 'append', steps), {
    rows: [[], ['{"s":1,"count":1}'], ['{"s":7,"count":1}']],
    batches: [
      'in 2 wm 00:00:00.000Z; stateStoreSave 2 +2 -0 late 0',
      'in 1 wm 00:00:00.000Z; stateStoreSave 3 +1 -0 late 0',
      'in 0 wm 00:00:06.000Z; stateStoreSave 2 +0 -1 late 0',
      'in 1 wm 00:00:06.000Z; stateStoreSave 3 +1 -0 late 0',
      'in 0 wm 00:00:19.000Z; stateStoreSave 2 +0 -1 late 0',
    ],
  });
});

test('dropDuplicates without the event time keeps its keys for ever; late rows are dropped', async () => {
  const events = eventStream();
  const unique = events
    .frame()
    .withWatermark('ts', '5 seconds')
    .dropDuplicates(['k'])
    .selectExpr('k', 'second(ts) AS s');
  const steps = [
    () => events.add([1, 'a'], [1, 'a'], [1, 'b']),
    () => events.add([20, 'a'], [20, 'c']),
    () => events.add([2, 'd'], [21, 'a']),
  ];
  assert.deepEqual(await observe(unique, 'append', steps), {
    rows: [['{"k":"a","s":1}', '{"k":"b","s":1}'], ['{"k":"c","s":20}'], []],
    batches: [
      'in 3 wm 00:00:00.000Z; dedupe 2 +2 -0 late 0',
      'in 2 wm 00:00:00.000Z; dedupe 3 +1 -0 late 0',
      'in 0 wm 00:00:15.000Z; dedupe 3 +0 -0 late 0',
      'in 2 wm 00:00:15.000Z; dedupe 3 +0 -0 late 1',
      'in 0 wm 00:00:16.000Z; dedupe 3 +0 -0 late 0',
    ],
  });
});

test('dropDuplicates with the event time forgets by the watermark', async () => {
  const events = eventStream();
  const unique = events
    .frame()
    .withWatermark('ts', '5 seconds')
    .dropDuplicates(['k', 'ts'])
    .selectExpr('k', 'second(ts) AS s');
  const steps = [
    () => events.add([1, 'a'], [1, 'a'], [1, 'b']),
    () => events.add([20, 'a'], [20, 'a']),
    () => events.add([2, 'd'], [21, 'a']),
  ];
  assert.deepEqual(await observe(unique, 'append', steps), {
    rows: [['{"k":"a","s":1}', '{"k":"b","s":1}'], ['{"k":"a","s":20}'], ['{"k":"a","s":21}']],
    batches: [
      'in 3 wm 00:00:00.000Z; dedupe 2 +2 -0 late 0',
      'in 2 wm 00:00:00.000Z; dedupe 3 +1 -0 late 0',
      'in 0 wm 00:00:15.000Z; dedupe 1 +0 -2 late 0',
      'in 2 wm 00:00:15.000Z; dedupe 2 +1 -0 late 1',
      'in 0 wm 00:00:16.000Z; dedupe 2 +0 -0 late 0',
    ],
  });
});

test('dropDuplicatesWithinWatermark forgets a key its delay after the first row', async () => {
  const events = eventStream();
  const unique = events
    .frame()
    .withWatermark('ts', '5 seconds')
    .dropDuplicatesWithinWatermark(['k'])
    .selectExpr('k', 'second(ts) AS s');
  const steps = [
    () => events.add([1, 'a'], [1, 'a'], [1, 'b']),
    () => events.add([5, 'a'], [20, 'c']),
    () => events.add([21, 'a']),
  ];
  assert.deepEqual(await observe(unique, 'append', steps), {
    rows: [['{"k":"a","s":1}', '{"k":"b","s":1}'], ['{"k":"c","s":20}'], ['{"k":"a","s":21}']],
    batches: [
      'in 3 wm 00:00:00.000Z; dedupeWithinWatermark 2 +2 -0 late 0',
      'in 2 wm 00:00:00.000Z; dedupeWithinWatermark 3 +1 -0 late 0',
      'in 0 wm 00:00:15.000Z; dedupeWithinWatermark 1 +0 -2 late 0',
      'in 1 wm 00:00:15.000Z; dedupeWithinWatermark 2 +1 -0 late 0',
      'in 0 wm 00:00:16.000Z; dedupeWithinWatermark 2 +0 -0 late 0',
    ],
  });
});

test('distinct in append gives each row once', async () => {
  const events = eventStream();
  const steps = [() => events.add([1, 'a'], [2, 'a']), () => events.add([3, 'a'], [3, 'b'])];
  assert.deepEqual((await observe(events.frame().select('k').distinct(), 'append', steps)).rows, [
    ['{"k":"a"}'],
    ['{"k":"b"}'],
  ]);
});

function union() {
  const [left, right] = [eventStream(), eventStream()];
  const counts = left
    .frame()
    .withWatermark('ts', '1 seconds')
    .union(right.frame().withWatermark('ts', '1 seconds'))
    .groupBy(window(col('ts'), '10 seconds'), col('k'))
    .count()
    .selectExpr('window.start', 'k', 'count');
  const steps = [
    () => {
      left.add([5, 's']);
      right.add([6, 'r']);
    },
    () => left.add([100, 's']),
    () => right.add([50, 'r']),
  ];
  return { counts, steps };
}

test('of two streams the slower one’s watermark counts', async () => {
  const { counts, steps } = union();
  const { rows, batches } = await observe(counts, 'append', steps);
  assert.deepEqual(rows, [[], [], [counted(0, 'r', 1), counted(0, 's', 1)]]);
  // Which of the two streams the first batch sees may differ: only where they are both in is the watermark pinned.
  assert.equal(batches.at(-1), 'in 0 wm 00:00:49.000Z; stateStoreSave 2 +0 -2 late 0');
});

test('by policy the faster one’s watermark counts', async () => {
  spark.conf.set('spark.sql.streaming.multipleWatermarkPolicy', 'max');
  try {
    const { counts, steps } = union();
    const { rows } = await observe(counts, 'append', steps);
    assert.deepEqual(rows, [[], [counted(0, 'r', 1), counted(0, 's', 1)], []]);
  } finally {
    spark.conf.set('spark.sql.streaming.multipleWatermarkPolicy', 'min');
  }
});

test('an aggregate of an aggregate gets its rows in the batch that evicts them', async () => {
  const events = eventStream();
  const nested = events
    .frame()
    .withWatermark('ts', '1 second')
    .groupBy(window(col('ts'), '5 seconds'), col('k'))
    .count()
    .groupBy('window')
    .agg(count('*').as('n'), sum('count').as('s'))
    .selectExpr('second(window.start) AS start', 'n', 's');
  const steps = [
    () => events.add([1, 'a'], [2, 'b'], [2, 'b']),
    () => events.add([7, 'a']),
    () => events.add([20, 'c']),
  ];
  assert.deepEqual((await observe(nested, 'append', steps)).rows, [
    [],
    ['{"start":0,"n":2,"s":3}'],
    ['{"start":5,"n":1,"s":1}'],
  ]);
});

test('complete mode sorts, filters and limits the result', async () => {
  const events = eventStream();
  const top = events.frame().groupBy('k').count().filter(expr('count > 0')).orderBy('k').limit(2);
  const steps = [() => events.add([1, 'b']), () => events.add([2, 'c'], [3, 'a'])];
  assert.deepEqual((await observe(top, 'complete', steps)).rows, [
    ['{"k":"b","count":1}'],
    ['{"k":"a","count":1}', '{"k":"b","count":1}'],
  ]);
});

test('a batch DataFrame joins each batch', async () => {
  const events = eventStream();
  const names = spark.createDataFrame([['a', 7]], 'k STRING, w INT');
  const steps = [() => events.add([1, 'a'], [2, 'b']), () => events.add([3, 'a'])];
  assert.deepEqual((await observe(events.frame().join(names, 'k').select('k', 'w'), 'append', steps)).rows, [
    ['{"k":"a","w":7}'],
    ['{"k":"a","w":7}'],
  ]);
});
