const TICK_MS_MAX = 1000;
const TICKS_MIN = 10;

/**
 * Limits what a test waits for. Time in which this process stood still, as on a machine that was paused, counts for two ticks at most,
 * a tick being a second or a tenth of the limit: what is waited for stood still with it.
 * @returns ends the limit, and says how many milliseconds were left
 */
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
