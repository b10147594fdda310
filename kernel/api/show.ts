/** The text table of `show`, as Spark draws it. */
import type { RecordBatch } from '../arrow/column.ts';
import type { Schema } from '../arrow/types.ts';
import { castText } from '../functions/cast-text.ts';

export interface CellOptions {
  readonly timeZone: string;
}

export interface ShowOptions extends CellOptions {
  /** Rows to show; there may be more, which the last line says. */
  readonly rowsMax: number;
  /** Characters of a cell at most; 0: all. */
  readonly truncate: number;
  readonly vertical: boolean;
}

/** Cells as text, nulls as `NULL`. */
export function cellTexts(
  schema: Schema,
  batches: readonly RecordBatch[],
  options: CellOptions,
  rowsMax: number,
): string[][] {
  const writers = schema.fields.map((f) => castText(f.type, { ansi: true, timeZone: options.timeZone }));
  const rows: string[][] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.length && rows.length < rowsMax; row++) {
      rows.push(batch.columns.map((column, i) => writers[i]?.(column, row) ?? 'NULL'));
    }
  }
  return rows;
}

export function showText(schema: Schema, batches: readonly RecordBatch[], options: ShowOptions): string {
  const all = cellTexts(schema, batches, options, options.rowsMax + 1);
  const more = all.length > options.rowsMax;
  const rows = all.slice(0, options.rowsMax).map((row) => row.map((cell) => cut(escapeText(cell), options.truncate)));
  const names = schema.fields.map((f) => cut(escapeText(f.name), options.truncate));
  const rowWord = options.rowsMax === 1 ? 'row' : 'rows';
  const tail = more ? `only showing top ${options.rowsMax} ${rowWord}\n` : '';
  return (options.vertical ? verticalText(names, rows) : tableText(names, rows, options.truncate)) + tail;
}

function escapeText(text: string): string {
  return text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

function cut(text: string, truncate: number): string {
  if (truncate <= 0 || text.length <= truncate) return text;
  return truncate < 4 ? text.slice(0, truncate) : `${text.slice(0, truncate - 3)}...`;
}

function tableText(names: readonly string[], rows: readonly (readonly string[])[], truncate: number): string {
  const widths = names.map((name, i) =>
    rows.reduce((widest, row) => Math.max(widest, width(row[i] ?? '')), Math.max(3, width(name))),
  );
  const line = `+${widths.map((w) => '-'.repeat(w)).join('+')}+\n`;
  const pad = (text: string, size: number): string => {
    const space = ' '.repeat(Math.max(0, size - width(text)));
    return truncate > 0 ? space + text : text + space;
  };
  const draw = (cells: readonly string[]): string =>
    `|${cells.map((cell, i) => pad(cell, widths[i] ?? 0)).join('|')}|\n`;
  return `${line}${draw(names)}${line}${rows.map(draw).join('')}${rows.length > 0 || names.length > 0 ? line : ''}`;
}

function verticalText(names: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '(0 rows)\n';
  const nameWidth = Math.max(3, ...names.map(width));
  const valueWidth = Math.max(3, ...rows.flat().map(width));
  return rows
    .map((row, i) => {
      const header = `-RECORD ${i}`.padEnd(nameWidth + valueWidth + 5, '-');
      const lines = names.map((name, k) => ` ${name.padEnd(nameWidth)} | ${(row[k] ?? '').padEnd(valueWidth)} `);
      return `${header}\n${lines.join('\n')}\n`;
    })
    .join('');
}

/** Wide East Asian characters take two cells. */
function width(text: string): number {
  let cells = 0;
  for (const character of text) {
    cells +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  }
  return cells;
}
