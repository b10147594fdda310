/** Which message caused an output: cells by their id, the ones used longest ago forgotten first. */
import type { Parent } from './wire.ts';

const PARENTS_MAX = 10_000;

export class Parents {
  readonly #parents = new Map<string, Parent>();

  note(parent: Parent): void {
    this.#parents.delete(parent.id);
    this.#parents.set(parent.id, parent);
    if (this.#parents.size > PARENTS_MAX) {
      for (const oldest of this.#parents.keys()) {
        this.#parents.delete(oldest);
        break;
      }
    }
  }

  /** A forgotten cell is still named by its id, which is what front ends look at. */
  of(cellId: string): Parent {
    const parent = this.#parents.get(cellId) ?? { id: cellId, header: Buffer.from(JSON.stringify({ msg_id: cellId })) };
    this.note(parent);
    return parent;
  }
}
