/**
 * Where a query goes on, told by its two logs alone (SEMANTICS.md 23).
 *
 * ```
 * offsets      commits      then
 * none         none         fresh: batch 0 is yet to be made
 * … N          … N          continue: N is done, N+1 is yet to be made
 * … N-1, N     … N-1        replay: N is run again with its logged ends, watermark and time
 * anything else             an error: the logs disagree, and guessing would lose or double rows
 * ```
 */
import type { Offset } from '../connectors/contract.ts';
import type { CommitLogEntry } from './commit-log.ts';
import type { OffsetLogEntry } from './offset-log.ts';

/** A log as recovery sees it: all batch numbers, ascending, and the entries of the last two. */
export interface LogTail<Entry> {
  readonly batchIds: readonly number[];
  readonly last: Entry | undefined;
  readonly beforeLast: Entry | undefined;
}

export type RecoveryPlan =
  | { readonly kind: 'fresh' }
  | {
      readonly kind: 'continue';
      /** The batch to be made next; the state to load has the same number. */
      readonly batchId: number;
      /** Ends of the last batch; null: start at the source's initial offset. */
      readonly starts: readonly (Offset | null)[];
      readonly watermarkMs: number;
      /** The watermark of the last batch, by which the next one tells late rows. */
      readonly lateWatermarkMs: number;
      readonly conf: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'replay';
      readonly batchId: number;
      /** undefined: batch 0, all sources start at their initial offsets. */
      readonly starts: readonly (Offset | null)[] | undefined;
      readonly ends: readonly (Offset | null)[];
      readonly watermarkMs: number;
      readonly lateWatermarkMs: number;
      readonly batchTimestampMs: number;
      readonly conf: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'disagreement';
      /** Relative to the checkpoint. */
      readonly path: string;
      readonly problem: string;
    };

export function planRecovery(offsets: LogTail<OffsetLogEntry>, commits: LogTail<CommitLogEntry>): RecoveryPlan {
  const gap = gapIn('offsets', offsets.batchIds) ?? gapIn('commits', commits.batchIds);
  const misplaced = gap ?? copyIn(offsets) ?? retreatIn(offsets, commits);
  if (misplaced !== undefined) return misplaced;
  const lastOffset = offsets.batchIds.at(-1);
  const lastCommit = commits.batchIds.at(-1);
  if (lastOffset === undefined || offsets.last === undefined) {
    if (lastCommit === undefined) return { kind: 'fresh' };
    return disagreement(`commits/${lastCommit}`, `offsets/${lastCommit} is missing`);
  }
  const previous = previousOf(lastOffset, offsets);
  if (lastCommit === lastOffset) return continueAfter(lastOffset, offsets.last, commits.last);
  if (lastOffset !== (lastCommit ?? -1) + 1) return logsDisagree(lastOffset, lastCommit);
  if (lastOffset > 0 && previous === undefined) {
    return disagreement(`offsets/${lastOffset - 1}`, 'it is missing, and tells where the next batch starts');
  }
  return {
    kind: 'replay',
    batchId: lastOffset,
    starts: previous?.ends,
    ends: offsets.last.ends,
    watermarkMs: offsets.last.batchWatermarkMs,
    lateWatermarkMs: previous?.batchWatermarkMs ?? 0,
    batchTimestampMs: offsets.last.batchTimestampMs,
    conf: offsets.last.conf,
  };
}

function continueAfter(batchId: number, offset: OffsetLogEntry, commit: CommitLogEntry | undefined): RecoveryPlan {
  return {
    kind: 'continue',
    batchId: batchId + 1,
    starts: offset.ends,
    watermarkMs: Math.max(offset.batchWatermarkMs, commit?.nextBatchWatermarkMs ?? 0),
    lateWatermarkMs: offset.batchWatermarkMs,
    conf: offset.conf,
  };
}

function previousOf(batchId: number, offsets: LogTail<OffsetLogEntry>): OffsetLogEntry | undefined {
  return offsets.batchIds.at(-2) === batchId - 1 ? offsets.beforeLast : undefined;
}

function logsDisagree(lastOffset: number, lastCommit: number | undefined): RecoveryPlan {
  if (lastCommit !== undefined && lastCommit > lastOffset) {
    return disagreement(`commits/${lastCommit}`, `the batch is committed, but the last of offsets/ is ${lastOffset}`);
  }
  const committed = lastCommit === undefined ? 'no batch is committed' : `the last committed batch is ${lastCommit}`;
  return disagreement(`offsets/${lastOffset}`, `it is the last of offsets/, but ${committed}; they may differ by one`);
}

function gapIn(folder: string, batchIds: readonly number[]): RecoveryPlan | undefined {
  for (const [index, batchId] of batchIds.entries()) {
    const before = batchIds[index - 1];
    if (before !== undefined && before !== batchId - 1)
      return disagreement(`${folder}/${batchId - 1}`, 'it is missing');
  }
  return undefined;
}

/** Two batches never have all in common: one has new rows, or a higher watermark. */
function copyIn({ batchIds, last, beforeLast }: LogTail<OffsetLogEntry>): RecoveryPlan | undefined {
  if (last === undefined || JSON.stringify(last) !== JSON.stringify(beforeLast)) return undefined;
  return disagreement(`offsets/${batchIds.at(-1)}`, `it is a copy of offsets/${batchIds.at(-2)}`);
}

/** A watermark never goes back: where it does, whole files have changed places. */
function retreatIn(offsets: LogTail<OffsetLogEntry>, commits: LogTail<CommitLogEntry>): RecoveryPlan | undefined {
  const watermarks = [
    ['offsets', offsets.batchIds, offsets.last?.batchWatermarkMs, offsets.beforeLast?.batchWatermarkMs],
    ['commits', commits.batchIds, commits.last?.nextBatchWatermarkMs, commits.beforeLast?.nextBatchWatermarkMs],
  ] as const;
  for (const [folder, batchIds, last, beforeLast] of watermarks) {
    if (last === undefined || beforeLast === undefined || last >= beforeLast) continue;
    const problem = `its watermark is below that of ${folder}/${batchIds.at(-2)}`;
    return disagreement(`${folder}/${batchIds.at(-1)}`, problem);
  }
  return undefined;
}

function disagreement(path: string, problem: string): RecoveryPlan {
  return { kind: 'disagreement', path, problem };
}
