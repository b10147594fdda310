/** From what was produced and what was seen to how long each event took. */

/** At `seenMs` the count of the window and partition was `count`. Times in epoch milliseconds. */
export interface Observation {
  readonly seenMs: number;
  readonly windowMs: number;
  readonly partition: number;
  readonly count: number;
}

/** One observation a line, its four numbers apart by spaces. */
export function parseObservations(text: string): readonly Observation[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [seenMs = Number.NaN, windowMs = Number.NaN, partition = Number.NaN, count = Number.NaN] = line
        .split(' ')
        .map(Number);
      return { seenMs, windowMs, partition, count };
    });
}

/**
 * An event is counted when the first count of its window and partition is seen that reaches its place there: within a partition
 * events are in order, so the n-th event of a window is in it once the count is n.
 *
 * @param produced for each partition the times of its events, in order
 * @param afterMs events produced before are left out (the warm-up)
 * @returns milliseconds, one for each event
 * @throws where the last counts are not those of what was produced: events were lost or doubled
 */
export function latencies(
  produced: readonly (readonly number[])[],
  observations: readonly Observation[],
  { widthMs, afterMs }: { readonly widthMs: number; readonly afterMs: number },
): readonly number[] {
  const seen = new Map<string, Observation[]>();
  for (const observation of observations) {
    const key = `${observation.windowMs} ${observation.partition}`;
    const list = seen.get(key) ?? [];
    if (observation.count > (list.at(-1)?.count ?? 0)) list.push(observation);
    seen.set(key, list);
  }
  return produced.flatMap((times, partition) => {
    return [...byWindow(times, widthMs)].flatMap(([windowMs, events]) => {
      const counts = seen.get(`${windowMs} ${partition}`) ?? [];
      const last = counts.at(-1)?.count ?? 0;
      if (last !== events.length)
        throw new Error(
          `partition ${partition}, window ${windowMs}: ${events.length} events were produced, ${last} counted`,
        );
      return waits(events, counts).filter((_, index) => (events[index] ?? 0) > afterMs);
    });
  });
}

function byWindow(times: readonly number[], widthMs: number): ReadonlyMap<number, readonly number[]> {
  const windows = new Map<number, number[]>();
  for (const ms of times) {
    const window = ms - (ms % widthMs);
    const events = windows.get(window) ?? [];
    windows.set(window, events);
    events.push(ms);
  }
  return windows;
}

/** @param counts of one window and partition, growing */
function waits(events: readonly number[], counts: readonly Observation[]): readonly number[] {
  let at = 0;
  return events.map((ms, index) => {
    while ((counts[at]?.count ?? Infinity) < index + 1) at++;
    return (counts[at]?.seenMs ?? Number.NaN) - ms;
  });
}
