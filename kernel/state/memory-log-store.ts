/** A checkpoint that lives as long as its object: for queries without a checkpoint location, and for tests. */
import { MillraceError } from '../core/errors.ts';
import type { LogStore, StoreLock } from '../stream/ports.ts';

/** @param location a name, for messages */
export function createMemoryLogStore(location = 'memory'): LogStore {
  return new MemoryLogStore(location);
}

class MemoryLogStore implements LogStore {
  readonly location: string;
  readonly #files = new Map<string, Uint8Array>();
  #owner: string | undefined;

  constructor(location: string) {
    this.location = location;
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#files.get(path));
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    this.#files.set(path, bytes.slice());
    return Promise.resolve();
  }

  list(folder: string): Promise<readonly string[]> {
    const prefix = `${folder}/`;
    const inside = [...this.#files.keys()].filter((path) => path.startsWith(prefix));
    return Promise.resolve([...new Set(inside.map((path) => path.slice(prefix.length).split('/')[0] ?? ''))]);
  }

  remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.#files.delete(path);
    return Promise.resolve();
  }

  lock(owner: string): Promise<StoreLock> {
    if (this.#owner !== undefined) {
      return Promise.reject(
        new MillraceError('CONCURRENT_QUERY', { name: this.#owner, what: `checkpoint ${this.location}` }),
      );
    }
    this.#owner = owner;
    return Promise.resolve({
      release: () => {
        this.#owner = undefined;
        return Promise.resolve();
      },
    });
  }
}
