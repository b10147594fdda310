/** Runs a case in Millrace and says where its answer differs from Spark's. */
import type * as Public from '../../kernel/index.ts';
import type { SltCase } from './case-file.ts';

type Session = Public.SparkSession;

/** @returns the answer in the form of a case's expected part */
export async function answer(spark: Session, test: SltCase): Promise<readonly string[]> {
  spark.conf.set('spark.sql.session.timeZone', test.timeZone);
  spark.conf.set('spark.sql.ansi.enabled', test.ansi);
  try {
    const frame = spark.sql(test.sql);
    const { dtypes } = frame;
    const texts = frame
      .toDF(...dtypes.map((_, i) => `c${i}`))
      .selectExpr(...dtypes.map(([, type], i) => (type === 'binary' ? `hex(c${i})` : `CAST(c${i} AS STRING)`)));
    const rows = await texts.collect();
    return [JSON.stringify(dtypes), ...rows.map((row) => JSON.stringify(dtypes.map((_, i) => row[i])))];
  } catch (error) {
    return [errorLine(error)];
  }
}

function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return `error ${String(error)}`;
  const condition = 'condition' in error ? String(error.condition) : error.name;
  const sqlState = 'sqlState' in error ? String(error.sqlState) : '-----';
  return `error ${condition} ${sqlState} ${error.message.split('\n')[0] ?? ''}`;
}

/** @returns undefined where both agree: errors by condition and SQLSTATE, rows in order only where the query orders them */
export function difference(test: SltCase, actual: readonly string[]): string | undefined {
  const [wanted = '', ...wantedRows] = test.expected;
  const [given = '', ...givenRows] = actual;
  if (wanted.startsWith('error ') || given.startsWith('error ')) {
    const [, condition = '', sqlState] = wanted.split(' ');
    const main = condition.split('.')[0];
    return given.startsWith(`error ${main} ${sqlState}`) && wanted.startsWith('error ')
      ? undefined
      : both(test, actual);
  }
  if (wanted !== given) return both(test, actual);
  const isOrdered = /\border by\b/i.test(test.sql);
  const [left, right] = isOrdered ? [wantedRows, givenRows] : [wantedRows.toSorted(), givenRows.toSorted()];
  return left.join('\n') === right.join('\n') ? undefined : both(test, actual);
}

function both(test: SltCase, actual: readonly string[]): string {
  const indent = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join('\n');
  return `${test.sql}\n  Spark:\n${indent(test.expected)}\n  Millrace:\n${indent(actual)}`;
}
