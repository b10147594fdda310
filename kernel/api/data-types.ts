/** Types and schemas as users build them: `new StructType().add("a", "string")`, `ArrayType(StringType)`. */
import { field, typeName, Types, type DataType, type Field, type Schema } from '../arrow/types.ts';
import { castTo } from './column.ts';
import type { TypeLike } from './column.ts';
import { Exprs } from '../expr/expr.ts';
import { typeOf } from '../expr/resolved.ts';
import type { AnySchema, ValueOf } from './schema-types.ts';

export const StringType = Types.string;
export const BooleanType = Types.boolean;
export const ByteType = Types.byte;
export const ShortType = Types.short;
export const IntegerType = Types.int;
export const LongType = Types.long;
export const FloatType = Types.float;
export const DoubleType = Types.double;
export const BinaryType = Types.binary;
export const DateType = Types.date;
export const TimestampType = Types.timestamp;
export const TimestampNTZType = Types.timestampNtz;
export const NullType = Types.void;

/** @param precision digits in all, 1 to 38; @param scale digits after the point */
export function DecimalType(precision = 10, scale = 0): DataType {
  return Types.decimal(precision, scale);
}

export function ArrayType(element: TypeLike, containsNull = true): DataType {
  return Types.array(asType(element), containsNull);
}

export function MapType(key: TypeLike, value: TypeLike, valueContainsNull = true): DataType {
  return Types.map(asType(key), asType(value), valueContainsNull);
}

export type StructField = Field;

export function StructField(
  name: string,
  type: TypeLike,
  nullable = true,
  metadata?: Readonly<Record<string, unknown>>,
): Field {
  return field(name, asType(type), nullable, metadata);
}

/** What a value of a type, given as text, is in TypeScript; unknown for type objects. */
type ValueOfLike<T> = T extends string ? ValueOf<T> | null : unknown;

/** A schema, and the type of a struct. Immutable: `add` gives a new one. */
export class StructType<S = AnySchema> {
  readonly kind = 'struct';
  readonly fields: readonly Field[];
  /** Only for the type checker: the row type. */
  declare readonly row: S;

  constructor(fields: readonly Field[] = []) {
    this.fields = Object.freeze([...fields]);
  }

  /** The same with one more field. @param type a type object, or text such as `"string"` or `"decimal(10,2)"` */
  add<const N extends string, const T extends TypeLike>(
    name: N,
    type: T,
    nullable = true,
  ): StructType<
    string extends keyof S
      ? { [K in N]: ValueOfLike<T> }
      : { [K in keyof S | N]: K extends keyof S ? S[K] : ValueOfLike<T> }
  > {
    return new StructType([...this.fields, field(name, asType(type), nullable)]);
  }

  fieldNames(): readonly string[] {
    return this.fields.map((f) => f.name);
  }

  /** DDL text: `a INT NOT NULL,b STRING`. */
  toDDL(): string {
    return ddlText(this);
  }

  /** As Spark prints a schema: a tree. */
  treeString(): string {
    return schemaTree(this);
  }

  toString(): string {
    return `StructType(${this.fields.map((f) => `${f.name}: ${typeName(f.type)}`).join(', ')})`;
  }

  toJSON(): unknown {
    return { type: 'struct', fields: this.fields };
  }
}

/** DDL text of a schema. */
export function ddlText(schema: Schema): string {
  return schema.fields
    .map((f) => `${quoted(f.name)} ${typeName(f.type).toUpperCase()}${f.nullable ? '' : ' NOT NULL'}`)
    .join(',');
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

function asType(type: TypeLike): DataType {
  return plainType(typeof type === 'string' ? typeOf(castTo(Exprs.literal(null, Types.void), type)) : type);
}

/** Plain frozen data, without classes: what plans hold. */
export function plainType(type: DataType): DataType {
  switch (type.kind) {
    case 'struct':
      return plainSchema(type);
    case 'array':
      return Types.array(plainType(type.element), type.containsNull);
    case 'map':
      return Types.map(plainType(type.key), plainType(type.value), type.valueContainsNull);
    case 'void':
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

export function plainSchema(schema: Schema): Schema {
  return Types.struct(schema.fields.map((f) => field(f.name, plainType(f.type), f.nullable, f.metadata)));
}

/** `root\n |-- a: string (nullable = true)`. */
export function schemaTree(schema: Schema): string {
  return `root\n${schema.fields.map((f) => fieldTree(f, ' |')).join('')}`;
}

function fieldTree(f: Field, prefix: string): string {
  return `${prefix}-- ${f.name}: ${kindText(f.type)} (nullable = ${f.nullable})\n${typeTree(f.type, `${prefix}    |`)}`;
}

function typeTree(type: DataType, prefix: string): string {
  if (type.kind === 'struct') return type.fields.map((f) => fieldTree(f, prefix)).join('');
  if (type.kind === 'array') {
    const line = `${prefix}-- element: ${kindText(type.element)} (containsNull = ${type.containsNull})\n`;
    return line + typeTree(type.element, `${prefix}    |`);
  }
  if (type.kind === 'map') {
    const key = `${prefix}-- key: ${kindText(type.key)}\n${typeTree(type.key, `${prefix}    |`)}`;
    const value = `${prefix}-- value: ${kindText(type.value)} (valueContainsNull = ${type.valueContainsNull})\n`;
    return key + value + typeTree(type.value, `${prefix}    |`);
  }
  return '';
}

function kindText(type: DataType): string {
  if (type.kind === 'decimal') return typeName(type);
  return type.kind === 'int' ? 'integer' : type.kind;
}
