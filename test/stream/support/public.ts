/** The built package in this process, as a program has it: one session. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Public from '../../../kernel/index.ts';
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
