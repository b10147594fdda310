/** `commits/N`: batch N is in the sink and in the state. Format and order: batch-log.ts. */
import { BatchLog, LogSyntaxError, parseJsonObject, parseMs, type LogCodec } from './batch-log.ts';
import type { LogStore } from './ports.ts';

export interface CommitLogEntry {
  /** The watermark that the batch's event times lead to. */
  readonly nextBatchWatermarkMs: number;
}

export const commitCodec: LogCodec<CommitLogEntry> = {
  encode: ({ nextBatchWatermarkMs }) => [JSON.stringify({ nextBatchWatermarkMs })],
  parse: (lines) => {
    if (lines.length !== 1) throw new LogSyntaxError(`it has ${lines.length + 1} lines instead of 2`);
    return { nextBatchWatermarkMs: parseMs(parseJsonObject(lines[0], 'the second line'), 'nextBatchWatermarkMs') };
  },
};

export function commitLog(store: LogStore): BatchLog<CommitLogEntry> {
  return new BatchLog(store, 'commits', commitCodec);
}
