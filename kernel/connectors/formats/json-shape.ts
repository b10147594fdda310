/** The type of a JSON document, as Spark infers it, and the type that fits two documents. */
import { DECIMAL_PRECISION_MAX, Types, type DataType, type Field } from '../../arrow/types.ts';
import type { JsonOptions } from '../../functions/json/options.ts';

type ShapeOptions = Pick<JsonOptions, 'primitivesAsString' | 'prefersDecimal' | 'allowSingleQuotes'>;

interface Cursor {
  readonly text: string;
  readonly options: ShapeOptions;
  at: number;
}

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);
const DEPTH_MAX = 512;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON forbids bare control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["'\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
// eslint-disable-next-line no-control-regex -- as above
const SINGLE_QUOTED = /'(?:[^'\\\u0000-\u001f]|\\(?:["'\\/bfnrt]|u[0-9a-fA-F]{4}))*'/y;
const WORD = /true|false|null|NaN|[+-]INF|[+-]?Infinity/y;
const SPACE = /[ \t\r\n]*/y;

/** @returns undefined where the text is no JSON; `void` stands for null */
export function shapeOf(text: string, options: ShapeOptions): DataType | undefined {
  return valueShape({ text, options, at: 0 }, 0);
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match === null) return undefined;
  cursor.at = pattern.lastIndex;
  return match;
}

function skip(cursor: Cursor, character: string): boolean {
  take(cursor, SPACE);
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function valueShape(cursor: Cursor, depth: number): DataType | undefined {
  take(cursor, SPACE);
  if (depth > DEPTH_MAX) return undefined;
  if (skip(cursor, '{')) return objectShape(cursor, depth);
  if (skip(cursor, '[')) return arrayShape(cursor, depth);
  if (takeString(cursor) !== undefined) return Types.string;
  const word = take(cursor, WORD)?.[0];
  if (word === 'null') return Types.void;
  const { primitivesAsString, prefersDecimal } = cursor.options;
  if (word !== undefined) {
    if (primitivesAsString) return Types.string;
    return word === 'true' || word === 'false' ? Types.boolean : Types.double;
  }
  const number = take(cursor, NUMBER);
  if (number === undefined) return undefined;
  if (primitivesAsString) return Types.string;
  if (number[1] === undefined && number[2] === undefined) return integerShape(number[0]);
  return prefersDecimal && number[2] === undefined ? decimalShape(number[0]) : Types.double;
}

function takeString(cursor: Cursor): string | undefined {
  return (take(cursor, STRING) ?? (cursor.options.allowSingleQuotes ? take(cursor, SINGLE_QUOTED) : undefined))?.[0];
}

function integerShape(text: string): DataType {
  const value = BigInt(text);
  if (value >= LONG_MIN && value <= LONG_MAX) return Types.long;
  const precision = text.replace('-', '').length;
  return precision <= DECIMAL_PRECISION_MAX ? Types.decimal(precision, 0) : Types.double;
}

function decimalShape(text: string): DataType {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const precision = Math.max(whole.replace(/^0+/, '').length + fraction.length, fraction.length, 1);
  return precision <= DECIMAL_PRECISION_MAX ? Types.decimal(precision, fraction.length) : Types.double;
}

function arrayShape(cursor: Cursor, depth: number): DataType | undefined {
  let element: DataType = Types.void;
  if (skip(cursor, ']')) return Types.array(element);
  for (;;) {
    const item = valueShape(cursor, depth + 1);
    if (item === undefined) return undefined;
    element = mergeShapes(element, item);
    if (skip(cursor, ']')) return Types.array(element);
    if (!skip(cursor, ',')) return undefined;
  }
}

function objectShape(cursor: Cursor, depth: number): DataType | undefined {
  const fields = new Map<string, DataType>();
  if (skip(cursor, '}')) return Types.struct([]);
  for (;;) {
    take(cursor, SPACE);
    const quoted = takeString(cursor);
    if (quoted === undefined || !skip(cursor, ':')) return undefined;
    const value = valueShape(cursor, depth + 1);
    if (value === undefined) return undefined;
    fields.set(keyOf(quoted), value);
    if (skip(cursor, '}')) return structOf(fields);
    if (!skip(cursor, ',')) return undefined;
  }
}

function keyOf(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  const text = quoted.startsWith("'")
    ? `"${quoted.slice(1, -1).replaceAll("\\'", "'")}"`
    : quoted.replaceAll("\\'", "'");
  return String(JSON.parse(text));
}

/** Fields in the order of their names, as Spark has them. */
export function structOf(fields: ReadonlyMap<string, DataType>): DataType {
  const names = [...fields.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return Types.struct(names.map((name): Field => ({ name, type: fields.get(name) ?? Types.void, nullable: true })));
}

/** The type that holds the values of both; a string where nothing better does. */
export function mergeShapes(a: DataType, b: DataType): DataType {
  if (a.kind === 'void') return b;
  if (b.kind === 'void' || a === b) return a;
  if (a.kind === 'struct' && b.kind === 'struct') {
    const fields = new Map(a.fields.map((f) => [f.name, f.type]));
    for (const { name, type } of b.fields) fields.set(name, mergeShapes(fields.get(name) ?? Types.void, type));
    return structOf(fields);
  }
  if (a.kind === 'array' && b.kind === 'array') return Types.array(mergeShapes(a.element, b.element));
  if (a.kind === b.kind && a.kind !== 'decimal') return a;
  return mergeNumbers(a, b) ?? Types.string;
}

function mergeNumbers(a: DataType, b: DataType): DataType | undefined {
  const wide = (type: DataType): { whole: number; scale: number } | undefined => {
    if (type.kind === 'decimal') return { whole: type.precision - type.scale, scale: type.scale };
    return type.kind === 'long' ? { whole: 20, scale: 0 } : undefined;
  };
  const [x, y] = [wide(a), wide(b)];
  if (x !== undefined && y !== undefined) {
    const scale = Math.max(x.scale, y.scale);
    const precision = Math.max(x.whole, y.whole) + scale;
    return precision <= DECIMAL_PRECISION_MAX ? Types.decimal(precision, scale) : Types.double;
  }
  const numeric = (type: DataType): boolean => type.kind === 'double' || wide(type) !== undefined;
  return numeric(a) && numeric(b) ? Types.double : undefined;
}

/** Nulls become strings, structs without fields disappear; undefined: nothing is left of the type. */
export function canonicalShape(type: DataType, options: Pick<JsonOptions, 'dropFieldIfAllNull'>): DataType | undefined {
  if (type.kind === 'void') return options.dropFieldIfAllNull ? undefined : Types.string;
  if (type.kind === 'array') {
    const element = canonicalShape(type.element, options);
    return element === undefined ? undefined : Types.array(element);
  }
  if (type.kind !== 'struct') return type;
  const fields = type.fields.flatMap((f): Field[] => {
    const canonical = canonicalShape(f.type, options);
    return canonical === undefined ? [] : [{ ...f, type: canonical }];
  });
  return fields.length === 0 ? undefined : Types.struct(fields);
}
