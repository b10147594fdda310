/**
 * The engine's side of one parallel stage: hands tasks to the workers as they come, with a bounded number outstanding,
 * releases each lease when its task is done, and settles when every worker has answered.
 *
 * Lifecycle: dispatching → ended (all tasks posted) → every worker has answered → outcome, or the first error.
 * Invariant: a lease is released exactly once, and never while a worker may still read its rows.
 */
import type { ScanLease } from '../arrow/scan.ts';
import { reviveError } from '../core/errors.ts';
import type { PooledStage, PooledStageRequest, StageOutcome } from '../physical/ports.ts';
import { CONTROL_ABORT, CONTROL_BYTES, type FromWorker, PROTOCOL_VERSION, type ToWorker } from './protocol.ts';

/** Tasks posted and not yet done, per worker. */
const OUTSTANDING_PER_WORKER = 48;
/** Leases that arrive together are posted together, up to this many. */
const POST_TASKS = 32;

export interface WorkerLink {
  post(message: ToWorker): void;
}

export class StageDispatch {
  readonly #stageId: number;
  readonly #request: PooledStageRequest;
  readonly #links: readonly WorkerLink[];
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES));
  readonly #outstanding = new Map<number, ScanLease>();
  readonly #outcomes: (StageOutcome | undefined)[];
  readonly #answered = new Set<number>();
  #unposted: ScanLease[] = [];
  #nextTask = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(stageId: number, request: PooledStageRequest, links: readonly WorkerLink[]) {
    this.#stageId = stageId;
    this.#request = request;
    this.#links = links;
    this.#outcomes = links.map(() => undefined);
  }

  async run(): Promise<PooledStage> {
    const { stage, options, signal } = this.#request;
    const control = this.#control.buffer;
    const onAbort = (): void => this.#fail(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      for (const link of this.#links) {
        link.post({ type: 'start', version: PROTOCOL_VERSION, stageId: this.#stageId, stage, options, control });
      }
      if (signal?.aborted === true) this.#fail(signal.reason);
      await this.#dispatch();
      this.#postAll({ type: 'end', stageId: this.#stageId });
      while (this.#answered.size < this.#links.length) await this.#change();
    } finally {
      signal?.removeEventListener('abort', onAbort);
      for (const lease of this.#outstanding.values()) lease.release();
      for (const lease of this.#unposted) lease.release();
    }
    if (this.#failure !== undefined) {
      this.#release();
      throw this.#failure.error;
    }
    return {
      outcomes: this.#outcomes.filter((outcome) => outcome !== undefined),
      release: () => this.#release(),
    };
  }

  receive(worker: number, message: FromWorker): void {
    switch (message.type) {
      case 'progress':
        for (const index of message.completed) {
          this.#outstanding.get(index)?.release();
          this.#outstanding.delete(index);
        }
        break;
      case 'finished':
        this.#outcomes[worker] = message.outcome;
        this.#answered.add(worker);
        break;
      case 'failed':
        this.#answered.add(worker);
        this.#fail(reviveError(message.error));
        break;
      case 'aborted':
        this.#answered.add(worker);
        break;
    }
    this.#signalChange();
  }

  /** The worker's thread is gone. */
  lost(worker: number, cause: unknown): void {
    this.#answered.add(worker);
    this.#outcomes[worker] = undefined;
    this.#fail(cause);
  }

  /** Takes leases until there are no more, posting what has come whenever the source makes us wait. */
  async #dispatch(): Promise<void> {
    const leases = this.#request.leases[Symbol.asyncIterator]();
    let flushing = false;
    const flushSoon = (): void => {
      if (flushing) return;
      flushing = true;
      setImmediate(() => {
        flushing = false;
        this.#flush();
      });
    };
    try {
      while (!this.#hasFailed()) {
        const next = await leases.next();
        if (next.done === true) break;
        this.#unposted.push(next.value);
        if (this.#unposted.length >= POST_TASKS) this.#flush();
        else flushSoon();
        while (this.#isFull() && !this.#hasFailed()) await this.#change();
      }
    } catch (error) {
      this.#fail(error);
    }
    if (this.#hasFailed()) await leases.return?.();
    else this.#flush();
  }

  /** A method, since messages set the failure while others wait. */
  #hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  #isFull(): boolean {
    return this.#outstanding.size + this.#unposted.length >= OUTSTANDING_PER_WORKER * this.#links.length;
  }

  #flush(): void {
    if (this.#unposted.length === 0 || this.#hasFailed()) return;
    const leases = this.#unposted;
    this.#unposted = [];
    const first = this.#nextTask;
    for (const lease of leases) this.#outstanding.set(this.#nextTask++, lease);
    this.#postAll({ type: 'tasks', stageId: this.#stageId, first, tasks: leases.map((lease) => lease.task) });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    Atomics.store(this.#control, CONTROL_ABORT, 1);
    this.#postAll({ type: 'end', stageId: this.#stageId });
    this.#signalChange();
  }

  #release(): void {
    this.#postAll({ type: 'release', stageId: this.#stageId });
  }

  #postAll(message: ToWorker): void {
    for (const link of this.#links) link.post(message);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #signalChange(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
