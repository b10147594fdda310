/**
 * The main thread's side of an interrupt (see InterruptCell in contract.ts). Code of a cell tests `flag[0]` in its loops
 * and catch clauses; each of its awaits is entered here, so that an interrupt rejects it where it stands and the cell's
 * `finally` blocks run. What goes on after that belongs to an abandoned cell and stops at its next await.
 */
import type { InterruptCell } from './contract.ts';
import type { CellContext } from './cell-context.ts';

/** Thrown into a cell's code where an interrupt finds it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('The cell was interrupted.');
  }
}

/** How long the `finally` blocks of an interrupted cell may go on before it counts as ended. */
const GRACE_MS = 10;

export class Interrupts {
  readonly #flag: Int32Array;
  readonly #current: () => CellContext | undefined;
  #running: CellContext | undefined;
  /** Its awaits were ended: it has the time of its `finally` blocks, which may await. */
  #ending: CellContext | undefined;
  /** Promises that cells await, until they settle. */
  readonly #waiters = new Map<object, { readonly context: CellContext; readonly end: (error: Error) => void }>();

  constructor(cell: InterruptCell, current: () => CellContext | undefined) {
    this.#flag = cell.flag;
    this.#current = current;
  }

  get flag(): Int32Array {
    return this.#flag;
  }

  begin(context: CellContext): void {
    this.#running = context;
    Atomics.store(this.#flag, 0, 0);
  }

  /** False where the context was not running any more: an interrupt ended it before. */
  end(context: CellContext): boolean {
    if (this.#running !== context) return false;
    this.#running = undefined;
    Atomics.store(this.#flag, 0, 0);
    return true;
  }

  /** Whether an interrupt that reached the context's code ends its cell, or ended it before. */
  isOver(context: CellContext): boolean {
    return context.isAbandoned || context === this.#running;
  }

  /** A loop saw the flag. Work that the engine does for a stream is not the cell's and goes on. */
  readonly onFlag = (): void => {
    const context = this.#current();
    if (context?.isShielded === true) return;
    if (this.#running === undefined) Atomics.store(this.#flag, 0, 0);
    throw new Interrupted();
  };

  /** What a cell awaits, so that an interrupt can end it. Values that are no promises pass through. */
  readonly awaiting = (value: unknown): unknown => {
    const context = this.#current();
    if (context === undefined || context !== this.#running || !isThenable(value)) return value;
    let end: (error: Error) => void = () => undefined;
    const wrapper = new Promise((resolve, reject) => {
      end = reject;
      // Handed on as they are: V8 follows its own resolving functions, and so keeps the async frames of error stacks.
      value.then(resolve, reject);
    });
    this.#waiters.set(wrapper, { context, end });
    return wrapper;
  };

  /** What settles need not be ended any more. */
  readonly onSettled = (promise: object): void => {
    if (this.#waiters.size > 0) this.#waiters.delete(promise);
  };

  /** After an await: the value, unless the cell was abandoned meanwhile. */
  readonly awaited = (value: unknown): unknown => {
    const context = this.#current();
    if (this.#flag[0] !== 0 && context !== this.#ending) this.onFlag();
    if (context?.isAbandoned === true) throw new Interrupted();
    return value;
  };

  /** Ends the running cell's pending awaits; the cell itself at once, or after its `finally` blocks had their time. */
  interruptAwait(): void {
    const context = this.#running;
    if (context === undefined) return;
    const ends = [...this.#waiters.values()].filter((waiter) => waiter.context === context);
    this.#ending = context;
    for (const { end } of ends) end(new Interrupted());
    if (ends.length === 0) context.abandon();
    else setTimeout(() => context.abandon(), GRACE_MS);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
