/**
 * Cells as texts that are the same whichever engine gave them (`oracles.py` writes the same): integers and decimals with all
 * digits, doubles by their shortest form, dates `2026-01-31`, timestamps `2026-01-31T10:00:00.000Z`, null as null.
 */
import type { Decimal } from '../../kernel/arrow/decimal.ts';
import type { CellValue } from '../../kernel/arrow/values.ts';
import type { DataFrame } from '../../kernel/api/data-frame.ts';

export type CellText = string | null;
export type TextRow = readonly CellText[];

/** Names and types of the columns, and the rows in the order in which they came. */
export interface TextTable {
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly TextRow[];
}

/** @throws Error for nested values and bytes: the queries that are compared give plain columns */
export function cellText(value: CellValue): CellText {
  if (value === null || typeof value === 'string') return value;
  if (typeof value !== 'object') return Object.is(value, -0) ? '0' : String(value);
  if (value instanceof Date) return 'micros' in value ? value.toISOString() : value.toString();
  if (isDecimal(value)) return value.toString();
  throw new Error(`no text of a cell is defined for ${JSON.stringify(value)}`);
}

/** Runs a query to its end. Columns are read by position, since two may have one name. */
export async function textTable(frame: DataFrame): Promise<TextTable> {
  const columns = frame.dtypes;
  const rows = await frame.toDF(...columns.map((_, i) => `c${i}`)).collect();
  return { columns, rows: rows.map((row) => row.toArray().map(cellText)) };
}

/** By its shape: the built package has a class of its own. */
function isDecimal(value: object): value is Decimal {
  return 'unscaled' in value && 'scale' in value;
}
