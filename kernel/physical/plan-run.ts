/**
 * One execution of a physical plan. What nodes give lies in the run's arena, or in stages that are kept until the run is
 * released; a consumer that copies releases the stage below at once.
 */
import type { RecordBatch } from '../arrow/column.ts';
import { concatBatches } from '../arrow/concat.ts';
import { makeBatch } from '../arrow/make.ts';
import type { Arena } from '../arrow/memory.ts';
import { fromIpc } from '../arrow/ipc.ts';
import { sliceBatch } from '../arrow/slice.ts';
import { toEngine } from '../arrow/transfer.ts';
import { Types } from '../arrow/types.ts';
import { assert, present } from '../core/assert.ts';
import type { EvalContext } from '../functions/contract.ts';
import { compileColumns } from './expressions/evaluator.ts';
import { mergeDense } from './dense-groups/merge-dense.ts';
import { denseShapeOf } from './dense-groups/stage-shape.ts';
import { finishAggregate, keysRead, mergeGroups } from './run-aggregate.ts';
import { joinBatches } from './run-join.ts';
import { keepFirst } from './run-deduplicate.ts';
import { SharedLeases } from './leases.ts';
import { schemaOfColumns } from './operators/operators.ts';
import { sortedRows } from './operators/sort.ts';
import type { ExecutorOptions, RunInput } from './execution.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import type { EventTimeStats } from './ports.ts';
import { StageExecution, type StageRows } from './stage-execution.ts';
import { takeBatch } from './take.ts';

export class PlanRun {
  readonly #engine: ExecutorOptions;
  readonly #input: RunInput;
  readonly #stages: StageExecution;
  readonly #cleanups: (() => void)[] = [];
  /** For operators on the engine thread. */
  readonly context: EvalContext;

  constructor(engine: ExecutorOptions, input: RunInput) {
    this.#engine = engine;
    this.#input = input;
    const { ansi, timeZone, batchTimestampMicros } = input.options;
    this.context = { ansi, timeZone, batchTimestampMicros, arena: input.arena, kernels: engine.instance.kernels };
    this.#stages = new StageExecution(engine, { ansi, timeZone, batchTimestampMicros }, input);
  }

  get inputRows(): ReadonlyMap<number, number> {
    return this.#stages.inputRows;
  }

  get eventTimes(): readonly EventTimeStats[] {
    return this.#stages.eventTimes;
  }

  release(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#input.arena.release();
  }

  async run(root: PhysicalPlan): Promise<readonly RecordBatch[]> {
    for (const [sourceId, reads] of readsOf(root)) {
      const scan = this.#input.scans.get(sourceId);
      if (scan === undefined || reads === 1) continue;
      const shared = new SharedLeases(scan);
      this.#cleanups.push(() => shared.release());
      this.#stages.share(sourceId, shared);
    }
    return this.rowsOf(root);
  }

  async rowsOf(node: PhysicalPlan): Promise<readonly RecordBatch[]> {
    switch (node.kind) {
      case 'scan':
      case 'range':
        return this.#keep(await this.#stageRows(collectOf(node), undefined));
      case 'stage':
        return this.#keep(await this.#stageRows(node, undefined));
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
  async #stageRows(node: PhysicalOf<'stage'>, rowsMax: number | undefined): Promise<StageRows> {
    const { child } = node;
    if (child.kind === 'scan' || child.kind === 'range') return this.#stages.overTasks(node, child, rowsMax);
    return this.#stages.overBatches(node, await this.rowsOf(child), rowsMax);
  }

  #localRows(node: PhysicalOf<'local'>): readonly RecordBatch[] {
    const schema = schemaOfColumns(node.output);
    const kept = this.#engine.keptRows?.open(node.rows);
    if (kept !== undefined) this.#cleanups.push(kept.release);
    return (kept?.batches ?? fromIpc(node.rows.ipc).batches).map((batch) => {
      const columns = node.ordinals.map((ordinal) => present(batch.columns[ordinal], 'column'));
      return toEngine(makeBatch(schema, columns, batch.length), this.#input.arena);
    });
  }

  async #aggregate(node: PhysicalOf<'aggregate'>): Promise<readonly RecordBatch[]> {
    assert(node.child.kind === 'stage', 'an aggregate merges the partial results of a stage');
    const rows = await this.#stageRows(node.child, undefined);
    this.#cleanups.push(rows.release);
    if (rows.dense.length > 0) return this.#finishDense(node, rows);
    const partials = rows.batches;
    const merged = await this.#stages.mergeByPartition(node, partials);
    const groups =
      merged === undefined ? [mergeGroups(node, partials, this.#engine, this.context)] : this.#keep(merged);
    const state =
      node.stateId === undefined ? undefined : present(this.#input.stateful.get(node.stateId), 'state operator');
    return finishAggregate(node, groups, state, this.context);
  }

  /** Dense groups, and partial results that would not be dense. */
  #finishDense(node: PhysicalOf<'aggregate'>, { dense, batches }: StageRows): readonly RecordBatch[] {
    assert(node.child.kind === 'stage', 'an aggregate merges the partial results of a stage');
    const shape = present(denseShapeOf(node.child), 'the shape of dense groups');
    const state =
      node.stateId === undefined ? undefined : present(this.#input.stateful.get(node.stateId), 'state operator');
    const isLast = state === undefined && batches.length === 0 && node.panes === undefined;
    const wanted = isLast ? keysRead(node) : new Set(node.keys.keys());
    const merged = mergeDense(shape, dense, wanted, this.#engine.instance, this.#input.arena);
    const groups = isLast ? merged : mergeGroups(node, [merged, ...batches], this.#engine, this.context);
    return finishAggregate(node, [groups], state, this.context);
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
        ? this.#keep(await this.#stageRows(stage, count))
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
