/**
 * The logical types, Spark's names for them, and schemas. Plain frozen data: they travel between threads and into
 * checkpoints as they are.
 *
 * | type          | JavaScript value of a cell           | physical layout (see column.ts)                          |
 * |---------------|--------------------------------------|----------------------------------------------------------|
 * | void          | null                                 | null                                                     |
 * | boolean       | boolean                              | bits                                                     |
 * | byte short int| number                               | fixed 1, 2, 4 bytes                                      |
 * | long          | bigint                               | fixed 8 bytes                                            |
 * | float double  | number                               | fixed 4, 8 bytes                                         |
 * | decimal(p,s)  | Decimal                              | fixed 16 bytes, two's complement, unscaled, little endian|
 * | string        | string                               | bytes, UTF-8                                             |
 * | binary        | Uint8Array                           | bytes                                                    |
 * | date          | SqlDate (a Date at midnight UTC)     | fixed 4 bytes: days since 1970-01-01                     |
 * | timestamp     | Timestamp (a Date with microseconds) | fixed 8 bytes: µs since 1970-01-01 UTC                   |
 * | timestamp_ntz | Timestamp                            | fixed 8 bytes: µs of the wall clock as if in UTC         |
 * | array         | array                                | list                                                     |
 * | map           | Map                                  | list of struct(key, value)                               |
 * | struct        | object with the fields in order      | struct                                                   |
 */
export type AtomicKind =
  | 'void'
  | 'boolean'
  | 'byte'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz';

export type DataType =
  | { readonly kind: AtomicKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly element: DataType; readonly containsNull: boolean }
  | { readonly kind: 'map'; readonly key: DataType; readonly value: DataType; readonly valueContainsNull: boolean }
  | StructType;

export interface StructType {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A schema is a struct: the fields of a row. Names may repeat; lookup is by the analyzer, case-insensitive. */
export type Schema = StructType;

const atomic = <K extends AtomicKind>(kind: K): { readonly kind: K } => Object.freeze({ kind });

/** The types without parameters, and factories for the others. */
export const Types = {
  void: atomic('void'),
  boolean: atomic('boolean'),
  byte: atomic('byte'),
  short: atomic('short'),
  int: atomic('int'),
  long: atomic('long'),
  float: atomic('float'),
  double: atomic('double'),
  string: atomic('string'),
  binary: atomic('binary'),
  date: atomic('date'),
  timestamp: atomic('timestamp'),
  timestampNtz: atomic('timestamp_ntz'),
  /** @param precision 1 to 38 digits in all, @param scale digits after the point, 0 to precision */
  decimal: (precision: number, scale: number): DataType => Object.freeze({ kind: 'decimal', precision, scale }),
  array: (element: DataType, containsNull = true): DataType => Object.freeze({ kind: 'array', element, containsNull }),
  map: (key: DataType, value: DataType, valueContainsNull = true): DataType =>
    Object.freeze({ kind: 'map', key, value, valueContainsNull }),
  struct: (fields: readonly Field[]): StructType =>
    Object.freeze({ kind: 'struct', fields: Object.freeze([...fields]) }),
} as const;

export function field(
  name: string,
  type: DataType,
  nullable = true,
  metadata?: Readonly<Record<string, unknown>>,
): Field {
  return Object.freeze(metadata === undefined ? { name, type, nullable } : { name, type, nullable, metadata });
}

export const DECIMAL_PRECISION_MAX = 38;

/** Spark's `simpleString`: `int`, `bigint`, `decimal(10,2)`, `array<string>`, `struct<a:int>`. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case 'byte':
      return 'tinyint';
    case 'short':
      return 'smallint';
    case 'long':
      return 'bigint';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array':
      return `array<${typeName(type.element)}>`;
    case 'map':
      return `map<${typeName(type.key)},${typeName(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((f) => `${f.name}:${typeName(f.type)}`).join(',')}>`;
    case 'void':
    case 'boolean':
    case 'int':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return type.kind;
  }
}

/** Equal types, nullability inside them ignored. */
export function sameType(a: DataType, b: DataType): boolean {
  if (a.kind === 'decimal' && b.kind === 'decimal') return a.precision === b.precision && a.scale === b.scale;
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.key, b.key) && sameType(a.value, b.value);
  if (a.kind === 'struct' && b.kind === 'struct') {
    return (
      a.fields.length === b.fields.length &&
      a.fields.every((f, i) => {
        const other = b.fields[i];
        return other !== undefined && f.name === other.name && sameType(f.type, other.type);
      })
    );
  }
  return a.kind === b.kind;
}

export function isIntegral(type: DataType): boolean {
  return type.kind === 'byte' || type.kind === 'short' || type.kind === 'int' || type.kind === 'long';
}

export function isNumeric(type: DataType): boolean {
  return isIntegral(type) || type.kind === 'float' || type.kind === 'double' || type.kind === 'decimal';
}

/** Bytes per value of the fixed layout; undefined for bits, bytes, list, struct and null. */
export function fixedWidth(type: DataType): 1 | 2 | 4 | 8 | 16 | undefined {
  switch (type.kind) {
    case 'byte':
      return 1;
    case 'short':
      return 2;
    case 'int':
    case 'float':
    case 'date':
      return 4;
    case 'long':
    case 'double':
    case 'timestamp':
    case 'timestamp_ntz':
      return 8;
    case 'decimal':
      return 16;
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return undefined;
  }
}
