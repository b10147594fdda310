/**
 * Keeps Node alive when the interrupter terminates JavaScript in the middle of a callback.
 *
 * Node keeps a stack of async ids, and aborts the process where it finds the stack uneven while async hooks are in use,
 * as they are once a package makes an AsyncLocalStorage. A termination leaves it uneven. So just before one, those
 * checks are turned off (not the hooks), and afterwards the stack is emptied, as Node does after
 * an uncaught exception, and they are turned on.
 *
 * @see https://github.com/nodejs/node/blob/v20.x/src/api/callback.cc InternalCallbackScope::Close
 */

/** Under this symbol of the global object lies what the interrupter evaluates before it terminates. */
export const BEFORE_TERMINATION = 'millrace.beforeTermination';

interface AsyncWrapBinding {
  readonly async_hook_fields: Uint32Array;
  readonly constants: Readonly<
    Record<'kInit' | 'kBefore' | 'kAfter' | 'kDestroy' | 'kPromiseResolve' | 'kTotals' | 'kCheck', number>
  >;
  clearAsyncIdStack(): void;
}

export interface AsyncHooksGuard {
  /** To be called on the main thread after a termination. */
  readonly afterTermination: () => void;
}

/** Does nothing on a Node that hides its async ids; there `--no-force-async-hooks-checks` has to do. */
export function guardAsyncHooks(): AsyncHooksGuard {
  const binding = asyncWrapBinding();
  if (binding === undefined) return { afterTermination: () => undefined };
  const { async_hook_fields: fields, constants } = binding;
  const { kInit, kBefore, kAfter, kDestroy, kPromiseResolve, kTotals, kCheck } = constants;
  let checks: number | undefined;
  Object.defineProperty(globalThis, Symbol.for(BEFORE_TERMINATION), {
    configurable: true,
    value: () => {
      checks ??= fields[kCheck];
      fields[kCheck] = 0;
      fields[kTotals] = 0;
    },
  });
  return {
    afterTermination: () => {
      binding.clearAsyncIdStack();
      fields[kCheck] = checks ?? fields[kCheck] ?? 0;
      checks = undefined;
      // As Node's AsyncHook.enable() counts them.
      fields[kTotals] = [kInit, kBefore, kAfter, kDestroy, kPromiseResolve].reduce(
        (sum, kind) => sum + (fields[kind] ?? 0),
        0,
      );
    },
  };
}

/** `process.binding` is deprecated, without another way to these fields; its warning is not for the user. */
function asyncWrapBinding(): AsyncWrapBinding | undefined {
  const { binding, noDeprecation } = process as unknown as {
    binding?: (name: string) => unknown;
    noDeprecation?: boolean;
  };
  const settings = process as unknown as { noDeprecation: boolean | undefined };
  try {
    settings.noDeprecation = true;
    const found = binding?.call(process, 'async_wrap') as Partial<AsyncWrapBinding> | undefined;
    const { async_hook_fields: fields, constants, clearAsyncIdStack } = found ?? {};
    return fields === undefined || constants === undefined || clearAsyncIdStack === undefined
      ? undefined
      : { async_hook_fields: fields, constants, clearAsyncIdStack };
  } catch {
    return undefined;
  } finally {
    settings.noDeprecation = noDeprecation;
  }
}
