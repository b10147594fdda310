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
/** The main thread ends a cell within 15 ms of being reached. */
const END_WAIT_MS = 30;
const ROUNDS_MAX = 5;

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
  /** The cell that was interrupted before the main thread could run it. */
  #epochWhileLoading: number | undefined;
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

  /**
   * The main thread has loaded the interpreter. Before that it is not forced: that would break what it loads. What was to be
   * interrupted meanwhile begins only now.
   */
  async noteListening(): Promise<void> {
    this.#isListening = true;
    const epoch = this.#epochWhileLoading;
    if (epoch !== undefined && epoch === this.#ports.runningEpoch()) await this.interrupt();
  }

  noteSeen(id: number): void {
    this.#seenId = Math.max(this.#seenId, id);
    this.noteProgress();
  }

  /** A cell has ended, or the main thread has answered. */
  noteProgress(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** What is running when the interrupt is in progress; undefined when none is. */
  get active(): Promise<void> | undefined {
    return this.#active;
  }

  /** A main thread that is free may be blocked again by the same cell, which then has to be reached once more. */
  async #escalate(): Promise<void> {
    const epoch = this.#ports.runningEpoch();
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const id = this.#ask({ afterTermination: false });
      if (!this.#isListening) {
        this.#epochWhileLoading = epoch;
        return;
      }
      if (!(await this.#reach(id))) break;
      const hasEnded = (): boolean => epoch === undefined || this.#ports.runningEpoch() !== epoch;
      if (await this.#becomes(hasEnded, END_WAIT_MS)) return;
    }
    this.#ports.tellStuck();
  }

  /** Whether the main thread's event loop could be freed. */
  async #reach(id: number): Promise<boolean> {
    if (await this.#isSeen(id, FLAG_WAIT_MS)) return true;
    if (this.#ports.signal !== undefined) {
      this.#raiseFlag();
      this.#ports.signal();
      if (await this.#isSeen(id, SIGNAL_WAIT_MS)) return true;
    }
    return (await this.#terminate(TERMINATE_WAIT_MS)) || this.#terminate(STUCK_WAIT_MS);
  }

  /** Where the main thread has become idle meanwhile, the termination hits the next callback: let it be that of a question. */
  async #terminate(waitMs: number): Promise<boolean> {
    let isDone = false;
    terminateMainThread(() => {
      isDone = true;
      this.noteProgress();
    });
    this.#ask({ afterTermination: true });
    if (!(await this.#becomes(() => isDone, waitMs))) return false;
    this.#ports.noteTerminated();
    return this.#isSeen(this.#ask({ afterTermination: true }), waitMs);
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

  #isSeen(id: number, waitMs: number): Promise<boolean> {
    return this.#becomes(() => this.#seenId >= id, waitMs);
  }

  async #becomes(holds: () => boolean, waitMs: number): Promise<boolean> {
    const endMs = this.#ports.clock.monotonicMs() + waitMs;
    for (;;) {
      if (holds()) return true;
      const leftMs = endMs - this.#ports.clock.monotonicMs();
      if (leftMs <= 0) return false;
      await this.#ports.clock.sleep(leftMs, this.#wake.signal);
    }
  }
}

/** `onDone` is called once nothing runs any more that was to be terminated. */
function terminateMainThread(onDone: () => void): void {
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', { expression: `globalThis[Symbol.for('${BEFORE_TERMINATION}')]?.()` });
  session.post('Runtime.terminateExecution', () => {
    session.disconnect();
    onDone();
  });
}
