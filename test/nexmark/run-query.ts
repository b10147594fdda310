/** Nexmark's queries in Millrace: over files in batch, and over the same files one by one as a stream. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Public from '../../kernel/index.ts';
import { textTable, type TextRow, type TextTable } from '../support/cells.ts';
import { NEXMARK_KINDS } from './generator.ts';
import { NEXMARK_SCHEMA, NEXMARK_WATERMARK, type NexmarkQuery, type NexmarkStream } from './queries.ts';

type Session = Public.SparkSession;

/** A stream that has not ended by then hangs. */
const STREAM_MS_MAX = 60_000;

/** @param data the folder of `nexmarkData` */
export async function runBatch(spark: Session, query: NexmarkQuery, data: string): Promise<TextTable> {
  for (const kind of NEXMARK_KINDS)
    spark.read.schema(NEXMARK_SCHEMA[kind]).json(join(data, kind)).createOrReplaceTempView(kind);
  readSideInput(spark, data);
  return textTable(spark.sql(query.sql));
}

/** One file of each source a micro-batch, until all are read. @returns the final rows: in update mode the last of each key */
export async function runStream(
  spark: Session,
  { sql, stream }: { readonly sql: string; readonly stream: NexmarkStream },
  data: string,
): Promise<TextTable> {
  const folder = stream.needsClosing ? join(data, 'closed') : data;
  for (const kind of NEXMARK_KINDS) {
    const reader = spark.readStream.schema(NEXMARK_SCHEMA[kind]).option('maxFilesPerTrigger', 1);
    reader.json(join(folder, kind)).withWatermark('dateTime', NEXMARK_WATERMARK).createOrReplaceTempView(kind);
  }
  readSideInput(spark, data);
  const frame = spark.sql(sql);
  const columns = frame.dtypes;
  const rows: TextRow[] = [];
  const checkpoint = mkdtempSync(join(tmpdir(), 'millrace-nexmark-'));
  try {
    const query = frame.writeStream
      .outputMode(stream.mode)
      .option('checkpointLocation', checkpoint)
      .trigger({ availableNow: true })
      .foreachBatch(async (batch) => {
        for (const row of (await textTable(batch)).rows) rows.push(row);
      })
      .start();
    if (!(await query.awaitTermination(STREAM_MS_MAX))) {
      await query.stop();
      throw new Error(`the stream has not ended after ${STREAM_MS_MAX / 1000} s`);
    }
  } finally {
    rmSync(checkpoint, { recursive: true, force: true });
  }
  return { columns, rows: latestRows(rows, columns, stream.keys) };
}

/** @param rows in the order in which they came. @returns the last row of each key; all rows where there are no keys */
export function latestRows(
  rows: readonly TextRow[],
  columns: TextTable['columns'],
  keys: readonly string[],
): readonly TextRow[] {
  if (keys.length === 0) return rows;
  const positions = keys.map((key) => columns.findIndex(([name]) => name === key));
  return [...new Map(rows.map((row) => [JSON.stringify(positions.map((p) => row[p])), row])).values()];
}

function readSideInput(spark: Session, data: string): void {
  spark.read.schema(NEXMARK_SCHEMA.side_input).csv(join(data, 'side_input')).createOrReplaceTempView('side_input');
}
