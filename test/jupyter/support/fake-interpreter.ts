/**
 * A small interpreter of plain JavaScript for tests of the protocol: the smallest thing that has outputs, results,
 * errors, awaits, input and comms. Language features are not its business.
 */
import { inspect } from 'node:util';
import vm from 'node:vm';
import type {
  CellError,
  CellOutcome,
  CellOutput,
  CellRequest,
  CommChannel,
  CommTargets,
  Interpreter,
  UserExpressionResult,
} from '../../../kernel/session/contract.ts';

type Globals = Record<string, unknown>;

export class FakeInterpreter implements Interpreter {
  readonly comms: CommTargets;
  #interrupt: () => void = () => undefined;
  /** What the last shutdown was told; a test looks at the process's standard error. */
  readonly #log: (text: string) => void;

  constructor(log: (text: string) => void) {
    this.#log = log;
    this.comms = { has: (target) => target === 'echo', open: (comm, data, buffers) => openEcho(comm, data, buffers) };
  }

  async execute(request: CellRequest, output: CellOutput): Promise<CellOutcome> {
    installGlobals(output);
    const interrupted = new Promise<CellOutcome>((resolve) => {
      this.#interrupt = () => resolve({ status: 'interrupted' });
    });
    return Promise.race([run(request), interrupted]);
  }

  interruptAwait(): void {
    this.#interrupt();
  }

  shutdown(): Promise<void> {
    this.#log('interpreter shut down');
    return Promise.resolve();
  }
}

async function run(request: CellRequest): Promise<CellOutcome> {
  const page = /^%page (.*)$/.exec(request.code)?.[1];
  try {
    const value = await evaluate(page ?? request.code);
    return {
      status: 'ok',
      userExpressions: await evaluateAll(request.userExpressions),
      payload: page === undefined ? [] : [{ source: 'page', data: { 'text/plain': inspect(value) }, start: 0 }],
      ...(value === undefined || page !== undefined
        ? {}
        : { result: { data: { 'text/plain': inspect(value) }, metadata: {} } }),
    };
  } catch (error) {
    if (isInterrupt(error)) return { status: 'interrupted' };
    return { status: 'error', error: toCellError(error) };
  }
}

function evaluate(code: string): unknown {
  const body = /\bawait\b/.test(code) ? asyncCell(code) : code;
  return vm.runInThisContext(body, { filename: 'cell', breakOnSigint: true });
}

/** The last line is the value. Interrupts of what follows an await are the business of the host. */
function asyncCell(code: string): string {
  const at = code.trimEnd().lastIndexOf('\n') + 1;
  const last = code.slice(at);
  return `(async () => { ${code.slice(0, at)}\n return (${last.replace(/;\s*$/, '')}); })()`;
}

async function evaluateAll(
  expressions: Readonly<Record<string, string>>,
): Promise<Record<string, UserExpressionResult>> {
  const results: Record<string, UserExpressionResult> = {};
  for (const [name, expression] of Object.entries(expressions)) {
    try {
      results[name] = { status: 'ok', data: { 'text/plain': inspect(await evaluate(expression)) }, metadata: {} };
    } catch (error) {
      results[name] = { status: 'error', ...toCellError(error) };
    }
  }
  return results;
}

function installGlobals(output: CellOutput): void {
  const globals = globalThis as unknown as Globals;
  const print =
    (name: 'stdout' | 'stderr') =>
    (...values: unknown[]): void =>
      output.stream(name, `${values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')}\n`);
  globals['print'] = print('stdout');
  globals['printError'] = print('stderr');
  globals['show'] = (data: Record<string, unknown>, options?: object) => output.display(data, options);
  globals['clearOutput'] = () => output.clear(false);
  globals['input'] = (prompt: string, password = false) => output.input(prompt, { password });
  globals['lateError'] = (text: string) => output.error({ ename: 'Late', evalue: text, traceback: [text] });
  globals['nativeSleep'] = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  globals['cellId'] = output.cellId;
  /** A loop that neither vm's SIGINT nor a flag reaches: it runs in a microtask. */
  globals['spin'] = async () => {
    await Promise.resolve();
    for (;;);
  };
}

function openEcho(comm: CommChannel, data: unknown, buffers: readonly Uint8Array[]): void {
  comm.send({ opened: data }, { buffers, metadata: { from: 'open' } });
  comm.onMessage((message, received) => comm.send({ echo: message }, { buffers: received }));
}

function isInterrupt(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}

function toCellError(error: unknown): CellError {
  const ename = error instanceof Error ? error.name : 'Error';
  const evalue = error instanceof Error ? error.message : String(error);
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
