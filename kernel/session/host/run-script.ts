/** Compiling and running a cell's text in the main context; SIGINT ends its synchronous part. */
import { types } from 'node:util';
import vm from 'node:vm';

export type CellFunction = (...parameters: readonly unknown[]) => unknown;

/** @throws SyntaxError where oxc accepted what V8 refuses */
export function compileFunction(text: string, fileName: string): CellFunction {
  const script = new vm.Script(text, {
    filename: fileName,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return script.runInThisContext() as CellFunction;
}

const RUNNER_SLOT = Symbol.for('millrace.run');
const runner = new vm.Script(`globalThis[Symbol.for('millrace.run')]()`, { filename: 'millrace-runner' });

/**
 * Calls `action` so that SIGINT ends it (45 µs, for the watchdog thread that Node starts).
 * @throws what `action` throws; isSigint tells an interrupt
 */
export function runInterruptibly(action: () => unknown): unknown {
  Reflect.set(globalThis, RUNNER_SLOT, action);
  return runner.runInThisContext({ breakOnSigint: true, displayErrors: false });
}

export function isSigint(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}
