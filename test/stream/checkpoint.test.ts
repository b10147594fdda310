/** SEMANTICS.md 21-25: what a checkpoint holds, and what is done with one that is damaged or belongs to another program. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openDiskLogStore } from '../../kernel/state/disk-log-store.ts';
import type { ConditionName } from '../../kernel/core/conditions.ts';
import { MillraceError } from '../../kernel/core/errors.ts';
import { compareFingerprints, type Fingerprint } from '../../kernel/stream/fingerprint.ts';
import { passThrough, windowedCount, type TestPlan } from '../support/stream-plans.ts';
import {
  AddData,
  AdvanceClock,
  Check,
  CheckAnswer,
  CheckNewAnswer,
  ExpectFailure,
  lastProgress,
  ProcessAll,
  StartStream,
  StopStream,
  testStream,
  type Action,
  type StartChanges,
} from '../support/stream-test.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-checkpoint-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const read = (file: string): string => fs.readFileSync(path.join(folder, file), 'utf8');
/** Every file with its content, the lock left out. */
const contents = (): Record<string, string> =>
  Object.fromEntries(
    fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => fs.statSync(path.join(folder, file)).isFile() && !file.includes('millrace.lock'))
      .map((file) => [file, fs.readFileSync(path.join(folder, file), 'hex')]),
  );

const counted = windowedCount({ delaySeconds: 10, windowSeconds: 5 });

const twoBatches: readonly Action[] = [AddData([10, 'a']), ProcessAll(), AddData([30, 'a']), ProcessAll()];

test('22: offsets, commits and metadata have Spark’s names and texts', async () => {
  await testStream(counted, { store: openDiskLogStore(folder) }, twoBatches);
  assert.equal(read('metadata'), '{"id":"query-id"}');
  assert.equal(
    read('offsets/1'),
    'v1\n{"batchWatermarkMs":0,"batchTimestampMs":1000000,"conf":' +
      '{"spark.sql.streaming.multipleWatermarkPolicy":"min","spark.sql.shuffle.partitions":"4","millrace.state.formatVersion":"1"}}\n1',
  );
  assert.equal(read('commits/1'), 'v1\n{"nextBatchWatermarkMs":20000}');
  assert.deepEqual(fs.readdirSync(path.join(folder, 'offsets')).sort(), ['.0.crc', '.1.crc', '.2.crc', '0', '1', '2']);
  assert.deepEqual(fs.readdirSync(path.join(folder, 'state', '0')).sort(), ['1.delta', '2.delta', '3.delta']);
  assert.equal(fs.existsSync(path.join(folder, 'millrace.lock')), false);
});

test('22: a source of which nothing was read stands as -', async () => {
  const plan = { ...passThrough(), schema: passThrough().schema };
  await testStream(plan, { store: openDiskLogStore(folder), sourceCount: 2 }, [AddData([1, 'a']), ProcessAll()]);
  assert.deepEqual(read('offsets/0').split('\n').slice(2), ['0', '-']);
});

test('23, 24: a batch that failed is run again with its ends, watermark and time', async () => {
  const fails = { onRun: () => { throw new MillraceError('DIVIDE_BY_ZERO', {}); } }; // prettier-ignore
  await testStream(passThrough({ delaySeconds: 10 }), { store: openDiskLogStore(folder) }, [
    AddData([20, 'a']),
    ProcessAll(),
    CheckNewAnswer('20 a 1000000'),
    StopStream(),
    AddData([50, 'b']),
    AdvanceClock(5000),
    StartStream({ executor: fails }),
    ExpectFailure('DIVIDE_BY_ZERO'),
    AddData([60, 'c']),
    AdvanceClock(7000),
    StartStream(),
    ProcessAll(),
    // The replay reads only what was logged, at the logged time; what came later is a batch of its own.
    CheckNewAnswer('50 b 1005000', '60 c 1012000'),
    Check('the batches', ({ sink }) => {
      assert.deepEqual(sink.deliveries, [0, 1, 2]);
    }),
  ]);
  assert.match(read('offsets/1'), /"batchWatermarkMs":10000,"batchTimestampMs":1005000/);
  assert.match(read('offsets/2'), /"batchWatermarkMs":40000,"batchTimestampMs":1012000/);
});

test('23: state goes on where it was, over many restarts and snapshots', async () => {
  const actions: Action[] = [];
  for (let batch = 0; batch < 25; batch++) {
    actions.push(AddData([100 + batch, 'a']), ProcessAll());
    if (batch % 4 === 3) actions.push(StopStream(), StartStream());
  }
  await testStream(
    windowedCount({ delaySeconds: 1000, windowSeconds: 100 }),
    { store: openDiskLogStore(folder), outputMode: 'update' },
    [
      ...actions,
      Check('the count', ({ sink }) => {
        assert.deepEqual([...sink.batches.values()].at(-1), [{ start: 100, count: 25n }]);
      }),
    ],
  );
  assert.deepEqual(
    fs
      .readdirSync(path.join(folder, 'state', '0'))
      .filter((name) => name.endsWith('.snapshot'))
      .sort(),
    ['10.snapshot', '20.snapshot'],
  );
});

test('8, 23: what was evicted stays evicted after a restart', () =>
  testStream(counted, { store: openDiskLogStore(folder) }, [
    ...twoBatches,
    CheckAnswer('10 1'),
    StopStream(),
    StartStream(),
    AddData([31, 'a']),
    ProcessAll(),
    CheckAnswer('10 1'),
    Check('one group is left', (context) => {
      assert.equal(lastProgress(context).stateOperators[0]?.numRowsTotal, 1);
    }),
  ]));

test('25: logs and state are purged, and what is kept can be gone on from', async () => {
  const conf = { 'spark.sql.streaming.minBatchesToRetain': '3' };
  const actions: Action[] = [];
  for (let batch = 0; batch < 30; batch++) actions.push(AddData([100 + batch, 'a']), ProcessAll());
  const plan = windowedCount({ delaySeconds: 1000, windowSeconds: 100 });
  await testStream(plan, { store: openDiskLogStore(folder), outputMode: 'update', conf }, [
    ...actions,
    StopStream(),
    Check('what is left', () => {
      const names = (at: string): number[] =>
        fs.readdirSync(path.join(folder, at)).filter((name) => !name.startsWith('.')).map(Number).sort((a, b) => a - b); // prettier-ignore
      assert.deepEqual(names('offsets'), [26, 27, 28, 29]);
      assert.deepEqual(names('commits'), [26, 27, 28, 29]);
      assert.deepEqual(
        fs.readdirSync(path.join(folder, 'state', '0')).sort((a, b) => parseInt(a) - parseInt(b)),
        ['20.snapshot', '21.delta', '22.delta', '23.delta', '24.delta', '25.delta', '26.delta', '27.delta', '28.delta', '29.delta', '30.delta', '30.snapshot'],
      ); // prettier-ignore
    }),
    StartStream(),
    AddData([150, 'a']),
    ProcessAll(),
    Check('the count', ({ sink }) => {
      assert.deepEqual([...sink.batches.values()].at(-1), [{ start: 100, count: 31n }]);
    }),
  ]);
});

/** Damages a checkpoint of two batches, and expects a restart to be refused with nothing changed. */
async function refused(
  damage: () => void,
  condition: ConditionName,
  message: RegExp,
  restart: StartChanges = {},
): Promise<void> {
  let before: Record<string, string> = {};
  await testStream(counted, { store: openDiskLogStore(folder) }, [
    ...twoBatches,
    StopStream(),
    Check('damage', () => {
      damage();
      before = contents();
    }),
    StartStream(restart),
    ExpectFailure(condition, message),
    Check('nothing was overwritten', () => {
      assert.deepEqual(contents(), before);
    }),
  ]);
}

const at = (file: string): string => path.join(folder, file);
const flip = (file: string, offset: number): void => {
  const bytes = fs.readFileSync(at(file));
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  fs.writeFileSync(at(file), bytes);
};

const damages: readonly (readonly [string, () => void, RegExp])[] = [
  ['a changed offset log', () => { flip('offsets/2', 20); }, /offsets\/2 is damaged: its content does not agree/],
  ['a changed commit log', () => { flip('commits/2', 10); }, /commits\/2 is damaged: its content does not agree/],
  ['an empty offset log', () => { fs.writeFileSync(at('offsets/2'), ''); }, /offsets\/2 is damaged/],
  ['a missing checksum', () => { fs.rmSync(at('offsets/.2.crc')); }, /checksum file is missing \(\.2\.crc\).*hidden files/],
  ['a missing offset log', () => { fs.rmSync(at('offsets/2')); }, /commits\/2 is damaged: the batch is committed/],
  ['a missing log in between', () => { fs.rmSync(at('offsets/1')); }, /offsets\/1 is damaged: it is missing/],
  ['a foreign file', () => { fs.writeFileSync(at('offsets/notes'), 'x'); }, /offsets\/notes is damaged: it is not named/],
  ['a changed delta', () => { flip('state/0/2.delta', 40); }, /state\/0\/2\.delta is damaged: its content/],
  ['a cut delta', () => { fs.truncateSync(at('state/0/2.delta'), 30); }, /state\/0\/2\.delta is damaged/],
  ['a missing delta', () => { fs.rmSync(at('state/0/1.delta')); }, /state\/0\/1\.delta is damaged: it is missing/],
  ['a delta of another version', () => { fs.copyFileSync(at('state/0/1.delta'), at('state/0/2.delta')); }, /another version/],
  ['a missing program file', () => { fs.rmSync(at('state/program')); }, /state\/program is damaged: it is missing/],
  ['a changed program file', () => { flip('state/program', 12); }, /state\/program is damaged/],
]; // prettier-ignore

for (const [name, damage, message] of damages) {
  test(`${name} is named and left as it is`, () => refused(damage, 'CHECKPOINT_DAMAGED', message));
}

test('a changed or missing metadata file is refused before the query starts', async () => {
  await testStream(counted, { store: openDiskLogStore(folder) }, twoBatches);
  const restart = (): Promise<void> => testStream(counted, { store: openDiskLogStore(folder) }, []);
  fs.rmSync(at('metadata'));
  await assert.rejects(restart(), /metadata is damaged: it is missing, but offsets\/0 is there/);
  fs.writeFileSync(at('metadata'), '{}');
  await assert.rejects(restart(), /metadata is damaged: its content does not agree/);
});

const changes: readonly (readonly [string, TestPlan, RegExp])[] = [
  ['another window', windowedCount({ delaySeconds: 10, windowSeconds: 6 }), /the window length changed from 5000000 µs to 6000000 µs/],
  ['another key', windowedCount({ delaySeconds: 10, windowSeconds: 5, byKey: true }), /the stateful operators changed/],
  ['no aggregate', passThrough({ delaySeconds: 10 }), /the stateful operators changed from aggregate by .* to none/],
]; // prettier-ignore

for (const [name, plan, message] of changes) {
  test(`21: ${name} is refused`, () => refused(() => undefined, 'CHECKPOINT_MISMATCH', message, { plan }));
}

test('21: another window is refused also without a watermark, and so is another slide', () => {
  const program = (window: string, filter: string): Fingerprint => ({
    sources: ['files'],
    operators: ['aggregate by window: count(*)'],
    windows: ['none'],
    outputMode: 'complete',
    watermarks: [],
    program: `HashAggregate(keys=[window#0])\n+- ${window} AS window#0\n  +- Filter (n > ${filter})`,
  });
  const before = program('TumblingWindow CAST(ts AS TIMESTAMP) 1 min / 1 min', '1');
  const severities = (now: Fingerprint): string[] => compareFingerprints(before, now).map(({ severity }) => severity);
  assert.deepEqual(severities(before), []);
  assert.deepEqual(severities(program('TumblingWindow CAST(ts AS TIMESTAMP) 1 min / 1 min', '2')), ['explained']);
  assert.ok(severities(program('TumblingWindow CAST(ts AS TIMESTAMP) 2 min / 2 min', '1')).includes('refused'));
  assert.ok(
    severities(program('SlidingWindow CAST(ts AS TIMESTAMP) 1 min / 30 s, panes of 30 s', '1')).includes('refused'),
  );
});

test('21: complete mode does not go on from append', () =>
  refused(() => undefined, 'CHECKPOINT_MISMATCH', /the output mode changed/, { outputMode: 'complete' }));

test('21: another delay, and append → update, are explained', () =>
  testStream(counted, {}, [
    ...twoBatches,
    StopStream(),
    StartStream({ plan: windowedCount({ delaySeconds: 15, windowSeconds: 5 }), outputMode: 'update' }),
    AddData([31, 'a']),
    ProcessAll(),
    CheckAnswer('10 1', '30 2'),
    Check('the notices', ({ notices }) => {
      assert.equal(notices.length, 2);
      assert.match(notices.join(), /the output mode changed from append to update.*the watermark changed/);
    }),
  ]));

test('21: another filter is explained; other ids of the same columns are no change', () => {
  const restart = (text: string): readonly Action[] => [StopStream(), StartStream({ plan: { ...counted, text } })];
  return testStream({ ...counted, text: 'Filter ts#3 > key#4 [wasm:old]' }, {}, [
    ...twoBatches,
    ...restart('Filter ts#13 > key#14 [wasm:new]'),
    ProcessAll(),
    Check('no notice', ({ notices }) => {
      assert.deepEqual(notices, []);
    }),
    ...restart('Filter key#14 > key#14'),
    ProcessAll(),
    Check('a notice', ({ notices }) => {
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? '', /the query changed; rows already counted/);
    }),
  ]);
});

test('a checkpoint has one query at a time', async () => {
  const store = openDiskLogStore(folder);
  await testStream(counted, { store }, [
    Check('a second one is refused', async () => {
      const second = openDiskLogStore(folder).lock('second');
      await assert.rejects(second, (error) => error instanceof MillraceError && error.condition === 'CONCURRENT_QUERY');
    }),
  ]);
  const lock = await store.lock('later');
  await lock.release();
});
