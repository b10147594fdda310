/** Millrace as a contestant of the Nexmark suite, in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEXMARK_KINDS } from '../../nexmark/generator.ts';
import { NEXMARK_SCHEMA, NEXMARK_WATERMARK, type NexmarkStream } from '../../nexmark/queries.ts';
import { arrowSummary } from '../batch/millrace.ts';
import { THREADS } from '../batch/engine.ts';
import { NotYet, took, type Answer, type Measured } from '../contract.ts';
import { timed } from '../statistics.ts';
import { millrace, millraceEngine, orNotYet } from '../subject.ts';
import type { NexmarkEngine } from './engine.ts';

type Session = Awaited<ReturnType<typeof millrace>>['spark'];

const SETTINGS = `in this process, ${THREADS} compute workers`;

/** @param data the folder of `nexmarkData` */
export async function millraceInBatch(data: string): Promise<NexmarkEngine> {
  const { spark } = await millrace();
  return {
    engine: millraceEngine(`${SETTINGS}; results by \`toArrow()\``),
    run: ({ sql }) =>
      orNotYet(async () => {
        for (const kind of NEXMARK_KINDS)
          spark.read.schema(NEXMARK_SCHEMA[kind]).json(join(data, kind)).createOrReplaceTempView(kind);
        sideInput(spark, data);
        const { ms, value } = await timed(async () => spark.sql(sql).toArrow());
        return took(ms, arrowSummary(value));
      }),
    close: () => spark.stop(),
  };
}

/** @param data the folder of `nexmarkData` */
export async function millraceInStreams(data: string): Promise<NexmarkEngine> {
  const { spark } = await millrace();
  const summarised = new Set<string>();
  return {
    engine: millraceEngine(`${SETTINGS}; \`availableNow\`, checkpoints on disk, sink \`noop\``),
    run: ({ id, sql, stream }) =>
      orNotYet(async () => {
        if (stream === undefined) throw new NotYet('Spark has it in batch only');
        const folder = stream.needsClosing ? join(data, 'closed') : data;
        for (const kind of NEXMARK_KINDS) {
          const events = spark.readStream.schema(NEXMARK_SCHEMA[kind]).json(join(folder, kind));
          events.withWatermark('dateTime', NEXMARK_WATERMARK).createOrReplaceTempView(kind);
        }
        sideInput(spark, data);
        const summary = !summarised.has(id);
        summarised.add(id);
        return runStream(spark, sql, stream, { summary });
      }),
    close: () => spark.stop(),
  };
}

function sideInput(spark: Session, data: string): void {
  const side = spark.read.schema(NEXMARK_SCHEMA.side_input).csv(join(data, 'side_input'));
  side.createOrReplaceTempView('side_input');
}

/** With `summary` the rows are summed up, and the time is worth nothing. */
async function runStream(
  spark: Session,
  sql: string,
  { mode }: NexmarkStream,
  { summary }: { readonly summary: boolean },
): Promise<Measured> {
  const checkpoint = mkdtempSync(join(tmpdir(), 'millrace-nexmark-'));
  const answer: Record<string, number> = {};
  try {
    const { ms } = await timed(async () => {
      const writer = spark
        .sql(sql)
        .writeStream.outputMode(mode)
        .option('checkpointLocation', checkpoint)
        .trigger({ availableNow: true });
      const query = summary
        ? writer.foreachBatch(async (batch) => add(answer, arrowSummary(await batch.toArrow()))).start()
        : writer.format('noop').start();
      await query.awaitTermination();
    });
    return summary ? took(ms, answer) : took(ms);
  } finally {
    rmSync(checkpoint, { recursive: true, force: true });
  }
}

function add(total: Record<string, number>, batch: Answer): void {
  for (const [name, value] of Object.entries(batch)) total[name] = (total[name] ?? 0) + Number(value);
}
