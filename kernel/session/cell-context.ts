import type { CellOutput } from './contract.ts';

/** One execution of a cell: followed by promises, timers and event handlers, so it outlives the cell. */
export class CellContext {
  readonly output: CellOutput;
  readonly label: string;
  /** Work done for the engine on behalf of a stream: an interrupt of the running cell does not end it. */
  readonly isShielded: boolean;
  readonly abandoned: Promise<void>;
  /** Outputs that are still being rendered. */
  readonly #rendering = new Set<Promise<void>>();
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

  /** An output that takes time to render; it never rejects. */
  track(rendering: Promise<void>): void {
    this.#rendering.add(rendering);
    void rendering.then(() => this.#rendering.delete(rendering));
  }

  /** All outputs so far have been written. */
  async rendered(): Promise<void> {
    while (this.#rendering.size > 0) await Promise.all(this.#rendering);
  }

  get isRendering(): boolean {
    return this.#rendering.size > 0;
  }

  /** Nothing that this execution still does counts any more; its awaits throw when they return. Idempotent. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#announce();
  }
}
