/** The text of values in columns, nested ones included, as Spark's cast to string writes it. */
import { isValid, type Column } from '../arrow/column.ts';
import type { DataType } from '../arrow/types.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { dateText, decimalText, doubleText, floatText, timestampText } from '../expr/values.ts';
import type { FunctionContext } from './contract.ts';
import { zoneOf } from './timezone.ts';
import { columnReader } from './vectors.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of one non-null atomic value. */
export function valueText(type: DataType, context: FunctionContext): (value: LiteralValue) => string {
  switch (type.kind) {
    case 'decimal': {
      const { scale } = type;
      return (value) => decimalText(typeof value === 'bigint' ? value : 0n, scale);
    }
    case 'date':
      return (value) => dateText(Number(value));
    case 'timestamp': {
      const zone = zoneOf(context.timeZone);
      return (value) => timestampText(zone.toWall(typeof value === 'bigint' ? value : 0n));
    }
    case 'timestamp_ntz':
      return (value) => timestampText(typeof value === 'bigint' ? value : 0n);
    case 'double':
      return (value) => doubleText(Number(value));
    case 'float':
      return (value) => floatText(Number(value));
    case 'binary':
      return (value) => (value instanceof Uint8Array ? decoder.decode(value) : String(value));
    case 'void':
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'string':
      return String;
    case 'array':
    case 'map':
    case 'struct':
      return () => '';
  }
}

/** @returns the text of a row; null for a null row (inside a nested value: the word `null`) */
export function castText(type: DataType, context: FunctionContext): (column: Column, row: number) => string | null {
  const inner = (child: DataType): ((column: Column, row: number) => string) => {
    const write = castText(child, context);
    return (column, row) => write(column, row) ?? 'null';
  };
  switch (type.kind) {
    case 'struct': {
      const writers = type.fields.map((f) => inner(f.type));
      return (column, row) => {
        if (column.layout !== 'struct' || !isValid(column, row)) return null;
        return `{${column.children.map((child, i) => writers[i]?.(child, row) ?? '').join(', ')}}`;
      };
    }
    case 'array': {
      const write = inner(type.element);
      return (column, row) => {
        if (column.layout !== 'list' || !isValid(column, row)) return null;
        return `[${rowsOf(column, row)
          .map((at) => write(column.child, at))
          .join(', ')}]`;
      };
    }
    case 'map': {
      const key = inner(type.key);
      const value = inner(type.value);
      return (column, row) => {
        if (column.layout !== 'list' || !isValid(column, row)) return null;
        const { child } = column;
        if (child.layout !== 'struct') return null;
        const [keys, values] = child.children;
        if (keys === undefined || values === undefined) return null;
        return `{${rowsOf(column, row)
          .map((at) => `${key(keys, at)} -> ${value(values, at)}`)
          .join(', ')}}`;
      };
    }
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
    case 'timestamp_ntz': {
      const write = valueText(type, context);
      return (column, row) => {
        const value = columnReader(column)(row);
        return value === null ? null : write(value);
      };
    }
  }
}

function rowsOf(column: Extract<Column, { layout: 'list' }>, row: number): number[] {
  const start = column.offsets[row] ?? 0;
  return Array.from({ length: (column.offsets[row + 1] ?? 0) - start }, (_, i) => start + i);
}
