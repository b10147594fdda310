/** The programs whose checkpoints are frozen. They never change: a new one gets a new name. */
import type { Action, StreamTestOptions } from '../support/stream-test.ts';
import { AddData, ProcessAll } from '../support/stream-test.ts';
import { deduplicated, windowedCount, type TestPlan } from '../support/stream-plans.ts';

export interface FrozenProgram {
  readonly name: string;
  readonly plan: TestPlan;
  readonly options: StreamTestOptions;
  /** What had been read when the checkpoint was frozen. */
  readonly before: readonly Action[];
}

const FEW_FILES = { 'spark.sql.streaming.minBatchesToRetain': '2', 'spark.sql.shuffle.partitions': '3' };
const KEYS = ['a', 'b', 'ein langer Schlüssel mit mehr als 16 Bytes', '', null];

/** 12 batches: a snapshot and deltas after it. Times 0 … 35 s, keys in turn. */
const twelveBatches = Array.from({ length: 12 }, (_, batch): readonly Action[] => [
  AddData(...KEYS.map((key, index) => [batch * 3 + index / 2, key] as const)),
  ProcessAll(),
]).flat();

export const FROZEN_PROGRAMS: readonly FrozenProgram[] = [
  {
    name: 'windowed-count',
    plan: windowedCount({ delaySeconds: 10, windowSeconds: 5, byKey: true }),
    options: { outputMode: 'append', conf: FEW_FILES },
    before: twelveBatches,
  },
  {
    name: 'deduplicated',
    plan: deduplicated({ delaySeconds: 10, keys: ['key'], withinWatermark: true }),
    options: { outputMode: 'append', conf: FEW_FILES },
    before: twelveBatches,
  },
];
