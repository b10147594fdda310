/** Checked by tsc: what must not compile is marked, and an unused mark is an error. */
import type { DataFrame } from '../../kernel/api/data-frame.ts';
import { col } from '../../kernel/api/functions.ts';
import { StructType, StringType } from '../../kernel/api/data-types.ts';
import type { Row } from '../../kernel/api/row.ts';
import type { SchemaOf } from '../../kernel/api/schema-types.ts';
import type { SparkSession } from '../../kernel/api/session.ts';
import type { Timestamp } from '../../kernel/arrow/temporal.ts';

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the usual way to compare types exactly */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<T extends true>(claim?: T): T | undefined {
  return claim;
}

holds<Equal<SchemaOf<'a INT, b STRING NOT NULL'>, { a: number | null; b: string }>>();
holds<Equal<SchemaOf<'ts timestamp, n bigint'>, { ts: Timestamp | null; n: bigint | null }>>();
holds<
  Equal<
    SchemaOf<'s STRUCT<x: INT, y: ARRAY<STRING>>, z DOUBLE'>,
    { s: { x: number | null; y: readonly (string | null)[] | null } | null; z: number | null }
  >
>();
holds<Equal<SchemaOf<'`a b` INT'>, { 'a b': number | null }>>();
holds<Equal<keyof SchemaOf<'p DECIMAL(10,2), q STRING'>, 'p' | 'q'>>();

export function known(spark: SparkSession): void {
  const df = spark.read.schema('url STRING, n BIGINT, data STRUCT<x: INT>').json('events.json');
  df.select('url', 'n');
  df.select('data.x', '*');
  df.select(col('url'), 'n');
  // @ts-expect-error -- there is no such column
  df.select('urll');
  // @ts-expect-error -- there is no such column
  df.groupBy('urll');
  // @ts-expect-error -- there is no such column
  df.drop('urll');
  // @ts-expect-error -- there is no such column
  df.col('urll');
  // @ts-expect-error -- there is no such column
  df.orderBy('urll');
  // @ts-expect-error -- there is no such column
  df.withWatermark('urll', '1 minute');
  // @ts-expect-error -- it was not selected
  df.select('url').select('n');
  // @ts-expect-error -- it was dropped
  df.drop('n').select('n');
  df.withColumn('m', col('n').plus(1)).select('m', 'url');
  df.withColumnRenamed('n', 'count').select('count');
  type CountRow = Row<{ url: string | null; count: bigint }>;
  const rows: Promise<CountRow[]> = df.groupBy('url').count().collect();
  rows.catch(() => undefined);
  const anyFrame: DataFrame = df.select(col('url'));
  anyFrame.select('whatever');
}

export function unknownSchema(spark: SparkSession): void {
  const df = spark.read.json('events.json');
  df.select('anything').groupBy('else').count().select('count');
  const typed = spark.read.schema(new StructType().add('a', 'int').add('b', StringType)).json('x');
  typed.select('a', 'b');
  // @ts-expect-error -- there is no such column
  typed.select('c');
}
