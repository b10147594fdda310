/** A point in time after which nothing is waited for any more. */

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

export class Deadline {
  readonly #limitMs: number;
  readonly #endMs: number;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#endMs = performance.now() + limitMs;
  }

  /** @throws DeadlineError */
  async bound<T>(promise: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (): void => reject(new DeadlineError(`no end within ${this.#limitMs / 1000} s`));
      timer = setTimeout(fail, Math.max(0, this.#endMs - performance.now()));
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
