/** A running streaming query, and the manager of a session's queries. */
import { MillraceError } from '../core/errors.ts';
import type { ExplainMode } from '../plan/logical-plan.ts';
import type { StreamHandle, StreamingQueryProgress, StreamSnapshot } from '../plan/runner-port.ts';

/** What a query needs of its session. */
export interface QueryHost {
  /** In order of their start; ended ones leave when they are looked at. */
  readonly queries: Set<StreamingQuery>;
  readonly print: (text: string) => void;
}

export class StreamingQuery {
  readonly #host: QueryHost;
  /** The engine's side. Not for users. */
  readonly handle: StreamHandle;

  constructor(host: QueryHost, handle: StreamHandle) {
    this.#host = host;
    this.handle = handle;
  }

  /** The same across restarts from one checkpoint. */
  get id(): string {
    return this.handle.id;
  }
  /** New with every start. */
  get runId(): string {
    return this.handle.runId;
  }
  get name(): string | null {
    return this.handle.name ?? null;
  }
  get isActive(): boolean {
    return this.handle.snapshot().isActive;
  }
  get status(): StreamSnapshot['status'] {
    return this.handle.snapshot().status;
  }
  /** Figures of the latest micro-batch; null before the first. */
  get lastProgress(): StreamingQueryProgress | null {
    const { recentProgress } = this.handle.snapshot();
    return recentProgress[recentProgress.length - 1] ?? null;
  }
  /** Figures of the latest micro-batches, newest last. */
  get recentProgress(): readonly StreamingQueryProgress[] {
    return this.handle.snapshot().recentProgress;
  }
  /** What ended the query, where it failed. */
  exception(): Error | null {
    return this.handle.snapshot().exception ?? null;
  }
  /** Ends the query after its current batch. */
  async stop(): Promise<void> {
    await this.handle.stop();
    this.#host.queries.delete(this);
  }
  /** Resolves when the query ends: true, or false after `timeoutMs`. Rejects with the query's error. */
  async awaitTermination(timeoutMs?: number): Promise<boolean> {
    return this.handle.awaitTermination(timeoutMs);
  }
  /** Resolves when all that the sources hold at this moment is processed. For tests. */
  async processAllAvailable(): Promise<void> {
    return this.handle.processAllAvailable();
  }
  /** Prints the plan of the query. */
  explain(mode: ExplainMode | boolean = 'simple'): void {
    this.#host.print(`${this.handle.explain(mode === true ? 'extended' : mode === false ? 'simple' : mode)}\n`);
  }
  toString(): string {
    return `StreamingQuery(${this.name ?? this.id}, ${this.isActive ? 'active' : 'stopped'})`;
  }
}

/** `spark.streams`. */
export class StreamingQueryManager {
  readonly #host: QueryHost;

  constructor(host: QueryHost) {
    this.#host = host;
  }

  /** The queries that run. */
  get active(): readonly StreamingQuery[] {
    for (const query of [...this.#host.queries]) if (!query.isActive) this.#host.queries.delete(query);
    return [...this.#host.queries];
  }
  /** The active query of that id, or name. @throws INVALID_ARGUMENT where there is none */
  get(id: string): StreamingQuery {
    const found = this.active.find((query) => query.id === id || query.name === id);
    if (found !== undefined) return found;
    throw new MillraceError('INVALID_ARGUMENT', {
      argument: 'id',
      problem: `no active query has the id or name '${id}'`,
      remedy: 'See spark.streams.active.',
    });
  }
  /** Resolves when some query ends: true, or false after `timeoutMs`. Rejects where it failed. */
  async awaitAnyTermination(timeoutMs?: number): Promise<boolean> {
    const { active } = this;
    if (active.length === 0) return true;
    return Promise.race(active.map((query) => query.awaitTermination(timeoutMs)));
  }
}
