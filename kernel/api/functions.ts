/**
 * The DataFrame functions. Those of the registry are made from it by `registryFunctions` (typed in functions.generated.ts);
 * here stand the ones whose arguments are no columns.
 */
import type { DataType } from '../arrow/types.ts';
import { Types } from '../arrow/types.ts';
import { Exprs, type Expr } from '../expr/expr.ts';
import { literalOf } from '../expr/literal.ts';
import { FUNCTIONS } from '../functions/registry.ts';
import type { SqlParser } from '../plan/parser-port.ts';
import { Column, columnExpr, operand, type Operand } from './column.ts';
import { plainSchema, plainType } from './data-types.ts';

/** A column, by name or as such. */
export type ColumnOrName = Column | string;

/** The column of that name: `col("url")`, `col("data.url")`, `col("*")`. */
export function col(name: string): Column {
  return new Column(columnExpr(name));
}

/** The column of that name. */
export function column(name: string): Column {
  return col(name);
}

/** A constant. */
export function lit(value: Operand): Column {
  return new Column(operand(value));
}

/** `CASE WHEN condition THEN value …`; go on with `.when()` and `.otherwise()`. */
export function when(condition: Column, value: Operand): Column {
  return new Column(Object.freeze({ kind: 'case', branches: [{ when: condition.expr, then: operand(value) }] }));
}

/**
 * Tumbling or sliding time windows, as a column `window` of struct<start, end>.
 * @param duration such as "10 minutes"; @param slide how far windows lie apart (default: the duration);
 * @param startTime offset of the windows from 1970-01-01 UTC
 */
export function window(timeColumn: ColumnOrName, duration: string, slide?: string, startTime?: string): Column {
  const texts = [duration, slide ?? (startTime === undefined ? undefined : duration), startTime];
  const literals = texts.flatMap((text) => (text === undefined ? [] : [literalOf(text)]));
  return new Column(Exprs.call('window', [columnExpr(timeColumn), ...literals]));
}

export type JsonOptionValues = Readonly<Record<string, string | number | boolean>>;

/** The struct that a JSON text holds. @param schema a StructType or other nested type, or DDL text such as "a INT, b STRING" */
export function from_json(text: ColumnOrName, schema: DataType | string, options: JsonOptionValues = {}): Column {
  const type = typeof schema === 'string' ? literalOf(schema) : Exprs.literal(null, plainSchemaOrType(schema));
  return new Column(Exprs.call('from_json', [columnExpr(text), type, ...optionLiterals(options)]));
}

/** A struct, map or array as JSON text; fields that are null are left out. */
export function to_json(value: ColumnOrName, options: JsonOptionValues = {}): Column {
  return new Column(Exprs.call('to_json', [columnExpr(value), ...optionLiterals(options)]));
}

function plainSchemaOrType(type: DataType): DataType {
  return type.kind === 'struct' ? plainSchema(type) : plainType(type);
}

function optionLiterals(options: JsonOptionValues): readonly Expr[] {
  return Object.entries(options).flatMap(([key, value]) => [
    literalOf(key),
    Exprs.literal(String(value), Types.string),
  ]);
}

/** The number of rows: `count("*")`, or of rows where the column is not null. */
export function count(column: ColumnOrName = '*'): Column {
  return new Column(Exprs.call('count', [columnExpr(column)]));
}

/** A function by its SQL name. */
export function call_function(name: string, ...args: readonly ColumnOrName[]): Column {
  return new Column(Exprs.call(name, args.map(columnExpr)));
}

/** Ascending, nulls first. */
export function asc(name: string): Column {
  return col(name).asc();
}

/** Descending, nulls last. */
export function desc(name: string): Column {
  return col(name).desc();
}

/** The opposite of a boolean. */
export function not(condition: Column): Column {
  return condition.not();
}

/** Any argument of a DataFrame function: text names a column in the first place and is a literal after it. */
export type FunctionArgument = Operand;

/** Functions whose text arguments all name columns: they combine columns of one kind. */
const ALL_COLUMNS: ReadonlySet<string> = new Set([
  'struct',
  'array',
  'coalesce',
  'concat',
  'greatest',
  'least',
  'map',
  'hash',
  'xxhash64',
  'nvl',
  'ifnull',
  'nullif',
  'datediff',
  'date_diff',
]);

/** The function of the registry as a DataFrame function. */
export function registryFunction(name: string): (...args: readonly FunctionArgument[]) => Column {
  return (...args) =>
    new Column(
      Exprs.call(
        name,
        args.map((arg, i) => argumentExpr(name, arg, i)),
      ),
    );
}

function argumentExpr(name: string, arg: FunctionArgument, index: number): Expr {
  const namesColumn =
    typeof arg === 'string' &&
    (index === 0 || ALL_COLUMNS.has(name)) &&
    name !== 'concat_ws' &&
    name !== 'format_string';
  const afterFormat = typeof arg === 'string' && index > 0 && (name === 'concat_ws' || name === 'format_string');
  return namesColumn || afterFormat ? columnExpr(arg) : operand(arg);
}

/** Names that are words, and not taken by a function above. */
export function registryNames(): readonly string[] {
  const own = new Set(['typeof', 'count', 'from_json', 'to_json', 'not', 'in', 'and', 'or']);
  return FUNCTIONS.flatMap((entry) => [entry.name, ...entry.aliases]).filter(
    (name) => /^[a-z]\w*$/.test(name) && !own.has(name),
  );
}

/** SQL text as a column: `expr("a + 1")`. */
export function makeExpr(parser: Pick<SqlParser, 'parseExpression'>): (text: string) => Column {
  return (text) => new Column(parser.parseExpression(text));
}
