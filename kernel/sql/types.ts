/** Type names and DDL schemas: `decimal(10,2)`, `array<struct<a: int>>`, `id BIGINT NOT NULL, name STRING COMMENT 'x'`. */
import { DECIMAL_PRECISION_MAX, field, Types, type DataType, type Field, type Schema } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { TokenCursor } from './cursor.ts';

const SIMPLE_TYPES: Readonly<Record<string, DataType>> = {
  VOID: Types.void,
  BOOLEAN: Types.boolean,
  TINYINT: Types.byte,
  BYTE: Types.byte,
  SMALLINT: Types.short,
  SHORT: Types.short,
  INT: Types.int,
  INTEGER: Types.int,
  BIGINT: Types.long,
  LONG: Types.long,
  FLOAT: Types.float,
  REAL: Types.float,
  DOUBLE: Types.double,
  STRING: Types.string,
  BINARY: Types.binary,
  DATE: Types.date,
  TIMESTAMP: Types.timestamp,
  TIMESTAMP_LTZ: Types.timestamp,
  TIMESTAMP_NTZ: Types.timestampNtz,
};

export function parseType(cursor: TokenCursor): DataType {
  const token = cursor.peek();
  if (token.kind !== 'word') throw cursor.unexpected('Expected a type such as INT, STRING or ARRAY<STRING>.');
  const simple = SIMPLE_TYPES[token.upper];
  if (simple !== undefined) {
    cursor.next();
    return simple;
  }
  switch (token.upper) {
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      cursor.next();
      return parseDecimal(cursor);
    case 'CHAR':
    case 'CHARACTER':
    case 'VARCHAR':
      cursor.next();
      cursor.expectSymbol('(');
      cursor.expectInteger('a length');
      cursor.expectSymbol(')');
      return Types.string;
    case 'ARRAY':
      cursor.next();
      return parseArray(cursor);
    case 'MAP':
      cursor.next();
      return parseMap(cursor);
    case 'STRUCT':
      cursor.next();
      return parseStruct(cursor);
  }
  const known = `${Object.keys(SIMPLE_TYPES).join(', ')}, DECIMAL(p,s), ARRAY<…>, MAP<…, …>, STRUCT<…>`;
  throw new MillraceError('UNSUPPORTED_DATATYPE', { type: token.text, known }, { position: cursor.position() });
}

/** Fields up to the end, or to a token that is no comma. */
export function parseFields(cursor: TokenCursor): Schema {
  return Types.struct(cursor.commaSeparated(() => parseField(cursor)));
}

function parseDecimal(cursor: TokenCursor): DataType {
  if (!cursor.takeSymbol('(')) return Types.decimal(10, 0);
  const precision = cursor.expectInteger('a precision');
  const scale = cursor.takeSymbol(',') ? cursor.expectInteger('a scale') : 0;
  cursor.expectSymbol(')');
  if (precision > DECIMAL_PRECISION_MAX)
    throw new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', { precision });
  if (scale > precision) throw new MillraceError('DECIMAL_SCALE_EXCEEDS_PRECISION', { scale, precision });
  if (precision < 1) {
    throw cursor.unexpected(
      `decimal(${precision},${scale}) is not possible: the precision is 1 to ${DECIMAL_PRECISION_MAX}, the scale at most the precision.`,
    );
  }
  return Types.decimal(precision, scale);
}

function parseArray(cursor: TokenCursor): DataType {
  cursor.expectSymbol('<');
  const element = parseType(cursor);
  cursor.expectSymbol('>');
  return Types.array(element);
}

function parseMap(cursor: TokenCursor): DataType {
  cursor.expectSymbol('<');
  const key = parseType(cursor);
  cursor.expectSymbol(',');
  const value = parseType(cursor);
  cursor.expectSymbol('>');
  return Types.map(key, value);
}

function parseStruct(cursor: TokenCursor): DataType {
  // `struct<>` arrives as one token where nothing stands between.
  if (cursor.takeSymbol('<>')) return Types.struct([]);
  cursor.expectSymbol('<');
  if (cursor.takeSymbol('>')) return Types.struct([]);
  const struct = parseFields(cursor);
  cursor.expectSymbol('>');
  return struct;
}

function parseField(cursor: TokenCursor): Field {
  const name = cursor.expectName('a column name');
  cursor.takeColon();
  const type = parseType(cursor);
  const nullable = !cursor.takeWords('NOT', 'NULL');
  const comment = cursor.takeWords('COMMENT') ? cursor.expectString('a comment') : undefined;
  return field(name, type, nullable, comment === undefined ? undefined : { comment });
}
