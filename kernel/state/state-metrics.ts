/** What a stateful operator reports of a batch. */
import type { Clock } from '../core/clock.ts';
import type { StateOperatorProgress } from '../stream/ports.ts';
import type { OperatorState } from './operator-state.ts';

export class StateMetrics {
  readonly #operatorName: string;
  readonly #state: OperatorState;
  readonly #clock: Clock;
  #updatedRows = 0;
  #removedRows = 0;
  #droppedRows = 0;
  #commitMs = 0;
  /** Counting groups takes a walk over them, so it is done once a batch. */
  #totalRows = 0;
  #memoryBytes = 0;

  constructor(operatorName: string, state: OperatorState, clock: Clock) {
    this.#operatorName = operatorName;
    this.#state = state;
    this.#clock = clock;
    this.#measure();
  }

  reset(): void {
    this.#updatedRows = 0;
    this.#removedRows = 0;
    this.#droppedRows = 0;
    this.#commitMs = 0;
  }

  updated(rows: number): void {
    this.#updatedRows = rows;
  }

  removed(rows: number): void {
    this.#removedRows = rows;
  }

  dropped(rows: number): void {
    this.#droppedRows = rows;
  }

  async timeCommit(work: () => Promise<void>): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    await work();
    this.#commitMs = this.#clock.monotonicMs() - startedMs;
    this.#measure();
  }

  #measure(): void {
    this.#totalRows = this.#state.table.groupCount;
    this.#memoryBytes = this.#state.table.memoryBytes;
  }

  progress(): StateOperatorProgress {
    return {
      operatorName: this.#operatorName,
      numRowsTotal: this.#totalRows,
      numRowsUpdated: this.#updatedRows,
      numRowsRemoved: this.#removedRows,
      numRowsDroppedByWatermark: this.#droppedRows,
      commitTimeMs: Math.round(this.#commitMs),
      memoryUsedBytes: this.#memoryBytes,
      numShufflePartitions: this.#state.table.partitions.length,
      customMetrics: {},
    };
  }
}
