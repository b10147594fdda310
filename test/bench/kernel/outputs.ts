/** What a kernel publishes, as it comes: results, those after their cell's idle, and who has gone idle. */
import type { KernelClient, Message } from '../../jupyter/support/client.ts';

/** Kernels differ in what a cell's value comes as. */
const RESULTS = new Set(['execute_result', 'stream', 'display_data']);

export class Outputs {
  /** Cells that had a result. */
  readonly results = new Set<string>();
  /** Cells whose first result came after their idle status. */
  readonly late = new Set<string>();
  readonly #idle = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #end: () => void;
  #listener: ((message: Message) => void) | undefined;

  constructor(client: Pick<KernelClient, 'watch'>) {
    this.#end = client.watch((message) => this.#take(message));
  }

  /** Also called for every message. */
  listen(listener: (message: Message) => void): void {
    this.#listener = listener;
  }

  close(): void {
    this.#end();
  }

  idle(id: string, limitMs: number): Promise<boolean> {
    return this.until(() => this.#idle.has(id), limitMs);
  }

  /** Whether the condition came true in time; it is looked at after every message. */
  until(condition: () => boolean, limitMs: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (met: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(met);
      };
      const look = (): void => {
        if (condition()) finish(true);
      };
      const timer = setTimeout(finish, limitMs, false);
      this.#waiting.add(look);
    });
  }

  #take(message: Message): void {
    const { type, parentId, content } = message;
    if (parentId !== undefined && RESULTS.has(type) && !this.results.has(parentId)) {
      this.results.add(parentId);
      if (this.#idle.has(parentId)) this.late.add(parentId);
    }
    if (parentId !== undefined && type === 'status' && content['execution_state'] === 'idle') this.#idle.add(parentId);
    this.#listener?.(message);
    for (const look of [...this.#waiting]) look();
  }
}
