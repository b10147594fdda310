/** Where the output of a program without a front end goes: to the terminal, and into the outputs of an executed notebook. */
import { MillraceError } from '../../core/errors.ts';
import type { CellError, CellOutput, DisplayOptions, MimeBundle } from '../../session/contract.ts';
import { terminal } from './terminal.ts';

/** An output as nbformat 4 has it. */
export type NotebookOutput =
  | { readonly output_type: 'stream'; readonly name: string; text: string }
  | { readonly output_type: 'display_data'; data: MimeBundle; metadata: Readonly<Record<string, unknown>> }
  | {
      readonly output_type: 'execute_result';
      readonly execution_count: number;
      readonly data: MimeBundle;
      readonly metadata: Readonly<Record<string, unknown>>;
    }
  | {
      readonly output_type: 'error';
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

/** What the cells of one notebook have in common: a cell may update what another one displays. */
export class NotebookRun {
  readonly displays = new Map<string, Extract<NotebookOutput, { output_type: 'display_data' }>>();
  /** An error that a timer, an unawaited promise or a cell's end brought. */
  hasFailed = false;
}

export class TerminalOutput implements CellOutput {
  readonly cellId: string;
  readonly outputs: NotebookOutput[] = [];
  readonly #run: NotebookRun;
  #clearNext = false;

  constructor(cellId: string, run: NotebookRun) {
    this.cellId = cellId;
    this.#run = run;
  }

  stream(name: 'stdout' | 'stderr', text: string): void {
    terminal[name === 'stdout' ? 'out' : 'err'](text);
    this.#beforeOutput();
    const last = this.outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text += text;
    else this.outputs.push({ output_type: 'stream', name, text });
  }

  display(data: MimeBundle, options: DisplayOptions = {}): void {
    const { displayId, metadata = {}, update = false } = options;
    const shown = displayId === undefined ? undefined : this.#run.displays.get(displayId);
    if (update && shown !== undefined) {
      shown.data = data;
      shown.metadata = metadata;
      return;
    }
    printBundle(data);
    this.#beforeOutput();
    const output = { output_type: 'display_data' as const, data, metadata };
    if (displayId !== undefined) this.#run.displays.set(displayId, output);
    this.outputs.push(output);
  }

  result(data: MimeBundle, executionCount: number): void {
    printBundle(data);
    this.#beforeOutput();
    this.outputs.push({ output_type: 'execute_result', execution_count: executionCount, data, metadata: {} });
  }

  error(error: CellError): void {
    this.#run.hasFailed = true;
    terminal.err(`${error.traceback.join('\n')}\n`);
    this.outputs.push({ output_type: 'error', ...error });
  }

  clear(wait: boolean): void {
    if (wait) this.#clearNext = true;
    else this.outputs.length = 0;
  }

  input(): Promise<string> {
    return Promise.reject(
      new MillraceError('NOT_SUPPORTED', {
        feature: 'input() without a front end',
        remedy: 'Give the value as a parameter: -p name=value.',
      }),
    );
  }

  #beforeOutput(): void {
    if (this.#clearNext) this.outputs.length = 0;
    this.#clearNext = false;
  }
}

function printBundle(data: MimeBundle): void {
  const text = data['text/plain'] ?? data['text/markdown'] ?? data['text/html'];
  if (typeof text === 'string') terminal.out(text.endsWith('\n') ? text : `${text}\n`);
}
