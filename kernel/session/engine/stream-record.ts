/** What the main thread knows of one streaming query: identity, the latest reports, who waits for its end. */
import { MillraceError } from '../../core/errors.ts';
import type { ExplainMode } from '../../plan/logical-plan.ts';
import type {
  QueryResult,
  StreamHandle,
  StreamingQueryProgress,
  StreamRequest,
  StreamSnapshot,
} from '../../plan/runner-port.ts';

/** As many as Spark keeps (spark.sql.streaming.numRecentProgressUpdates). */
const PROGRESS_MAX = 100;

/** Writes what a query prints to where its output goes. */
export type StreamPrinter = (text: string, to: 'stdout' | 'stderr') => void;

export interface StreamRecordOptions {
  readonly name: string | undefined;
  /** Takes in what the engine has sent, before a report is read. */
  readonly drain: () => void;
  readonly ask: (type: 'stop-stream' | 'process-all') => Promise<void>;
  readonly explain: (mode: ExplainMode) => string;
  readonly onBatch: StreamRequest['onBatch'];
  readonly print: StreamPrinter;
  /** Runs the query's closure as work of the cell that started it. */
  readonly asCell: <T>(action: () => T) => T;
}

export class StreamRecord implements StreamHandle {
  readonly name: string | undefined;
  readonly #options: StreamRecordOptions;
  #identity = { id: '', runId: '' };
  #status: StreamSnapshot['status'] = {
    message: 'Initializing sources',
    isDataAvailable: false,
    isTriggerActive: false,
  };
  readonly #progress: StreamingQueryProgress[] = [];
  #ended: { readonly error: Error | undefined } | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(options: StreamRecordOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get id(): string {
    return this.#identity.id;
  }

  get runId(): string {
    return this.#identity.runId;
  }

  identify(id: string, runId: string): void {
    this.#identity = { id, runId };
  }

  snapshot(): StreamSnapshot {
    this.#options.drain();
    return {
      isActive: this.#ended === undefined,
      status:
        this.#ended === undefined
          ? this.#status
          : { message: endMessage(this.#ended.error), isDataAvailable: false, isTriggerActive: false },
      recentProgress: [...this.#progress],
      exception: this.#ended?.error,
    };
  }

  async stop(): Promise<void> {
    this.#options.drain();
    if (this.#ended === undefined) await this.#options.ask('stop-stream');
  }

  async processAllAvailable(): Promise<void> {
    this.#options.drain();
    if (this.#ended?.error !== undefined) throw this.#ended.error;
    if (this.#ended === undefined) await this.#options.ask('process-all');
  }

  awaitTermination(timeoutMs?: number): Promise<boolean> {
    this.#options.drain();
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs === undefined ? setInterval(() => undefined, 1 << 30) : setTimeout(() => settle('late'), timeoutMs);
      const ended = (): void => settle('ended');
      const settle = (how: 'late' | 'ended'): void => {
        clearTimeout(timer);
        this.#waiting.delete(ended);
        if (this.#ended?.error !== undefined) reject(this.#ended.error);
        else resolve(how === 'ended');
      };
      this.#waiting.add(ended);
      if (this.#ended !== undefined) ended();
    });
  }

  explain(mode: ExplainMode): string {
    return this.#options.explain(mode);
  }

  addProgress(progress: StreamingQueryProgress): void {
    this.#progress.push(progress);
    if (this.#progress.length > PROGRESS_MAX) this.#progress.shift();
  }

  setStatus(status: StreamSnapshot['status']): void {
    this.#status = status;
  }

  terminate(error: Error | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    for (const wake of [...this.#waiting]) wake();
  }

  print(text: string, to: 'stdout' | 'stderr'): void {
    this.#options.print(text, to);
  }

  async deliver(batchId: number, rows: QueryResult): Promise<void> {
    const { onBatch, asCell } = this.#options;
    if (onBatch === undefined)
      throw new MillraceError('INTERNAL_ERROR', { message: 'A batch came for a query without a closure' });
    await asCell(() => onBatch(BigInt(batchId), rows));
  }
}

/** As Spark's status says it. */
function endMessage(error: Error | undefined): string {
  return error === undefined ? 'Stopped' : `Terminated with exception: ${error.message}`;
}
