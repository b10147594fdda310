import type { CommChannel, CommTargets } from './contract.ts';

export type CommOpened = (comm: CommChannel, data: unknown, buffers: readonly Uint8Array[]) => void;

/** Comm targets by name: the kernel's own, and those that cells register. */
export class CommRegistry implements CommTargets {
  readonly #targets = new Map<string, CommOpened>();

  /** Replaces an earlier handler of the same target. */
  register(target: string, onOpen: CommOpened): void {
    this.#targets.set(target, onOpen);
  }

  unregister(target: string): void {
    this.#targets.delete(target);
  }

  has(target: string): boolean {
    return this.#targets.has(target);
  }

  open(comm: CommChannel, data: unknown, buffers: readonly Uint8Array[]): void {
    this.#targets.get(comm.target)?.(comm, data, buffers);
  }
}
