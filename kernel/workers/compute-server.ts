/**
 * The worker's side of the protocol: claims tasks, runs them, reports. One task per turn of the event loop, so that
 * messages of other stages, and the end of this one, are heard between tasks.
 *
 * Lifecycle of a session: running → ended (no more tasks come) → finished | failed | aborted → released.
 */
import type { ScanTask } from '../arrow/scan.ts';
import { serializeError } from '../core/errors.ts';
import { unreachable } from '../core/assert.ts';
import type { CreateStageRunner, StageRunner } from '../physical/ports.ts';
import { CONTROL_ABORT, CONTROL_NEXT, type FromWorker, type ToWorker } from './protocol.ts';

/** Completed tasks are reported in groups of this size, or when no task is left to claim. */
const PROGRESS_TASKS = 16;

export interface ComputePort {
  post(message: FromWorker): void;
  /** Calls `work` in a later turn of the event loop, after messages that have arrived. */
  later(work: () => void): void;
}

interface Session {
  readonly stageId: number;
  readonly control: Int32Array;
  readonly runner: StageRunner;
  /** Tasks by index; cleared once run. */
  readonly tasks: (ScanTask | undefined)[];
  completed: number[];
  ended: boolean;
  scheduled: boolean;
  over: boolean;
}

export class ComputeServer {
  readonly #port: ComputePort;
  readonly #createRunner: CreateStageRunner;
  readonly #sessions = new Map<number, Session>();

  constructor(port: ComputePort, createRunner: CreateStageRunner) {
    this.#port = port;
    this.#createRunner = createRunner;
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'start':
        this.#start(message);
        return;
      case 'tasks':
        this.#withSession(message.stageId, (session) => {
          message.tasks.forEach((task, i) => (session.tasks[message.first + i] = task));
          this.#schedule(session);
        });
        return;
      case 'end':
        this.#withSession(message.stageId, (session) => {
          session.ended = true;
          this.#schedule(session);
        });
        return;
      case 'release':
        this.#withSession(message.stageId, (session) => {
          this.#sessions.delete(session.stageId);
          session.runner.release();
        });
        return;
    }
    unreachable(message, 'message to a compute worker');
  }

  #start(message: Extract<ToWorker, { type: 'start' }>): void {
    try {
      const runner = this.#createRunner(message.stage, message.options);
      this.#sessions.set(message.stageId, {
        stageId: message.stageId,
        control: new Int32Array(message.control),
        runner,
        tasks: [],
        completed: [],
        ended: false,
        scheduled: false,
        over: false,
      });
    } catch (error) {
      Atomics.store(new Int32Array(message.control), CONTROL_ABORT, 1);
      this.#port.post({ type: 'failed', stageId: message.stageId, error: serializeError(error) });
    }
  }

  #withSession(stageId: number, action: (session: Session) => void): void {
    const session = this.#sessions.get(stageId);
    if (session !== undefined) action(session);
  }

  #schedule(session: Session): void {
    if (session.scheduled || session.over) return;
    session.scheduled = true;
    this.#port.later(() => {
      session.scheduled = false;
      this.#step(session);
    });
  }

  /** Runs one task, or ends the session where nothing is left. */
  #step(session: Session): void {
    if (session.over) return;
    if (Atomics.load(session.control, CONTROL_ABORT) === 1) {
      this.#leave(session, { type: 'aborted', stageId: session.stageId });
      return;
    }
    const index = claim(session.control, session.tasks.length);
    try {
      if (index !== undefined) {
        const task = session.tasks[index];
        session.tasks[index] = undefined;
        if (task !== undefined) session.runner.run(index, task);
        session.completed.push(index);
        if (session.completed.length >= PROGRESS_TASKS) this.#report(session);
        this.#schedule(session);
        return;
      }
      this.#report(session);
      if (!session.ended) return;
      const outcome = session.runner.finish();
      session.over = true;
      this.#port.post({ type: 'finished', stageId: session.stageId, outcome });
    } catch (error) {
      Atomics.store(session.control, CONTROL_ABORT, 1);
      this.#leave(session, { type: 'failed', stageId: session.stageId, error: serializeError(error) });
    }
  }

  #report(session: Session): void {
    if (session.completed.length === 0) return;
    this.#port.post({ type: 'progress', stageId: session.stageId, completed: session.completed });
    session.completed = [];
  }

  #leave(session: Session, message: FromWorker): void {
    session.over = true;
    this.#sessions.delete(session.stageId);
    session.runner.release();
    this.#port.post(message);
  }
}

/** The index of a task to run, below `known`; undefined where all known tasks are taken. */
function claim(control: Int32Array, known: number): number | undefined {
  for (;;) {
    const next = Atomics.load(control, CONTROL_NEXT);
    if (next >= known) return undefined;
    if (Atomics.compareExchange(control, CONTROL_NEXT, next, next + 1) === next) return next;
  }
}
