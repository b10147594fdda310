/** `millrace run FILE.ipynb`: the code cells in order, as the notebook kernel runs them; streams go on until they end or are stopped. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MillraceError } from '../../core/errors.ts';
import type { CellOutcome, CellRequest } from '../../session/contract.ts';
import type { SessionInterpreter } from '../../session/interpreter.ts';
import { createNotebookKernel } from '../../notebook-kernel.ts';
import { TerminalOutput } from './cell-outputs.ts';
import type { ParameterValue } from './parameters.ts';
import { untilStreamsEnd } from './streams.ts';

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
  const folder = dirname(resolve(file));
  process.chdir(folder);
  const kernel = createNotebookKernel({
    cwd: folder,
    interrupt: { flag: new Int32Array(new SharedArrayBuffer(4)) },
    live: undefined,
  });
  try {
    const failed = await runCells(kernel.interpreter, notebook, options.parameters);
    return (failed ? 1 : 0) || (await untilStreamsEnd(kernel.engine));
  } finally {
    if (options.outputNotebook !== undefined)
      writeFileSync(options.outputNotebook, `${JSON.stringify(notebook, undefined, 1)}\n`);
    await kernel.interpreter.shutdown();
  }
}

async function runCells(
  interpreter: SessionInterpreter,
  notebook: Notebook,
  parameters: ReadonlyMap<string, ParameterValue>,
): Promise<boolean> {
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code');
  const tagged = code.findIndex((cell) => cell.metadata?.tags?.includes('parameters') === true);
  for (const [index, cell] of code.entries()) {
    const output = new TerminalOutput(`cell-${index + 1}`);
    // Without a tagged cell `tagged` is -1, and the parameters come before the first.
    if (index === tagged + 1) await assign(interpreter, parameters);
    const outcome = await interpreter.execute(request(sourceOf(cell), index + 1), output);
    const failed = finish(outcome, output, index + 1);
    cell.outputs = output.outputs;
    cell.execution_count = index + 1;
    if (failed) return true;
  }
  return false;
}

function finish(outcome: CellOutcome, output: TerminalOutput, cellNumber: number): boolean {
  switch (outcome.status) {
    case 'ok':
      if (outcome.result !== undefined) output.result(outcome.result.data, cellNumber);
      return false;
    case 'error':
      output.error(outcome.error);
      process.stderr.write(`cell ${cellNumber} failed: ${outcome.error.evalue}\n`);
      return true;
    case 'interrupted':
      process.stderr.write(`cell ${cellNumber} was interrupted\n`);
      return true;
  }
}

/** Parameters are names of the notebook, set after the cell tagged `parameters`, or before the first. */
async function assign(interpreter: SessionInterpreter, parameters: ReadonlyMap<string, ParameterValue>): Promise<void> {
  if (parameters.size === 0) return;
  const code = [...parameters].map(([name, value]) => `var ${name} = ${JSON.stringify(value)};`).join('\n');
  await interpreter.execute(request(code, 0), new TerminalOutput('parameters'));
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
