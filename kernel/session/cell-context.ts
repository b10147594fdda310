import { setImmediate } from 'node:timers/promises';
import type { CellOutput } from './contract.ts';

/** What may outlast a cell's code, but not its end. */
export interface CellExecution {
  /** The cell does not end before the work; it never rejects. */
  track(work: Promise<void>): void;
}

/** One execution of a cell: followed by promises, timers and event handlers, so it outlives the cell. */
export class CellContext implements CellExecution {
  readonly output: CellOutput;
  readonly label: string;
  /** Work done for the engine on behalf of a stream: an interrupt of the running cell does not end it. */
  readonly isShielded: boolean;
  readonly abandoned: Promise<void>;
  /** Outputs that are still being rendered, and queries that were not awaited: both belong before the cell's end. */
  readonly #pending = new Set<Promise<void>>();
  #isAbandoned = false;
  #announce: () => void = () => undefined;

  constructor(output: CellOutput, options: { readonly label: string; readonly isShielded?: boolean }) {
    this.output = output;
    this.label = options.label;
    this.isShielded = options.isShielded ?? false;
    this.abandoned = new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  track(work: Promise<void>): void {
    this.#pending.add(work);
    void work.then(() => this.#pending.delete(work));
  }

  /** All outputs so far have been written, also those that follow at once from a query's answer. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) {
      await Promise.all(this.#pending);
      await setImmediate();
    }
  }

  get isPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Nothing that this execution still does counts any more; its awaits throw when they return. Idempotent. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#announce();
  }
}
