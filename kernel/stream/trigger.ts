/** When the next batch may begin. */

/** The start of the next interval after `nowMs`; intervals are counted from 1970, as Spark counts them. */
export function nextTriggerMs(nowMs: number, intervalMs: number): number {
  return intervalMs === 0 ? nowMs : Math.floor(nowMs / intervalMs) * intervalMs + intervalMs;
}

const BACKOFF_FACTOR = 2;

/** How long to wait before asking the sources again, after `idlePolls` times without new rows: short at first. */
export function pollDelayMs(idlePolls: number, firstDelayMs: number, maxDelayMs: number): number {
  return Math.min(firstDelayMs * BACKOFF_FACTOR ** Math.min(idlePolls, 20), Math.max(firstDelayMs, maxDelayMs));
}
