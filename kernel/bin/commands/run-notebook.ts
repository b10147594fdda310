/** `millrace run FILE.ipynb`: the code cells in order, as the notebook kernel runs them; streams go on until they end or are stopped. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MillraceError } from '../../core/errors.ts';
import type { CellOutcome, CellRequest } from '../../session/contract.ts';
import type { SessionInterpreter } from '../../session/interpreter.ts';
import { createNotebookKernel } from '../../notebook-kernel.ts';
import { NotebookRun, TerminalOutput } from './cell-outputs.ts';
import { processSessions, type ParameterValue } from '../../process-session.ts';
import { StopSignals, untilStreamsEnd } from './streams.ts';
import { terminal } from './terminal.ts';

interface NotebookCell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly metadata?: { readonly tags?: readonly string[] };
  outputs?: unknown;
  execution_count?: number | null;
}

interface Notebook {
  readonly cells: NotebookCell[];
}

export interface RunOptions {
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  /** Where the notebook is written to with its outputs. */
  readonly outputNotebook: string | undefined;
}

/** @returns the exit code: 1 where a cell or a stream fails */
export async function runNotebook(file: string, options: RunOptions): Promise<number> {
  const notebook = readNotebook(file);
  const outputFile = options.outputNotebook === undefined ? undefined : resolve(options.outputNotebook);
  const folder = dirname(resolve(file));
  process.chdir(folder);
  processSessions.setParameters(options.parameters);
  const signals = new StopSignals();
  const { interpreter } = createNotebookKernel({
    cwd: folder,
    interrupt: { flag: new Int32Array(new SharedArrayBuffer(4)) },
    live: undefined,
  });
  try {
    return await Promise.race([runToEnd(interpreter, notebook, options.parameters), signals.stopped]);
  } finally {
    signals.close();
    await interpreter.shutdown();
    if (outputFile !== undefined) writeFileSync(outputFile, `${JSON.stringify(notebook, undefined, 1)}\n`);
  }
}

async function runToEnd(
  interpreter: SessionInterpreter,
  notebook: Notebook,
  parameters: ReadonlyMap<string, ParameterValue>,
): Promise<number> {
  const run = new NotebookRun();
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code');
  for (const cell of code) {
    cell.outputs = [];
    cell.execution_count = null;
  }
  const tagged = code.findIndex((cell) => cell.metadata?.tags?.includes('parameters') === true);
  for (const [index, cell] of code.entries()) {
    // Without a tagged cell `tagged` is -1, and the parameters come before the first.
    if (index === tagged + 1 && !(await assign(interpreter, parameters, run))) return 1;
    const output = new TerminalOutput(`cell-${index + 1}`, run);
    cell.outputs = output.outputs;
    cell.execution_count = index + 1;
    const outcome = await interpreter.execute(request(sourceOf(cell), index + 1), output);
    if (!finish(outcome, output, index + 1)) return 1;
  }
  const streams = await untilStreamsEnd();
  return run.hasFailed ? 1 : streams;
}

/** @returns whether the cell did what it says */
function finish(outcome: CellOutcome, output: TerminalOutput, cellNumber: number): boolean {
  switch (outcome.status) {
    case 'ok':
      if (outcome.result !== undefined) output.result(outcome.result.data, cellNumber);
      return true;
    case 'error':
      output.error(outcome.error);
      terminal.err(`Cell ${cellNumber} failed; the cells after it were not run.\n`);
      return false;
    case 'interrupted':
      terminal.err(`Cell ${cellNumber} was interrupted; the cells after it were not run.\n`);
      return false;
  }
}

/** Parameters are names of the notebook, set after the cell tagged `parameters`, or before the first. */
async function assign(
  interpreter: SessionInterpreter,
  parameters: ReadonlyMap<string, ParameterValue>,
  run: NotebookRun,
): Promise<boolean> {
  if (parameters.size === 0) return true;
  const code = [...parameters].map(([name, value]) => `var ${name} = ${JSON.stringify(value)};`).join('\n');
  const outcome = await interpreter.execute(request(code, 0), new TerminalOutput('parameters', run));
  if (outcome.status === 'error') terminal.err(`The parameters cannot be set: ${outcome.error.evalue}\n`);
  return outcome.status === 'ok';
}

function request(code: string, executionCount: number): CellRequest {
  return { code, silent: false, storeHistory: false, allowStdin: false, executionCount, userExpressions: {} };
}

function sourceOf({ source }: NotebookCell): string {
  return typeof source === 'string' ? source : source.join('');
}

function readNotebook(file: string): Notebook {
  const text = readFileSync(file, 'utf8');
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'cells' in parsed && Array.isArray(parsed.cells))
      return parsed as Notebook;
  } catch (error) {
    throw new MillraceError(
      'COMMAND_USAGE',
      { problem: `${file} is no notebook: ${String(error)}`, remedy: 'Give a file of nbformat 4.' },
      { cause: error },
    );
  }
  throw new MillraceError('COMMAND_USAGE', {
    problem: `${file} is no notebook of nbformat 4`,
    remedy: 'Open it in JupyterLab and save it, which upgrades it.',
  });
}
