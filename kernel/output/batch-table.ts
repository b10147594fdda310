/** Record batches → bounded tables. Only the rows that are shown are read. */
import type { RecordBatch } from '../arrow/column.ts';
import { typeName, type Schema } from '../arrow/types.ts';
import { readValue } from '../arrow/values.ts';
import { cellText } from './cell-text.ts';
import { tableText, type TableView } from './table.ts';

export type TableModel = TableView;

export interface BatchTableOptions {
  readonly rowsMax: number;
  /** For timestamps: an IANA name or an offset. */
  readonly timeZone: string;
}

/** The first rows as text, and how many there are in all. */
export function tableOfBatches(
  schema: Schema,
  batches: readonly RecordBatch[],
  { rowsMax, timeZone }: BatchTableOptions,
): TableModel {
  const rows: (string | undefined)[][] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.length && rows.length < rowsMax; row++) {
      rows.push(batch.columns.map((column) => cellText(readValue(column, row), column.type, timeZone)));
    }
  }
  const totalRows = batches.reduce((count, batch) => count + batch.length, 0);
  const columns = schema.fields.map(({ name, type }) => ({ name, type: typeName(type) }));
  return { columns, rows, truncated: totalRows > rows.length, totalRows };
}

export interface ShowOptions {
  readonly numRows: number;
  /** Characters of a cell at most, 0 for all. Cut cells end in `...`; with 0, text stands at the left, as in Spark. */
  readonly truncate: number;
  readonly timeZone: string;
}

/** What `df.show()` prints, ending with a newline. */
export function showBatches(
  schema: Schema,
  batches: readonly RecordBatch[],
  { numRows, truncate, timeZone }: ShowOptions,
): string {
  const { columns, rows, truncated } = tableOfBatches(schema, batches, { rowsMax: numRows, timeZone });
  const text = tableText(
    { columns, rows, truncated },
    {
      rowsMax: numRows,
      columnsMax: Number.POSITIVE_INFINITY,
      cellMax: truncate === 0 ? Number.POSITIVE_INFINITY : truncate,
      align: truncate === 0 ? 'left' : 'right',
    },
  );
  return `${text}\n`;
}
