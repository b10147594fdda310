/**
 * `website-traffic`: requests to a web shop as JSON, in the columns of a Kafka source, so that a first notebook needs no
 * server and moving it to Kafka changes one line.
 *
 * | option            | meaning                                                                    | default       |
 * |-------------------|----------------------------------------------------------------------------|---------------|
 * | rowsPerSecond     | rows per second of wall time; 0: all `rows` at once                        | 1000          |
 * | rows              | rows in all; required for a batch read                                     | without end   |
 * | seed              | another seed, other events                                                 | 1             |
 * | startTimestamp    | event time of the first row                                                | first start   |
 * | speedup           | seconds of event time per second of wall time                              | 1             |
 * | backlog           | traffic of so much wall time is there when the stream first starts         | 0             |
 * | disorder          | events are late by up to so much event time (`5 seconds`; a number: s)     | 0             |
 * | maxRowsPerTrigger | rows per micro-batch, at most                                              | all there are |
 *
 * An offset is `{"rows":n,"startMs":t}`. After a restart the stream goes on at its offset: no rows pile up while it is down.
 */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { ScanTask, TaskReader } from '../../arrow/scan.ts';
import type { DataType, Field } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';
import type { Clock } from '../../core/clock.ts';
import type { MillraceError } from '../../core/errors.ts';
import { bytesBuilder, constantInt, constantText, longBuilder } from '../blocks.ts';
import type { ConnectorOptions, SourceProvider, StreamSource } from '../contract.ts';
import { KAFKA_SCHEMA } from '../kafka/schema.ts';
import { optionReader } from '../options.ts';
import { leaseRows, type RowRange } from './generated.ts';
import { fixedSchema } from './rate.ts';
import { arrivalMs, EVENT_BYTES_MAX, USER_BYTES, writeEvent, writeUser, type EventSettings } from './website-events.ts';

const FORMAT = 'website-traffic';
const PARTITION_COUNT = 4;
/** Rows arrive in bursts, as from a broker: one by one they would make hundreds of micro-batches a second. */
const TICK_MS = 100;

interface TrafficOptions {
  readonly rowsPerSecond: number;
  readonly rowsMax: number;
  readonly rowsPerTriggerMax: number;
  readonly seed: number;
  readonly startMs: number | undefined;
  readonly msPerRow: number;
  readonly disorderMs: number;
  readonly backlogMs: number;
}

interface TrafficPayload extends EventSettings, RowRange {}

function trafficOptions(options: ConnectorOptions): TrafficOptions {
  const reader = optionReader(FORMAT, options);
  const rowsPerSecond = reader.integer('rowsPerSecond', { min: 0, max: 100_000_000 }) ?? 1000;
  const rowsMax = reader.integer('rows', { min: 0 });
  if (rowsPerSecond === 0 && rowsMax === undefined) {
    throw reader.wrong('rowsPerSecond', 'without a pace the source has no end', "Give 'rows', or a rate above 0.");
  }
  return {
    rowsPerSecond,
    rowsMax: rowsMax ?? Number.MAX_SAFE_INTEGER,
    rowsPerTriggerMax: reader.integer('maxRowsPerTrigger', { min: 1 }) ?? Number.MAX_SAFE_INTEGER,
    seed: reader.integer('seed', { min: 0, max: 0xffff_ffff }) ?? 1,
    startMs: reader.timestampMs('startTimestamp'),
    msPerRow: (1000 / (rowsPerSecond === 0 ? 1000 : rowsPerSecond)) * (reader.integer('speedup', { min: 1 }) ?? 1),
    disorderMs: reader.durationMs('disorder', 's') ?? 0,
    backlogMs: reader.durationMs('backlog', 's') ?? 0,
  };
}

export const websiteTrafficSource: SourceProvider = {
  format: FORMAT,
  schema({ options, schema, streaming }) {
    const settings = trafficOptions(options);
    if (schema !== undefined) throw fixedSchema(FORMAT);
    if (!streaming) requireEnd(options, settings);
    return KAFKA_SCHEMA;
  },
  batch({ options }, _schema, { clock }) {
    const settings = trafficOptions(options);
    requireEnd(options, settings);
    return leaseEvents(settings, settings.startMs ?? clock.nowMs(), { from: 0, to: settings.rowsMax });
  },
  stream: ({ options }, _schema, { clock }) => Promise.resolve(trafficStream(trafficOptions(options), clock)),
};

function requireEnd(options: ConnectorOptions, { rowsMax }: TrafficOptions): void {
  if (rowsMax !== Number.MAX_SAFE_INTEGER) return;
  throw optionReader(FORMAT, options).wrong('rows', 'a batch read needs an end', 'Give the number of rows.');
}

function leaseEvents(settings: TrafficOptions, startMs: number, range: RowRange): ReturnType<typeof leaseRows> {
  const { seed, msPerRow, disorderMs } = settings;
  return leaseRows(FORMAT, range, 110, (part): TrafficPayload => ({ ...part, seed, startMs, msPerRow, disorderMs }));
}

function trafficStream(settings: TrafficOptions, clock: Clock): StreamSource {
  const { rowsPerSecond, rowsMax, rowsPerTriggerMax, backlogMs } = settings;
  /** What had arrived when it was last looked. */
  let newest: string | undefined;
  let paced = rowsPerSecond > 0;
  let resumed: { readonly rows: number; readonly atMs: number } | undefined;
  return {
    description: `WebsiteTraffic[rowsPerSecond=${rowsPerSecond}]`,
    initialOffset: () => Promise.resolve(offsetText(0, settings.startMs ?? clock.nowMs() - backlogMs)),
    prepareForAvailableNow() {
      if (rowsMax === Number.MAX_SAFE_INTEGER) throw endless('availableNow needs an end');
      paced = false; // everything is available
      return Promise.resolve();
    },
    latestOffset(start, limit) {
      const from = parseOffset(start);
      resumed ??= { rows: from.rows, atMs: clock.monotonicMs() - (from.rows === 0 ? backlogMs : 0) };
      const elapsedMs = clock.monotonicMs() - resumed.atMs;
      const tickMs = elapsedMs - (elapsedMs % TICK_MS);
      const arrived = paced ? resumed.rows + Math.floor((tickMs * rowsPerSecond) / 1000) : rowsMax;
      const perTrigger = limit.kind === 'trigger' ? from.rows + rowsPerTriggerMax : Number.MAX_SAFE_INTEGER;
      const available = Math.max(from.rows, Math.min(arrived, rowsMax));
      // Rows arrive while a query runs: one that makes a single batch at its start would never read any.
      if (limit.kind === 'all' && available === from.rows && rowsMax === Number.MAX_SAFE_INTEGER) {
        throw endless('the trigger once finds no rows at the start of a stream without end');
      }
      newest = offsetText(available, from.startMs);
      return Promise.resolve(offsetText(Math.min(available, Math.max(from.rows, perTrigger)), from.startMs));
    },
    reportLatest: () => newest,
    scan(start, end) {
      const { rows: to, startMs } = parseOffset(end);
      return leaseEvents(settings, startMs, { from: start === null ? 0 : parseOffset(start).rows, to });
    },
    commit: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

function endless(problem: string): MillraceError {
  return optionReader(FORMAT, {}).wrong('rows', problem, "Give the number of rows, or a 'backlog'.");
}

function offsetText(rows: number, startMs: number): string {
  return JSON.stringify({ rows, startMs });
}

function parseOffset(text: string | null): { readonly rows: number; readonly startMs: number } {
  assert(text !== null, 'a website-traffic stream starts at its initial offset');
  const parsed: unknown = JSON.parse(text);
  assert(
    typeof parsed === 'object' && parsed !== null && 'rows' in parsed && 'startMs' in parsed,
    'an offset of website-traffic has rows and startMs',
  );
  return { rows: Number(parsed.rows), startMs: Number(parsed.startMs) };
}

export const websiteTrafficReader: TaskReader = {
  *read(task: ScanTask, { schema, arena, batchRowsMax }): Generator<RecordBatch> {
    const payload = task.payload as TrafficPayload; // made by leaseEvents above
    for (let from = payload.from; from < payload.to; from += batchRowsMax) {
      const range = { from, to: Math.min(from + batchRowsMax, payload.to) };
      const columns = schema.fields.map((wanted) => eventColumn(wanted, range, payload, arena));
      yield { schema, length: range.to - range.from, columns };
    }
  },
};

function eventColumn({ name, type }: Field, { from, to }: RowRange, settings: EventSettings, arena: Arena): Column {
  const length = to - from;
  switch (name) {
    case 'key':
      return eventBytes(type, { from, to }, USER_BYTES, arena, (out, at, row) => writeUser(out, at, row, settings));
    case 'value':
      return eventBytes(type, { from, to }, EVENT_BYTES_MAX, arena, (out, at, row) =>
        writeEvent(out, at, row, settings),
      );
    case 'topic':
      return constantText(arena, type, FORMAT, length);
    case 'timestampType':
      return constantInt(arena, type, 0, length);
    case 'partition': {
      const column = constantInt(arena, type, 0, length);
      for (let row = 0; row < length; row++) column.values[row] = (from + row) % PARTITION_COUNT;
      return column;
    }
    default: {
      const builder = longBuilder(arena, type, length);
      for (let row = 0; row < length; row++) {
        const number = from + row;
        const value = name === 'offset' ? Math.floor(number / PARTITION_COUNT) : 1000 * arrivalMs(number, settings);
        builder.set(row, value);
      }
      return builder.finish(length);
    }
  }
}

function eventBytes(
  type: DataType,
  { from, to }: RowRange,
  rowBytesMax: number,
  arena: Arena,
  write: (out: Uint8Array, at: number, row: number) => number,
): Column {
  const length = to - from;
  const builder = bytesBuilder(arena, type, { rowsMax: length, bytesMax: length * rowBytesMax });
  let end = 0;
  for (let row = 0; row < length; row++) {
    end = write(builder.data, end, from + row);
    builder.end(row, end);
  }
  return builder.finish(length);
}
