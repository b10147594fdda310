/**
 * One execution of a physical plan. What nodes give lies in the run's arena, or in stages that are kept until the run is
 * released; a consumer that copies releases the stage below at once.
 */
import type { RecordBatch } from '../arrow/column.ts';
import { concatBatches } from '../arrow/concat.ts';
import { makeBatch } from '../arrow/make.ts';
import type { Arena } from '../arrow/memory.ts';
import { openBatch } from '../arrow/open.ts';
import { fromIpc } from '../arrow/ipc.ts';
import type { ScanLease } from '../arrow/scan.ts';
import { sliceBatch } from '../arrow/slice.ts';
import { toEngine } from '../arrow/transfer.ts';
import { Types } from '../arrow/types.ts';
import { present } from '../core/assert.ts';
import type { EvalContext } from '../functions/contract.ts';
import { compileColumns } from './expressions/evaluator.ts';
import { finishAggregate } from './run-aggregate.ts';
import { joinBatches } from './run-join.ts';
import { keepFirst } from './run-deduplicate.ts';
import { batchLeases, NO_LEASES, rangeLeases, SharedLeases } from './leases.ts';
import { EventTimeNotes, schemaOfColumns } from './operators/operators.ts';
import { sortedRows } from './operators/sort.ts';
import type { ExecutorOptions, StageCache } from './executor.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import type { EventTimeStats, ExecutionOptions, StageOutcome, StatefulOperator } from './ports.ts';
import type { Stage } from './stage.ts';
import { takeBatch } from './take.ts';
import { StageRun } from './stage-runner.ts';

/** Scans of less than this, or of one task, are not worth waking the workers. */
const INLINE_BYTES_MAX = 256 * 1024;
/** Rows on the engine thread that are worth spreading over the workers. */
const SPREAD_ROWS_MIN = 200_000;

export interface RunInput {
  readonly scans: ReadonlyMap<number, AsyncIterable<ScanLease>>;
  readonly stateful: ReadonlyMap<number, StatefulOperator>;
  readonly options: ExecutionOptions;
  readonly arena: Arena;
  readonly compile: StageCache;
}

/** A stage's rows, and how to give them back. */
export interface StageRows {
  readonly batches: readonly RecordBatch[];
  readonly release: () => void;
}

export class PlanRun {
  readonly #engine: ExecutorOptions;
  readonly #input: RunInput;
  readonly #notes = new EventTimeNotes();
  readonly #inputRows = new Map<number, number>();
  readonly #cleanups: (() => void)[] = [];
  readonly #scans = new Map<number, AsyncIterable<ScanLease>>();
  /** For operators on the engine thread. */
  readonly context: EvalContext;

  constructor(engine: ExecutorOptions, input: RunInput) {
    this.#engine = engine;
    this.#input = input;
    const { ansi, timeZone, batchTimestampMicros } = input.options;
    this.context = { ansi, timeZone, batchTimestampMicros, arena: input.arena, kernels: engine.instance.kernels };
  }

  get inputRows(): ReadonlyMap<number, number> {
    return this.#inputRows;
  }

  get eventTimes(): readonly EventTimeStats[] {
    return this.#notes.list();
  }

  release(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#input.arena.release();
  }

  async run(root: PhysicalPlan): Promise<readonly RecordBatch[]> {
    for (const [sourceId, reads] of readsOf(root)) {
      const scan = this.#input.scans.get(sourceId) ?? NO_LEASES;
      if (reads === 1) this.#scans.set(sourceId, scan);
      else {
        const shared = new SharedLeases(scan);
        this.#cleanups.push(() => shared.release());
        this.#scans.set(sourceId, shared);
      }
    }
    return this.rowsOf(root);
  }

  async rowsOf(node: PhysicalPlan): Promise<readonly RecordBatch[]> {
    switch (node.kind) {
      case 'scan':
      case 'range':
        return this.#keep(await this.stageRows(collectOf(node), undefined));
      case 'stage':
        return this.#keep(await this.stageRows(node, undefined));
      case 'local':
        return this.#localRows(node);
      case 'oneRow':
        return [makeBatch(Types.struct([]), [], 1)];
      case 'aggregate':
        return this.#aggregate(node);
      case 'deduplicate':
        return this.#deduplicate(node);
      case 'sort':
        return this.#sort(node);
      case 'limit':
        return this.#limit(node);
      case 'offset':
        return dropRows(await this.rowsOf(node.child), node.count, this.#input.arena);
      case 'union': {
        const parts: RecordBatch[] = [];
        for (const child of node.children) parts.push(...(await this.rowsOf(child)));
        const schema = schemaOfColumns(node.output);
        return parts.map((batch) => ({ ...batch, schema }));
      }
      case 'join': {
        const left = await this.rowsOf(node.left);
        const right = await this.rowsOf(node.right);
        return joinBatches(node, left, right, this.context);
      }
    }
  }

  #keep(rows: StageRows): readonly RecordBatch[] {
    this.#cleanups.push(rows.release);
    return rows.batches;
  }

  /** @param rowsMax rows after which the stage may stop; undefined: none */
  async stageRows(node: PhysicalOf<'stage'>, rowsMax: number | undefined): Promise<StageRows> {
    const { child, operators, sink } = node;
    const isLeaf = child.kind === 'scan' || child.kind === 'range';
    const rows = isLeaf ? [] : await this.rowsOf(child);
    const schema = schemaOfColumns(child.output);
    const stage: Stage = {
      source: { kind: isLeaf ? 'scan' : 'batches', schema, output: child.output },
      operators,
      sink,
    };
    const sourceId = child.kind === 'scan' ? child.sourceId : undefined;
    if (isLeaf) return this.#runTasks(node, stage, this.#leasesOf(child), { sourceId, rowsMax });
    const rowCount = rows.reduce((sum, batch) => sum + batch.length, 0);
    if (rowCount >= SPREAD_ROWS_MIN && rowsMax === undefined && child.output.length > 0) {
      const leases = batchLeases(rows.map((batch) => ({ ...batch, schema })));
      return this.#runTasks(node, stage, leases, { sourceId, rowsMax });
    }
    return this.#runBatches(node, stage, rows, rowsMax);
  }

  #leasesOf(node: PhysicalOf<'scan'> | PhysicalOf<'range'>): AsyncIterable<ScanLease> {
    if (node.kind === 'range') return rangeLeases(node);
    return this.#scans.get(node.sourceId) ?? NO_LEASES;
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
    return new StageRun(this.#engine, this.#input.compile(node, stage, this.context), this.#stageOptions());
  }

  #finish(run: StageRun, sourceId: number | undefined): StageRows {
    const batches = run.finishBatches().flatMap((output) => output.batches);
    this.#note(run, sourceId);
    return { batches, release: () => run.release() };
  }

  async #runPooled(stage: Stage, leases: AsyncIterable<ScanLease>, sourceId: number | undefined): Promise<StageRows> {
    const { signal } = this.#input.options;
    const pool = present(this.#engine.pool, 'worker pool');
    const pooled = await pool.run({ stage, options: this.#stageOptions(), leases, signal });
    for (const outcome of pooled.outcomes) this.#note(outcome, sourceId);
    const { memory } = this.#engine.instance;
    const batches = pooled.outcomes
      .flatMap((outcome) => outcome.output)
      .sort((a, b) => a.taskIndex - b.taskIndex)
      .flatMap((output) => output.batches.map((batch) => openBatch(batch, memory)));
    return { batches, release: () => pooled.release() };
  }

  #stageOptions(): Omit<ExecutionOptions, 'signal'> {
    const { ansi, timeZone, batchTimestampMicros } = this.#input.options;
    return { ansi, timeZone, batchTimestampMicros };
  }

  #note(outcome: Pick<StageOutcome, 'inputRows' | 'eventTimes'>, sourceId: number | undefined): void {
    for (const stats of outcome.eventTimes) this.#notes.add(stats);
    if (sourceId !== undefined) {
      this.#inputRows.set(sourceId, (this.#inputRows.get(sourceId) ?? 0) + outcome.inputRows);
    }
  }

  #localRows(node: PhysicalOf<'local'>): readonly RecordBatch[] {
    const schema = schemaOfColumns(node.output);
    return fromIpc(node.rows.ipc).batches.map((batch) => {
      const columns = node.ordinals.map((ordinal) => present(batch.columns[ordinal], 'column'));
      return toEngine(makeBatch(schema, columns, batch.length), this.#input.arena);
    });
  }

  async #aggregate(node: PhysicalOf<'aggregate'>): Promise<readonly RecordBatch[]> {
    const { child } = node;
    const partial =
      child.kind === 'stage' ? await this.stageRows(child, undefined) : { batches: [], release: () => {} };
    this.#cleanups.push(partial.release);
    const state =
      node.stateId === undefined ? undefined : present(this.#input.stateful.get(node.stateId), 'state operator');
    return [finishAggregate(node, partial.batches, state, this.#engine, this.context)];
  }

  async #deduplicate(node: PhysicalOf<'deduplicate'>): Promise<readonly RecordBatch[]> {
    const batches = await this.rowsOf(node.child);
    const schema = schemaOfColumns(node.output);
    const input = { ...concatBatches(schema, batches, this.#input.arena), schema };
    if (node.stateId === undefined) return [keepFirst(input, node.keys, this.context)];
    return [present(this.#input.stateful.get(node.stateId), 'state operator').process(input, this.#input.arena)];
  }

  async #sort(node: PhysicalOf<'sort'>): Promise<readonly RecordBatch[]> {
    const batches = await this.rowsOf(node.child);
    if (batches.length === 0) return [];
    const all = concatBatches(schemaOfColumns(node.output), batches, this.#input.arena);
    const compute = compileColumns(
      node.orders.map((order) => order.child),
      node.output,
      this.context,
    );
    const rows = sortedRows(compute(all, this.context), node.orders);
    return [takeBatch(all, node.count === undefined ? rows : rows.subarray(0, node.count), this.context)];
  }

  async #limit(node: PhysicalOf<'limit'>): Promise<readonly RecordBatch[]> {
    const { child, count } = node;
    const stage = child.kind === 'scan' || child.kind === 'range' ? collectOf(child) : child;
    const batches =
      stage.kind === 'stage' && stage.sink.kind === 'collect'
        ? this.#keep(await this.stageRows(stage, count))
        : await this.rowsOf(child);
    return takeFirst(batches, count, this.#input.arena);
  }
}

/** How often each source occurs in the plan: a self-join reads its source twice. */
function readsOf(node: PhysicalPlan, reads = new Map<number, number>()): ReadonlyMap<number, number> {
  switch (node.kind) {
    case 'scan':
      reads.set(node.sourceId, (reads.get(node.sourceId) ?? 0) + 1);
      break;
    case 'union':
      for (const child of node.children) readsOf(child, reads);
      break;
    case 'join':
      readsOf(node.left, reads);
      readsOf(node.right, reads);
      break;
    case 'local':
    case 'range':
    case 'oneRow':
      break;
    case 'stage':
    case 'aggregate':
    case 'deduplicate':
    case 'sort':
    case 'limit':
    case 'offset':
      readsOf(node.child, reads);
      break;
  }
  return reads;
}

function collectOf(child: PhysicalPlan): PhysicalOf<'stage'> {
  return { kind: 'stage', operators: [], sink: { kind: 'collect' }, child, output: child.output };
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

function takeFirst(batches: readonly RecordBatch[], count: number, arena: Arena): readonly RecordBatch[] {
  const taken: RecordBatch[] = [];
  let wanted = count;
  for (const batch of batches) {
    if (wanted <= 0) break;
    taken.push(batch.length <= wanted ? batch : sliceBatch(batch, 0, wanted, arena));
    wanted -= batch.length;
  }
  return taken;
}

function dropRows(batches: readonly RecordBatch[], count: number, arena: Arena): readonly RecordBatch[] {
  const kept: RecordBatch[] = [];
  let unwanted = count;
  for (const batch of batches) {
    if (unwanted >= batch.length) unwanted -= batch.length;
    else {
      kept.push(unwanted === 0 ? batch : sliceBatch(batch, unwanted, batch.length, arena));
      unwanted = 0;
    }
  }
  return kept;
}
