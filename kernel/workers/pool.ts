/**
 * The pool of compute workers. Workers start with the first parallel stage and stay; one that dies fails the stages it took
 * part in and is replaced at the next stage.
 *
 * Lifecycle: idle (no threads) → running → closed. Several stages may run at the same time.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AssertionError, present } from '../core/assert.ts';
import { reviveError } from '../core/errors.ts';
import type { ComputePool, PooledStage, PooledStageRequest } from '../physical/ports.ts';
import type { WorkerEntry } from './entry.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { StageDispatch } from './stage-dispatch.ts';

export interface PoolOptions {
  /** Threads; the conf `millrace.workers`. Default: one per core. */
  readonly size?: number;
  /** The worker program, see entry.ts. */
  readonly entry: WorkerEntry;
  /** What a worker needs to share the engine memory; its entry program understands it. */
  readonly workerData: unknown;
}

interface Member {
  readonly worker: Worker;
  readonly stages: Map<number, StageDispatch>;
}

export class WorkerPool implements ComputePool {
  readonly size: number;
  readonly #options: PoolOptions;
  readonly #members: (Member | undefined)[];
  #nextStageId = 1;
  #closed = false;

  constructor(options: PoolOptions) {
    this.size = Math.max(1, options.size ?? availableParallelism());
    this.#options = options;
    this.#members = Array.from({ length: this.size }, () => undefined);
  }

  /** Threads that are alive. */
  get startedCount(): number {
    return this.#members.filter((member) => member !== undefined).length;
  }

  async run(request: PooledStageRequest): Promise<PooledStage> {
    if (this.#closed) throw new AssertionError('a closed pool runs nothing');
    const stageId = this.#nextStageId++;
    const members = this.#members.map((member, index) => member ?? this.#startMember(index));
    const dispatch = new StageDispatch(
      stageId,
      request,
      members.map((member) => ({ post: (message: ToWorker) => member.worker.postMessage(message) })),
    );
    members.forEach((member) => member.stages.set(stageId, dispatch));
    this.#keepAlive(members);
    try {
      return await dispatch.run();
    } finally {
      members.forEach((member) => member.stages.delete(stageId));
      this.#letGo(members);
    }
  }

  /** Ends the threads; running stages fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#members.map(async (member) => member?.worker.terminate()));
  }

  #startMember(index: number): Member {
    const { entry, workerData } = this.#options;
    const worker = new Worker(entry.url, { workerData, name: `millrace-compute-${index}` });
    const member: Member = { worker, stages: new Map() };
    this.#members[index] = member;
    worker.on('message', (message: FromWorker) => {
      member.stages.get(message.stageId)?.receive(present(this.#memberIndex(member), 'a member of the pool'), message);
    });
    const lost = (cause: unknown): void => {
      const at = this.#memberIndex(member);
      if (at === undefined) return;
      this.#members[at] = undefined;
      for (const dispatch of member.stages.values()) dispatch.lost(at, cause);
    };
    worker.on('error', lost);
    worker.on('exit', (code) =>
      lost(reviveError({ name: 'Error', message: `a compute worker ended with code ${code}` })),
    );
    worker.unref();
    return member;
  }

  #memberIndex(member: Member): number | undefined {
    const index = this.#members.indexOf(member);
    return index < 0 ? undefined : index;
  }

  /** Idle workers must not keep the process from ending; busy ones must. */
  #keepAlive(members: readonly Member[]): void {
    for (const member of members) member.worker.ref();
  }

  #letGo(members: readonly Member[]): void {
    for (const member of members) if (member.stages.size === 0) member.worker.unref();
  }
}

export function createPool(options: PoolOptions): WorkerPool {
  return new WorkerPool(options);
}
