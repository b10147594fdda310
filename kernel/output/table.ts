/** Tabular data → text as Spark's `show()` prints it, and self-contained HTML. */
import { escapeHtml } from './escape-html.ts';
import { STYLE } from './style.ts';

/** A table's bounded content. `undefined` is SQL's NULL; cells are text already. */
export interface TableView {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** There are more rows than are given or shown. */
  readonly truncated: boolean;
  /** How many rows there are in all, where that is known. */
  readonly totalRows?: number;
}

export interface TableBounds {
  readonly rowsMax: number;
  readonly columnsMax: number;
  /** UTF-16 units of a cell; longer ones end in `...`, as in Spark. */
  readonly cellMax: number;
  /** Of text tables; Spark's is right. */
  readonly align?: 'left' | 'right';
}

export const TABLE_BOUNDS: TableBounds = { rowsMax: 20, columnsMax: 60, cellMax: 200 };
const TEXT_CELL_MAX = 60;

export type MimeBundle = Readonly<Record<string, unknown>>;

export function renderTable(view: TableView, bounds: TableBounds = TABLE_BOUNDS): MimeBundle {
  return {
    'text/plain': tableText(view, { ...bounds, cellMax: Math.min(bounds.cellMax, TEXT_CELL_MAX) }),
    'text/html': tableHtml(view, bounds),
  };
}

/** Spark's `show()`: numbers and text right-aligned, NULL as `NULL`, a line about what was left out. */
export function tableText(view: TableView, bounds: TableBounds = TABLE_BOUNDS): string {
  const { columns, rows } = bounded(view, bounds);
  const texts = rows.map((row) => columns.map((_, index) => oneLine(shorten(row[index] ?? 'NULL', bounds.cellMax))));
  const widths = columns.map(({ name }, index) =>
    Math.max(3, displayWidth(name), ...texts.map((row) => displayWidth(row[index] ?? ''))),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width)).join('+')}+`;
  const line = (cells: readonly string[]): string =>
    `|${cells.map((cell, index) => pad(cell, widths[index] ?? 0, bounds.align ?? 'right')).join('|')}|`;
  const body = texts.length === 0 ? [] : texts.map(line);
  return [rule, line(columns.map(({ name }) => name)), rule, ...body, rule, ...notes(view, bounds)].join('\n');
}

export function tableHtml(view: TableView, bounds: TableBounds = TABLE_BOUNDS): string {
  return `<div style="${STYLE.root}">${tableElement(view, bounds)}</div>`;
}

/** The table without its frame, to stand inside another output. */
export function tableElement(view: TableView, bounds: TableBounds = TABLE_BOUNDS): string {
  const { columns, rows } = bounded(view, bounds);
  const numeric = columns.map(({ type }) => isNumeric(type));
  const head = columns
    .map(({ name, type }, index) => {
      const align = numeric[index] === true ? 'text-align:right;' : '';
      return `<th style="${STYLE.head}${align}">${escapeHtml(name)}<span style="${STYLE.type}">${escapeHtml(type)}</span></th>`;
    })
    .join('');
  const body = rows.map((row, number) => {
    const cells = columns.map((_, index) => cellElement(row[index], { isNumber: numeric[index] === true, bounds }));
    return `<tr style="${number % 2 === 1 ? STYLE.stripe : STYLE.plain}">${cells.join('')}</tr>`;
  });
  const note = notes(view, bounds).map((text) => `<div style="${STYLE.note}">${escapeHtml(text)}</div>`);
  return `<div style="${STYLE.scroll}"><table style="${STYLE.table}"><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>${note.join('')}`;
}

function cellElement(
  text: string | undefined,
  options: { readonly isNumber: boolean; readonly bounds: TableBounds },
): string {
  const style = options.isNumber ? STYLE.number : STYLE.cell;
  if (text === undefined) return `<td style="${style}${STYLE.nothing}">NULL</td>`;
  return `<td style="${style}">${escapeHtml(shorten(text, options.bounds.cellMax))}</td>`;
}

function bounded(
  { columns, rows }: TableView,
  { rowsMax, columnsMax }: TableBounds,
): Pick<TableView, 'columns' | 'rows'> {
  return { columns: columns.slice(0, columnsMax), rows: rows.slice(0, rowsMax) };
}

/** What the bounds left out, in words. */
function notes({ columns, rows, truncated, totalRows }: TableView, { rowsMax, columnsMax }: TableBounds): string[] {
  const shown = Math.min(rows.length, rowsMax);
  const isCut = truncated || rows.length > rowsMax || (totalRows !== undefined && totalRows > shown);
  const found: string[] = [];
  if (isCut)
    found.push(
      totalRows === undefined
        ? `only showing top ${count(shown, 'row')}`
        : `showing ${shown} of ${count(totalRows, 'row')}`,
    );
  if (columns.length > columnsMax) found.push(`${count(columns.length - columnsMax, 'more column')} not shown`);
  return found;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

function isNumeric(type: string): boolean {
  return /^(tinyint|smallint|int|integer|bigint|long|short|byte|float|double|decimal|u?int\d+|float\d+)\b/i.test(type);
}

function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  // As in Spark, a width too small for the dots goes without them.
  return max < 4 ? text.slice(0, max) : `${text.slice(0, max - 3)}...`;
}

function oneLine(text: string): string {
  return text.replace(/[\n\r\t]/g, (character) => (character === '\n' ? '\\n' : character === '\r' ? '\\r' : '\\t'));
}

/** Columns that a terminal gives to the text: two for CJK and emoji, none for combining marks. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}
