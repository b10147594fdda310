/**
 * The language side of a notebook, composed: interpreter, session and engine, and what connects a streaming query to the cell
 * that started it.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { typeName } from './arrow/types.ts';
import * as millrace from './index.ts';
import { renderLive } from './output/live.ts';
import { installDisplays } from './notebook-displays.ts';
import { outputOf } from './plan/output.ts';
import type { StreamHandle } from './plan/runner-port.ts';
import { processSessions } from './process-session.ts';
import type { CatalogSnapshot, CellOutput, InterruptCell, MimeBundle } from './session/contract.ts';
import type { EngineClient } from './session/engine/client.ts';
import { createInterpreter, type SessionInterpreter } from './session/interpreter.ts';

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
  /** The cell execution under which a query's live view stands. */
  const shownIn = new WeakMap<StreamHandle, string>();
  const output = (): CellOutput | undefined => interpreter.currentOutput();
  const write = (target: CellOutput | undefined, text: string, to: 'stdout' | 'stderr' = 'stdout'): void => {
    if (target === undefined) process[to].write(text);
    else target.stream(to, text);
  };
  const { spark, engine } = processSessions.getOrCreate({
    liveTarget: () => {
      const cell = output();
      return live === undefined || cell === undefined
        ? undefined
        : { cellId: cell.cellId, origin: cell.origin ?? cell.cellId, displayId: `millrace-live-${++views}` };
    },
    onStarted: (handle, _request, target) => {
      if (target === undefined) return;
      shownIn.set(handle, target.cellId);
      output()?.display(startingView(handle.id, handle.name), { displayId: target.displayId });
    },
    printer: () => {
      const cell = output();
      return (text, to) => write(cell, text, to);
    },
    asCell: () => {
      const cell = output();
      return (action) => (cell === undefined ? action() : interpreter.runFor(cell, action));
    },
    execution: () => interpreter.currentExecution(),
    print: (text) => write(output(), text),
  });
  if (live !== undefined) {
    const { port1, port2 } = new MessageChannel();
    engine.attachOutputPort(port1);
    live.attachOutputPort(port2);
  }
  installDisplays({
    viewOf: async ({ handle }) =>
      shownIn.has(handle) && shownIn.get(handle) === output()?.cellId ? {} : engine.viewOf(handle),
  });
  const interpreter = createInterpreter({
    globals: millrace.createGlobals(spark),
    modules: { millrace },
    sqlRunner: (text, parameters) => spark.sql(text, parameters),
    cwd,
    interrupt,
    moduleHooksUrl: new URL('./module-hooks.js', import.meta.url).href,
    internalRoots: [fileURLToPath(new URL('.', import.meta.url))],
    onInterrupted: (execution) => engine.cancelOf(execution),
    onShutdown: () => engine.shutdown(),
  });
  if (onCatalog !== undefined) spark.state.catalog.onChange(() => onCatalog(catalogOf(spark)));
  return { interpreter, engine };
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
