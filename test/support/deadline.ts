/**
 * Limits of what tests wait for. Time in which this process stood still, as on a machine that was paused, counts for two ticks at
 * most, a tick being a second or a tenth of the limit: what is waited for stood still with it.
 */
const TICK_MS_MAX = 1000;
const TICKS_MIN = 10;

/** @returns ends the limit, and says how many milliseconds were left */
export function startTimeLimit(limitMs: number, over: () => void): () => number {
  const tickMs = Math.min(TICK_MS_MAX, limitMs / TICKS_MIN);
  let [leftMs, lastMs] = [limitMs, performance.now()];
  const count = (): number => {
    const nowMs = performance.now();
    leftMs -= Math.min(nowMs - lastMs, 2 * tickMs);
    lastMs = nowMs;
    return leftMs;
  };
  const timer = setInterval(() => {
    if (count() > 0) return;
    clearInterval(timer);
    over();
  }, tickMs);
  return () => {
    clearInterval(timer);
    return Math.max(0, count());
  };
}

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** A time for one wait or several together, after which nothing is waited for any more. */
export class Deadline {
  readonly #message: string;
  #leftMs: number;

  /** @param late what is the matter then: `no end` becomes `no end within 60 s` */
  constructor(limitMs: number, late = 'no end') {
    this.#message = `${late} within ${limitMs / 1000} s`;
    this.#leftMs = limitMs;
  }

  /** @throws DeadlineError */
  async bound<T>(promise: Promise<T>): Promise<T> {
    let end = (): number => this.#leftMs;
    const late = new Promise<never>((_resolve, reject) => {
      end = startTimeLimit(this.#leftMs, () => reject(new DeadlineError(this.#message)));
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      this.#leftMs = end();
    }
  }
}

/** Waits for the promise, but not longer than that. */
export async function within(promise: Promise<unknown>, limitMs: number): Promise<void> {
  try {
    await new Deadline(limitMs).bound(promise);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
  }
}
