/** SEMANTICS.md 23: where a query goes on, for every state that its two logs can be in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CommitLogEntry } from '../../kernel/stream/commit-log.ts';
import type { OffsetLogEntry } from '../../kernel/stream/offset-log.ts';
import { planRecovery, type LogTail } from '../../kernel/stream/recovery.ts';

const offsetEntry = (batchId: number): OffsetLogEntry => ({
  batchWatermarkMs: batchId * 10,
  batchTimestampMs: batchId * 1000,
  conf: { policy: 'min' },
  ends: [String(batchId), null],
});
const commitEntry = (batchId: number): CommitLogEntry => ({ nextBatchWatermarkMs: batchId * 10 + 10 });

function tail<Entry>(batchIds: readonly number[], entryOf: (batchId: number) => Entry): LogTail<Entry> {
  const at = (index: number): Entry | undefined => {
    const batchId = batchIds.at(index);
    return batchId === undefined ? undefined : entryOf(batchId);
  };
  return { batchIds, last: at(-1), beforeLast: at(-2) };
}

const plan = (offsets: readonly number[], commits: readonly number[]): ReturnType<typeof planRecovery> =>
  planRecovery(tail(offsets, offsetEntry), tail(commits, commitEntry));

test('without logs a query is fresh', () => {
  assert.deepEqual(plan([], []), { kind: 'fresh' });
});

test('a logged batch without commit is run again with what was logged', () => {
  assert.deepEqual(plan([0], []), {
    kind: 'replay',
    batchId: 0,
    starts: undefined,
    ends: ['0', null],
    watermarkMs: 0,
    lateWatermarkMs: 0,
    batchTimestampMs: 0,
    conf: { policy: 'min' },
  });
  assert.deepEqual(plan([4, 5, 6], [3, 4, 5]), {
    kind: 'replay',
    batchId: 6,
    starts: ['5', null],
    ends: ['6', null],
    watermarkMs: 60,
    lateWatermarkMs: 50,
    batchTimestampMs: 6000,
    conf: { policy: 'min' },
  });
});

test('after a commit the next batch starts where the last one ended, with the greater watermark', () => {
  const expected = { kind: 'continue', batchId: 6, starts: ['5', null], lateWatermarkMs: 50, conf: { policy: 'min' } };
  assert.deepEqual(plan([3, 4, 5], [4, 5]), { ...expected, watermarkMs: 60 });
  const slow = planRecovery(
    tail([3, 4, 5], offsetEntry),
    tail([4, 5], () => ({ nextBatchWatermarkMs: 7 })),
  );
  assert.deepEqual(slow, { ...expected, watermarkMs: 50 });
});

test('logs that disagree are an error that names the file', () => {
  const pathOf = (offsets: readonly number[], commits: readonly number[]): string => {
    const found = plan(offsets, commits);
    return found.kind === 'disagreement' ? found.path : found.kind;
  };
  assert.equal(pathOf([], [3]), 'commits/3');
  assert.equal(pathOf([3], [4]), 'commits/4');
  assert.equal(pathOf([5], []), 'offsets/5');
  assert.equal(pathOf([5], [3]), 'offsets/5');
  assert.equal(pathOf([3, 5], [4]), 'offsets/4');
  assert.equal(pathOf([3, 4, 5], [2, 4]), 'commits/3');
  assert.equal(pathOf([5], [4]), 'offsets/4');
});

test('any logs give a plan that fits them, or an error', () => {
  const ids = fc.uniqueArray(fc.nat(6), { maxLength: 6 }).map((list) => [...list].sort((a, b) => a - b));
  fc.assert(
    fc.property(ids, ids, (offsets, commits) => {
      const found = plan(offsets, commits);
      const contiguous = (list: readonly number[]): boolean => list.every((id, i) => id === (list[0] ?? 0) + i);
      const lastOffset = offsets.at(-1) ?? -1;
      const lastCommit = commits.at(-1) ?? -1;
      const agree =
        contiguous(offsets) && contiguous(commits) && (lastOffset === lastCommit || lastOffset === lastCommit + 1);
      const startKnown = lastOffset === lastCommit || lastOffset === 0 || offsets.includes(lastOffset - 1);
      if (!agree || !startKnown) assert.equal(found.kind, 'disagreement');
      else if (lastOffset === -1) assert.equal(found.kind, 'fresh');
      else if (lastOffset === lastCommit) assert.ok(found.kind === 'continue' && found.batchId === lastOffset + 1);
      else assert.ok(found.kind === 'replay' && found.batchId === lastOffset);
    }),
  );
});

test('a copy of the last entry, or a watermark that goes back, is an error: files have changed places', () => {
  const copied = planRecovery(
    tail([4, 5, 6], (batchId) => offsetEntry(Math.min(batchId, 5))),
    tail([4, 5], commitEntry),
  );
  assert.deepEqual(copied, { kind: 'disagreement', path: 'offsets/6', problem: 'it is a copy of offsets/5' });
  const swapped = (batchId: number): number => 9 - batchId;
  const offsetsSwapped = planRecovery(
    tail([4, 5], (batchId) => offsetEntry(swapped(batchId))),
    tail([4, 5], commitEntry),
  );
  const problem = 'its watermark is below that of offsets/4';
  assert.deepEqual(offsetsSwapped, { kind: 'disagreement', path: 'offsets/5', problem });
  const commitsSwapped = planRecovery(
    tail([4, 5], offsetEntry),
    tail([4, 5], (batchId) => commitEntry(swapped(batchId))),
  );
  const below = 'its watermark is below that of commits/4';
  assert.deepEqual(commitsSwapped, { kind: 'disagreement', path: 'commits/5', problem: below });
});
