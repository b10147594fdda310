/** `millrace run FILE.sql` and `millrace sql "…"`: statements in order; the rows of the last one go to standard output. */
import { resolve, dirname } from 'node:path';
import { MillraceError } from '../../core/errors.ts';
import type { DataFrame } from '../../api/data-frame.ts';
import { processSessions, type ParameterValue } from '../../process-session.ts';
import { sqlParser } from '../../sql/parser.ts';
import { messageOf } from './streams.ts';
import { terminal } from './terminal.ts';

/** All of them: `show` wants a number. */
const TABLE_ROWS_MAX = 2 ** 31 - 2;

export type OutputFormat = 'table' | 'json' | 'csv';

export interface RunSqlOptions {
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly format: OutputFormat;
  /** The file's path: paths in it are relative to its folder, errors name it. */
  readonly file: string | undefined;
}

/** @returns the exit code */
export async function runSql(text: string, options: RunSqlOptions): Promise<number> {
  const { file, format } = options;
  if (file !== undefined) process.chdir(dirname(resolve(file)));
  const { spark, engine } = processSessions.getOrCreate();
  const parameters = Object.fromEntries(options.parameters);
  let line = 1;
  try {
    const statements = sqlParser.parseScript(text);
    for (const [index, statement] of statements.entries()) {
      line = statement.line;
      const frame = spark.sql(statement.text, parameters);
      const isLast = index === statements.length - 1;
      if (isLast && frame.columns.length > 0) await printFrame(frame, format);
    }
    return 0;
  } catch (error) {
    const position = error instanceof MillraceError ? error.position : undefined;
    const place =
      position === undefined
        ? `${file ?? 'statement'}:${line}`
        : `${file ?? 'statement'}:${line + position.line - 1}:${position.column}`;
    terminal.err(`${messageOf(error)}\n  at ${place}\n`);
    return 1;
  } finally {
    await engine.shutdown();
  }
}

async function printFrame(frame: DataFrame, format: OutputFormat): Promise<void> {
  switch (format) {
    case 'table':
      await frame.show(TABLE_ROWS_MAX, false);
      return;
    case 'json':
      for (const row of await frame.selectExpr("to_json(struct(*), map('ignoreNullFields', 'false')) AS row").collect())
        terminal.out(`${String(row['row'])}\n`);
      return;
    case 'csv': {
      terminal.out(`${frame.columns.map(csvField).join(',')}\n`);
      // Two columns may have the same name.
      const names = frame.columns.map((_, index) => `c${index}`);
      const texts = frame.toDF(...names).selectExpr(...names.map((name) => `CAST(${name} AS STRING) AS ${name}`));
      for (const row of await texts.collect()) {
        terminal.out(`${names.map((name) => csvField(textOrNull(row[name]))).join(',')}\n`);
      }
      return;
    }
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function csvField(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
