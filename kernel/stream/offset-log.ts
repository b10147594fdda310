/** `offsets/N`: what batch N reads, under which watermark and at which time. Format and order: batch-log.ts. */
import type { Offset } from '../connectors/contract.ts';
import { BatchLog, LogSyntaxError, parseJsonObject, parseMs, type LogCodec } from './batch-log.ts';
import type { LogStore } from './ports.ts';

export interface OffsetLogEntry {
  /** The watermark in force during the batch: groups are evicted by it. */
  readonly batchWatermarkMs: number;
  /** `current_timestamp()` of the batch. */
  readonly batchTimestampMs: number;
  /** Settings that must not change while the checkpoint lives. */
  readonly conf: Readonly<Record<string, string>>;
  /** The end of each source, in the order of the sources; null: nothing of it was read so far. */
  readonly ends: readonly (Offset | null)[];
}

const NO_OFFSET = '-';

export const offsetCodec: LogCodec<OffsetLogEntry> = {
  encode: ({ batchWatermarkMs, batchTimestampMs, conf, ends }) => [
    JSON.stringify({ batchWatermarkMs, batchTimestampMs, conf }),
    ...ends.map((end) => end ?? NO_OFFSET),
  ],
  parse: ([metadata, ...lines]) => {
    const members = parseJsonObject(metadata, 'the second line');
    const conf = members.get('conf');
    if (typeof conf !== 'object' || conf === null) throw new LogSyntaxError('conf is missing');
    const settings = Object.entries(conf).map(([name, value]) => {
      if (typeof value !== 'string') throw new LogSyntaxError(`conf ${name} is not a text`);
      return [name, value] as const;
    });
    return {
      batchWatermarkMs: parseMs(members, 'batchWatermarkMs'),
      batchTimestampMs: parseMs(members, 'batchTimestampMs'),
      conf: Object.fromEntries(settings),
      ends: lines.map((line, index) => {
        if (line === '') throw new LogSyntaxError(`the offset of source ${index} is empty`);
        return line === NO_OFFSET ? null : line;
      }),
    };
  },
};

export function offsetLog(store: LogStore): BatchLog<OffsetLogEntry> {
  return new BatchLog(store, 'offsets', offsetCodec);
}
