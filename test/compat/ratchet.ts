/**
 * test/compat.json: for each suite and feature how many cases there are and which of them pass. What passes must go on passing;
 * what passes besides is added by `npm run compat`.
 */
import type { CaseResult } from './run-suite.ts';

export interface FeatureRecord {
  readonly total: number;
  /** The ids of the cases that pass, sorted. */
  readonly passing: readonly string[];
}

export type SuiteRecord = Readonly<Record<string, FeatureRecord>>;

/** By the suite's name. */
export type CompatRecord = Readonly<Record<string, SuiteRecord>>;

export interface Verdict {
  /** Recorded as passing, and do not pass. */
  readonly lost: readonly CaseResult[];
  /** Recorded as passing, and there no longer. */
  readonly gone: readonly string[];
  /** Pass, and are not recorded. */
  readonly won: readonly CaseResult[];
  /** What the record would be after this run: what was lost stays in it, so that it cannot be lost unseen. */
  readonly record: SuiteRecord;
}

/** @param results of all cases of the suite */
export function judge(before: SuiteRecord | undefined, results: readonly CaseResult[]): Verdict {
  const recorded = new Set(Object.values(before ?? {}).flatMap(({ passing }) => passing));
  const existing = new Set(results.map(({ id }) => id));
  const passes = (result: CaseResult): boolean => result.difference === undefined;
  const features = [...new Set(results.map(({ feature }) => feature))];
  const recordOf = (feature: string): FeatureRecord => {
    const cases = results.filter((result) => result.feature === feature);
    const passing = cases.filter((result) => passes(result) || recorded.has(result.id)).map(({ id }) => id);
    return { total: cases.length, passing: passing.sort() };
  };
  return {
    lost: results.filter((result) => !passes(result) && recorded.has(result.id)),
    gone: [...recorded].filter((id) => !existing.has(id)),
    won: results.filter((result) => passes(result) && !recorded.has(result.id)),
    record: Object.fromEntries(features.map((feature) => [feature, recordOf(feature)])),
  };
}

/** Whether the record tells the cases that there are: as many, of the same features. */
export function countsAgree(before: SuiteRecord | undefined, { record }: Verdict): boolean {
  const counts = (suite: SuiteRecord): string =>
    JSON.stringify(Object.entries(suite).map(([feature, { total }]) => [feature, total]));
  return before !== undefined && counts(before) === counts(record);
}
