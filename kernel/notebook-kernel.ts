/**
 * The language side of a notebook, composed: interpreter, session and engine, and what connects a streaming query to the cell
 * that started it.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { DataFrame } from './api/data-frame.ts';
import { StreamingQuery } from './api/streaming-query.ts';
import { fromIpc } from './arrow/ipc.ts';
import { typeName } from './arrow/types.ts';
import * as millrace from './index.ts';
import { tableOfBatches } from './output/batch-table.ts';
import { renderLive } from './output/live.ts';
import { DISPLAY_SYMBOL } from './output/render-value.ts';
import { renderTable } from './output/table.ts';
import { outputOf } from './plan/output.ts';
import { processSessions } from './process-session.ts';
import type { CatalogSnapshot, CellOutput, InterruptCell, MimeBundle } from './session/contract.ts';
import type { EngineClient } from './session/engine/client.ts';
import { createInterpreter, type SessionInterpreter } from './session/interpreter.ts';

/** Rows of a DataFrame that is a cell's result. */
const RESULT_ROWS_MAX = 20;

export interface NotebookKernelOptions {
  readonly cwd: string;
  readonly interrupt: InterruptCell;
  /** Takes the engine's end of the live views' channel to the front end; undefined where there is none. */
  readonly live: { readonly attachOutputPort: (port: MessagePort) => void } | undefined;
  /** The tables that completion knows have changed. */
  readonly onCatalog?: (catalog: CatalogSnapshot) => void;
}

export interface NotebookKernel {
  readonly interpreter: SessionInterpreter;
  readonly engine: EngineClient;
}

export function createNotebookKernel(options: NotebookKernelOptions): NotebookKernel {
  const { cwd, interrupt, live, onCatalog } = options;
  let views = 0;
  const output = (): CellOutput | undefined => interpreter.currentOutput();
  const write = (target: CellOutput | undefined, text: string): void => {
    if (target === undefined) process.stdout.write(text);
    else target.stream('stdout', text);
  };
  const { spark, engine } = processSessions.getOrCreate({
    liveTarget: () => {
      const cell = output();
      return live === undefined || cell === undefined
        ? undefined
        : { cellId: cell.cellId, displayId: `millrace-live-${++views}` };
    },
    onStarted: (handle, _request, target) => {
      if (target !== undefined)
        output()?.display(startingView(handle.id, handle.name), { displayId: target.displayId });
    },
    printer: () => {
      const cell = output();
      return (text) => write(cell, text);
    },
    asCell: () => {
      const cell = output();
      return (action) => (cell === undefined ? action() : interpreter.runFor(cell, action));
    },
    print: (text) => write(output(), text),
  });
  if (live !== undefined) {
    const { port1, port2 } = new MessageChannel();
    engine.attachOutputPort(port1);
    live.attachOutputPort(port2);
  }
  showFrames();
  const interpreter = createInterpreter({
    globals: millrace.createGlobals(spark),
    modules: { millrace },
    sqlRunner: (text, parameters) => spark.sql(text, parameters),
    cwd,
    interrupt,
    moduleHooksUrl: new URL('./module-hooks.js', import.meta.url).href,
    internalRoots: [fileURLToPath(new URL('.', import.meta.url))],
    onShutdown: () => engine.shutdown(),
  });
  if (onCatalog !== undefined) spark.state.catalog.onChange(() => onCatalog(catalogOf(spark)));
  return { interpreter, engine };
}

/** How a DataFrame and a query show as a cell's result: chosen here, since the API knows no output. */
function showFrames(): void {
  Object.defineProperty(DataFrame.prototype, DISPLAY_SYMBOL, {
    value(this: DataFrame) {
      return displayFrame(this);
    },
  });
  Object.defineProperty(StreamingQuery.prototype, DISPLAY_SYMBOL, {
    value(this: StreamingQuery) {
      return { 'text/plain': `StreamingQuery ${this.name ?? this.id} (${this.status.message})` };
    },
  });
}

async function displayFrame(frame: DataFrame): Promise<MimeBundle> {
  const fields = frame.schema.fields;
  if (frame.isStreaming) {
    const columns = fields.map(({ name, type }) => `${name}: ${typeName(type)}`).join(', ');
    return { 'text/plain': `Streaming DataFrame [${columns}]\nStart it with writeStream…start().` };
  }
  if (fields.length === 0) return {};
  const { schema, batches } = fromIpc(await frame.limit(RESULT_ROWS_MAX + 1).toArrowIpc());
  const timeZone = frame.state.conf.timeZone;
  const { rows, ...view } = tableOfBatches(schema, batches, { rowsMax: RESULT_ROWS_MAX, timeZone });
  // How many there are beyond the first is not known: only one more was asked for.
  return renderTable({ columns: view.columns, rows, truncated: view.truncated });
}

function startingView(queryId: string, queryName: string | undefined): MimeBundle {
  return renderLive({
    queryId,
    queryName,
    status: 'starting',
    batchId: undefined,
    rowsPerSecond: undefined,
    inputRows: 0,
    watermark: undefined,
    stateRows: undefined,
    batchDurationMs: undefined,
    table: undefined,
    error: undefined,
  });
}

function catalogOf(spark: millrace.SparkSession): CatalogSnapshot {
  return {
    tables: spark.state.catalog.list().map(({ name, plan }) => ({
      name,
      columns: outputOf(plan).map((column) => ({ name: column.name, type: typeName(column.type) })),
    })),
  };
}
