/**
 * dropDuplicates and dropDuplicatesWithinWatermark (SEMANTICS.md 17). The first row of each key passes.
 *
 * The state of a key is the number of the row that came first, `batchId * 2^32 + row in the batch`: merging a batch by
 * `min` leaves at its own number exactly each row that is the first of its key. Within a watermark there is also the
 * moment of expiry, `time of the first row + delay`, not extended by later ones.
 *
 * ```
 *                                        late rows                  a key is forgotten once
 * dropDuplicates, time among the keys    dropped                    time, or end of the window, <= watermark
 * dropDuplicates, time not a key         dropped                    never
 * dropDuplicatesWithinWatermark          dropped                    expiry <= watermark
 * ```
 */
import type { Column, FixedColumn, RecordBatch } from '../arrow/column.ts';
import { isValid } from '../arrow/column.ts';
import { gatherBatch } from '../arrow/gather.ts';
import { allocateFixed, nullColumn } from '../arrow/make.ts';
import type { Arena } from '../arrow/memory.ts';
import { Types } from '../arrow/types.ts';
import { assert, present } from '../core/assert.ts';
import type { StatefulSpec } from '../physical/ports.ts';
import type { Kernels } from '../../wasm/abi/kernels.ts';
import type { OpenStateOptions, StateOperatorProgress, StatefulBatch, StatefulStore } from '../stream/ports.ts';
import { eventTimesOf, rowsNotOver, type EventTimes } from './event-time.ts';
import { Eviction } from './eviction.ts';
import { OperatorState, type AccumulatorSpec, type StateEnvironment } from './operator-state.ts';
import { allocateRowNumbers } from './rows.ts';
import { StateMetrics } from './state-metrics.ts';

type DeduplicateSpec = Extract<StatefulSpec, { kind: 'deduplicate' }>;

const ROW_BITS = 32n;
const MIN_LONG: AccumulatorSpec = { op: 'min', inputType: Types.long, stateType: Types.long, onOverflow: 'error' };

export class DeduplicateStore implements StatefulStore {
  readonly #spec: DeduplicateSpec;
  readonly #state: OperatorState;
  readonly #kernels: Kernels;
  readonly #eviction: Eviction | undefined;
  readonly #metrics: StateMetrics;
  #batch: StatefulBatch | undefined;

  private constructor(spec: DeduplicateSpec, state: OperatorState, { instance, clock }: StateEnvironment) {
    this.#spec = spec;
    this.#state = state;
    this.#kernels = instance.kernels;
    const ordinal = expiryOrdinal(spec);
    this.#eviction = ordinal === undefined ? undefined : new Eviction(state, spec.keys.length, ordinal, 0n);
    this.#metrics = new StateMetrics(spec.withinWatermark ? 'dedupeWithinWatermark' : 'dedupe', state, clock);
  }

  static async open(
    environment: StateEnvironment,
    spec: DeduplicateSpec,
    options: OpenStateOptions,
  ): Promise<DeduplicateStore> {
    const keys = spec.keys.map((ordinal) => ({
      type: present(spec.input.fields[ordinal], 'a deduplication key').type,
      role: 'key' as const,
    }));
    const accumulators = spec.withinWatermark ? [MIN_LONG, MIN_LONG] : [MIN_LONG];
    const state = await OperatorState.open(environment, { stateId: spec.stateId, keys, accumulators }, options);
    const store = new DeduplicateStore(spec, state, environment);
    store.#eviction?.noteStored(environment.instance);
    return store;
  }

  beginBatch(batch: StatefulBatch): void {
    this.#batch = batch;
    this.#metrics.reset();
  }

  process(input: RecordBatch, arena: Arena): RecordBatch {
    const { evictionWatermarkMs } = present(this.#batch, 'the batch of a stateful operator');
    const candidates = this.#withoutLateRows(input, arena);
    const first = this.#firstOfTheirKeys(candidates, arena);
    this.#metrics.updated(first.length);
    const evicted = this.#eviction?.evict(evictionWatermarkMs, arena);
    this.#metrics.removed(evicted?.length ?? 0);
    return first;
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
    const { lateWatermarkMs } = present(this.#batch, 'the batch of a stateful operator');
    const times = this.#timesOf(input);
    if (times === undefined || input.length === 0) return input;
    const rows = rowsNotOver(times, input.length, lateWatermarkMs, arena);
    this.#metrics.dropped(input.length - rows.length);
    return rows.length === input.length ? input : gatherBatch(input, rows, this.#kernels, arena);
  }

  #timesOf(rows: RecordBatch): EventTimes | undefined {
    const { eventTime } = this.#spec;
    return eventTime === undefined ? undefined : eventTimesOf(rows.columns[eventTime], 0n);
  }

  #firstOfTheirKeys(rows: RecordBatch, arena: Arena): RecordBatch {
    if (rows.length === 0) return rows;
    const { keys, withinWatermark } = this.#spec;
    const { batchId } = present(this.#batch, 'the batch of a stateful operator');
    const base = BigInt(batchId) << ROW_BITS;
    const keyColumns = keys.map((ordinal) => present(rows.columns[ordinal], 'a key column'));
    const numbers = allocateFixed(Types.long, rows.length, arena);
    for (let row = 0; row < rows.length; row++) numbers.values[row] = base + BigInt(row);
    const states = withinWatermark ? [numbers, nullColumn(Types.long, rows.length, arena)] : [numbers];
    this.#state.table.merge(keyColumns, states, rows.length, arena);
    const first = gatherBatch(rows, this.#rowsAt(base, rows.length, arena), this.#kernels, arena);
    this.#noteTimes(first, base, arena);
    return first;
  }

  /** The rows that are the first of their keys, ascending: those whose number is in the state. */
  #rowsAt(base: bigint, rowCount: number, arena: Arena): Uint32Array {
    const isFirst = new Uint8Array(rowCount);
    let count = 0;
    for (const partition of this.#state.table.partitions) {
      const groups = partition.emit('dirty', arena);
      const numbers = longs(groups.columns[this.#spec.keys.length]);
      for (let group = 0; group < groups.length; group++) {
        const number = numbers.values[group];
        if (typeof number !== 'bigint' || number < base) continue;
        isFirst[Number(number - base)] = 1;
        count += 1;
      }
    }
    const rows = allocateRowNumbers(count, arena);
    let at = 0;
    for (let row = 0; row < rowCount; row++) if (isFirst[row] === 1) rows[at++] = row;
    return rows;
  }

  /** Records when the new keys are over. */
  #noteTimes(first: RecordBatch, base: bigint, arena: Arena): void {
    if (this.#eviction === undefined || first.length === 0) return;
    const { keys, withinWatermark, delayMicros } = this.#spec;
    if (!withinWatermark) {
      this.#eviction.note(first.columns[present(this.#spec.eventTime, 'the event time')], first.length);
      return;
    }
    const times = present(this.#timesOf(first), 'the event time');
    const expiries = allocateFixed(Types.long, first.length, arena);
    const numbers = allocateFixed(Types.long, first.length, arena);
    for (let row = 0; row < first.length; row++) {
      // As in Spark, a null time counts as 1970.
      const micros = isValid(times.column, row) ? (times.micros[row] ?? 0n) : 0n;
      expiries.values[row] = micros + delayMicros;
      numbers.values[row] = base + BigInt(row);
    }
    const keyColumns = keys.map((ordinal) => present(first.columns[ordinal], 'a key column'));
    this.#state.table.put(keyColumns, [numbers, expiries], first.length, arena);
    this.#eviction.note(expiries, first.length);
  }
}

/** Which column of keys and states says when a key is over; undefined: none does. */
function expiryOrdinal({ keys, eventTime, withinWatermark }: DeduplicateSpec): number | undefined {
  if (withinWatermark) return keys.length + 1;
  if (eventTime === undefined) return undefined;
  const index = keys.indexOf(eventTime);
  return index === -1 ? undefined : index;
}

function longs(column: Column | undefined): FixedColumn {
  assert(column?.layout === 'fixed', 'a row number is a long');
  return column;
}
