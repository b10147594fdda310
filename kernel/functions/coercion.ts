/**
 * Which type two types meet in, and which casts are implicit: Spark's ANSI rules.
 * @see https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html#type-coercion
 */
import { isIntegral, isNumeric, sameType, Types, type DataType } from '../arrow/types.ts';

const NUMERIC_ORDER = ['byte', 'short', 'int', 'long', 'float', 'double'] as const;
const DECIMAL_MAX = 38;

/** The decimal that holds every value of an integral type. */
export function decimalFor(type: DataType): { readonly precision: number; readonly scale: number } | undefined {
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'byte':
      return { precision: 3, scale: 0 };
    case 'short':
      return { precision: 5, scale: 0 };
    case 'int':
      return { precision: 10, scale: 0 };
    case 'long':
      return { precision: 20, scale: 0 };
    case 'void':
    case 'boolean':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'array':
    case 'map':
    case 'struct':
      return undefined;
  }
}

/** Cuts a decimal to 38 digits, keeping at least six after the point (Spark's adjustPrecisionScale). */
export function adjustedDecimal(precision: number, scale: number): DataType {
  if (precision <= DECIMAL_MAX) return Types.decimal(precision, scale);
  const integerDigits = precision - scale;
  return Types.decimal(DECIMAL_MAX, Math.max(DECIMAL_MAX - integerDigits, Math.min(scale, 6)));
}

/** What a text does beside another type: give way to it (ANSI, and comparisons always), or make a text of it. */
export type TextRule = 'yields' | 'wins';

/** How values of several types meet in one result: `coalesce`, `case`, `array`, UNION. */
export function textRuleOf({ ansi }: { readonly ansi: boolean }): TextRule {
  return ansi ? 'yields' : 'wins';
}

/** The type both cast to before a comparison, a `coalesce` or a `case`; undefined where there is none. */
export function commonType(a: DataType, b: DataType, texts: TextRule = 'yields'): DataType | undefined {
  if (sameType(a, b)) return widerNested(a, b, texts);
  if (a.kind === 'void') return b;
  if (b.kind === 'void') return a;
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b);
  if (a.kind === 'string') return texts === 'wins' ? asText(b) : withString(b);
  if (b.kind === 'string') return texts === 'wins' ? asText(a) : withString(a);
  return commonTime(a, b) ?? widerNested(a, b, texts);
}

export function commonTypeOf(types: readonly DataType[], texts: TextRule = 'yields'): DataType | undefined {
  return types.reduce<DataType | undefined>(
    (common, type) => (common === undefined ? undefined : commonType(common, type, texts)),
    Types.void,
  );
}

function commonNumeric(a: DataType, b: DataType): DataType {
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const left = decimalFor(a);
    const right = decimalFor(b);
    if (left === undefined || right === undefined) return Types.double;
    const scale = Math.max(left.scale, right.scale);
    const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
    // Digits before the point are kept, whatever that costs after it.
    return Types.decimal(Math.min(DECIMAL_MAX, whole + scale), Math.min(scale, DECIMAL_MAX - whole));
  }
  const rank = (type: DataType): number => NUMERIC_ORDER.findIndex((kind) => kind === type.kind);
  const wider = rank(a) >= rank(b) ? a : b;
  return wider.kind === 'float' && a.kind !== b.kind ? Types.double : wider;
}

/** Without ANSI everything has a text, but booleans, bytes and nested values. */
function asText(other: DataType): DataType | undefined {
  return other.kind === 'boolean' || other.kind === 'binary' || withString(other) === undefined
    ? undefined
    : Types.string;
}

/** Under ANSI a string gives way to what it meets. */
function withString(other: DataType): DataType | undefined {
  if (isIntegral(other)) return Types.long;
  if (isNumeric(other)) return Types.double;
  switch (other.kind) {
    case 'boolean':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return other;
    case 'void':
    case 'string':
      return Types.string;
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'array':
    case 'map':
    case 'struct':
      return undefined;
  }
}

function commonTime(a: DataType, b: DataType): DataType | undefined {
  const kinds = new Set([a.kind, b.kind]);
  const isTime = (kind: string): boolean => kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz';
  if (!isTime(a.kind) || !isTime(b.kind)) return undefined;
  if (kinds.has('timestamp')) return Types.timestamp;
  return kinds.has('timestamp_ntz') ? Types.timestampNtz : Types.date;
}

function widerNested(a: DataType, b: DataType, texts: TextRule): DataType | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType(a.element, b.element, texts);
    return element === undefined ? undefined : Types.array(element, a.containsNull || b.containsNull);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = commonType(a.key, b.key, texts);
    const value = commonType(a.value, b.value, texts);
    if (key === undefined || value === undefined) return undefined;
    return Types.map(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  if (a.kind === 'struct' && b.kind === 'struct' && a.fields.length === b.fields.length) {
    const fields = a.fields.map((f, i) => {
      const other = b.fields[i];
      const isNamedAlike = f.name.toLowerCase() === other?.name.toLowerCase();
      const type = other === undefined || !isNamedAlike ? undefined : commonType(f.type, other.type, texts);
      return type === undefined || other === undefined
        ? undefined
        : { ...f, type, nullable: f.nullable || other.nullable };
    });
    return fields.every((f) => f !== undefined) ? Types.struct(fields) : undefined;
  }
  return sameType(a, b) ? a : undefined;
}

/** Whether the types differ only in names of fields: a UNION takes such. */
export function sameButNames(a: DataType, b: DataType): boolean {
  if (a.kind === 'array' && b.kind === 'array') return sameButNames(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map') return sameButNames(a.key, b.key) && sameButNames(a.value, b.value);
  if (a.kind !== 'struct' || b.kind !== 'struct') return sameType(a, b);
  return (
    a.fields.length === b.fields.length &&
    a.fields.every((f, i) => {
      const other = b.fields[i];
      return other !== undefined && sameButNames(f.type, other.type);
    })
  );
}

/** Whether an argument of type `from` may stand where `to` is wanted, by an implicit cast. */
export function castsImplicitly(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || from.kind === 'void') return true;
  if (isNumeric(from) && isNumeric(to)) return true;
  if (to.kind === 'string') return from.kind !== 'array' && from.kind !== 'map' && from.kind !== 'struct';
  if (from.kind === 'string') return withString(to) !== undefined;
  if (commonTime(from, to) !== undefined) return true;
  if (from.kind === 'array' && to.kind === 'array') return castsImplicitly(from.element, to.element);
  return false;
}
