/**
 * Batches ↔ Arrow IPC streams, by apache-arrow. Writing copies the buffers, so the bytes outlive engine memory; reading lays
 * columns over the bytes where the layouts agree, and converts what Spark has no type for (unsigned integers, other time units, dictionaries).
 *
 * @see https://arrow.apache.org/docs/format/Columnar.html
 */
import * as arrow from 'apache-arrow';
import { assert } from '../core/assert.ts';
import { MillraceError } from '../core/errors.ts';
import type { Column, FixedValues, RecordBatch } from './column.ts';
import { copyBits } from './slice.ts';
import { field, Types, type DataType, type Field, type Schema } from './types.ts';

/** An Arrow IPC stream with the batches; one without rows where there are none. */
export function toIpc(batches: readonly RecordBatch[], schema: Schema): Uint8Array<ArrayBuffer> {
  const bytes = arrow.tableToIPC(toArrowTable(batches, schema), 'stream');
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Uint8Array.from(bytes);
}

/** A table over the batches' own buffers: valid as long as they are. */
export function toArrowTable(batches: readonly RecordBatch[], schema: Schema): arrow.Table {
  const fields = schema.fields.map(toArrowField);
  const struct = new arrow.Struct(fields);
  const arrowSchema = new arrow.Schema(fields);
  const parts = batches.map((batch) => {
    const children = batch.columns.map(toArrowData);
    return new arrow.RecordBatch(
      arrowSchema,
      arrow.makeData({ type: struct, length: batch.length, nullCount: 0, children }),
    );
  });
  return new arrow.Table(arrowSchema, parts);
}

/** @throws NOT_SUPPORTED for Arrow types without a counterpart */
export function fromIpc(bytes: Uint8Array): { readonly schema: Schema; readonly batches: readonly RecordBatch[] } {
  return fromArrowTable(arrow.tableFromIPC(bytes));
}

/** @throws NOT_SUPPORTED for Arrow types without a counterpart */
export function fromArrowTable(table: Pick<arrow.Table, 'schema' | 'batches'>): {
  readonly schema: Schema;
  readonly batches: readonly RecordBatch[];
} {
  const schema = Types.struct(table.schema.fields.map(fromArrowField));
  const batches = table.batches.map((batch) => ({
    schema,
    length: batch.numRows,
    columns: batch.data.children.map((data, i) => fromArrowData(data, schema.fields[i]?.type ?? Types.void)),
  }));
  return { schema, batches };
}

// ── types ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function toArrowField({ name, type, nullable, metadata }: Field): arrow.Field {
  const entries = metadata === undefined ? undefined : new Map([['spark', JSON.stringify(metadata)]]);
  return new arrow.Field(name, toArrowType(type), nullable, entries);
}

function toArrowType(type: DataType): arrow.DataType {
  switch (type.kind) {
    case 'void':
      return new arrow.Null();
    case 'boolean':
      return new arrow.Bool();
    case 'byte':
      return new arrow.Int8();
    case 'short':
      return new arrow.Int16();
    case 'int':
      return new arrow.Int32();
    case 'long':
      return new arrow.Int64();
    case 'float':
      return new arrow.Float32();
    case 'double':
      return new arrow.Float64();
    case 'decimal':
      return new arrow.Decimal(type.scale, type.precision, 128);
    case 'string':
      return new arrow.Utf8();
    case 'binary':
      return new arrow.Binary();
    case 'date':
      return new arrow.DateDay();
    case 'timestamp':
      return new arrow.TimestampMicrosecond('UTC');
    case 'timestamp_ntz':
      return new arrow.TimestampMicrosecond();
    case 'array':
      return new arrow.List(new arrow.Field('element', toArrowType(type.element), type.containsNull));
    case 'map': {
      const entries = new arrow.Struct<{ key: arrow.DataType; value: arrow.DataType }>([
        new arrow.Field('key', toArrowType(type.key), false),
        new arrow.Field('value', toArrowType(type.value), type.valueContainsNull),
      ]);
      return new arrow.Map_(new arrow.Field('entries', entries, false));
    }
    case 'struct':
      return new arrow.Struct(type.fields.map(toArrowField));
  }
}

function fromArrowField({ name, type, nullable, metadata }: arrow.Field): Field {
  const text = metadata.get('spark');
  const parsed: unknown = text === undefined ? undefined : JSON.parse(text);
  const entries =
    typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  return field(name, fromArrowType(type as arrow.DataType), nullable, entries);
}

function fromArrowType(type: arrow.DataType): DataType {
  if (arrow.DataType.isNull(type)) return Types.void;
  if (arrow.DataType.isBool(type)) return Types.boolean;
  if (arrow.DataType.isInt(type)) return integerType(type.bitWidth, type.isSigned);
  if (arrow.DataType.isFloat(type)) return type.precision === arrow.Precision.DOUBLE ? Types.double : Types.float;
  if (arrow.DataType.isDecimal(type) && type.bitWidth === 128) return Types.decimal(type.precision, type.scale);
  if (arrow.DataType.isUtf8(type) || arrow.DataType.isLargeUtf8(type)) return Types.string;
  if (arrow.DataType.isBinary(type) || arrow.DataType.isLargeBinary(type)) return Types.binary;
  if (arrow.DataType.isDate(type)) return type.unit === arrow.DateUnit.DAY ? Types.date : Types.timestampNtz;
  if (arrow.DataType.isTimestamp(type))
    return type.timezone === null || type.timezone === undefined ? Types.timestampNtz : Types.timestamp;
  if (arrow.DataType.isDictionary(type)) return fromArrowType(type.dictionary as arrow.DataType);
  if (arrow.DataType.isMap(type)) {
    const [key, value] = type.childType.children;
    assert(key !== undefined && value !== undefined, 'a map has keys and values');
    return Types.map(
      fromArrowType(key.type as arrow.DataType),
      fromArrowType(value.type as arrow.DataType),
      value.nullable,
    );
  }
  if (arrow.DataType.isList(type))
    return Types.array(fromArrowType(type.valueField.type as arrow.DataType), type.valueField.nullable);
  if (arrow.DataType.isStruct(type)) return Types.struct(type.children.map(fromArrowField));
  throw new MillraceError('NOT_SUPPORTED', {
    feature: `The Arrow type ${arrow.Type[type.typeId]}`,
    remedy: 'Cast the column before, for example to Int64, Utf8 or Timestamp.',
  });
}

function integerType(bits: number, isSigned: boolean): DataType {
  if (!isSigned)
    return bits === 8 ? Types.short : bits === 16 ? Types.int : bits === 32 ? Types.long : Types.decimal(20, 0);
  return bits === 8 ? Types.byte : bits === 16 ? Types.short : bits === 32 ? Types.int : Types.long;
}

// ── columns → data ─────────────────────────────────────────────────────────────────────────────────────────────────

function toArrowData(column: Column): arrow.Data {
  const { length, validity } = column;
  const type = toArrowType(column.type);
  const nulls = validity === undefined ? { nullCount: 0 } : { nullBitmap: validity.subarray(0, (length + 7) >> 3) };
  const base = { length, ...nulls };
  switch (column.layout) {
    case 'null':
      return arrow.makeData({ type: new arrow.Null(), length });
    case 'bits':
      return arrow.makeData({ type: new arrow.Bool(), ...base, data: column.values.subarray(0, (length + 7) >> 3) });
    case 'fixed':
      return fixedData(type, base, column);
    case 'bytes': {
      const valueOffsets = column.offsets.subarray(0, length + 1);
      return column.type.kind === 'string'
        ? arrow.makeData({ type: new arrow.Utf8(), ...base, valueOffsets, data: column.data })
        : arrow.makeData({ type: new arrow.Binary(), ...base, valueOffsets, data: column.data });
    }
    case 'list': {
      const valueOffsets = column.offsets.subarray(0, length + 1);
      const child = toArrowData(column.child);
      return column.type.kind === 'map'
        ? arrow.makeData({
            type: type as arrow.Map_,
            ...base,
            valueOffsets,
            child: child as arrow.Data<arrow.Struct<{ key: arrow.DataType; value: arrow.DataType }>>,
          })
        : arrow.makeData({ type: type as arrow.List, ...base, valueOffsets, child });
    }
    case 'struct':
      return arrow.makeData({ type: type as arrow.Struct, ...base, children: column.children.map(toArrowData) });
  }
}

function fixedData(
  type: arrow.DataType,
  base: { readonly length: number; readonly nullCount?: number; readonly nullBitmap?: Uint8Array },
  column: Extract<Column, { layout: 'fixed' }>,
): arrow.Data {
  const { values, length } = column;
  if (column.type.kind === 'decimal') {
    const data = new Uint32Array(values.buffer, values.byteOffset, length * 4);
    return arrow.makeData({ type: type as arrow.Decimal, ...base, data });
  }
  return arrow.makeData({ type: type as arrow.Int64, ...base, data: values.subarray(0, length) as BigInt64Array });
}

// ── data → columns ─────────────────────────────────────────────────────────────────────────────────────────────────

function fromArrowData(data: arrow.Data, type: DataType): Column {
  const { length } = data;
  const isNested = data.children.length > 0;
  if ((data.offset !== 0 && isNested) || arrow.DataType.isDictionary(data.type) || isLarge(data.type))
    return viaValues(data, type);
  const validity = type.kind !== 'void' && data.nullCount > 0 ? bitsFrom(data.nullBitmap, data) : undefined;
  switch (type.kind) {
    case 'void':
      return { layout: 'null', type, length, validity: undefined };
    case 'boolean':
      return { layout: 'bits', type, length, validity, values: bitsFrom(data.values as Uint8Array, data) };
    case 'string':
    case 'binary':
      return {
        layout: 'bytes',
        type,
        length,
        validity,
        offsets: data.valueOffsets as Int32Array,
        data: data.values as Uint8Array,
      };
    case 'array':
    case 'map': {
      const [child] = data.children;
      assert(child !== undefined, 'a list has a child');
      const childType =
        type.kind === 'array'
          ? type.element
          : Types.struct([field('key', type.key, false), field('value', type.value, type.valueContainsNull)]);
      return {
        layout: 'list',
        type,
        length,
        validity,
        offsets: data.valueOffsets as Int32Array,
        child: fromArrowData(child, childType),
      };
    }
    case 'struct':
      return {
        layout: 'struct',
        type,
        length,
        validity,
        children: data.children.map((child, i) => fromArrowData(child, type.fields[i]?.type ?? Types.void)),
      };
    case 'decimal':
      return arrow.DataType.isDecimal(data.type)
        ? { layout: 'fixed', type, length, validity, values: asBigInts(data.values as Uint32Array, length * 2) }
        : convertFixed(data, type, validity);
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return convertFixed(data, type, validity);
  }
}

/** A slice of apache-arrow cuts its buffers, but for the bitmaps. */
function bitsFrom(bits: Uint8Array, { offset, length }: arrow.Data): Uint8Array {
  if (offset === 0) return bits;
  const own = new Uint8Array((length + 7) >> 3);
  copyBits(bits, offset, own, 0, length);
  return own;
}

function isLarge(type: arrow.DataType): boolean {
  return arrow.DataType.isLargeUtf8(type) || arrow.DataType.isLargeBinary(type);
}

function asBigInts(words: Uint32Array, count: number): BigInt64Array {
  if (words.byteOffset % 8 === 0) return new BigInt64Array(words.buffer, words.byteOffset, count);
  const copy = words.slice(0, count * 2);
  return new BigInt64Array(copy.buffer, 0, count);
}

/** Same width and sign: the buffer as it is; otherwise each value is converted. */
function convertFixed(data: arrow.Data, type: DataType, validity: Uint8Array | undefined): Column {
  const { length, type: from } = data;
  const values: unknown = data.values;
  const fixed = (converted: FixedValues): Column => ({ layout: 'fixed', type, length, validity, values: converted });
  if (arrow.DataType.isTimestamp(from)) return fixed(microsOf(values as BigInt64Array, from.unit, length));
  if (arrow.DataType.isDate(from))
    return fixed(
      from.unit === arrow.DateUnit.DAY
        ? (values as Int32Array).subarray(0, length)
        : microsOf(values as BigInt64Array, arrow.TimeUnit.MILLISECOND, length),
    );
  if (arrow.DataType.isFloat(from) && from.precision === arrow.Precision.HALF) return viaValues(data, type);
  if (arrow.DataType.isInt(from) && !from.isSigned) {
    if (from.bitWidth === 8) return fixed(Int16Array.from((values as Uint8Array).subarray(0, length)));
    if (from.bitWidth === 16) return fixed(Int32Array.from((values as Uint16Array).subarray(0, length)));
    if (from.bitWidth === 32) return fixed(BigInt64Array.from((values as Uint32Array).subarray(0, length), BigInt));
    const wide = new BigInt64Array(length * 2);
    (values as BigUint64Array).subarray(0, length).forEach((value, row) => (wide[row * 2] = BigInt.asIntN(64, value)));
    return fixed(wide);
  }
  return fixed((values as BigInt64Array).subarray(0, length));
}

function microsOf(values: BigInt64Array, unit: arrow.TimeUnit, length: number): BigInt64Array {
  const own = values.subarray(0, length);
  if (unit === arrow.TimeUnit.MICROSECOND) return own;
  if (unit === arrow.TimeUnit.SECOND) return own.map((value) => value * 1_000_000n);
  if (unit === arrow.TimeUnit.MILLISECOND) return own.map((value) => value * 1000n);
  // Nanoseconds are cut off towards the past.
  return own.map((value) => (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n);
}

/** Value by value, for what is rare: dictionaries, slices, 64-bit offsets, half floats. */
function viaValues(data: arrow.Data, type: DataType): Column {
  const plain = arrow.vectorFromArray(valuesOf(data), toArrowType(type));
  const [only] = plain.data;
  assert(only !== undefined && only.offset === 0, 'a new vector is one piece');
  return fromArrowData(only, type);
}

function valuesOf(data: arrow.Data): unknown[] {
  if (!arrow.DataType.isDictionary(data.type)) return listed(new arrow.Vector([adopt(data)]));
  const distinct = Array.from((data.dictionary ?? []) as Iterable<unknown>);
  const indices = data.values as Int32Array;
  return Array.from({ length: data.length }, (_, i) => (data.getValid(i) ? distinct[Number(indices[i])] : null));
}

/** A list's elements are a vector, which builders of lists do not read. */
function listed(vector: arrow.Vector): unknown[] {
  return Array.from(vector as Iterable<unknown>, (value) => (value instanceof arrow.Vector ? listed(value) : value));
}

/** Data of another copy of apache-arrow, as the program may have one beside ours: the same fields, another class. */
function adopt(data: arrow.Data): arrow.Data {
  if (data instanceof arrow.Data) return data;
  const { type, offset, length, nullCount, buffers, children, dictionary } = data as arrow.Data;
  return new arrow.Data(type, offset, length, nullCount, buffers, children.map(adopt), dictionary);
}
