/**
 * The live view of a query in the cell that started it: after each batch the newest result as a table with the query's
 * figures, sent at most ten times a second (the jupyter worker holds that bound). Rows are rendered when a frame is due, not per batch.
 */
import type { MessagePort } from 'node:worker_threads';
import type { SinkBatch } from '../connectors/contract.ts';
import type { Clock } from '../core/clock.ts';
import { serializeError } from '../core/errors.ts';
import type { LiveFrame } from '../jupyter/thread-protocol.ts';
import { renderLive, type LiveState } from '../output/live.ts';
import type { MimeBundle } from '../output/table.ts';
import { tableOfBatches, type TableModel } from '../output/batch-table.ts';
import type { OutputMode, StreamingQueryProgress } from '../plan/runner-port.ts';
import type { LiveTarget } from '../session/engine/protocol.ts';
import type { QueryListener } from '../stream/ports.ts';

/** Rows of the table in a view. */
const ROWS_MAX = 20;
const FRAME_INTERVAL_MS = 100;
/** The rate is taken over so long: a single trigger's says more of when it looked than of how much comes. */
const RATE_SPAN_MS = 3000;

export interface LiveViewOptions {
  readonly id: string;
  readonly name: string | undefined;
  readonly outputMode: OutputMode;
  readonly target: LiveTarget;
  readonly timeZone: string;
  /** The jupyter worker's port; undefined until it is attached. */
  readonly port: () => MessagePort | undefined;
  readonly clock: Clock;
}

export class LiveView implements QueryListener {
  readonly #options: LiveViewOptions;
  #table: TableModel | undefined;
  #progress: StreamingQueryProgress | undefined;
  #totalInputRows = 0;
  /** Rows in all after each recent progress; the first is where the span begins. */
  readonly #marks: { readonly atMs: number; readonly rows: number }[] = [];
  #error: string | undefined;
  #ended = false;
  /** A closure of the query has not answered for a while: the main thread is busy. */
  #waiting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastFrameMs = Number.NEGATIVE_INFINITY;

  constructor(options: LiveViewOptions) {
    this.#options = options;
  }

  onBatch(batch: SinkBatch): void {
    // An empty batch of append or update mode leaves the latest rows in sight.
    if (batch.rowCount === 0 && this.#table !== undefined && this.#options.outputMode !== 'complete') return;
    this.#table = tableOfBatches(batch.schema, batch.batches, { rowsMax: ROWS_MAX, timeZone: this.#options.timeZone });
    this.#schedule();
  }

  setWaiting(waiting: boolean): void {
    if (this.#waiting === waiting) return;
    this.#waiting = waiting;
    this.#schedule();
  }

  onProgress(progress: StreamingQueryProgress): void {
    this.#progress = progress;
    this.#totalInputRows += progress.numInputRows;
    const atMs = this.#options.clock.monotonicMs();
    this.#marks.push({ atMs, rows: this.#totalInputRows });
    while (this.#marks.length > 2 && atMs - (this.#marks[1]?.atMs ?? atMs) > RATE_SPAN_MS) this.#marks.shift();
    this.#schedule();
  }

  onTerminated(exception: Error | undefined): void {
    this.#ended = true;
    this.#error = exception === undefined ? undefined : serializeError(exception).message;
    clearTimeout(this.#timer);
    this.#send();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#ended) return;
    const waitMs = Math.max(0, this.#lastFrameMs + FRAME_INTERVAL_MS - this.#options.clock.monotonicMs());
    this.#timer = setTimeout(() => this.#send(), waitMs);
  }

  #send(): void {
    this.#timer = undefined;
    this.#lastFrameMs = this.#options.clock.monotonicMs();
    const { target, port } = this.#options;
    const { cellId, displayId } = target;
    const frame: LiveFrame = { type: 'live-frame', cellId, displayId, data: this.bundle() };
    port()?.postMessage(frame);
  }

  /** What the view shows now. */
  bundle(): MimeBundle {
    return renderLive(this.#state());
  }

  #status(): LiveState['status'] {
    if (this.#error !== undefined) return 'failed';
    if (this.#ended) return 'stopped';
    if (this.#waiting) return 'waiting';
    return this.#progress === undefined ? 'starting' : 'running';
  }

  #inputRowsPerSecond(): number | undefined {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.atMs === first.atMs)
      return this.#progress?.inputRowsPerSecond;
    return ((last.rows - first.rows) * 1000) / (last.atMs - first.atMs);
  }

  #state(): LiveState {
    const { id, name } = this.#options;
    const progress = this.#progress;
    return {
      queryId: id,
      queryName: name,
      status: this.#status(),
      batchId: progress?.batchId,
      rowsPerSecond: this.#inputRowsPerSecond(),
      inputRows: this.#totalInputRows,
      watermark: progress?.eventTime['watermark'],
      stateRows: progress?.stateOperators.reduce((rows, operator) => rows + operator.numRowsTotal, 0),
      batchDurationMs: progress?.batchDuration,
      table: this.#table,
      error: this.#error,
    };
  }
}
