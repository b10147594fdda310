import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type {
  CellError,
  CellOutcome,
  CellOutput,
  CellRequest,
  DisplayOptions,
  MimeBundle,
} from '../../kernel/session/contract.ts';
import {
  createInterpreter,
  type InterpreterOptions,
  type SessionInterpreter,
} from '../../kernel/session/interpreter.ts';

export interface RecordedCell {
  readonly outcome: CellOutcome;
  readonly output: RecordingOutput;
  readonly stdout: string;
  readonly stderr: string;
  /** The text/plain of the result, '' without one. */
  readonly text: string;
}

export class RecordingOutput implements CellOutput {
  readonly cellId: string;
  readonly events: string[] = [];
  readonly displays: { readonly data: MimeBundle; readonly options: DisplayOptions | undefined }[] = [];
  readonly errors: CellError[] = [];
  readonly #text = { stdout: '', stderr: '' };
  answer: (prompt: string) => string = () => '';
  onEvent: () => void = () => undefined;

  constructor(cellId: string) {
    this.cellId = cellId;
  }

  get stdout(): string {
    return this.#text.stdout;
  }

  get stderr(): string {
    return this.#text.stderr;
  }

  stream(name: 'stdout' | 'stderr', text: string): void {
    this.#text[name] += text;
    this.#note(`${name}:${text}`);
  }

  display(data: MimeBundle, options?: DisplayOptions): void {
    this.displays.push({ data, options });
    this.#note(options?.update === true ? 'update' : 'display');
  }

  error(error: CellError): void {
    this.errors.push(error);
    this.#note(`error:${error.evalue}`);
  }

  clear(wait: boolean): void {
    this.#note(`clear:${wait}`);
  }

  input(prompt: string): Promise<string> {
    return Promise.resolve(this.answer(prompt));
  }

  /** Resolves at the first event for which `holds`. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (holds()) resolve();
      };
      this.onEvent = check;
      check();
    });
  }

  #note(event: string): void {
    this.events.push(event);
    this.onEvent();
  }
}

export interface TestSession {
  readonly interpreter: SessionInterpreter;
  readonly flag: Int32Array;
  run(code: string, options?: Partial<CellRequest> & { readonly output?: RecordingOutput }): Promise<RecordedCell>;
  /** The result's text; throws where the cell failed. */
  value(code: string): Promise<string>;
  /** The cell's error; throws where it had none. */
  failure(code: string): Promise<CellError>;
}

export function openSession(options: Partial<InterpreterOptions> = {}): TestSession {
  const flag = new Int32Array(new SharedArrayBuffer(8));
  const interpreter = createInterpreter({
    globals: {},
    modules: {},
    sqlRunner: (text, parameters) => ({ text, parameters }),
    cwd: tmpdir(),
    interrupt: { flag },
    moduleHooksUrl: new URL('../../kernel/session/host/module-hooks.ts', import.meta.url).href,
    internalRoots: [
      fileURLToPath(new URL('../../kernel/', import.meta.url)),
      fileURLToPath(new URL('../../test/', import.meta.url)),
    ],
    onShutdown: () => Promise.resolve(),
    ...options,
  });
  let count = 0;
  const run: TestSession['run'] = async (code, request = {}) => {
    count++;
    const output = request.output ?? new RecordingOutput(`cell-${count}`);
    const outcome = await interpreter.execute(
      {
        code,
        silent: false,
        storeHistory: true,
        allowStdin: true,
        executionCount: count,
        userExpressions: {},
        ...request,
      },
      output,
    );
    const text = plainText(outcome);
    return { outcome, output, stdout: output.stdout, stderr: output.stderr, text };
  };
  return {
    interpreter,
    flag,
    run,
    value: async (code) => {
      const { outcome, text } = await run(code);
      if (outcome.status !== 'ok')
        throw new Error(
          `cell failed: ${outcome.status === 'error' ? outcome.error.traceback.join('\n') : outcome.status}\n${code}`,
        );
      return text;
    },
    failure: async (code) => {
      const { outcome } = await run(code);
      if (outcome.status !== 'error') throw new Error(`cell did not fail but was ${outcome.status}: ${code}`);
      return outcome.error;
    },
  };
}

/** The result's text/plain, '' without a result. */
export function plainText(outcome: CellOutcome): string {
  const text = outcome.status === 'ok' ? outcome.result?.data['text/plain'] : undefined;
  return typeof text === 'string' ? text : '';
}
