/** A schema for rows that come without one: what createDataFrame does. Fields are nullable, in order of appearance. */
import { MillraceError } from '../core/errors.ts';
import { Decimal } from './decimal.ts';
import { SqlDate } from './temporal.ts';
import { DECIMAL_PRECISION_MAX, Types, field, sameType, typeName, type DataType, type Schema } from './types.ts';

/**
 * boolean → boolean; number → double, or long where every one of the column is a safe integer; bigint → long;
 * Date → timestamp, SqlDate → date; Uint8Array → binary; array → array; Map → map; other object → struct.
 * @param names for rows that are arrays or plain values; `_1`, `_2`, … where absent
 * A field that is null in all rows becomes a string.
 * @throws INVALID_ROW where two rows disagree
 */
export function inferSchema(rows: readonly unknown[], names?: readonly string[]): Schema {
  const types = new Map<string, DataType>();
  rows.forEach((row, index) => {
    for (const [name, value] of cellsByName(row, names)) {
      const known = types.get(name) ?? Types.void;
      const merged = merge(known, typeOf(value));
      if (merged === undefined) {
        const problem = `earlier rows have ${typeName(known)}, this one ${typeName(typeOf(value))}`;
        throw new MillraceError('INVALID_ROW', { row: index, field: name, problem, type: typeName(known) });
      }
      types.set(name, merged);
    }
  });
  return Types.struct([...types].map(([name, type]) => field(name, settle(type))));
}

function cellsByName(row: unknown, names: readonly string[] | undefined): Iterable<readonly [string, unknown]> {
  const nameAt = (i: number): string => names?.[i] ?? `_${i + 1}`;
  if (Array.isArray(row)) return row.map((value: unknown, i) => [nameAt(i), value] as const);
  if (isRecord(row)) return Object.entries(row).map(([name, value], i) => [names?.[i] ?? name, value] as const);
  return [[names?.[0] ?? 'value', row]];
}

function isRecord(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Date || value instanceof Decimal || value instanceof Uint8Array || value instanceof Map)
  );
}

/** The type of one value. Whole numbers are `long` until a fraction turns up in their column. */
function typeOf(value: unknown): DataType {
  if (value === null || value === undefined) return Types.void;
  if (typeof value === 'boolean') return Types.boolean;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? Types.long : Types.double;
  if (typeof value === 'bigint') return Types.long;
  if (typeof value === 'string') return Types.string;
  if (typeof value === 'object') return typeOfObject(value);
  throw new MillraceError('INVALID_ROW', { row: 0, field: '*', problem: `a ${typeof value}`, type: 'a SQL type' });
}

function typeOfObject(value: object): DataType {
  if (value instanceof SqlDate) return Types.date;
  if (value instanceof Date) return Types.timestamp;
  if (value instanceof Uint8Array) return Types.binary;
  if (value instanceof Decimal) return Types.decimal(DECIMAL_PRECISION_MAX, 18);
  if (Array.isArray(value)) return Types.array(mergeAll(value));
  if (value instanceof Map) return Types.map(mergeAll([...value.keys()]), mergeAll([...value.values()]));
  return Types.struct(Object.entries(value).map(([name, cell]) => field(name, typeOf(cell))));
}

function mergeAll(values: readonly unknown[]): DataType {
  let type: DataType = Types.void;
  for (const value of values) {
    const merged = merge(type, typeOf(value));
    if (merged === undefined) {
      const problem = `it has both ${typeName(type)} and ${typeName(typeOf(value))}`;
      throw new MillraceError('INVALID_ROW', { row: 0, field: '*', problem, type: 'values of one type' });
    }
    type = merged;
  }
  return type;
}

/** The type that holds values of both, or undefined. */
function merge(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'void' || sameType(a, b)) return b;
  if (b.kind === 'void') return a;
  if ((a.kind === 'long' && b.kind === 'double') || (a.kind === 'double' && b.kind === 'long')) return Types.double;
  if (a.kind === 'array' && b.kind === 'array') {
    const element = merge(a.element, b.element);
    return element === undefined ? undefined : Types.array(element);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = merge(a.key, b.key);
    const value = merge(a.value, b.value);
    return key === undefined || value === undefined ? undefined : Types.map(key, value);
  }
  if (a.kind === 'struct' && b.kind === 'struct') return mergeStructs(a, b);
  return undefined;
}

function mergeStructs(a: Schema, b: Schema): Schema | undefined {
  const types = new Map(a.fields.map((f) => [f.name, f.type]));
  for (const f of b.fields) {
    const merged = merge(types.get(f.name) ?? Types.void, f.type);
    if (merged === undefined) return undefined;
    types.set(f.name, merged);
  }
  return Types.struct([...types].map(([name, type]) => field(name, type)));
}

/** What was null everywhere is a string column, which holds only nulls. */
function settle(type: DataType): DataType {
  switch (type.kind) {
    case 'void':
      return Types.string;
    case 'array':
      return Types.array(settle(type.element));
    case 'map':
      return Types.map(settle(type.key), settle(type.value));
    case 'struct':
      return Types.struct(type.fields.map((f) => field(f.name, settle(f.type))));
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return type;
  }
}
