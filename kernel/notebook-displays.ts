/**
 * How the API's objects show in a notebook: tables for what has rows, live views for queries, one line for the rest. Chosen
 * here, since the API knows no output.
 */
import { Column } from './api/column.ts';
import { DataFrame } from './api/data-frame.ts';
import { StructType } from './api/data-types.ts';
import { GroupedData } from './api/grouped-data.ts';
import { DataFrameReader, DataStreamReader } from './api/reader.ts';
import { DataStreamWriter } from './api/stream-writer.ts';
import { DataFrameWriter } from './api/writer.ts';
import { SparkSession, VERSION } from './api/session.ts';
import { StreamingQuery } from './api/streaming-query.ts';
import { TextDataset } from './api/text-dataset.ts';
import { fromIpc } from './arrow/ipc.ts';
import { typeName } from './arrow/types.ts';
import { exprText } from './expr/text.ts';
import { tableOfBatches } from './output/batch-table.ts';
import { DISPLAY_SYMBOL } from './output/render-value.ts';
import { renderTable } from './output/table.ts';
import type { MimeBundle } from './session/contract.ts';

/** Rows of a DataFrame that is a cell's result. */
const RESULT_ROWS_MAX = 20;
/** `util.inspect` asks for it, also for what stands inside arrays and objects. */
const INSPECT_SYMBOL = Symbol.for('nodejs.util.inspect.custom');

export interface DisplayHooks {
  /** What the query's live view shows now; an empty bundle where that view stands in the running cell already. */
  readonly viewOf: (query: StreamingQuery) => Promise<MimeBundle | undefined>;
}

export function installDisplays({ viewOf }: DisplayHooks): void {
  showAs(DataFrame, displayFrame);
  showAs(TextDataset, (texts) => displayFrame(texts.toDF()));
  showAs(StreamingQuery, async (query) => (await viewOf(query)) ?? { 'text/plain': String(query) });
  inspectAs(DataFrame, (frame) => `${frame.isStreaming ? 'Streaming ' : ''}DataFrame[${columnsText(frame)}]`);
  inspectAs(StreamingQuery, String);
  inspectAs(SparkSession, () => `SparkSession (Millrace ${VERSION})`);
  inspectAs(Column, (column) => `Column<${exprText(column.expr)}>`);
  inspectAs(StructType, String);
  inspectAs(GroupedData, () => 'GroupedData: call agg, count, sum, avg, min or max');
  inspectAs(DataFrameReader, () => 'DataFrameReader: call load, json, csv or text');
  inspectAs(DataStreamReader, () => 'DataStreamReader: call load, json, csv or text');
  inspectAs(DataStreamWriter, () => 'DataStreamWriter: call start or toTable');
  inspectAs(DataFrameWriter, () => 'DataFrameWriter');
}

interface ClassOf<T> {
  readonly prototype: T;
}

function showAs<T>({ prototype }: ClassOf<T>, render: (value: T) => MimeBundle | Promise<MimeBundle>): void {
  define(prototype, DISPLAY_SYMBOL, render);
}

function inspectAs<T>({ prototype }: ClassOf<T>, text: (value: T) => string): void {
  define(prototype, INSPECT_SYMBOL, text);
}

function define<T>(prototype: T, symbol: symbol, give: (value: T) => unknown): void {
  Object.defineProperty(prototype, symbol, {
    configurable: true,
    value(this: T) {
      return give(this);
    },
  });
}

async function displayFrame<S>(frame: DataFrame<S>): Promise<MimeBundle> {
  if (frame.isStreaming) {
    return { 'text/plain': `Streaming DataFrame [${columnsText(frame)}]\nStart it with writeStream…start().` };
  }
  if (frame.schema.fields.length === 0) return { 'text/plain': 'DataFrame without columns' };
  const { schema, batches } = fromIpc(await frame.limit(RESULT_ROWS_MAX + 1).toArrowIpc());
  const timeZone = frame.state.conf.timeZone;
  const { rows, ...view } = tableOfBatches(schema, batches, { rowsMax: RESULT_ROWS_MAX, timeZone });
  // How many there are beyond the first is not known: only one more was asked for.
  return renderTable({ columns: view.columns, rows, truncated: view.truncated });
}

function columnsText<S>(frame: DataFrame<S>): string {
  return frame.schema.fields.map(({ name, type }) => `${name}: ${typeName(type)}`).join(', ');
}
