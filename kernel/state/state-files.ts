/**
 * Which files an operator's state has, and which of them make a version.
 *
 * ```
 * version v = newest snapshot s <= v (or nothing, s = 0), then the deltas s+1 … v
 * ```
 * The delta of a version is durable before the batch is committed; a snapshot is written aside, later, from a copy.
 */
import { MillraceError } from '../core/errors.ts';
import type { LogStore } from '../stream/ports.ts';
import { verifyStateFile, type Checksum, type StateFileHeader, type VerifiedStateFile } from './state-file.ts';

export type StateFileKind = StateFileHeader['kind'];

/** What a file must be to belong to the operator as the query has it. */
export type ExpectedHeader = Pick<StateFileHeader, 'operator' | 'partitions' | 'keys' | 'states'>;

export class StateFiles {
  readonly #store: LogStore;
  readonly #checksum: Checksum;
  readonly #expected: ExpectedHeader;
  readonly #versions: Readonly<Record<StateFileKind, Set<number>>> = { delta: new Set(), snapshot: new Set() };

  constructor(store: LogStore, checksum: Checksum, expected: ExpectedHeader) {
    this.#store = store;
    this.#checksum = checksum;
    this.#expected = expected;
  }

  /**
   * The verified files that make `version`, in the order in which they apply.
   * @throws CHECKPOINT_DAMAGED, CHECKPOINT_MISMATCH
   */
  async *load(version: number): AsyncGenerator<VerifiedStateFile> {
    await this.#list();
    const snapshots = [...this.#versions.snapshot].filter((candidate) => candidate <= version);
    const base = Math.max(0, ...snapshots);
    if (base > 0) yield await this.#read('snapshot', base);
    for (let next = base + 1; next <= version; next++) yield await this.#read('delta', next);
  }

  /** Forgets what was written after `version` by a batch that was never committed: it will be run again. */
  async dropSnapshotsAfter(version: number): Promise<void> {
    const later = [...this.#versions.snapshot].filter((candidate) => candidate > version);
    await this.#remove('snapshot', later);
  }

  async write(kind: StateFileKind, version: number, bytes: Uint8Array): Promise<void> {
    await this.#store.write(this.#path(kind, version), bytes, 'inside');
    this.#versions[kind].add(version);
  }

  /** Removes what no version >= `oldestVersion` needs. */
  async purge(oldestVersion: number): Promise<void> {
    const base = Math.max(0, ...[...this.#versions.snapshot].filter((candidate) => candidate <= oldestVersion));
    await this.#remove(
      'snapshot',
      [...this.#versions.snapshot].filter((candidate) => candidate < base),
    );
    await this.#remove(
      'delta',
      [...this.#versions.delta].filter((candidate) => candidate <= base),
    );
  }

  async #remove(kind: StateFileKind, versions: readonly number[]): Promise<void> {
    if (versions.length === 0) return;
    await this.#store.remove(versions.map((version) => this.#path(kind, version)));
    for (const version of versions) this.#versions[kind].delete(version);
  }

  async #list(): Promise<void> {
    for (const name of await this.#store.list(this.#folder())) {
      const match = /^(\d+)\.(delta|snapshot)$/.exec(name);
      if (match === null) continue;
      this.#versions[match[2] === 'delta' ? 'delta' : 'snapshot'].add(Number(match[1]));
    }
  }

  async #read(kind: StateFileKind, version: number): Promise<VerifiedStateFile> {
    const bytes = await this.#store.read(this.#path(kind, version), 'inside');
    if (bytes === undefined)
      throw this.#damaged(kind, version, `it is missing, and version ${version} of the state needs it`);
    const verified = verifyStateFile(bytes, this.#checksum);
    if (typeof verified === 'string') throw this.#damaged(kind, version, verified);
    const { header } = verified;
    if (header.kind !== kind || header.version !== version) throw this.#damaged(kind, version, 'it is another version');
    const { operator, partitions, keys, states } = header;
    if (JSON.stringify({ operator, partitions, keys, states }) !== JSON.stringify(this.#expected)) {
      throw new MillraceError('CHECKPOINT_MISMATCH', {
        location: this.#store.location,
        problem: `${this.#path(kind, version)} holds ${partitions} partitions of (${keys.join(', ')}) → (${states.join(', ')})`,
        remedy: 'Undo the change of the query, or start with a new checkpointLocation.',
      });
    }
    return verified;
  }

  #damaged(kind: StateFileKind, version: number, problem: string): MillraceError {
    const remedy =
      kind === 'snapshot' && this.#canDoWithout(version)
        ? 'Remove it: the older snapshot and the deltas make the same state.'
        : 'Restore the checkpoint from a copy, or start with a new checkpointLocation.';
    const file = `${this.#store.location}/${this.#path(kind, version)}`;
    return new MillraceError('CHECKPOINT_DAMAGED', { file, problem, remedy });
  }

  #canDoWithout(snapshot: number): boolean {
    const base = Math.max(0, ...[...this.#versions.snapshot].filter((candidate) => candidate < snapshot));
    for (let version = base + 1; version <= snapshot; version++) if (!this.#versions.delta.has(version)) return false;
    return true;
  }

  #folder(): string {
    return `state/${this.#expected.operator}`;
  }

  #path(kind: StateFileKind, version: number): string {
    return `${this.#folder()}/${version}.${kind}`;
  }
}
