/** The settings that a streaming query reads, with Spark's names and (but for the partitions) defaults. */
import { MillraceError } from '../core/errors.ts';
import type { Conf } from '../plan/runner-port.ts';
import type { WatermarkPolicy } from './watermark.ts';

export interface StreamConf {
  /** Hash partitions of state; fixed in the checkpoint. */
  readonly shufflePartitions: number;
  /** Fixed in the checkpoint. */
  readonly watermarkPolicy: WatermarkPolicy;
  readonly minBatchesToRetain: number;
  readonly noDataMicroBatches: boolean;
  /** The first wait of an idle query; further ones grow to `POLL_DELAY_MAX_MS`. */
  readonly pollingDelayMs: number;
  readonly noDataProgressIntervalMs: number;
  readonly recentProgressMax: number;
  readonly ansi: boolean;
  readonly timeZone: string;
}

/** An idle query notices new rows within this. */
export const POLL_DELAY_MAX_MS = 50;

const SHUFFLE_PARTITIONS = 'spark.sql.shuffle.partitions';
const WATERMARK_POLICY = 'spark.sql.streaming.multipleWatermarkPolicy';
/** The number of the format of the files under state/. */
const STATE_FORMAT = 'millrace.state.formatVersion';
export const STATE_FORMAT_VERSION = '1';

/** @throws INVALID_CONF_VALUE */
export function readStreamConf(conf: Conf): StreamConf {
  return {
    shufflePartitions: integer(conf, SHUFFLE_PARTITIONS, 4, 1),
    watermarkPolicy: policy(conf),
    minBatchesToRetain: integer(conf, 'spark.sql.streaming.minBatchesToRetain', 100, 1),
    noDataMicroBatches: flag(conf, 'spark.sql.streaming.noDataMicroBatches.enabled'),
    pollingDelayMs: integer(conf, 'spark.sql.streaming.pollingDelay', 10, 1),
    noDataProgressIntervalMs: integer(conf, 'spark.sql.streaming.noDataProgressEventInterval', 10_000, 0),
    recentProgressMax: integer(conf, 'spark.sql.streaming.numRecentProgressUpdates', 100, 1),
    ansi: flag(conf, 'spark.sql.ansi.enabled'),
    timeZone: conf['spark.sql.session.timeZone'] ?? 'UTC',
  };
}

/** What the offset log keeps of the settings. */
export function pinnedConf(conf: StreamConf): Readonly<Record<string, string>> {
  return {
    [WATERMARK_POLICY]: conf.watermarkPolicy,
    [SHUFFLE_PARTITIONS]: String(conf.shufflePartitions),
    [STATE_FORMAT]: STATE_FORMAT_VERSION,
  };
}

/** The session's settings, overruled by those of the checkpoint (SEMANTICS.md 3). */
export function withPinnedConf(conf: Conf, pinned: Readonly<Record<string, string>>): Conf {
  return { ...conf, ...pinned };
}

/** The state format that a checkpoint was written with. */
export function stateFormatOf(pinned: Readonly<Record<string, string>>): string | undefined {
  return pinned[STATE_FORMAT];
}

function policy(conf: Conf): WatermarkPolicy {
  const value = conf[WATERMARK_POLICY]?.toLowerCase() ?? 'min';
  if (value === 'min' || value === 'max') return value;
  throw invalid(WATERMARK_POLICY, value, 'min or max');
}

function integer(conf: Conf, name: string, fallback: number, min: number): number {
  const text = conf[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min) return value;
  throw invalid(name, text, `a whole number from ${min}`);
}

/** True unless it says false. */
function flag(conf: Conf, name: string): boolean {
  const text = conf[name]?.toLowerCase() ?? 'true';
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid(name, text, 'true or false');
}

function invalid(name: string, value: string, expected: string): MillraceError {
  return new MillraceError('INVALID_CONF_VALUE', { name, value, expected });
}
