/** Rows as keys of a JavaScript Map: equal keys are equal rows, -0.0 as 0.0 and all NaN alike (SEMANTICS.md 28). */
import { isValid, type Column } from '../../arrow/column.ts';
import { readText, readValue } from '../../arrow/values.ts';
import { typeName } from '../../arrow/types.ts';

export type RowKey = string | number | bigint;

/** @returns the key of a row; undefined where a column is null and `nulls` is `none` */
export function rowKeys(
  columns: readonly Column[],
  { nulls }: { readonly nulls: 'none' | 'equal' },
): (row: number) => RowKey | undefined {
  const [only, ...rest] = columns;
  if (only !== undefined && rest.length === 0) {
    const part = partOf(only);
    return (row) => (isValid(only, row) ? part(row) : nulls === 'none' ? undefined : 'null');
  }
  const parts = columns.map(partOf);
  return (row) => {
    let key = '';
    for (const [i, column] of columns.entries()) {
      if (isValid(column, row)) {
        const text = String(parts[i]?.(row));
        key += `${text.length}:${text};`;
      } else if (nulls === 'none') return undefined;
      else key += ';';
    }
    return key;
  };
}

function partOf(column: Column): (row: number) => RowKey {
  if (column.layout === 'fixed') {
    const { values } = column;
    if (values instanceof BigInt64Array && column.type.kind !== 'decimal') return (row) => values[row] ?? 0n;
    if (values instanceof Float64Array || values instanceof Float32Array) return (row) => (values[row] ?? 0) + 0;
  }
  if (column.layout === 'bytes' && column.type.kind === 'string') return (row) => `'${readText(column, row)}`;
  const prefix = typeName(column.type);
  return (row) => `${prefix} ${textOf(readValue(column, row))}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (typeof part === 'number' && !Number.isFinite(part)) return String(part);
    return part instanceof Map || part instanceof Uint8Array ? [...part] : part;
  });
}
