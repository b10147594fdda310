/**
 * `rate`: `timestamp, value` at a number of rows per second, for trying things out. An offset is a number of whole seconds
 * since the query first started; that instant is kept in the checkpoint, so a restart goes on counting and a replay gives
 * the same rows.
 *
 * Disk format, `<metadataPath>/0`, as in Spark: `v1`, then the instant in milliseconds.
 */
import path from 'node:path';
import type { Column, RecordBatch } from '../../arrow/column.ts';
import type { ScanTask, TaskReader } from '../../arrow/scan.ts';
import { field, Types, type Schema } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';
import { MillraceError } from '../../core/errors.ts';
import { longBuilder } from '../blocks.ts';
import type { ConnectorOptions, SourceContext, SourceProvider, StreamSource } from '../contract.ts';
import { readDurable, writeDurable } from '../durable.ts';
import { optionReader } from '../options.ts';
import { leaseRows } from './generated.ts';

export const RATE_SCHEMA: Schema = Types.struct([field('timestamp', Types.timestamp), field('value', Types.long)]);

const ROW_BYTES = 16;

/** Rows `from .. to`; the row `base + i` has the time `baseMs + round(i * msPerRow)`. */
interface RatePayload {
  readonly from: number;
  readonly to: number;
  readonly base: number;
  readonly baseMs: number;
  readonly msPerRow: number;
}

interface RateOptions {
  readonly rowsPerSecond: number;
  readonly rampUpSeconds: number;
  readonly partitionCount: number;
}

function rateOptions(options: ConnectorOptions): RateOptions {
  const reader = optionReader('rate', options);
  const rampUpMs = reader.durationMs('rampUpTime', 's') ?? 0;
  return {
    rowsPerSecond: reader.integer('rowsPerSecond', { min: 1 }) ?? 1,
    rampUpSeconds: Math.floor(rampUpMs / 1000),
    partitionCount: reader.integer('numPartitions', { min: 1 }) ?? 1,
  };
}

/** How many rows there are after `seconds`: a ramp in whole steps, then `rowsPerSecond`. */
export function valueAtSecond(seconds: number, { rowsPerSecond, rampUpSeconds }: RateOptions): number {
  const step = Math.max(1, Math.floor(rowsPerSecond / (rampUpSeconds + 1)));
  const rampSeconds = Math.min(seconds, rampUpSeconds);
  return (step * rampSeconds * (rampSeconds + 1)) / 2 + (seconds - rampSeconds) * rowsPerSecond;
}

export const rateSource: SourceProvider = {
  format: 'rate',
  schema({ options, schema }) {
    rateOptions(options);
    if (schema !== undefined) throw fixedSchema('rate');
    return RATE_SCHEMA;
  },
  async stream({ options }, _schema, context) {
    const settings = rateOptions(options);
    return rateStream(settings, await startOf(context), context);
  },
};

/** The error for `.schema(…)` on a source whose schema is fixed. */
export function fixedSchema(format: string): MillraceError {
  return new MillraceError('DATA_SOURCE_OPTION', {
    option: 'schema',
    format,
    problem: 'the source has a fixed schema',
    remedy: 'Leave out .schema(...), and select or cast what you need.',
  });
}

async function startOf({ clock, metadataPath }: SourceContext): Promise<number> {
  if (metadataPath === undefined) return clock.nowMs();
  const file = path.join(metadataPath, '0');
  const logged = await readDurable(file);
  if (logged === undefined) {
    const startMs = clock.nowMs();
    await writeDurable(file, `v1\n${startMs}`);
    return startMs;
  }
  const [version, text = ''] = logged.split('\n');
  if (version === 'v1' && /^\d+$/.test(text)) return Number(text);
  throw new MillraceError('CHECKPOINT_DAMAGED', {
    file,
    problem: 'it is not the start time of a rate source',
    remedy: 'Restore it from a copy, or start with a new checkpoint location.',
  });
}

function rateStream(settings: RateOptions, startMs: number, { clock }: SourceContext): StreamSource {
  const { rowsPerSecond, rampUpSeconds, partitionCount } = settings;
  let latestSeconds = 0;
  return {
    description: `RateStreamV2[rowsPerSecond=${rowsPerSecond}, rampUpTimeSeconds=${rampUpSeconds}, numPartitions=${partitionCount}]`,
    initialOffset: () => Promise.resolve('0'),
    latestOffset(start) {
      const elapsedSeconds = Math.floor((clock.nowMs() - startMs) / 1000);
      latestSeconds = Math.max(latestSeconds, elapsedSeconds, secondsOf(start));
      return Promise.resolve(String(latestSeconds));
    },
    scan(start, end) {
      const startSeconds = secondsOf(start);
      const endSeconds = secondsOf(end);
      assert(startSeconds <= endSeconds, 'a rate range must not run backwards');
      const from = valueAtSecond(startSeconds, settings);
      const to = valueAtSecond(endSeconds, settings);
      const baseMs = startMs + startSeconds * 1000;
      const msPerRow = ((endSeconds - startSeconds) * 1000) / (to - from);
      return leaseRows('rate', { from, to }, ROW_BYTES, (part): RatePayload => ({
        ...part,
        base: from,
        baseMs,
        msPerRow,
      }));
    },
    commit: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

function secondsOf(offset: string | null): number {
  if (offset === null) return 0;
  const seconds = Number(offset);
  assert(Number.isSafeInteger(seconds) && seconds >= 0, 'a rate offset is a number of seconds');
  return seconds;
}

export const rateReader: TaskReader = {
  *read(task: ScanTask, { schema, arena, batchRowsMax }): Generator<RecordBatch> {
    const payload = task.payload as RatePayload; // made by leaseRows above
    for (let from = payload.from; from < payload.to; from += batchRowsMax) {
      const length = Math.min(batchRowsMax, payload.to - from);
      const columns = schema.fields.map(({ name, type }): Column => {
        const builder = longBuilder(arena, type, length);
        for (let row = 0; row < length; row++) {
          const value = from + row;
          builder.set(row, name === 'value' ? value : 1000 * rowMs(value, payload));
        }
        return builder.finish(length);
      });
      yield { schema, length, columns };
    }
  },
};

function rowMs(value: number, { base, baseMs, msPerRow }: RatePayload): number {
  return baseMs + Math.round((value - base) * msPerRow);
}
