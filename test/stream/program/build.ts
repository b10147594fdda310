/** A case's program as a DataFrame of Millrace: a list of calls with SQL expressions, or SQL text over the views. */
import type { DataFrame, JoinType } from '../../../kernel/api/data-frame.ts';
import type { GroupedData } from '../../../kernel/api/grouped-data.ts';
import type { Call, CaseProgram, StreamCase } from './case.ts';
import { namedCalls } from './case-file.ts';
import { applied, type Groups } from './functions.ts';
import type { Inputs } from './inputs.ts';
import { array, number, text } from './parse.ts';
import { millrace, type Session } from './product.ts';

const { expr } = millrace;

/** What a case's program is built over. */
export interface Ground {
  readonly spark: Session;
  readonly test: StreamCase;
  readonly inputs: Inputs;
  /** The tables of the case, by name. */
  readonly tables: ReadonlyMap<string, DataFrame>;
}

/** A DataFrame, or groups that wait for their aggregates. */
type Built = { readonly frame: DataFrame } | { readonly grouped: GroupedData; readonly groups: Groups };
type Method = (ground: Ground, built: Built, args: readonly unknown[]) => Built;

export function frameOf(ground: Ground, program: CaseProgram): DataFrame {
  switch (program.kind) {
    case 'sql':
      for (const name of [...Object.keys(ground.test.views), ...Object.keys(ground.test.tables)]) {
        source(ground, name).createOrReplaceTempView(name);
      }
      return ground.spark.sql(program.sql);
    case 'calls':
      return called(ground, program.calls);
  }
}

/** Batch DataFrames of the case's tables. */
export async function readTables(spark: Session, test: StreamCase, inputs: Inputs): Promise<Ground['tables']> {
  const tables = Object.entries(test.tables).map(async ([name, { schema, stored }]) => {
    const read = spark.read.schema(schema).json(inputs.folder(name));
    if (stored) return [name, read] as const;
    const rows = await read.collect();
    const values = rows.map((row) => read.columns.map((column) => row[column]));
    const table: DataFrame = spark.createDataFrame(values, schema);
    return [name, table] as const;
  });
  return new Map(await Promise.all(tables));
}

function source({ spark, test, inputs, tables }: Ground, name: string): DataFrame {
  const folder = inputs.folder(name);
  const table = tables.get(name);
  if (table !== undefined) return table;
  const view = test.views[name];
  if (view === undefined) throw new TypeError(`${test.name}: there is no view '${name}'`);
  const options = { maxFilesPerTrigger: 1, ...view.options };
  const frame = spark.readStream.format(view.format).schema(view.schema).options(options).load(folder);
  return view.watermark === undefined ? frame : frame.withWatermark(...view.watermark);
}

function called(ground: Ground, calls: readonly Call[]): DataFrame {
  const [first, ...rest] = calls;
  if (first === undefined) throw new TypeError(`${ground.test.name}: a program begins with a view`);
  const start: Built = { frame: begun(ground, first) };
  const built = rest.reduce<Built>((before, [method, ...args]) => {
    const apply = METHODS[method];
    if (apply === undefined) throw new TypeError(`${ground.test.name}: there is no method '${method}'`);
    return apply(ground, before, args);
  }, start);
  return frameIn(built);
}

function begun(ground: Ground, [method, argument]: Call): DataFrame {
  switch (method) {
    case 'view':
    case 'table':
      return source(ground, text(argument, method));
    case 'sql':
      return frameOf(ground, { kind: 'sql', sql: text(argument, method) });
  }
  throw new TypeError(`${ground.test.name}: a program begins with view, table or sql`);
}

const METHODS: Readonly<Record<string, Method>> = {
  select: onFrame((frame, args) => frame.selectExpr(...texts(args))),
  withColumn: onFrame((frame, [name, value]) => frame.withColumn(text(name, 'name'), expr(text(value, 'value')))),
  withColumnRenamed: onFrame((frame, [from, to]) => frame.withColumnRenamed(text(from, 'from'), text(to, 'to'))),
  withWatermark: onFrame((frame, [column, delay]) => frame.withWatermark(text(column, 'column'), text(delay, 'delay'))),
  filter: onFrame((frame, [condition]) => frame.filter(text(condition, 'condition'))),
  drop: onFrame((frame, args) => frame.drop(...texts(args))),
  toDF: onFrame((frame, args) => frame.toDF(...texts(args))),
  alias: onFrame((frame, [name]) => frame.alias(text(name, 'name'))),
  orderBy: onFrame((frame, args) => frame.orderBy(...texts(args).map((order) => expr(order)))),
  limit: onFrame((frame, [count]) => frame.limit(number(count, 'limit'))),
  offset: onFrame((frame, [count]) => frame.offset(number(count, 'offset'))),
  distinct: onFrame((frame) => frame.distinct()),
  dropDuplicates: onFrame((frame, args) => frame.dropDuplicates(texts(args))),
  dropDuplicatesWithinWatermark: onFrame((frame, args) => frame.dropDuplicatesWithinWatermark(texts(args))),
  union: onFrame((frame, [other], ground) => frame.union(nested(ground, other))),
  unionByName: onFrame((frame, [other], ground) => frame.unionByName(nested(ground, other))),
  crossJoin: onFrame((frame, [other], ground) => frame.crossJoin(nested(ground, other))),
  join: onFrame((frame, [other, on, how], ground) =>
    frame.join(nested(ground, other), joinCondition(on), how === undefined ? 'inner' : (text(how, 'how') as JoinType)),
  ),
  groupBy: (_ground, built, args) => {
    const frame = frameIn(built);
    const keys = texts(args);
    return { grouped: frame.groupBy(...keys.map((key) => expr(key))), groups: { frame, keys } };
  },
  agg: (_ground, built, args) => {
    const [first, ...rest] = texts(args).map((aggregate) => expr(aggregate));
    if (first === undefined) throw new TypeError('agg needs an aggregate');
    return { frame: 'grouped' in built ? built.grouped.agg(first, ...rest) : built.frame.agg(first, ...rest) };
  },
  count: (_ground, built) => ({ frame: groupedIn(built).grouped.count() }),
  transformWithState: () => {
    throw new TypeError('Millrace has no groupByKey(…).transformWithState(…) yet');
  },
  function: (_ground, built, [name, mode, timeout]) => ({
    frame: applied(text(name, 'function'), groupedIn(built).groups, text(mode, 'mode'), text(timeout, 'timeout')),
  }),
};

function onFrame(apply: (frame: DataFrame, args: readonly unknown[], ground: Ground) => DataFrame): Method {
  return (ground, built, args) => ({ frame: apply(frameIn(built), args, ground) });
}

function frameIn(built: Built): DataFrame {
  if ('frame' in built) return built.frame;
  throw new TypeError('groupBy must be followed by an aggregation');
}

function groupedIn(built: Built): Extract<Built, { groups: Groups }> {
  if ('grouped' in built) return built;
  throw new TypeError('the call belongs after groupBy');
}

const nested = (ground: Ground, program: unknown): DataFrame =>
  called(ground, namedCalls(program, ground.test.name, ground.test.programs));

const texts = (args: readonly unknown[]): readonly string[] => args.map((arg) => text(arg, 'argument'));

/** A condition as text, or columns of the same name. */
function joinCondition(on: unknown) {
  if (on === undefined || on === null) return undefined;
  return typeof on === 'string' ? expr(on) : texts(array(on, 'on'));
}
