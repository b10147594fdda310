/** An apache-arrow Table as a bounded table. Known by its shape: a notebook may bring its own copy of the library. */
import { renderTable, TABLE_BOUNDS, type MimeBundle } from './table.ts';

export interface ArrowTableLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: unknown }[] };
  getChildAt(index: number): { get(row: number): unknown } | null;
}

export function isArrowTable(value: unknown): value is ArrowTableLike {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('schema' in value && 'numRows' in value && 'getChildAt' in value)
  )
    return false;
  const { schema, getChildAt, numRows } = value;
  return (
    typeof getChildAt === 'function' &&
    typeof numRows === 'number' &&
    typeof schema === 'object' &&
    schema !== null &&
    'fields' in schema
  );
}

export function renderArrowTable(table: ArrowTableLike, inspect: (value: unknown) => string): MimeBundle {
  const columns = table.schema.fields.map(({ name, type }) => ({ name, type: String(type) }));
  const vectors = columns.slice(0, TABLE_BOUNDS.columnsMax).map((_, index) => table.getChildAt(index));
  const shown = Math.min(table.numRows, TABLE_BOUNDS.rowsMax);
  const rows = Array.from({ length: shown }, (_, row) =>
    vectors.map((vector, index) => cellText(vector?.get(row), columns[index]?.type ?? '', inspect)),
  );
  return renderTable({ columns, rows, truncated: table.numRows > shown, totalRows: table.numRows });
}

function cellText(value: unknown, type: string, inspect: (value: unknown) => string): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number' && /^(Timestamp|Date)/.test(type)) return new Date(value).toISOString();
  // The library's own rows and vectors print themselves as JSON.
  if (typeof value === 'object' && 'toJSON' in value)
    return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return inspect(value);
}
