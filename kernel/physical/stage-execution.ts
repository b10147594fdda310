/** Runs the stages of one execution: inline where the input is small, else on the workers. */
import type { RecordBatch } from '../arrow/column.ts';
import { openBatch } from '../arrow/open.ts';
import type { ScanLease } from '../arrow/scan.ts';
import { present } from '../core/assert.ts';
import type { ExecutorOptions, RunInput } from './execution.ts';
import type { DenseReference } from './dense-groups/reference.ts';
import { batchLeases, NO_LEASES, partitionLeases, rangeLeases } from './leases.ts';
import { EventTimeNotes, schemaOfColumns } from './operators/operators.ts';
import { windowsPerPane } from './operators/windows.ts';
import type { PhysicalOf } from './physical-plan.ts';
import type { EventTimeStats, StageOptions, StageOutcome } from './ports.ts';
import type { Stage, StageSource } from './stage.ts';
import { StageRun } from './stage-runner.ts';

/** Scans of less than this, or of one task, are not worth waking the workers. */
const INLINE_BYTES_MAX = 256 * 1024;
/** Rows on the engine thread that are worth spreading over the workers. */
const SPREAD_ROWS_MIN = 200_000;
/** Partial groups that are worth merging on the workers. */
const PARALLEL_MERGE_ROWS_MIN = 200_000;
/** With two, choosing each one's partition costs what sharing saves (600 K groups: 171 ms, 157 ms on the engine thread). */
const PARALLEL_MERGE_WORKERS_MIN = 3;

/** A stage's rows, and how to give them back. */
export interface StageRows {
  readonly batches: readonly RecordBatch[];
  /** Partial groups that are not among the batches. */
  readonly dense: readonly DenseReference[];
  readonly release: () => void;
}

export class StageExecution {
  readonly #engine: ExecutorOptions;
  readonly #options: StageOptions;
  readonly #input: RunInput;
  readonly #notes = new EventTimeNotes();
  readonly #inputRows = new Map<number, number>();
  readonly #shared = new Map<number, AsyncIterable<ScanLease>>();

  constructor(engine: ExecutorOptions, options: StageOptions, input: RunInput) {
    this.#engine = engine;
    this.#options = options;
    this.#input = input;
  }

  /** A stage over a source. @param rowsMax rows after which it may stop; undefined: none */
  overTasks(
    node: PhysicalOf<'stage'>,
    source: PhysicalOf<'scan'> | PhysicalOf<'range'>,
    rowsMax: number | undefined,
  ): Promise<StageRows> {
    const sourceId = source.kind === 'scan' ? source.sourceId : undefined;
    return this.#runTasks(node, stageOf(node, 'scan'), this.#leasesOf(source), { sourceId, rowsMax });
  }

  /** A stage over rows on the engine thread; many of them are spread over the workers. */
  async overBatches(
    node: PhysicalOf<'stage'>,
    rows: readonly RecordBatch[],
    rowsMax: number | undefined,
  ): Promise<StageRows> {
    const stage = stageOf(node, 'batches');
    const { schema } = stage.source;
    if (countRows(rows) < SPREAD_ROWS_MIN || rowsMax !== undefined || schema.fields.length === 0) {
      return this.#runBatches(node, stage, rows, rowsMax);
    }
    const leases = batchLeases(rows.map((batch) => ({ ...batch, schema })));
    return this.#runTasks(node, stage, leases, { sourceId: undefined, rowsMax });
  }

  /**
   * Merges large partial results on the workers, each a partition of the keys. What it gives has each key once.
   * @returns undefined where it does not pay
   */
  async mergeByPartition(
    node: PhysicalOf<'aggregate'>,
    partials: readonly RecordBatch[],
  ): Promise<StageRows | undefined> {
    const { pool } = this.#engine;
    const expanded = countRows(partials) * (node.panes === undefined ? 1 : windowsPerPane(node.panes));
    const mergesNothing = partials.length < 2 && node.panes === undefined;
    if (
      pool === undefined ||
      pool.size < PARALLEL_MERGE_WORKERS_MIN ||
      mergesNothing ||
      expanded < PARALLEL_MERGE_ROWS_MIN
    )
      return undefined;
    // A pane's windows are several keys, so a pane says nothing of the partition.
    const keys = node.keys.flatMap((_, i) => (i === node.panes?.index ? [] : [i]));
    const [first] = partials;
    if (keys.length === 0 || first === undefined) return undefined;
    const stage: Stage = {
      source: { kind: 'batches', schema: first.schema, output: [] },
      operators: [],
      sink: { kind: 'merge', keys: node.keys, accumulators: node.accumulators, panes: node.panes },
    };
    return this.#runPooled(stage, partitionLeases(partials, keys, pool.size), undefined);
  }

  /** Several nodes read this source. */
  share(sourceId: number, leases: AsyncIterable<ScanLease>): void {
    this.#shared.set(sourceId, leases);
  }

  get inputRows(): ReadonlyMap<number, number> {
    return this.#inputRows;
  }

  get eventTimes(): readonly EventTimeStats[] {
    return this.#notes.list();
  }

  #leasesOf(node: PhysicalOf<'scan'> | PhysicalOf<'range'>): AsyncIterable<ScanLease> {
    if (node.kind === 'range') return rangeLeases(node);
    return this.#shared.get(node.sourceId) ?? this.#input.scans.get(node.sourceId) ?? NO_LEASES;
  }

  /** Decides between inline and workers by looking at the first tasks. */
  async #runTasks(
    node: PhysicalOf<'stage'>,
    stage: Stage,
    leases: AsyncIterable<ScanLease>,
    { sourceId, rowsMax }: { readonly sourceId: number | undefined; readonly rowsMax: number | undefined },
  ): Promise<StageRows> {
    const { pool } = this.#engine;
    const iterator = leases[Symbol.asyncIterator]();
    const first: ScanLease[] = [];
    try {
      let bytes = 0;
      let ended = false;
      while (!ended && pool !== undefined && rowsMax === undefined && (first.length < 2 || bytes < INLINE_BYTES_MAX)) {
        this.#input.options.signal?.throwIfAborted();
        const next = await iterator.next();
        if (next.done === true) ended = true;
        else {
          first.push(next.value);
          bytes += next.value.task.bytes;
        }
      }
      const all = chain(first, ended ? undefined : iterator);
      if (ended || pool === undefined || rowsMax !== undefined)
        return await this.#runInline(node, stage, all, sourceId, rowsMax);
      return await this.#runPooled(stage, all, sourceId);
    } finally {
      for (const lease of first.splice(0)) lease.release();
      await iterator.return?.();
    }
  }

  async #runInline(
    node: PhysicalOf<'stage'>,
    stage: Stage,
    leases: AsyncIterable<ScanLease>,
    sourceId: number | undefined,
    rowsMax: number | undefined,
  ): Promise<StageRows> {
    const run = this.#open(node, stage);
    try {
      let taskIndex = 0;
      for await (const lease of leases) {
        try {
          this.#input.options.signal?.throwIfAborted();
          run.run(taskIndex++, lease.task);
        } finally {
          lease.release();
        }
        if (rowsMax !== undefined && run.rowCount >= rowsMax) break;
      }
      return this.#finish(run, sourceId);
    } catch (error) {
      run.release();
      throw error;
    }
  }

  #runBatches(
    node: PhysicalOf<'stage'>,
    stage: Stage,
    batches: readonly RecordBatch[],
    rowsMax: number | undefined,
  ): StageRows {
    const run = this.#open(node, stage);
    try {
      for (const [index, batch] of batches.entries()) {
        run.push(index, batch);
        if (rowsMax !== undefined && run.rowCount >= rowsMax) break;
      }
      return this.#finish(run, undefined);
    } catch (error) {
      run.release();
      throw error;
    }
  }

  #open(node: PhysicalOf<'stage'>, stage: Stage): StageRun {
    return new StageRun(this.#engine, this.#input.compile(node, stage, this.#options), this.#options);
  }

  #finish(run: StageRun, sourceId: number | undefined): StageRows {
    const batches = run.finishBatches().flatMap((output) => output.batches);
    const dense = run.dense();
    this.#note(run, sourceId);
    return { batches, dense: dense === undefined ? [] : [dense], release: () => run.release() };
  }

  async #runPooled(stage: Stage, leases: AsyncIterable<ScanLease>, sourceId: number | undefined): Promise<StageRows> {
    const { signal } = this.#input.options;
    const pool = present(this.#engine.pool, 'worker pool');
    const pooled = await pool.run({ stage, options: this.#options, leases, signal });
    for (const outcome of pooled.outcomes) this.#note(outcome, sourceId);
    const { memory } = this.#engine.instance;
    const batches = pooled.outcomes
      .flatMap((outcome) => outcome.output)
      .sort((a, b) => a.taskIndex - b.taskIndex)
      .flatMap((output) => output.batches.map((batch) => openBatch(batch, memory)));
    const dense = pooled.outcomes.flatMap((outcome) => (outcome.dense === undefined ? [] : [outcome.dense]));
    return { batches, dense, release: () => pooled.release() };
  }

  #note(outcome: Pick<StageOutcome, 'inputRows' | 'eventTimes'>, sourceId: number | undefined): void {
    for (const stats of outcome.eventTimes) this.#notes.add(stats);
    if (sourceId !== undefined) {
      this.#inputRows.set(sourceId, (this.#inputRows.get(sourceId) ?? 0) + outcome.inputRows);
    }
  }
}

function stageOf(node: PhysicalOf<'stage'>, kind: StageSource['kind']): Stage {
  const { child, operators, sink } = node;
  return { source: { kind, schema: schemaOfColumns(child.output), output: child.output }, operators, sink };
}

function countRows(batches: readonly RecordBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.length, 0);
}

/** Leases taken already, then the rest. Each is given away once. */
async function* chain(first: ScanLease[], rest: AsyncIterator<ScanLease> | undefined): AsyncGenerator<ScanLease> {
  for (let lease = first.shift(); lease !== undefined; lease = first.shift()) yield lease;
  while (rest !== undefined) {
    const next = await rest.next();
    if (next.done === true) return;
    yield next.value;
  }
}
