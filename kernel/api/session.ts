/** SparkSession: where everything begins. */
import { field, Types, typeName, type Schema } from '../arrow/types.ts';
import { inferSchema } from '../arrow/infer.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr } from '../expr/expr.ts';
import { literalOf } from '../expr/literal.ts';
import type { LogicalPlan, Statement } from '../plan/logical-plan.ts';
import { mapPlanExprs, transformPlanUp } from '../plan/nodes.ts';
import { outputOf } from '../plan/output.ts';
import { bindParameters } from '../plan/resolve-expr.ts';
import { arrowRows, isArrowSource, type ArrowSource } from './arrow-source.ts';
import { Column } from './column.ts';
import type { RuntimeConf } from './conf.ts';
import { DataFrame } from './data-frame.ts';
import { StructType } from './data-types.ts';
import { rowsToIpc } from './ipc.ts';
import { DataFrameReader, DataStreamReader, schemaFrom } from './reader.ts';
import type { AnySchema, SchemaOf } from './schema-types.ts';
import { SessionState, type Runtime } from './session-state.ts';
import { StreamingQueryManager } from './streaming-query.ts';

export const VERSION = '0.1.0';

/** Values of `:name` parameters: bound as literals, never pasted into the text. */
export type SqlArgs = Readonly<Record<string, unknown>>;

export class SparkSession {
  /** What the objects of the session share. Not for users. */
  readonly state: SessionState;
  /** Settings by Spark's keys. */
  readonly conf: RuntimeConf;
  /** The streaming queries of the session. */
  readonly streams: StreamingQueryManager;
  /** The views of the session. */
  readonly catalog: SessionCatalog;

  constructor(runtime: Runtime) {
    this.state = new SessionState(runtime);
    this.conf = this.state.conf;
    this.streams = new StreamingQueryManager(this.state);
    this.catalog = new SessionCatalog(this.state);
  }

  get version(): string {
    return VERSION;
  }
  /** Reads what is there now: `spark.read.json("events.json")`. */
  get read(): DataFrameReader {
    return DataFrameReader.of(this.state);
  }
  /** Reads what arrives: `spark.readStream.format("kafka")…`. */
  get readStream(): DataStreamReader {
    return DataStreamReader.of(this.state);
  }

  /** Runs a SQL statement. Queries are analysed here and run by an action on the DataFrame. @throws PARSE_SYNTAX_ERROR, … */
  sql(text: string, args: SqlArgs = {}): DataFrame {
    return runStatement(this, this.state.parser.parseStatement(text), args);
  }
  /** A temporary view, or the table of a memory sink. @throws TABLE_OR_VIEW_NOT_FOUND */
  table(name: string): DataFrame {
    return new DataFrame(this.state, { kind: 'unresolvedRelation', name: name.split('.') });
  }
  /** The numbers from `start` to before `end`, as column `id`; from 0 where only one number is given. */
  range(start: number | bigint, end?: number | bigint, step: number | bigint = 1): DataFrame<{ id: bigint }> {
    const [from, to] = end === undefined ? [0n, BigInt(start)] : [BigInt(start), BigInt(end)];
    if (BigInt(step) === 0n) {
      throw new MillraceError('INVALID_ARGUMENT', {
        argument: 'step',
        problem: 'it is 0',
        remedy: 'Give another step.',
      });
    }
    const output = [Exprs.column(this.state.nextColumnId(), 'id', Types.long, false)];
    return new DataFrame(this.state, { kind: 'range', output, start: from, end: to, step: BigInt(step) });
  }

  /** A DataFrame of rows: objects, or arrays with a schema. Without a schema it is found from the values. */
  createDataFrame<const D extends string>(rows: readonly unknown[], schema: D): DataFrame<SchemaOf<D>>;
  createDataFrame<T>(rows: readonly unknown[], schema: StructType<T>): DataFrame<T>;
  createDataFrame<T extends object>(
    rows: readonly T[],
    names?: readonly string[],
  ): DataFrame<T extends readonly unknown[] ? AnySchema : T>;
  /** A DataFrame over a table of apache-arrow, or an Arrow IPC stream: the engine keeps it from one query to the next. */
  createDataFrame(table: ArrowSource): DataFrame;
  createDataFrame(rows: readonly unknown[] | ArrowSource, schema?: string | Schema | readonly string[]): DataFrame {
    if (isArrowSource(rows)) return arrowFrame(this.state, rows);
    const names = isNames(schema) ? schema : undefined;
    const given = schema === undefined || isNames(schema) ? inferSchema(rows, names) : schemaFrom(this.state, schema);
    return localFrame(this.state, rows, given);
  }
  /** A DataFrame without rows and columns. */
  get emptyDataFrame(): DataFrame {
    return localFrame(this.state, [], Types.struct([]));
  }

  /** Stops every streaming query of the session. */
  async stop(): Promise<void> {
    await Promise.all(this.streams.active.map((query) => query.stop()));
  }

  toString(): string {
    return `SparkSession(millrace ${VERSION}, ${this.conf.get('spark.master')})`;
  }
}

function isNames(schema: unknown): schema is readonly string[] {
  return Array.isArray(schema);
}

/** Rows of the program as a DataFrame. @throws INVALID_ROW */
export function localFrame<S>(state: SessionState, rows: readonly unknown[], schema: Schema): DataFrame<S> {
  const clean = Types.struct(schema.fields.map((f) => field(f.name, f.type, f.nullable)));
  return new DataFrame<S>(state, {
    kind: 'localRelation',
    schema: clean,
    rows: { ipc: rowsToIpc(rows, clean), rowCount: rows.length },
    output: clean.fields.map((f) => Exprs.column(state.nextColumnId(), f.name, f.type, f.nullable)),
  });
}

/** @throws NOT_SUPPORTED for Arrow types without a counterpart */
function arrowFrame(state: SessionState, source: ArrowSource): DataFrame {
  const { schema, rows } = arrowRows(source);
  return new DataFrame(state, {
    kind: 'localRelation',
    schema,
    rows: state.runner.keepRows?.(rows) ?? rows,
    output: schema.fields.map((f) => Exprs.column(state.nextColumnId(), f.name, f.type, f.nullable)),
  });
}

/** `spark.catalog`. */
export class SessionCatalog {
  readonly #state: SessionState;

  constructor(state: SessionState) {
    this.#state = state;
  }

  listTables(): readonly { readonly name: string; readonly isTemporary: boolean }[] {
    return this.#state.catalog.list().map(({ name }) => ({ name, isTemporary: true }));
  }
  tableExists(name: string): boolean {
    return this.#state.catalog.find(name) !== undefined;
  }
  listColumns(
    name: string,
  ): readonly { readonly name: string; readonly dataType: string; readonly nullable: boolean }[] {
    const frame = new DataFrame(this.#state, { kind: 'unresolvedRelation', name: [name] });
    return outputOf(frame.plan).map((c) => ({ name: c.name, dataType: typeName(c.type), nullable: c.nullable }));
  }
  /** @returns whether there was one */
  dropTempView(name: string): boolean {
    return this.#state.catalog.dropView(name);
  }
}

/** Carries a statement out. Commands give their result as a small DataFrame. */
export function runStatement(session: SparkSession, statement: Statement, args: SqlArgs = {}): DataFrame {
  const { state } = session;
  switch (statement.kind) {
    case 'query':
      return new DataFrame(state, bindPlan(statement.plan, args));
    case 'createView':
      createView(session, statement, args);
      return session.emptyDataFrame;
    case 'dropView':
      if (!state.catalog.dropView(statement.name) && !statement.ifExists) session.table(statement.name);
      return session.emptyDataFrame;
    case 'showTables': {
      const rows = state.catalog.list().map(({ name }) => ({ namespace: '', tableName: name, isTemporary: true }));
      return localFrame(
        state,
        rows,
        state.parser.parseSchema('namespace STRING, tableName STRING, isTemporary BOOLEAN'),
      );
    }
    case 'describe': {
      const { plan } = session.table(statement.name.join('.'));
      const rows = outputOf(plan).map((c) => ({ col_name: c.name, data_type: typeName(c.type), comment: null }));
      return localFrame(state, rows, state.parser.parseSchema('col_name STRING, data_type STRING, comment STRING'));
    }
    case 'explain': {
      const frame = new DataFrame(state, bindPlan(statement.plan, args));
      return localFrame(state, [{ plan: frame.explainText(statement.mode) }], state.parser.parseSchema('plan STRING'));
    }
    case 'setOption':
      return setOption(session, statement.key, statement.value);
  }
}

function setOption(session: SparkSession, key: string | undefined, value: string | undefined): DataFrame {
  if (key !== undefined && value !== undefined) session.conf.set(key, value);
  const rows =
    key === undefined
      ? Object.entries(session.conf.getAll()).map(([k, v]) => ({ key: k, value: v }))
      : [{ key, value: session.conf.getOption(key) ?? '<undefined>' }];
  return localFrame(session.state, rows, session.state.parser.parseSchema('key STRING, value STRING'));
}

function createView(session: SparkSession, statement: Extract<Statement, { kind: 'createView' }>, args: SqlArgs): void {
  const { definition, name, replace, temporary } = statement;
  if (!temporary) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'A permanent view',
      remedy: 'Use CREATE OR REPLACE TEMPORARY VIEW.',
    });
  }
  if (definition.kind === 'query') {
    const frame = new DataFrame(session.state, bindPlan(definition.plan, args));
    const named = definition.columns.length === 0 ? frame : frame.toDF(...definition.columns);
    session.state.catalog.setView(name, named.plan, { replace });
    return;
  }
  const reader = session.read.format(definition.format).options(definition.options);
  const frame =
    definition.schema === undefined ? reader.load() : reader.schema(new StructType(definition.schema.fields)).load();
  session.state.catalog.setView(name, frame.plan, { replace });
}

function bindPlan(plan: LogicalPlan, args: SqlArgs): LogicalPlan {
  const values = new Map<string, Expr>(
    Object.entries(args).map(([name, value]) => [name, value instanceof Column ? value.expr : literalOf(value)]),
  );
  if (values.size === 0) return plan;
  return transformPlanUp(plan, (node) => mapPlanExprs(node, (expr) => bindParameters(expr, values)));
}
