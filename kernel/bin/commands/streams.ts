/**
 * What a program that has run to its end still does: its streams go on until they end, fail, or SIGTERM or SIGINT stops them
 * after their batch. The signals are listened to from the beginning, since a program may itself wait for its streams.
 */
import { processSessions } from '../../process-session.ts';
import { terminal } from './terminal.ts';

const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export class StopSignals {
  /** Fulfilled with the exit code once a signal has come and the streams have stopped. */
  readonly stopped: Promise<number>;
  readonly #undo: () => void;

  constructor() {
    let onSignal: (signal: keyof typeof SIGNAL_CODES) => void = () => undefined;
    this.stopped = new Promise((resolve) => {
      onSignal = (signal) => {
        // The next one ends the process at once, as it would have without us.
        this.#undo();
        void stopStreams().then((count) => resolve(count > 0 ? 0 : SIGNAL_CODES[signal]));
      };
    });
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    this.#undo = () => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    };
  }

  close(): void {
    this.#undo();
  }
}

/** @returns how many were running */
async function stopStreams(): Promise<number> {
  const streams = processSessions.current?.engine.activeStreams() ?? [];
  await Promise.allSettled(streams.map((stream) => stream.stop()));
  return streams.length;
}

/** @returns 0, or 1 where a stream has failed */
export async function untilStreamsEnd(): Promise<number> {
  for (;;) {
    const streams = processSessions.current?.engine.activeStreams() ?? [];
    if (streams.length === 0) return 0;
    const outcomes = await Promise.allSettled(streams.map((stream) => stream.awaitTermination()));
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of failed) terminal.err(`${messageOf(reason)}\n`);
    if (failed.length > 0) return 1;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
