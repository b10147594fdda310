/** Removes expired groups from an operator's state, and looks only when there may be some. */
import type { Column, RecordBatch } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import { copyBatch } from '../arrow/transfer.ts';
import type { EngineInstance } from '../physical/ports.ts';
import { eventTimesOf, isOver, leastOf, splitByWatermark } from './event-time.ts';
import { keysOf, type OperatorState } from './operator-state.ts';
import { joinBatches } from './rows.ts';

export class Eviction {
  readonly #state: OperatorState;
  readonly #keyCount: number;
  /** The ordinal of the time among keys and states. */
  readonly #ordinal: number;
  readonly #offsetMicros: bigint;
  /** No group has an earlier time; null: none has a time. */
  #least: bigint | null = null;

  constructor(state: OperatorState, keyCount: number, ordinal: number, offsetMicros: bigint) {
    this.#state = state;
    this.#keyCount = keyCount;
    this.#ordinal = ordinal;
    this.#offsetMicros = offsetMicros;
  }

  /** Takes note of the times of groups that were added. */
  note(column: Column | undefined, length: number): void {
    if (length === 0) return;
    const least = leastOf(eventTimesOf(column, this.#offsetMicros), length);
    if (least !== null && (this.#least === null || least < this.#least)) this.#least = least;
  }

  /** Takes note of the groups that were loaded. */
  noteStored({ memory }: EngineInstance): void {
    const arena = memory.createArena('times of stored groups');
    for (const partition of this.#state.table.partitions) {
      const { columns, length } = partition.emit('all', arena);
      this.note(columns[this.#ordinal], length);
      arena.release();
    }
  }

  /** Removes the groups that are over, and returns them. undefined: there were none. */
  evict(watermarkMs: number, arena: Arena): RecordBatch | undefined {
    if (!isOver(this.#least, this.#offsetMicros, watermarkMs)) return undefined;
    let least: bigint | null = null;
    const evicted = this.#state.table.partitions.map((partition) =>
      partition.evict((groups) => {
        const times = eventTimesOf(groups.columns[this.#ordinal], this.#offsetMicros);
        const { over, leastOther } = splitByWatermark(times, groups.length, watermarkMs);
        if (leastOther !== null && (least === null || leastOther < least)) least = leastOther;
        return over;
      }, arena),
    );
    this.#least = least;
    this.#state.recordRemoved(evicted.map((batch) => copyBatch(keysOf(batch, this.#keyCount), 'heap')));
    return joinBatches(evicted, arena);
  }
}
