/** DataFrame: an analysed plan with the methods of Spark's. Building is synchronous and throws at its line; actions return promises. */
import type { RecordBatch } from '../arrow/column.ts';
import { typeName, type Schema } from '../arrow/types.ts';
import { valuesOf } from '../arrow/values.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr, type SortOrder } from '../expr/expr.ts';
import { parseInterval } from '../plan/interval.ts';
import type { ExplainMode, LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { isStreaming } from '../plan/nodes.ts';
import { outputOf, schemaOf } from '../plan/output.ts';
import { refuseBatchAction } from '../plan/streaming-check.ts';
import { Column, columnExpr } from './column.ts';
import { schemaTree, StructType } from './data-types.ts';
import { GroupedData } from './grouped-data.ts';
import { ipcTable, readIpc, type Table } from './ipc.ts';
import { makeRows, type Row } from './row.ts';
import type {
  AnySchema,
  ColumnName,
  ColumnPath,
  DropColumns,
  PickColumns,
  RenameColumn,
  WithColumn,
} from './schema-types.ts';
import type { SessionState } from './session-state.ts';
import { showText } from './show.ts';
import { DataStreamWriter } from './stream-writer.ts';
import { TextDataset } from './text-dataset.ts';
import { DataFrameWriter } from './writer.ts';

export type JoinType =
  | 'inner'
  | 'left'
  | 'leftouter'
  | 'left_outer'
  | 'right'
  | 'rightouter'
  | 'right_outer'
  | 'full'
  | 'outer'
  | 'fullouter'
  | 'full_outer'
  | 'semi'
  | 'leftsemi'
  | 'left_semi'
  | 'anti'
  | 'leftanti'
  | 'left_anti'
  | 'cross';

/** Makes a DataFrame of the same session: given to what stands below this file. */
export type MakeFrame = <T>(plan: LogicalPlan) => DataFrame<T>;

export class DataFrame<S = AnySchema> {
  /** The analysed plan. */
  readonly plan: LogicalPlan;
  /** What the DataFrames of a session share. Not for users. */
  readonly state: SessionState;
  /** Only for the type checker: the row type. */
  declare readonly rowType: S;

  constructor(state: SessionState, plan: LogicalPlan) {
    this.state = state;
    this.plan = state.analyze(plan);
  }

  // ── what it is ──

  /** Names, types and nullability of the columns. */
  get schema(): StructType<S> {
    return new StructType(this.coreSchema.fields);
  }
  /** The schema as plain data. */
  get coreSchema(): Schema {
    return schemaOf(this.plan);
  }
  /** The names of the columns. */
  get columns(): readonly string[] {
    return outputOf(this.plan).map((column) => column.name);
  }
  /** Names and types of the columns. */
  get dtypes(): readonly (readonly [name: string, type: string])[] {
    return outputOf(this.plan).map((column) => [column.name, typeName(column.type)] as const);
  }
  /** Whether rows arrive for ever. */
  get isStreaming(): boolean {
    return isStreaming(this.plan);
  }
  /** A column of this DataFrame, told apart from columns of the same name elsewhere. @throws UNRESOLVED_COLUMN */
  col(name: ColumnPath<S>): Column {
    const plan = this.state.analyze({ kind: 'project', expressions: [columnExpr(name)], child: this.plan });
    const [expr] = plan.kind === 'project' ? plan.expressions : [];
    return new Column(expr === undefined ? columnExpr(name) : expr.kind === 'alias' ? expr.child : expr);
  }

  // ── columns ──

  /** Some columns, by name or computed. @throws UNRESOLVED_COLUMN, DATATYPE_MISMATCH */
  select<K extends ColumnName<S>>(...columns: readonly K[]): DataFrame<PickColumns<S, K>>;
  select(...columns: readonly (Column | ColumnPath<S>)[]): DataFrame;
  select<T>(...columns: readonly (Column | string)[]): DataFrame<T> {
    return this.#over({ kind: 'project', expressions: columns.map(columnExpr) });
  }
  /** Columns as SQL expressions: `"CAST(value AS STRING)"`, `"a + 1 AS b"`. @throws PARSE_SYNTAX_ERROR */
  selectExpr(...expressions: readonly string[]): DataFrame {
    const parsed = expressions.map((text) => this.state.parser.parseExpression(text));
    return this.#over({ kind: 'project', expressions: parsed });
  }
  /** Adds a column, or replaces the one of that name. */
  withColumn<const N extends string>(name: N, column: Column): DataFrame<WithColumn<S, N, unknown>> {
    const value = Exprs.alias(column.expr, name);
    const old = outputOf(this.plan);
    const isSame = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
    const kept = old.map((existing): Expr => (isSame(existing.name) ? value : existing));
    return this.#over({ kind: 'project', expressions: old.some((c) => isSame(c.name)) ? kept : [...kept, value] });
  }
  /** Adds several columns. */
  withColumns(columns: Readonly<Record<string, Column>>): DataFrame {
    return Object.entries(columns).reduce<DataFrame>(
      (frame, [name, column]) => frame.withColumn(name, column),
      new DataFrame(this.state, this.plan),
    );
  }
  /** Renames a column; nothing happens where there is none of that name. */
  withColumnRenamed<const From extends ColumnName<S>, const To extends string>(
    from: From,
    to: To,
  ): DataFrame<RenameColumn<S, From, To>> {
    const expressions = outputOf(this.plan).map((column) =>
      column.name.toLowerCase() === from.toLowerCase() ? Exprs.alias(column, to) : column,
    );
    return this.#over({ kind: 'project', expressions });
  }
  /** Without some columns; names that do not exist are ignored. */
  drop<K extends ColumnName<S>>(...names: readonly K[]): DataFrame<DropColumns<S, K>> {
    const dropped = new Set(names.map((name) => name.toLowerCase()));
    return this.#over({
      kind: 'project',
      expressions: outputOf(this.plan).filter((column) => !dropped.has(column.name.toLowerCase())),
    });
  }
  /** All columns under new names. */
  toDF(...names: readonly string[]): DataFrame {
    const output = outputOf(this.plan);
    if (names.length === 0) return new DataFrame(this.state, this.plan);
    if (names.length !== output.length) {
      throw new MillraceError('INVALID_ARGUMENT', {
        argument: 'names',
        problem: `there are ${output.length} columns but ${names.length} names`,
        remedy: 'Give one name for each column.',
      });
    }
    return this.#over({
      kind: 'project',
      expressions: output.map((column, i) => Exprs.alias(column, names[i] ?? column.name)),
    });
  }

  // ── rows ──

  /** The rows for which the condition is true. Text is a SQL expression. */
  filter(condition: Column | string): DataFrame<S> {
    const expr = typeof condition === 'string' ? this.state.parser.parseExpression(condition) : condition.expr;
    return this.#over({ kind: 'filter', condition: expr });
  }
  /** The rows for which the condition is true. */
  where(condition: Column | string): DataFrame<S> {
    return this.filter(condition);
  }
  /** At most `count` rows. */
  limit(count: number): DataFrame<S> {
    return this.#over({ kind: 'limit', count: wholeNumber(count, 'limit') });
  }
  /** Without the first `count` rows. */
  offset(count: number): DataFrame<S> {
    return this.#over({ kind: 'offset', count: wholeNumber(count, 'offset') });
  }
  /** Sorted; ascending with nulls first unless a column says otherwise. */
  orderBy(...columns: readonly (Column | ColumnPath<S>)[]): DataFrame<S> {
    return this.#over({ kind: 'sort', orders: columns.map(sortOrder) });
  }
  /** Sorted; ascending with nulls first unless a column says otherwise. */
  sort(...columns: readonly (Column | ColumnPath<S>)[]): DataFrame<S> {
    return this.orderBy(...columns);
  }
  /** Rows without repetitions. */
  distinct(): DataFrame<S> {
    // As in Spark: over a stream the rows seen are remembered, and each goes out once, also in append mode.
    return isStreaming(this.plan) ? this.dropDuplicates() : this.#over({ kind: 'distinct' });
  }
  /** One row for each combination of the columns; all columns where none is given. */
  dropDuplicates(columns: readonly ColumnName<S>[] = []): DataFrame<S> {
    return this.#over({ kind: 'deduplicate', keys: columns.map((name) => columnExpr(name)), withinWatermark: false });
  }
  /** As dropDuplicates, remembering keys only as long as the watermark's delay. Streaming only. */
  dropDuplicatesWithinWatermark(columns: readonly ColumnName<S>[] = []): DataFrame<S> {
    return this.#over({ kind: 'deduplicate', keys: columns.map((name) => columnExpr(name)), withinWatermark: true });
  }
  /** How late rows may come: state and results older than the newest event time minus `delay` are settled. */
  withWatermark(eventTime: ColumnName<S>, delay: string): DataFrame<S> {
    return this.#over({
      kind: 'withWatermark',
      eventTime: columnExpr(eventTime),
      delay: parseInterval(delay, 'INVALID_INTERVAL_FORMAT'),
    });
  }

  // ── several DataFrames ──

  /** The rows of both, columns by position. */
  union(other: DataFrame<S>): DataFrame<S> {
    return new DataFrame(this.state, { kind: 'union', children: [this.plan, other.plan], byName: false });
  }
  /** The rows of both, columns by position. */
  unionAll(other: DataFrame<S>): DataFrame<S> {
    return this.union(other);
  }
  /** The rows of both, columns by name. */
  unionByName(other: DataFrame): DataFrame<S> {
    return new DataFrame(this.state, { kind: 'union', children: [this.plan, other.plan], byName: true });
  }
  /** Rows of both that belong together: by a condition, or by columns of the same name. */
  join<T>(other: DataFrame<T>, on?: Column | string | readonly string[], how: JoinType = 'inner'): DataFrame {
    const sides = { left: this.plan, right: other.plan, type: joinType(how) } as const;
    if (on === undefined)
      return new DataFrame(this.state, { kind: 'join', ...sides, type: sides.type === 'inner' ? 'cross' : sides.type });
    if (on instanceof Column) return new DataFrame(this.state, { kind: 'join', ...sides, condition: on.expr });
    return new DataFrame(this.state, { kind: 'join', ...sides, using: typeof on === 'string' ? [on] : on });
  }
  /** Every row with every row. */
  crossJoin<T>(other: DataFrame<T>): DataFrame {
    return this.join(other, undefined, 'cross');
  }
  /** Gives the rows a name, for qualified columns such as `a.id`. */
  alias(name: string): DataFrame<S> {
    return this.#over({ kind: 'subqueryAlias', name });
  }
  /** Gives the rows a name, for qualified columns such as `a.id`. */
  as(name: string): DataFrame<S> {
    return this.alias(name);
  }

  // ── aggregation ──

  /** Groups rows, by columns or expressions such as `window(col("timestamp"), "1 minute")`. */
  groupBy<K extends ColumnName<S>>(...columns: readonly K[]): GroupedData<PickColumns<S, K>>;
  groupBy(...columns: readonly (Column | ColumnPath<S>)[]): GroupedData;
  groupBy<T>(...columns: readonly (Column | string)[]): GroupedData<T> {
    return new GroupedData<T>(this.#make, this.plan, columns.map(columnExpr));
  }
  /** Aggregates all rows. */
  agg(...aggregates: readonly [Column, ...Column[]]): DataFrame {
    return new GroupedData(this.#make, this.plan, []).agg(...aggregates);
  }

  // ── names ──

  /** Makes the DataFrame known to SQL under a name, replacing what had it. */
  createOrReplaceTempView(name: string): void {
    this.state.catalog.setView(name, this.plan, { replace: true });
  }
  /** As createOrReplaceTempView. @throws TABLE_OR_VIEW_ALREADY_EXISTS */
  createTempView(name: string): void {
    this.state.catalog.setView(name, this.plan, { replace: false });
  }

  // ── actions ──

  /** All rows. @throws UNSUPPORTED_STREAMING_OPERATION on a streaming DataFrame */
  async collect(): Promise<Row<S>[]> {
    refuseBatchAction(this.plan, 'collect()');
    const { batches } = await this.#run(this.plan);
    return makeRows<S>(
      batches.flatMap((batch) => valuesOf(batch)),
      this.columns,
    );
  }
  /** The first `count` rows. */
  async take(count: number): Promise<Row<S>[]> {
    refuseBatchAction(this.plan, 'take()');
    return this.limit(count).collect();
  }
  /** The first `count` rows. */
  async head(count = 1): Promise<Row<S>[]> {
    return this.take(count);
  }
  /** The first row; undefined where there is none. */
  async first(): Promise<Row<S> | undefined> {
    return (await this.take(1))[0];
  }
  async isEmpty(): Promise<boolean> {
    return (await this.take(1)).length === 0;
  }
  /** The number of rows. */
  async count(): Promise<number> {
    refuseBatchAction(this.plan, 'count()');
    const counted = new DataFrame(this.state, {
      kind: 'aggregate',
      groupings: [],
      outputs: [Exprs.alias(Exprs.call('count', [Exprs.star()]), 'count')],
      child: this.plan,
    });
    const [row] = await counted.collect();
    return Number(row?.['count'] ?? 0);
  }
  /** Prints the first rows as a table. @param truncate characters of a cell at most; false: all */
  async show(rows = 20, truncate: number | boolean = 20, vertical = false): Promise<void> {
    refuseBatchAction(this.plan, 'show()');
    const rowsMax = wholeNumber(rows, 'rows');
    const limited = this.limit(rowsMax + 1);
    const { schema, batches } = await limited.#run(limited.plan);
    const cut = truncate === true ? 20 : truncate === false ? 0 : truncate;
    this.state.print(`${showText(schema, batches, { ...this.state.cellOptions, rowsMax, truncate: cut, vertical })}\n`);
  }
  /** All rows as an Arrow table of apache-arrow. */
  async toArrow(): Promise<Table> {
    return ipcTable(await this.toArrowIpc());
  }
  /** All rows as an Arrow IPC stream. */
  async toArrowIpc(): Promise<Uint8Array> {
    refuseBatchAction(this.plan, 'toArrow()');
    const result = await this.state.runner.execute(this.plan, this.state.conf.getAll());
    return result.ipc;
  }
  /** Every row as JSON text; nulls are left out, as in Spark. `toJSON().collect()` gives strings. */
  toJSON(): TextDataset {
    const row = Exprs.call('struct', [Exprs.star()]);
    const value = Exprs.alias(Exprs.call('to_json', [row]), 'value');
    return new TextDataset(this.#over({ kind: 'project', expressions: [value] }));
  }
  /** Calls a function for every row, in order. */
  async foreach(visit: (row: Row<S>) => void): Promise<void> {
    for (const row of await this.collect()) visit(row);
  }
  /** Nothing is cached: plans run anew. Returns the DataFrame, so that programs written for Spark run. */
  cache(): this {
    return this;
  }

  // ── looking into it ──

  /** Prints the schema as a tree. */
  printSchema(): void {
    this.state.print(`${schemaTree(this.coreSchema)}\n`);
  }
  /** Prints the plan; it names the wasm kernel of every operator. */
  explain(mode: ExplainMode | boolean = 'simple'): void {
    this.state.print(`${this.explainText(mode === true ? 'extended' : mode === false ? 'simple' : mode)}\n`);
  }
  /** What `explain` prints. */
  explainText(mode: ExplainMode = 'simple'): string {
    return this.state.runner.explain(this.plan, mode, this.state.conf.getAll());
  }
  toString(): string {
    return `[${this.dtypes.map(([name, type]) => `${name}: ${type}`).join(', ')}]`;
  }

  // ── writing ──

  /** Writes a streaming DataFrame: `df.writeStream.format("console").start()`. */
  get writeStream(): DataStreamWriter<S> {
    if (!this.isStreaming) {
      throw new MillraceError('INVALID_ARGUMENT', {
        argument: 'writeStream',
        problem: 'this DataFrame is not streaming',
        remedy: 'Read it with spark.readStream, or write it with df.write.',
      });
    }
    return new DataStreamWriter<S>(this.state, this.#make, this.plan);
  }
  /** Writes a batch DataFrame. */
  get write(): DataFrameWriter {
    refuseBatchAction(this.plan, 'write');
    return new DataFrameWriter(this.state, this.plan);
  }

  readonly #make: MakeFrame = (plan) => new DataFrame(this.state, plan);

  /** A node above this plan. */
  #over<T>(node: Above): DataFrame<T> {
    return new DataFrame<T>(this.state, { ...node, child: this.plan });
  }

  async #run(plan: LogicalPlan): Promise<{ readonly schema: Schema; readonly batches: readonly RecordBatch[] }> {
    const result = await this.state.runner.execute(plan, this.state.conf.getAll());
    return { schema: result.schema, batches: readIpc(result.ipc, result.schema) };
  }
}

/** Plan nodes with one child, without it. */
type Above = {
  [K in LogicalPlan['kind']]: PlanOf<K> extends { readonly child: LogicalPlan } ? Omit<PlanOf<K>, 'child'> : never;
}[Exclude<LogicalPlan['kind'], 'with'>];

function sortOrder(column: Column | string): SortOrder {
  const order = column instanceof Column ? column.order : undefined;
  return { child: columnExpr(column), direction: order?.direction ?? 'asc', nulls: order?.nulls ?? 'first' };
}

function wholeNumber(value: number, argument: string): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new MillraceError('INVALID_ARGUMENT', {
    argument,
    problem: `${value} is not a whole number of at least 0`,
    remedy: 'Give a count of rows.',
  });
}

function joinType(how: JoinType): PlanOf<'join'>['type'] {
  switch (how) {
    case 'inner':
    case 'left':
    case 'right':
    case 'full':
    case 'semi':
    case 'anti':
    case 'cross':
      return how;
    case 'leftouter':
    case 'left_outer':
      return 'left';
    case 'rightouter':
    case 'right_outer':
      return 'right';
    case 'outer':
    case 'fullouter':
    case 'full_outer':
      return 'full';
    case 'leftsemi':
    case 'left_semi':
      return 'semi';
    case 'leftanti':
    case 'left_anti':
      return 'anti';
  }
}
