/**
 * The stateful aggregate (SEMANTICS.md 5-9, 19). A batch's rows are partial results.
 *
 * ```
 *            late rows            gives the executor                 evicts
 * append     dropped              the evicted groups, once           by the current watermark
 * update     dropped              the groups that changed            by the current watermark, silently
 * complete   counted              all groups                         never
 * ```
 */
import { emptyBatch } from '../arrow/make.ts';
import type { Column, RecordBatch } from '../arrow/column.ts';
import { gatherBatch } from '../arrow/gather.ts';
import type { Arena } from '../arrow/memory.ts';
import { createBuilder } from '../arrow/builder.ts';
import { assert, present } from '../core/assert.ts';
import type { StatefulSpec } from '../physical/ports.ts';
import type { Kernels } from '../../wasm/abi/kernels.ts';
import type {
  OpenStateOptions,
  OutputMode,
  StateOperatorProgress,
  StatefulBatch,
  StatefulStore,
} from '../stream/ports.ts';
import { eventTimesOf, rowsNotOver } from './event-time.ts';
import { Eviction } from './eviction.ts';
import { OperatorState, type AccumulatorSpec, type StateEnvironment } from './operator-state.ts';
import { StateMetrics } from './state-metrics.ts';

type AggregateSpec = Extract<StatefulSpec, { kind: 'aggregate' }>;

export class AggregateStore implements StatefulStore {
  readonly #spec: AggregateSpec;
  readonly #state: OperatorState;
  readonly #outputMode: OutputMode;
  readonly #kernels: Kernels;
  readonly #eviction: Eviction | undefined;
  readonly #metrics: StateMetrics;
  #batch: StatefulBatch | undefined;

  private constructor(
    spec: AggregateSpec,
    state: OperatorState,
    outputMode: OutputMode,
    { instance, clock }: StateEnvironment,
  ) {
    this.#spec = spec;
    this.#state = state;
    this.#outputMode = outputMode;
    this.#kernels = instance.kernels;
    const { eventTimeKey, keys } = spec;
    if (eventTimeKey !== undefined && outputMode !== 'complete') {
      this.#eviction = new Eviction(state, keys.length, eventTimeKey.index, offsetOf(eventTimeKey));
    }
    this.#metrics = new StateMetrics('stateStoreSave', state, clock);
  }

  static async open(
    environment: StateEnvironment,
    spec: AggregateSpec,
    options: OpenStateOptions,
  ): Promise<AggregateStore> {
    const state = await OperatorState.open(environment, spec, options);
    const store = new AggregateStore(spec, state, options.outputMode, environment);
    store.#eviction?.noteStored(environment.instance);
    return store;
  }

  beginBatch(batch: StatefulBatch): void {
    this.#batch = batch;
    this.#metrics.reset();
  }

  process(input: RecordBatch, arena: Arena): RecordBatch {
    const { evictionWatermarkMs } = present(this.#batch, 'the batch of a stateful operator');
    this.#merge(this.#withoutLateRows(input, arena), arena);
    if (this.#spec.keys.length === 0) this.#ensureGlobalGroup(arena);
    this.#metrics.updated(this.#state.table.dirtyCount);
    const changed = this.#outputMode === 'update' ? this.#state.table.emit('dirty', arena) : undefined;
    const evicted = this.#eviction?.evict(evictionWatermarkMs, arena);
    this.#metrics.removed(evicted?.length ?? 0);
    switch (this.#outputMode) {
      case 'append':
        return evicted ?? emptyBatch(input.schema, arena);
      case 'update':
        return changed ?? emptyBatch(input.schema, arena);
      case 'complete':
        return this.#state.table.emit('all', arena);
    }
  }

  async commit(): Promise<void> {
    const { batchId } = present(this.#batch, 'the batch of a stateful operator');
    await this.#metrics.timeCommit(() => this.#state.commit(batchId + 1));
  }

  progress(): StateOperatorProgress {
    return this.#metrics.progress();
  }

  async purge(oldestVersion: number): Promise<void> {
    await this.#state.purge(oldestVersion);
  }

  async close(): Promise<void> {
    await this.#state.close();
  }

  #withoutLateRows(input: RecordBatch, arena: Arena): RecordBatch {
    const { eventTimeKey } = this.#spec;
    const { lateWatermarkMs } = present(this.#batch, 'the batch of a stateful operator');
    if (eventTimeKey === undefined || this.#outputMode === 'complete' || input.length === 0) return input;
    const times = eventTimesOf(input.columns[eventTimeKey.index], offsetOf(eventTimeKey));
    const rows = rowsNotOver(times, input.length, lateWatermarkMs, arena);
    if (rows.length === input.length) return input;
    this.#metrics.dropped(input.length - rows.length);
    return gatherBatch(input, rows, this.#kernels, arena);
  }

  #merge(rows: RecordBatch, arena: Arena): void {
    const { keys, eventTimeKey } = this.#spec;
    const keyColumns = rows.columns.slice(0, keys.length);
    this.#state.table.merge(keyColumns, rows.columns.slice(keys.length), rows.length, arena);
    if (eventTimeKey !== undefined) this.#eviction?.note(keyColumns[eventTimeKey.index], rows.length);
  }

  /** An aggregate without keys has its one row from the beginning, also where no row has reached it. */
  #ensureGlobalGroup(arena: Arena): void {
    if (this.#state.table.groupCount > 0) return;
    const states = this.#spec.accumulators.map((accumulator) => initialState(accumulator, arena));
    this.#state.table.put([], states, 1, arena);
  }
}

/** From a key's value to the moment at which it is over. */
function offsetOf({ kind, windowMicros }: NonNullable<AggregateSpec['eventTimeKey']>): bigint {
  return kind === 'window' ? windowMicros : 0n;
}

function initialState({ op, stateType }: AccumulatorSpec, arena: Arena): Column {
  assert(op !== 'count' || stateType.kind === 'long', 'a count is a long');
  const builder = createBuilder(stateType);
  builder.append(op === 'count' ? 0n : null);
  return builder.finish(arena);
}
