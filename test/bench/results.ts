/** What a run leaves: plain data, printed, written with `--json`, and kept in results.json, from which the page is made. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Answer, Engine, Measure, Missing, Size, Suite, Target } from './contract.ts';
import type { Machine } from './machine.ts';
import type { Spread } from './statistics.ts';

export interface Figure {
  readonly engine: string;
  /** Absent where the contestant could not give it. */
  readonly spread?: Spread;
  /** Ours divided by this peer's, of the medians; only of a peer. */
  readonly ratio?: number;
}

/** `unjudged`: the peer of the bound, or our own figure, is missing. */
export type Verdict = 'met' | 'missed' | 'unjudged';

export interface MeasureResult {
  readonly name: string;
  readonly unit: Measure['unit'];
  readonly target?: Target;
  readonly verdict?: Verdict;
  readonly ours: Figure;
  readonly peers: readonly Figure[];
}

export interface ComparisonResult {
  readonly name: string;
  readonly description: string;
  readonly rounds: number;
  readonly measures: readonly MeasureResult[];
  /** Contestants that cannot run this one, with the reason. */
  readonly notYet: readonly Missing[];
  /** What all found. */
  readonly answer?: Answer;
  /** The share of the CPUs that other processes took meanwhile. */
  readonly othersCpu?: number;
  /** Why no time counts: answers differ, or a contestant failed. */
  readonly failure?: string;
}

/** The unit that can be measured again alone. */
export interface SectionResult {
  readonly size: Size;
  readonly machine: Machine;
  readonly millrace: string;
  readonly engines: readonly Engine[];
  readonly missing: readonly Missing[];
  readonly comparisons: readonly ComparisonResult[];
  /** Why the section could not be opened. */
  readonly failure?: string;
}

/** By suite, then by section. */
export interface Results {
  readonly suites: Readonly<Record<string, Readonly<Record<string, SectionResult>>>>;
}

export const RESULTS_FILE = new URL('./results.json', import.meta.url);

/** @param file of an earlier `writeResults`; nothing measured yet where it is missing */
export function readResults(file: URL = RESULTS_FILE): Results {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : { suites: {} };
}

export function writeResults(results: Results, file: URL = RESULTS_FILE): void {
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
}

/** Sections measured anew replace those of the same name, but a small run never replaces a full one. */
export function mergeResults(earlier: Results, later: Results): Results {
  const suites: Record<string, Record<string, SectionResult>> = {};
  for (const results of [earlier, later]) {
    for (const [suite, sections] of Object.entries(results.suites)) {
      const merged = (suites[suite] ??= {});
      for (const [name, section] of Object.entries(sections))
        if (section.size === 'full' || merged[name]?.size !== 'full') merged[name] = section;
    }
  }
  return { suites };
}

/** In the order of the suites; sections that there are no more are left out. */
export function arrangeResults(results: Results, order: readonly Suite[]): Results {
  const suites = order.flatMap(({ name, sections }) => {
    const kept = sections.flatMap((section) => {
      const result = results.suites[name]?.[section.name];
      return result === undefined ? [] : [[section.name, result] as const];
    });
    return kept.length === 0 ? [] : [[name, Object.fromEntries(kept)] as const];
  });
  return { suites: Object.fromEntries(suites) };
}
