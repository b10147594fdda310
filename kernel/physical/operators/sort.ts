/** Sorting in JavaScript: row numbers by comparators over columns. Order as in Spark: -0.0 = 0.0, NaN above every number. */
import type { Column, FixedColumn } from '../../arrow/column.ts';
import { isValid } from '../../arrow/column.ts';
import type { SortOrder } from '../../expr/expr.ts';

type Compare = (a: number, b: number) => number;

/** @returns row numbers in order; rows that compare equal keep their order */
export function sortedRows(columns: readonly Column[], orders: readonly Omit<SortOrder, 'child'>[]): Uint32Array {
  const length = columns[0]?.length ?? 0;
  const rows = Uint32Array.from({ length }, (_, i) => i);
  const compares = columns.map((column, i) =>
    orderedCompare(column, orders[i] ?? { direction: 'asc', nulls: 'first' }),
  );
  const [first, ...rest] = compares;
  if (first === undefined) return rows;
  if (rest.length === 0) return rows.sort(first);
  return rows.sort((a, b) => {
    for (const compare of compares) {
      const result = compare(a, b);
      if (result !== 0) return result;
    }
    return 0;
  });
}

function orderedCompare(column: Column, { direction, nulls }: Omit<SortOrder, 'child'>): Compare {
  const values = compareValues(column);
  const compare: Compare = direction === 'asc' ? values : (a, b) => values(b, a);
  if (column.layout !== 'null' && column.validity === undefined) return compare;
  const nullFirst = nulls === 'first' ? -1 : 1;
  return (a, b) => {
    const aValid = isValid(column, a);
    const bValid = isValid(column, b);
    if (aValid && bValid) return compare(a, b);
    if (aValid === bValid) return 0;
    return aValid ? -nullFirst : nullFirst;
  };
}

/** Of rows that are not null. */
function compareValues(column: Column): Compare {
  switch (column.layout) {
    case 'null':
      return () => 0;
    case 'bits':
      return (a, b) => bit(column.values, a) - bit(column.values, b);
    case 'bytes':
      return (a, b) => compareBytes(column.data, column.offsets, a, b);
    case 'fixed':
      return compareFixed(column);
    case 'struct': {
      const children = column.children.map((child) => orderedCompare(child, { direction: 'asc', nulls: 'first' }));
      return (a, b) => {
        for (const child of children) {
          const result = child(a, b);
          if (result !== 0) return result;
        }
        return 0;
      };
    }
    case 'list': {
      const child = orderedCompare(column.child, { direction: 'asc', nulls: 'first' });
      const { offsets } = column;
      return (a, b) => compareLists(offsets, a, b, child);
    }
  }
}

function bit(bits: Uint8Array, row: number): number {
  return ((bits[row >> 3] ?? 0) >> (row & 7)) & 1;
}

function compareFixed(column: FixedColumn): Compare {
  const { values } = column;
  if (column.type.kind === 'decimal' && values instanceof BigInt64Array) return decimalCompare(values);
  if (values instanceof BigInt64Array) {
    return (a, b) => {
      const x = values[a] ?? 0n;
      const y = values[b] ?? 0n;
      return x < y ? -1 : x > y ? 1 : 0;
    };
  }
  if (values instanceof Float64Array || values instanceof Float32Array) {
    return (a, b) => compareNumbers(values[a] ?? 0, values[b] ?? 0);
  }
  return (a, b) => (values[a] ?? 0) - (values[b] ?? 0);
}

function compareNumbers(x: number, y: number): number {
  if (x < y) return -1;
  if (x > y) return 1;
  if (x === y) return 0;
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
}

/** Low word unsigned, high word signed. */
function decimalCompare(values: BigInt64Array): Compare {
  return (a, b) => {
    const high = (values[2 * a + 1] ?? 0n) - (values[2 * b + 1] ?? 0n);
    if (high !== 0n) return high < 0n ? -1 : 1;
    const x = BigInt.asUintN(64, values[2 * a] ?? 0n);
    const y = BigInt.asUintN(64, values[2 * b] ?? 0n);
    return x < y ? -1 : x > y ? 1 : 0;
  };
}

function compareBytes(data: Uint8Array, offsets: Int32Array, a: number, b: number): number {
  const aStart = offsets[a] ?? 0;
  const bStart = offsets[b] ?? 0;
  const aLength = (offsets[a + 1] ?? 0) - aStart;
  const bLength = (offsets[b + 1] ?? 0) - bStart;
  const common = Math.min(aLength, bLength);
  for (let i = 0; i < common; i++) {
    const difference = (data[aStart + i] ?? 0) - (data[bStart + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

function compareLists(offsets: Int32Array, a: number, b: number, child: Compare): number {
  const aStart = offsets[a] ?? 0;
  const bStart = offsets[b] ?? 0;
  const aLength = (offsets[a + 1] ?? 0) - aStart;
  const bLength = (offsets[b + 1] ?? 0) - bStart;
  for (let i = 0; i < Math.min(aLength, bLength); i++) {
    const result = child(aStart + i, bStart + i);
    if (result !== 0) return result;
  }
  return aLength - bLength;
}
