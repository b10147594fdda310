/**
 * A streaming query while it runs. Lifecycle:
 *
 * ```
 * starting → (triggered → idle)* → ended, with an exception or without
 * ```
 * `stop` ends it after the running batch, or, if that takes longer than the grace time, by aborting it; an aborted batch is
 * run again on the next start.
 */
import { MillraceError } from '../core/errors.ts';
import type { Clock } from '../core/clock.ts';
import type { StreamSnapshot, StreamingQueryProgress, Trigger } from '../plan/runner-port.ts';
import type { MicroBatchExecution, StepOutcome } from './micro-batch.ts';
import type { QueryListener } from './ports.ts';
import { progressOf, type TriggerReport } from './progress.ts';
import { POLL_DELAY_MAX_MS, type StreamConf } from './stream-conf.ts';
import { nextTriggerMs, pollDelayMs } from './trigger.ts';

export interface QueryIdentity {
  /** The same after every restart. */
  readonly id: string;
  /** Of this run. */
  readonly runId: string;
  readonly name: string | undefined;
}

export interface RunnableQuery {
  readonly identity: QueryIdentity;
  readonly trigger: Trigger;
  readonly clock: Clock;
  readonly conf: StreamConf;
  readonly listener: QueryListener;
  /** Opens what the query needs; `close` is called exactly once when it has ended, also where `open` failed. */
  open(onStatus: (message: string, isDataAvailable: boolean) => void): Promise<MicroBatchExecution>;
  /** Has `wake` called when a source knows of new rows. */
  onRows(wake: () => void): void;
  /** Trigger availableNow: fixes the end of every source. */
  fixEnds(): Promise<void>;
  close(): Promise<void>;
}

export interface StopOptions {
  /** How long the running batch may take to end by itself. */
  readonly graceMs?: number;
}

const STOP_GRACE_MS = 1000;
/** Without a pause the event loop would see no message while batches follow each other. */
const BUSY_MAX_MS = 20;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class RunningQuery {
  readonly id: string;
  readonly runId: string;
  readonly name: string | undefined;
  readonly #query: RunnableQuery;
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  readonly #ended: Promise<void>;
  readonly #endedSignal = new AbortController();
  readonly #recent: StreamingQueryProgress[] = [];
  #waiters: readonly Waiter[] = [];
  /** Those who wait since before a batch that caught up with the sources: served by the trigger after it at the latest. */
  #caughtUp: readonly Waiter[] = [];
  #wake = new AbortController();
  #isActive = true;
  #exception: Error | undefined;
  #status = { message: 'Initializing sources', isDataAvailable: false, isTriggerActive: false };
  #toldStatus: StreamSnapshot['status'] | undefined;
  #lastTriggerStartMs: number | undefined;
  #lastProgressMs: number;
  #lastPauseMs: number;

  constructor(query: RunnableQuery) {
    ({ id: this.id, runId: this.runId, name: this.name } = query.identity);
    this.#query = query;
    this.#lastProgressMs = query.clock.monotonicMs();
    this.#lastPauseMs = this.#lastProgressMs;
    const { trigger } = query;
    if (trigger.kind === 'processingTime' && trigger.intervalMs === 0) query.onRows(() => this.#wake.abort());
    this.#ended = this.#main();
  }

  snapshot(): StreamSnapshot {
    return {
      isActive: this.#isActive,
      status: { ...this.#status },
      recentProgress: [...this.#recent],
      exception: this.#exception,
    };
  }

  /** Resolves when the query has ended, also where it ended with an exception. */
  async stop({ graceMs = STOP_GRACE_MS }: StopOptions = {}): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    const { clock } = this.#query;
    const grace = clock.sleep(graceMs, this.#endedSignal.signal).then(() => {
      this.#aborting.abort();
    });
    await Promise.race([this.#ended, grace]);
    await this.#ended;
  }

  /** Resolves true when the query has ended, false after `timeoutMs`. @throws STREAM_FAILED the query's exception */
  async awaitTermination(timeoutMs?: number): Promise<boolean> {
    if (timeoutMs === undefined) await this.#ended;
    else {
      const timeout = new AbortController();
      await Promise.race([this.#ended, this.#query.clock.sleep(timeoutMs, timeout.signal)]);
      timeout.abort();
    }
    if (this.#exception !== undefined) throw this.#exception;
    return !this.#isActive;
  }

  /**
   * Resolves when everything that the sources have at this moment is committed, or when the query is stopped.
   * @throws STREAM_FAILED the query's exception
   */
  async processAllAvailable(): Promise<void> {
    if (this.#exception !== undefined) throw this.#exception;
    if (!this.#isActive) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiters = [...this.#waiters, { resolve, reject }];
      if (this.#query.trigger.kind !== 'processingTime' || this.#query.trigger.intervalMs === 0) this.#wake.abort();
    });
  }

  async #main(): Promise<void> {
    try {
      const execution = await this.#query.open((message, isDataAvailable) => {
        this.#status = { ...this.#status, message, isDataAvailable };
        if (isDataAvailable) this.#tellStatus();
      });
      try {
        await this.#run(execution);
      } finally {
        await execution.settle();
      }
    } catch (error) {
      // What a batch says when it is aborted is not a failure of the query.
      if (!this.#aborting.signal.aborted) this.#exception = this.#failure(error);
    }
    try {
      await this.#query.close();
    } catch (error) {
      this.#exception ??= this.#failure(error);
    }
    this.#end();
  }

  #tellStatus(): void {
    const { message, isDataAvailable, isTriggerActive } = this.#status;
    const told = this.#toldStatus;
    const isSame = told?.message === message && told.isDataAvailable === isDataAvailable;
    if (isSame && told.isTriggerActive === isTriggerActive) return;
    this.#toldStatus = this.#status;
    this.#query.listener.onStatus?.(this.#status);
  }

  #end(): void {
    const exception = this.#exception;
    const message = exception === undefined ? 'Stopped' : `Terminated with exception: ${exception.message}`;
    this.#status = { message, isDataAvailable: false, isTriggerActive: false };
    this.#isActive = false;
    for (const { resolve, reject } of this.#waiters) {
      if (exception === undefined) resolve();
      else reject(exception);
    }
    this.#waiters = [];
    this.#endedSignal.abort();
    this.#query.listener.onTerminated?.(exception);
  }

  #failure(error: unknown): Error {
    const { id, runId, name } = this;
    const message = error instanceof Error ? error.message : String(error);
    return new MillraceError('STREAM_FAILED', { id, runId, name: name ?? '(unnamed)', message }, { cause: error });
  }

  async #run(execution: MicroBatchExecution): Promise<void> {
    const { trigger } = this.#query;
    if (this.#stopping.signal.aborted) return;
    switch (trigger.kind) {
      case 'processingTime':
        await this.#runRepeatedly(execution, trigger.intervalMs);
        return;
      case 'availableNow':
        await this.#query.fixEnds();
        while (!this.#stopping.signal.aborted) {
          if ((await this.#trigger(execution, trigger)) === 'idle') return;
        }
        return;
      case 'once':
        await this.#trigger(execution, trigger);
        return;
    }
  }

  async #runRepeatedly(execution: MicroBatchExecution, intervalMs: number): Promise<void> {
    const { clock, conf, trigger } = this.#query;
    let idlePolls = 0;
    while (!this.#stopping.signal.aborted) {
      if (this.#wake.signal.aborted) this.#wake = new AbortController(); // this trigger is what was asked for
      const startedMs = clock.nowMs();
      const outcome = await this.#trigger(execution, trigger);
      if (intervalMs > 0) {
        this.#status = { ...this.#status, message: 'Waiting for next trigger' };
        await this.#pause(nextTriggerMs(startedMs, intervalMs) - clock.nowMs());
      } else if (outcome === 'idle') {
        await this.#pause(pollDelayMs(idlePolls++, conf.pollingDelayMs, POLL_DELAY_MAX_MS));
      } else idlePolls = 0;
    }
  }

  async #trigger(execution: MicroBatchExecution, trigger: Trigger): Promise<StepOutcome['kind']> {
    const { clock } = this.#query;
    if (clock.monotonicMs() - this.#lastPauseMs > BUSY_MAX_MS) await this.#pause(0);
    const waiting = this.#waiters;
    this.#status = { ...this.#status, isTriggerActive: true };
    const outcome = await execution.step({
      limit: trigger.kind === 'once' ? { kind: 'all' } : { kind: 'trigger' },
      noDataBatches: trigger.kind === 'once' ? 'never' : 'allowed',
      signal: this.#aborting.signal,
    });
    this.#status = { ...this.#status, isTriggerActive: false };
    this.#record(outcome);
    if (outcome.kind === 'idle') {
      this.#status = { message: 'Waiting for data to arrive', isDataAvailable: false, isTriggerActive: false };
      this.#serve(waiting);
    } else if (outcome.report.sources.some(({ start, end }) => start !== end)) {
      // Where rows keep coming no trigger is ever idle. The trigger after has evicted what the caught-up batch's watermark passed.
      this.#serve(this.#caughtUp);
      if (outcome.caughtUp) this.#caughtUp = waiting.filter((waiter) => this.#waiters.includes(waiter));
    }
    return outcome.kind;
  }

  #serve(waiters: readonly Waiter[]): void {
    this.#waiters = this.#waiters.filter((waiter) => !waiters.includes(waiter));
    this.#caughtUp = [];
    for (const { resolve } of waiters) resolve();
  }

  /** Waits; `stop` and `processAllAvailable` cut it short. */
  async #pause(delayMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (delayMs <= 0) await this.#query.clock.sleep(0);
    else {
      this.#tellStatus();
      await this.#query.clock.sleep(delayMs, this.#wake.signal);
    }
    this.#lastPauseMs = this.#query.clock.monotonicMs();
  }

  #record({ kind, report }: StepOutcome): void {
    const { clock, conf } = this.#query;
    const isDue = clock.monotonicMs() - this.#lastProgressMs >= conf.noDataProgressIntervalMs;
    if (kind === 'ran' || isDue) this.#publish(report);
    this.#lastTriggerStartMs = report.timer.startMs;
  }

  #publish(report: TriggerReport): void {
    const { clock, conf, listener, identity } = this.#query;
    const progress = progressOf(identity, report, this.#lastTriggerStartMs);
    this.#recent.push(progress);
    if (this.#recent.length > conf.recentProgressMax) this.#recent.shift();
    this.#lastProgressMs = clock.monotonicMs();
    listener.onProgress?.(progress);
  }
}
