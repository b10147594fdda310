/** What a program that has run to its end still does: its streams go on until they end, fail, or SIGTERM or SIGINT stops them. */
import type { EngineClient } from '../../session/engine/client.ts';

/** @returns 0, or 1 where a stream has failed */
export async function untilStreamsEnd(engine: EngineClient | undefined): Promise<number> {
  const streams = engine?.activeStreams() ?? [];
  if (streams.length === 0) return 0;
  const stopAll = (): void => void Promise.allSettled(streams.map((stream) => stream.stop()));
  process.once('SIGTERM', stopAll);
  process.once('SIGINT', stopAll);
  const outcomes = await Promise.allSettled(streams.map((stream) => stream.awaitTermination()));
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') process.stderr.write(`${messageOf(outcome.reason)}\n`);
  return outcomes.some(({ status }) => status === 'rejected') ? 1 : 0;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
