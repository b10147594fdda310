/** Builds the progress of a trigger as Spark reports it (SEMANTICS.md 33). */
import type { Clock } from '../core/clock.ts';
import type { EventTimeStats } from '../physical/ports.ts';
import type { SourceProgress, StateOperatorProgress, StreamingQueryProgress } from '../plan/runner-port.ts';
import { floorToMs } from './watermark.ts';

/** Spark's names of the phases of a trigger; `stateCommit` is ours. */
export type Phase =
  | 'latestOffset'
  | 'walCommit'
  | 'getBatch'
  | 'queryPlanning'
  | 'runBatch'
  | 'addBatch'
  | 'stateCommit'
  | 'commitOffsets';

export class PhaseTimer {
  readonly #clock: Clock;
  readonly #totals = new Map<Phase, number>();
  readonly startMs: number;
  readonly #startMonotonicMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startMs = clock.nowMs();
    this.#startMonotonicMs = clock.monotonicMs();
  }

  async time<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const startedMs = this.#clock.monotonicMs();
    try {
      return await work();
    } finally {
      this.#totals.set(phase, (this.#totals.get(phase) ?? 0) + this.#clock.monotonicMs() - startedMs);
    }
  }

  elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#startMonotonicMs;
  }

  /** Whole ms by phase, and of the whole trigger. */
  durationsMs(): Readonly<Record<string, number>> {
    const totals: readonly (readonly [string, number])[] = [...this.#totals, ['triggerExecution', this.elapsedMs()]];
    const byName = [...totals].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(byName.map(([phase, ms]) => [phase, Math.round(ms)]));
  }
}

export interface SourceRange {
  readonly description: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly latest: string | null;
  readonly inputRows: number;
}

/** What a trigger did. */
export interface TriggerReport {
  readonly batchId: number;
  readonly timer: PhaseTimer;
  readonly sources: readonly SourceRange[];
  readonly eventTimes: readonly EventTimeStats[];
  /** undefined: the query has no watermark. */
  readonly watermarkMs: number | undefined;
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sinkDescription: string;
  readonly outputRows: number;
}

export function progressOf(
  query: { readonly id: string; readonly runId: string; readonly name: string | undefined },
  report: TriggerReport,
  previousStartMs: number | undefined,
): StreamingQueryProgress {
  const processingSeconds = report.timer.elapsedMs() / 1000;
  const inputSeconds = previousStartMs === undefined ? 0 : (report.timer.startMs - previousStartMs) / 1000;
  const inputRows = report.sources.reduce((sum, source) => sum + source.inputRows, 0);
  return {
    id: query.id,
    runId: query.runId,
    name: query.name ?? null,
    timestamp: new Date(report.timer.startMs).toISOString(),
    batchId: report.batchId,
    batchDuration: Math.round(report.timer.elapsedMs()),
    numInputRows: inputRows,
    inputRowsPerSecond: rate(inputRows, inputSeconds),
    processedRowsPerSecond: rate(inputRows, processingSeconds),
    durationMs: report.timer.durationsMs(),
    eventTime: eventTimeOf(report),
    stateOperators: report.stateOperators,
    sources: report.sources.map((source) => sourceProgress(source, inputSeconds, processingSeconds)),
    sink: { description: report.sinkDescription, numOutputRows: report.outputRows },
  };
}

function sourceProgress(source: SourceRange, inputSeconds: number, processingSeconds: number): SourceProgress {
  return {
    description: source.description,
    startOffset: parsed(source.start),
    endOffset: parsed(source.end),
    latestOffset: parsed(source.latest),
    numInputRows: source.inputRows,
    inputRowsPerSecond: rate(source.inputRows, inputSeconds),
    processedRowsPerSecond: rate(source.inputRows, processingSeconds),
  };
}

/** 0 where no time has passed. */
function rate(rows: number, seconds: number): number {
  return seconds > 0 ? rows / seconds : 0;
}

function parsed(offset: string | null): unknown {
  const value: unknown = offset === null ? null : JSON.parse(offset);
  return value;
}

function eventTimeOf({ eventTimes, watermarkMs }: TriggerReport): Readonly<Record<string, string>> {
  if (watermarkMs === undefined) return {};
  const watermark = isoOfMs(watermarkMs);
  const seen = eventTimes.filter(({ count }) => count > 0);
  if (seen.length === 0) return { watermark };
  const count = seen.reduce((total, stats) => total + BigInt(stats.count), 0n);
  const sum = seen.reduce((total, stats) => total + stats.sumMicros, 0n);
  const max = seen.reduce((most, { maxMicros }) => (maxMicros > most ? maxMicros : most), seen[0]?.maxMicros ?? 0n);
  const min = seen.reduce((least, { minMicros }) => (minMicros < least ? minMicros : least), seen[0]?.minMicros ?? 0n);
  return { avg: isoOfMicros(sum / count), max: isoOfMicros(max), min: isoOfMicros(min), watermark };
}

function isoOfMicros(micros: bigint): string {
  return isoOfMs(Number(floorToMs(micros)));
}

/** ISO 8601; a time that a Date cannot hold as its number of ms. */
function isoOfMs(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
