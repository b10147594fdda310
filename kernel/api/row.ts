/** Rows as users get them: fields by name, by position, and Spark's text form. */
import type { CellValue, RowObject } from '../arrow/values.ts';
import { Decimal } from '../arrow/decimal.ts';
import { doubleText } from '../expr/values.ts';
import type { AnySchema } from './schema-types.ts';

/** The methods of a row; its fields are properties beside them. */
export const RowBase = class Row {
  /** Values in order. */
  toArray(): readonly CellValue[] {
    return Object.values<CellValue>(this.asDict());
  }
  /** The value at a position from 0. */
  get(index: number): CellValue {
    return this.toArray()[index] ?? null;
  }
  /** Field names in order. */
  fieldNames(): readonly string[] {
    return Object.keys(this);
  }
  /** A plain object. */
  asDict(): RowObject {
    return Object.fromEntries<CellValue>(Object.entries(this));
  }
  [Symbol.iterator](): Iterator<CellValue> {
    return this.toArray()[Symbol.iterator]();
  }
  /** `[a,1,null]`, as Spark prints a Row. */
  toString(): string {
    return `[${this.toArray().map(cellText).join(',')}]`;
  }
};
export type RowBase = InstanceType<typeof RowBase>;

export type Row<S = AnySchema> = S & RowBase & { readonly [index: number]: CellValue };

/** Rows with the fields of `names`; positions read through the prototype, so that a row lists its fields only. */
export function makeRows<S>(rows: readonly (readonly CellValue[])[], names: readonly string[]): Row<S>[] {
  const positions = Object.fromEntries(
    names.map((name, index) => [
      index,
      {
        get(this: Record<string, CellValue>): CellValue {
          return this[name] ?? null;
        },
      },
    ]),
  );
  const prototype: object = Object.defineProperties(new RowBase(), positions);
  return rows.map((values) => {
    const row: object = Object.create(prototype, {}) as object;
    names.forEach((name, index) => Reflect.set(row, name, values[index] ?? null));
    return row as Row<S>;
  });
}

function cellText(value: CellValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : doubleText(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Date || value instanceof Decimal) return value.toString();
  if (Array.isArray(value)) return `ArraySeq(${value.map((item: CellValue) => cellText(item)).join(', ')})`;
  if (value instanceof Map) {
    return `Map(${[...value].map(([k, v]: [CellValue, CellValue]) => `${cellText(k)} -> ${cellText(v)}`).join(', ')})`;
  }
  if (value instanceof Uint8Array) return `[B@${value.length}`;
  return `[${Object.values(value).map(cellText).join(',')}]`;
}
