/**
 * Ends what the main thread is doing, from the jupyter worker, in steps; each only if the main thread has not answered
 * after the one before (see InterruptCell in the contract):
 *
 * 1. the shared flag, which loops of cell code test, and a message, which ends a pending await;
 * 2. SIGINT, which ends the synchronous part of a cell in `vm` and `Atomics.wait`;
 * 3. `Runtime.terminateExecution` by the inspector, which ends anything else but a synchronous native call.
 *
 * A main thread that answers has a free event loop, and then no force is used: a termination that comes too late would
 * hit whatever runs next.
 */
import { Session } from 'node:inspector';
import type { Clock } from '../core/clock.ts';
import { BEFORE_TERMINATION } from './async-hooks-guard.ts';

const FLAG_WAIT_MS = 4;
const SIGNAL_WAIT_MS = 6;
const TERMINATE_WAIT_MS = 20;
const STUCK_WAIT_MS = 1000;

export interface InterrupterPorts {
  readonly flag: Int32Array;
  /** The running cell's epoch. */
  readonly runningEpoch: () => number | undefined;
  /** Posts the interrupt to the main thread, which answers with `noteSeen(id)` as soon as its event loop turns. */
  readonly ask: (question: {
    readonly id: number;
    readonly epoch: number | undefined;
    readonly afterTermination: boolean;
  }) => void;
  /** Sends SIGINT to this process; undefined where that might end it. */
  readonly signal: (() => void) | undefined;
  /** The main thread sits in a native call that nothing can end. */
  readonly tellStuck: () => void;
  /** A termination was used: what the main thread was about to answer may be lost. */
  readonly noteTerminated: () => void;
  readonly clock: Clock;
}

export class Interrupter {
  readonly #ports: InterrupterPorts;
  #isListening = false;
  #lastId = 0;
  #seenId = 0;
  #wake = new AbortController();
  #active: Promise<void> | undefined;

  constructor(ports: InterrupterPorts) {
    this.#ports = ports;
  }

  /** Resolves once the main thread's event loop is free, or is known to be stuck. */
  interrupt(): Promise<void> {
    this.#active ??= this.#escalate().finally(() => {
      this.#active = undefined;
    });
    return this.#active;
  }

  /** The main thread has loaded the interpreter. Before that it is not forced: that would break what it loads. */
  noteListening(): void {
    this.#isListening = true;
  }

  noteSeen(id: number): void {
    this.#seenId = Math.max(this.#seenId, id);
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  async #escalate(): Promise<void> {
    const id = this.#ask({ afterTermination: false });
    if (!this.#isListening || (await this.#isSeen(id, FLAG_WAIT_MS))) return;
    if (this.#ports.signal !== undefined) {
      this.#raiseFlag();
      this.#ports.signal();
      if (await this.#isSeen(id, SIGNAL_WAIT_MS)) return;
    }
    for (const waitMs of [TERMINATE_WAIT_MS, STUCK_WAIT_MS]) {
      terminateMainThread();
      // The message asked with before may have been what was terminated.
      const again = this.#ask({ afterTermination: true });
      if (await this.#isSeen(again, waitMs)) {
        this.#ports.noteTerminated();
        return;
      }
    }
    this.#ports.tellStuck();
  }

  #ask({ afterTermination }: { readonly afterTermination: boolean }): number {
    this.#raiseFlag();
    this.#lastId += 1;
    this.#ports.ask({ id: this.#lastId, epoch: this.#ports.runningEpoch(), afterTermination });
    return this.#lastId;
  }

  #raiseFlag(): void {
    Atomics.store(this.#ports.flag, 0, 1);
    Atomics.notify(this.#ports.flag, 0);
  }

  async #isSeen(id: number, waitMs: number): Promise<boolean> {
    const endMs = this.#ports.clock.monotonicMs() + waitMs;
    for (;;) {
      const leftMs = endMs - this.#ports.clock.monotonicMs();
      if (this.#seenId >= id) return true;
      if (leftMs <= 0) return false;
      await this.#ports.clock.sleep(leftMs, this.#wake.signal);
    }
  }
}

function terminateMainThread(): void {
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', { expression: `globalThis[Symbol.for('${BEFORE_TERMINATION}')]?.()` });
  session.post('Runtime.terminateExecution', () => session.disconnect());
}
