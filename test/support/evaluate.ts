/** SQL expressions computed by the real parser, analyzer, evaluator and kernels, over one row or over given rows. */
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import type { RecordBatch } from '../../kernel/arrow/column.ts';
import { Types } from '../../kernel/arrow/types.ts';
import { columnToEngine, toEngine } from '../../kernel/arrow/transfer.ts';
import { DataFrame } from '../../kernel/api/data-frame.ts';
import { cellTexts } from '../../kernel/api/show.ts';
import { compileColumns } from '../../kernel/physical/expressions/evaluator.ts';
import type { EngineInstance } from '../../kernel/physical/ports.ts';
import { outputOf, schemaOf } from '../../kernel/plan/output.ts';
import { optimize } from '../../kernel/optimizer/optimize.ts';
import { sqlParser } from '../../kernel/sql/parser.ts';
import { fakeSession } from './fake-runner.ts';
import { createTestEngine } from './engine.ts';

export interface EvaluateOptions {
  readonly ansi?: boolean;
  readonly timeZone?: string;
  /** µs of current_timestamp(). */
  readonly now?: bigint;
}

export interface Rows {
  readonly schema: string;
  readonly rows: readonly unknown[];
}

/** Makes an evaluator over a wasm instance of its own. @returns the texts of the rows, as `show` prints them */
export async function createEvaluate(): Promise<(sql: string, options?: EvaluateOptions, input?: Rows) => string[]> {
  const engine = await createTestEngine(256 * 1024 ** 2);
  return (sql, options = {}, input = { schema: 'one INT', rows: [[1]] }) => evaluate(engine, sql, options, input);
}

function evaluate(engine: EngineInstance, sql: string, options: EvaluateOptions, input: Rows): string[] {
  const { ansi = true, timeZone = 'UTC', now = 0n } = options;
  const spark = fakeSession();
  spark.conf.set('spark.sql.ansi.enabled', ansi);
  spark.conf.set('spark.sql.session.timeZone', timeZone);
  const schema = sqlParser.parseSchema(input.schema);
  const source = spark.createDataFrame(input.rows, input.schema);
  const frame = new DataFrame(spark.state, {
    kind: 'project',
    expressions: [sqlParser.parseExpression(sql)],
    child: source.plan,
  });
  const optimized = optimize(frame.plan);
  const plan = optimized.kind === 'project' ? optimized : frame.plan;
  const expressions = plan.kind === 'project' ? plan.expressions.map((e) => (e.kind === 'alias' ? e.child : e)) : [];
  const arena = engine.memory.createArena('test');
  try {
    const child = plan.kind === 'project' ? plan.child : plan;
    const batch: RecordBatch = toEngine(batchFromRows(input.rows, schema), arena);
    const wanted = outputOf(child).map((column) => schema.fields.findIndex((f) => f.name === column.name));
    const columns = wanted.flatMap((index) => batch.columns[index] ?? []);
    const pruned = {
      schema: Types.struct(wanted.flatMap((i) => schema.fields[i] ?? [])),
      length: batch.length,
      columns,
    };
    const context = { ansi, timeZone, arena, kernels: engine.kernels, batchTimestampMicros: now };
    const results = compileColumns(expressions, outputOf(child), { ansi, timeZone })(pruned, context);
    const result: RecordBatch = {
      schema: schemaOf(plan),
      length: batch.length,
      columns: results.map((column) => columnToEngine(column, arena)),
    };
    return cellTexts(result.schema, [result], { timeZone }, Infinity).map((row) => row.join(', '));
  } finally {
    arena.release();
  }
}
