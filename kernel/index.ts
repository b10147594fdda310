/** What `import { … } from 'millrace'` gives, and the names a notebook cell has without an import. */
import type { Conf } from './plan/runner-port.ts';
import { createSessionEntry } from './api/builder.ts';
import * as generated from './api/functions.generated.ts';
import * as own from './api/functions.ts';
import * as dataTypes from './api/data-types.ts';
import { MemoryStream } from './api/memory-stream.ts';
import type { SparkSession as Session } from './api/session.ts';
import { processSessions } from './process-session.ts';
import { sqlParser } from './sql/parser.ts';

export { Column } from './api/column.ts';
export { DataFrame } from './api/data-frame.ts';
export { GroupedData } from './api/grouped-data.ts';
export { DataFrameReader, DataStreamReader } from './api/reader.ts';
export { DataStreamWriter, type ForeachWriter, type TriggerOptions } from './api/stream-writer.ts';
export { StreamingQuery, StreamingQueryManager } from './api/streaming-query.ts';
export type { Row } from './api/row.ts';
export type { SchemaOf } from './api/schema-types.ts';
export { createSparkSession } from './api/builder.ts';
export { Decimal } from './arrow/decimal.ts';
export { SqlDate, Timestamp } from './arrow/temporal.ts';
export { MillraceError } from './core/errors.ts';
export * from './api/data-types.ts';
export * from './api/functions.generated.ts';
export {
  asc,
  call_function,
  col,
  column,
  count,
  desc,
  from_json,
  lit,
  not,
  to_json,
  when,
  window,
} from './api/functions.ts';
export { MemoryStream };

/** SQL text as a column: `expr("a + 1 AS b")`. @throws PARSE_SYNTAX_ERROR */
export const expr = own.makeExpr(sqlParser);

/** What `millrace run -p name=value` gave to this program. */
export const parameters = processSessions.parameters;

/** `SparkSession.builder.appName("…").getOrCreate()`: the session of this process. */
export const SparkSession = createSessionEntry((conf: Conf) => processSessions.getOrCreate(undefined, conf).spark);
export type SparkSession = Session;

/** All DataFrame functions, as PySpark's `functions` module. */
export const functions = {
  ...generated,
  asc: own.asc,
  call_function: own.call_function,
  col: own.col,
  column: own.column,
  count: own.count,
  desc: own.desc,
  expr,
  from_json: own.from_json,
  lit: own.lit,
  not: own.not,
  to_json: own.to_json,
  when: own.when,
  window: own.window,
} as const;

/** All types, as PySpark's `types` module. */
export const types = {
  ArrayType: dataTypes.ArrayType,
  BinaryType: dataTypes.BinaryType,
  BooleanType: dataTypes.BooleanType,
  ByteType: dataTypes.ByteType,
  DateType: dataTypes.DateType,
  DecimalType: dataTypes.DecimalType,
  DoubleType: dataTypes.DoubleType,
  FloatType: dataTypes.FloatType,
  IntegerType: dataTypes.IntegerType,
  LongType: dataTypes.LongType,
  MapType: dataTypes.MapType,
  NullType: dataTypes.NullType,
  ShortType: dataTypes.ShortType,
  StringType: dataTypes.StringType,
  StructField: dataTypes.StructField,
  StructType: dataTypes.StructType,
  TimestampNTZType: dataTypes.TimestampNTZType,
  TimestampType: dataTypes.TimestampType,
} as const;

/** The names that a notebook cell has without an import, as in PySpark's notebooks. */
export function createGlobals(session: Session) {
  return {
    ...functions,
    ...types,
    functions,
    types,
    MemoryStream,
    SparkSession: createSessionEntry((conf: Conf) => {
      for (const [key, value] of Object.entries(conf)) session.conf.set(key, value);
      return session;
    }),
    spark: session,
    sql: (text: string, args?: Readonly<Record<string, unknown>>) => session.sql(text, args),
  } as const;
}

/** The types of a notebook's names, for completion. */
export type Globals = ReturnType<typeof createGlobals>;
