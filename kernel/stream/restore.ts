/** From a checkpoint to the place where the query goes on, with its state loaded. */
import type { Offset, StreamSource } from '../connectors/contract.ts';
import { MillraceError } from '../core/errors.ts';
import { damaged, REMEDY } from './batch-log.ts';
import { readInitialOffset, readTail, writeInitialOffset, type Checkpoint } from './checkpoint.ts';
import { checkProgram, readFingerprint, writeFingerprint, type Fingerprint } from './fingerprint.ts';
import { planRecovery, type RecoveryPlan } from './recovery.ts';
import { stateFormatOf, STATE_FORMAT_VERSION } from './stream-conf.ts';

type Resumable = Exclude<RecoveryPlan, { kind: 'disagreement' }>;

/**
 * What the logs say. Writes nothing.
 * @throws CHECKPOINT_DAMAGED, CHECKPOINT_MISMATCH
 */
export async function readRecoveryPlan(checkpoint: Checkpoint, sourceCount: number): Promise<Resumable> {
  const { store } = checkpoint;
  const plan = planRecovery(await readTail(checkpoint.offsets), await readTail(checkpoint.commits));
  if (plan.kind === 'disagreement') throw damaged(store, plan.path, plan.problem, REMEDY);
  if (plan.kind === 'fresh') return plan;
  const logged = plan.kind === 'replay' ? plan.ends.length : plan.starts.length;
  if (logged !== sourceCount) {
    throw new MillraceError('CHECKPOINT_MISMATCH', {
      location: store.location,
      problem: `it has offsets of ${logged} sources, the query has ${sourceCount}`,
      remedy: 'Undo the change, or start with a new checkpointLocation.',
    });
  }
  const format = stateFormatOf(plan.conf);
  if (format !== undefined && format !== STATE_FORMAT_VERSION) {
    throw new MillraceError('CHECKPOINT_MISMATCH', {
      location: store.location,
      problem: `its state has the format ${format}, this program knows ${STATE_FORMAT_VERSION}`,
      remedy: 'Use the release that wrote it, or start with a new checkpointLocation.',
    });
  }
  return plan;
}

export interface CheckedProgram {
  /** What the user should be told. */
  readonly notices: readonly string[];
  /** Records the present program; for once everything else of the checkpoint is found whole. */
  readonly record: () => Promise<void>;
}

/**
 * Compares the program with the one that wrote the checkpoint.
 * @throws CHECKPOINT_MISMATCH, CHECKPOINT_DAMAGED
 */
export async function checkRecordedProgram(
  checkpoint: Checkpoint,
  plan: Resumable,
  fingerprint: Fingerprint,
): Promise<CheckedProgram> {
  const { store } = checkpoint;
  const before = await readFingerprint(store);
  if (before === undefined && plan.kind !== 'fresh' && fingerprint.operators.length > 0) {
    const states = await store.list('state/0');
    if (states.some((name) => name.endsWith('.delta'))) {
      throw damaged(store, 'state/program', 'it is missing, but the state is there', REMEDY);
    }
    throw new MillraceError('CHECKPOINT_MISMATCH', {
      location: store.location,
      problem: 'it has no state of ours (another engine may have written it), and the query needs state',
      remedy: 'Start with a new checkpointLocation.',
    });
  }
  const notices = before === undefined ? [] : checkProgram(store, before, fingerprint);
  const isNew = before === undefined || JSON.stringify(before) !== JSON.stringify(fingerprint);
  return { notices, record: () => (isNew ? writeFingerprint(store, fingerprint) : Promise.resolve()) };
}

/** Where each source begins: as logged, or, at the first start, as it says now. */
export async function initialOffsets(
  checkpoint: Checkpoint,
  sources: readonly StreamSource[],
  plan: Resumable,
): Promise<readonly (Offset | null)[]> {
  const offsets: (Offset | null)[] = [];
  for (const [index, source] of sources.entries()) {
    const logged = await readInitialOffset(checkpoint.store, index);
    if (logged !== undefined || plan.kind !== 'fresh') {
      offsets.push(logged ?? null);
      continue;
    }
    const initial = await source.initialOffset();
    if (initial !== null) await writeInitialOffset(checkpoint.store, index, initial);
    offsets.push(initial);
  }
  return offsets;
}
