/** Runs jobs in their order, some at a time, and those that disturb the others alone. */
export async function inLanes<T>(
  items: readonly T[],
  { lanes, alone = () => false }: { readonly lanes: number; readonly alone?: (item: T) => boolean },
  job: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (const item of items) {
    const most = alone(item) ? 1 : lanes;
    while (running.size >= most) await Promise.race(running);
    const done = job(item).finally(() => running.delete(done));
    running.add(done);
    if (alone(item)) await done;
  }
  await Promise.all(running);
}
