/** The built package in this process, as a program has it: one session, whose queries write to lists. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Public from '../../../kernel/index.ts';
import type { DataFrame } from '../../../kernel/api/data-frame.ts';
import type { StreamingQuery } from '../../../kernel/api/streaming-query.ts';
import type { OutputMode } from '../../../kernel/plan/runner-port.ts';
import { ROOT } from '../../support/requirements.ts';

const DIST = process.env['MILLRACE_TEST_DIST'] ?? path.join(ROOT, 'dist');

export const millrace = (await import(pathToFileURL(path.join(DIST, 'index.js')).href)) as typeof Public;
export const spark = millrace.SparkSession.builder
  .appName('streams')
  .config('spark.sql.session.timeZone', 'UTC')
  .getOrCreate();

/** Seconds since the epoch, key, value. */
export type Event = readonly [number | null, (string | null)?, (number | null)?];

/** A stream of events, and a function that adds some. */
export function eventStream() {
  const stream = new millrace.MemoryStream(spark, 'ts TIMESTAMP, k STRING, v INT');
  return {
    frame: () => stream.toDF(),
    add: (...events: readonly Event[]): void => {
      stream.addData(events.map(([ts, k, v]) => [ts === null ? null : new Date(ts * 1000), k ?? null, v ?? null]));
    },
  };
}

export interface Seen {
  /** The rows of each step as JSON, sorted; of complete mode those of its last batch, in their order. */
  readonly rows: readonly (readonly string[])[];
  /** Of each batch: rows read, watermark, and the figures of its stateful operators. */
  readonly batches: readonly string[];
}

/** Runs each step, and all that follows from it, and says what the sink got. */
export async function observe<S>(
  frame: DataFrame<S>,
  outputMode: OutputMode,
  steps: readonly (() => void)[],
): Promise<Seen> {
  let got: string[] = [];
  const query = frame.writeStream
    .outputMode(outputMode)
    .foreachBatch(async (batch) => {
      const rows = await batch.toJSON().collect();
      got = outputMode === 'complete' ? [...rows] : [...got, ...rows].sort();
    })
    .start();
  try {
    const rows: string[][] = [];
    for (const step of steps) {
      got = [];
      step();
      await query.processAllAvailable();
      rows.push(got);
    }
    return { rows, batches: batchesOf(query) };
  } finally {
    await query.stop();
  }
}

function batchesOf(query: StreamingQuery): string[] {
  return query.recentProgress
    .filter(({ stateOperators }) => stateOperators.length > 0)
    .map(({ numInputRows, eventTime, stateOperators }) => {
      const watermark = eventTime['watermark']?.slice('1970-01-01T'.length) ?? 'none';
      const states = stateOperators.map(
        (state) =>
          `${state.operatorName} ${state.numRowsTotal} +${state.numRowsUpdated} -${state.numRowsRemoved} late ${state.numRowsDroppedByWatermark}`,
      );
      return [`in ${numInputRows} wm ${watermark}`, ...states].join('; ');
    });
}
