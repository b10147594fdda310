/** A time after which nothing is waited for any more. */
import { startTimeLimit } from '../../support/time-limit.ts';

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

export class Deadline {
  readonly #limitMs: number;
  #leftMs: number;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#leftMs = limitMs;
  }

  /** @throws DeadlineError */
  async bound<T>(promise: Promise<T>): Promise<T> {
    let end = (): number => this.#leftMs;
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (): void => reject(new DeadlineError(`no end within ${this.#limitMs / 1000} s`));
      end = startTimeLimit(this.#leftMs, fail);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      this.#leftMs = end();
    }
  }
}
