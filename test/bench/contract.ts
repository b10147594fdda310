/**
 * What a suite of `npm run bench` is made of: a suite has sections (one set of data and servers each, opened and closed
 * in turn), a section comparisons, a comparison contestants, which take turns. `runner.ts` runs them.
 */

/** `small` proves that everything works, in seconds and with figures that mean nothing; `full` is what the page shows. */
export type Size = 'small' | 'full';

/** Named parts of what a run found. All contestants must find the same: text exactly, numbers to `ANSWER_TOLERANCE`. */
export type Answer = Readonly<Record<string, string | number>>;

export interface Measured {
  /** By the name of the measure. One that a contestant cannot give is left out, and shown as a dash. */
  readonly figures: Readonly<Record<string, number>>;
  /** Absent where there is nothing to compare, or where this run's was compared already. */
  readonly answer?: Answer;
}

/** Who takes part, as the page describes it. */
export interface Engine {
  /** As in the table: `DuckDB`. */
  readonly name: string;
  readonly version: string;
  /** How it is set up, in words, so that a reader can judge whether it is fair. */
  readonly settings: string;
}

export interface Contestant {
  readonly engine: Engine;
  /** One measured run. @throws NotYet where this contestant cannot do it; the others go on without it */
  run(): Promise<Measured>;
}

/** A contestant cannot run this: it is named with the reason, and takes no further part in the comparison. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** A bound that the project set itself. */
export type Target =
  /** The figure itself: `≤ 250 ms`. */
  | { readonly kind: 'figure'; readonly max: number }
  /** Ours as a part of a peer's; `fastest`: of the best peer there is. */
  | { readonly kind: 'ratio'; readonly max: number; readonly peer: string };

/** The `peer` of a ratio that holds against every peer. */
export const FASTEST = 'the fastest peer';

export interface Measure {
  /** The key in `figures`. */
  readonly name: string;
  /** Less is better in all of them. */
  readonly unit: 'ms' | 's' | 'MB' | 'count';
  readonly target?: Target;
}

export interface Comparison {
  readonly name: string;
  /** What is measured, from where to where. */
  readonly description: string;
  readonly measures: readonly Measure[];
  /** By how much numbers of answers may differ besides `ANSWER_TOLERANCE`, where an engine rounds what it gives. */
  readonly rounding?: number;
  /** Counted rounds; one more runs before them, uncounted. */
  readonly rounds: number;
  readonly ours: Contestant;
  /** Empty: figures of ours alone. */
  readonly peers: readonly Contestant[];
}

/** A peer that could not be had. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

export interface OpenedSection {
  readonly comparisons: readonly Comparison[];
  readonly missing: readonly Missing[];
  close(): Promise<void>;
}

export interface SectionContext {
  readonly size: Size;
  /** A line for whoever waits, on standard error. */
  readonly note: (line: string) => void;
}

export interface Section {
  /** Unique in its suite; `--only batch/windows`. */
  readonly name: string;
  /** Makes data, starts servers and peers. What it returns is measured, then closed. */
  open(context: SectionContext): Promise<OpenedSection>;
}

export interface Suite {
  readonly name: string;
  readonly sections: readonly Section[];
}

/** The measure of a comparison that has only a time. */
export const TIME: Measure = { name: 'time', unit: 'ms' };

/** A run that took so long and found that. */
export function took(ms: number, answer?: Answer): Measured {
  return { figures: { [TIME.name]: ms }, ...(answer === undefined ? {} : { answer }) };
}
