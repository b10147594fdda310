/** What a case gives, in Spark and in Millrace: one line for each batch, restart and error. */
import type { StreamingQueryProgress } from '../../../kernel/plan/runner-port.ts';

export interface BatchLine {
  readonly batch: number;
  /** Rows read. */
  readonly in?: number;
  /** Seconds since the epoch. */
  readonly watermark?: number;
  /** As JSON; missing where the sink was not called. */
  readonly rows?: readonly string[];
  /** `NAME total +updated -removed late dropped` of each stateful operator. */
  readonly state?: readonly string[];
  readonly progress?: unknown;
}

export interface ErrorLine {
  readonly error: string;
  readonly sqlState: string | null;
  readonly message: string;
  /** `start`, or the batch that failed. */
  readonly at: string;
}

export interface RestartLine {
  readonly restart: true;
}

/** A run with the trigger `once` or `availableNow` has ended. */
export interface EndLine {
  readonly end: true;
}

/** Both logs of the checkpoint at the end: of each entry its version, watermark and offsets. */
export interface LogsLine {
  readonly offsets: Readonly<Record<string, readonly unknown[]>>;
  readonly commits: Readonly<Record<string, readonly unknown[]>>;
}

export type Line = BatchLine | ErrorLine | RestartLine | EndLine | LogsLine;

export interface Answer {
  /** Names and types of the result; null where there is none. */
  readonly columns: readonly (readonly [name: string, type: string])[] | null;
  readonly log: readonly Line[];
}

/** Values that differ in every run become `#1`, `#2`, … by their first appearance: equal ones stay equal. */
export class Masks {
  readonly #columns: readonly string[];
  readonly #names = new Map<string, string>();

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  apply(rows: readonly string[]): readonly string[] {
    return this.#columns.length === 0 ? rows : rows.map((row) => this.#mask(row));
  }

  #mask(row: string): string {
    const values = Object.entries(JSON.parse(row) as Record<string, unknown>);
    return JSON.stringify(Object.fromEntries(values.map(([name, value]) => [name, this.#masked(name, value)])));
  }

  #masked(column: string, value: unknown): unknown {
    if (!this.#columns.includes(column)) return value;
    const key = String(value);
    const name = this.#names.get(key) ?? `#${this.#names.size + 1}`;
    this.#names.set(key, name);
    return name;
  }
}

/** @param rows undefined where the sink was not called */
export function batchLine(
  progress: StreamingQueryProgress,
  rows: readonly string[] | undefined,
  parts: readonly ProgressPart[],
): BatchLine {
  const { watermark } = progress.eventTime;
  const state = progress.stateOperators.map(
    (one) =>
      `${one.operatorName} ${one.numRowsTotal} +${one.numRowsUpdated} -${one.numRowsRemoved} late ${one.numRowsDroppedByWatermark}`,
  );
  return {
    batch: progress.batchId,
    in: progress.numInputRows,
    ...(watermark === undefined ? {} : { watermark: Date.parse(watermark) / 1000 }),
    ...(rows === undefined ? {} : { rows }),
    ...(state.length === 0 ? {} : { state }),
    ...(parts.length === 0 ? {} : { progress: progressOf(progress, parts) }),
  };
}

/** What of a progress is the same in every run. */
const PROGRESS = {
  keys: (progress: StreamingQueryProgress) => Object.keys(progress).sort().join(' '),
  durations: ({ durationMs }: StreamingQueryProgress) => Object.keys(durationMs).sort().join(' '),
  eventTime: ({ eventTime }: StreamingQueryProgress) =>
    Object.fromEntries(Object.entries(eventTime).map(([key, time]) => [key, Date.parse(time) / 1000])),
  rows: ({ sources }: StreamingQueryProgress) => sources.map(({ numInputRows }) => [numInputRows]),
  offsets: ({ sources }: StreamingQueryProgress) =>
    sources.map(({ startOffset, endOffset }) => [startOffset, endOffset]),
  latestOffsets: ({ sources }: StreamingQueryProgress) => sources.map(({ latestOffset }) => [latestOffset]),
  operators: ({ stateOperators }: StreamingQueryProgress) =>
    stateOperators.map(({ operatorName }) => operatorName).join(' '),
  sink: ({ sink }: StreamingQueryProgress) => sink.numOutputRows,
};

export type ProgressPart = keyof typeof PROGRESS;
export const PROGRESS_PARTS: readonly ProgressPart[] = [
  ...(['keys', 'durations', 'eventTime', 'rows', 'offsets', 'latestOffsets', 'operators', 'sink'] as const),
];

function progressOf(progress: StreamingQueryProgress, parts: readonly ProgressPart[]): unknown {
  return Object.fromEntries(parts.map((part) => [part, PROGRESS[part](progress)]));
}
