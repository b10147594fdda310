/**
 * The language side of the kernel, on the main thread: runs cells one at a time, keeps their names, attributes what they
 * write, and never lets user code end the process.
 */
import { types } from 'node:util';
import { MillraceError } from '../core/errors.ts';
import { renderValue } from '../output/render-value.ts';
import { createCellGlobals } from './cell-globals.ts';
import { CellContext, type CellExecution } from './cell-context.ts';
import { CellRunner } from './cell-runner.ts';
import { CellSources } from './cell-sources.ts';
import { CommRegistry } from './comms.ts';
import type {
  CellError,
  CellOutcome,
  CellOutput,
  CellRequest,
  InterruptCell,
  Interpreter,
  MimeBundle,
  PagePayload,
  UserExpressionResult,
} from './contract.ts';
import { reportError, reportSyntaxError } from './error-report.ts';
import { Attribution } from './host/attribution.ts';
import { createCellConsole, inspectValue } from './host/cell-console.ts';
import { ModuleLoader } from './host/module-loader.ts';
import { guardProcess } from './host/process-guard.ts';
import { isSigint } from './host/run-script.ts';
import { readCellMaps } from './host/source-map.ts';
import { installStackTraces } from './host/stack-trace.ts';
import { Interrupted, Interrupts } from './interrupt.ts';
import { runMagics, type SqlRunner } from './magic-runner.ts';
import { NotebookScope } from './scope.ts';
import { CellSyntaxError } from './strip-types.ts';

export interface InterpreterOptions {
  /** Names that cells see without imports. Getters are evaluated at each use, until a cell redeclares the name. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Modules that cells import from the running package: `{ millrace: namespace }`. */
  readonly modules: Readonly<Record<string, object>>;
  /** Runs a `%%sql` cell; `parameters` are the values of `:name` in `text`. The result is shown as any value. */
  readonly sqlRunner: SqlRunner;
  /** The notebook's folder: imports are resolved there. */
  readonly cwd: string;
  readonly interrupt: InterruptCell;
  /** URL of the built `kernel/session/host/module-hooks.ts`. */
  readonly moduleHooksUrl: string;
  /** Folders whose frames are left out of the user's stack traces. */
  readonly internalRoots: readonly string[];
  /** That execution was interrupted (see `currentExecution`): what it asked of the engine is not wanted any more. */
  readonly onInterrupted?: (execution: CellExecution) => void;
  /** Stops streams after their batch and releases the engine. */
  readonly onShutdown: () => Promise<void>;
}

export interface SessionInterpreter extends Interpreter {
  readonly comms: CommRegistry;
  /** The output of the cell that the running code belongs to: for streams, which outlive their cell. */
  currentOutput(): CellOutput | undefined;
  /** The execution that the running code belongs to and ends with; undefined in work for a stream. */
  currentExecution(): CellExecution | undefined;
  /** Runs the engine's call of a user's closure as that cell's work, unharmed by an interrupt of the running cell. */
  runFor<T>(output: CellOutput, action: () => T): T;
  /** Defines or replaces a name that cells see. */
  define(name: string, value: unknown): void;
}

export function createInterpreter(options: InterpreterOptions): SessionInterpreter {
  return new CellInterpreter(options);
}

class CellInterpreter implements SessionInterpreter {
  readonly comms = new CommRegistry();
  readonly #options: InterpreterOptions;
  readonly #attribution = new Attribution<CellContext>((promise) => this.#interrupts.onSettled(promise));
  readonly #interrupts: Interrupts;
  readonly #scope = new NotebookScope();
  readonly #sources = new CellSources(readCellMaps);
  readonly #runner: CellRunner;
  readonly #console = createCellConsole((name, text) => this.#context().output.stream(name, text));
  readonly #undo: (() => void)[];
  /** The cell that ran last; what cannot be attributed is its. */
  #last: CellContext | undefined;
  #displayCount = 0;
  /** Errors of SQL cells, whose positions count in the statement. */
  readonly #statements = new WeakMap<object, string>();

  constructor(options: InterpreterOptions) {
    this.#options = options;
    this.#interrupts = new Interrupts(options.interrupt, () => this.#attribution.current);
    const modules = new ModuleLoader({ cwd: options.cwd, provided: options.modules, hooksUrl: options.moduleHooksUrl });
    this.#runner = new CellRunner({
      scope: this.#scope,
      sources: this.#sources,
      interrupts: this.#interrupts,
      modules,
      runAs: (context, action) => this.#attribution.run(context, action),
    });
    this.#defineGlobals();
    this.#attribution.install();
    this.#undo = [
      () => this.#attribution.uninstall(),
      installStackTraces(this.#sources, options.internalRoots),
      guardProcess({
        isInCell: () => this.#attribution.current !== undefined,
        write: (name, text) => this.#context().output.stream(name, text),
        onUncaught: (error) => this.#onUncaught(error, this.#attribution.contextOfError(error)),
        onRejection: (reason, promise) => this.#onUncaught(reason, this.#attribution.contextOfPromise(promise)),
        refuseExit: (call) => {
          throw new MillraceError('EXIT_IN_CELL', { call });
        },
      }),
    ];
  }

  execute(request: CellRequest, output: CellOutput): Promise<CellOutcome> {
    const context = new CellContext(output, { label: `Cell [${request.executionCount}]` });
    this.#last = context;
    this.#attribution.reset();
    this.#interrupts.begin(context);
    // An interrupt may terminate whatever runs here without unwinding it: the outcome must not depend on it.
    return new Promise((resolve) => {
      const finish = (outcome: CellOutcome): void => {
        if (this.#interrupts.end(context)) this.#attribution.reset();
        if (outcome.status === 'interrupted') this.#options.onInterrupted?.(context);
        resolve(outcome);
      };
      void context.abandoned.then(() => finish({ status: 'interrupted' }));
      void Promise.resolve().then(() => this.#executeNow(request, context).then(finish));
    });
  }

  interruptAwait(): void {
    this.#interrupts.interruptAwait();
  }

  currentOutput(): CellOutput | undefined {
    return this.#attribution.current?.output;
  }

  currentExecution(): CellExecution | undefined {
    const context = this.#attribution.current;
    return context?.isShielded === true ? undefined : context;
  }

  runFor<T>(output: CellOutput, action: () => T): T {
    return this.#attribution.run(new CellContext(output, { label: 'stream', isShielded: true }), action);
  }

  define(name: string, value: unknown): void {
    this.#scope.define(name, value);
  }

  async shutdown(): Promise<void> {
    await this.#options.onShutdown();
    for (const undo of this.#undo.splice(0)) undo();
  }

  async #executeNow(request: CellRequest, context: CellContext): Promise<CellOutcome> {
    try {
      this.#console.resetGroups();
      const payload: PagePayload[] = [];
      const ran = await runMagics(request.code, {
        evaluate: (code, how) => this.#runner.run(code, context, how),
        sql: this.#options.sqlRunner,
        scope: this.#scope,
        show: (bundle) => context.output.display(bundle),
        print: (text) => context.output.stream('stdout', text),
        noteStatement: (error, text) => this.#statements.set(error, text),
        page: (bundle) => payload.push({ source: 'page', data: bundle, start: 0 }),
        render: (value) => this.#render(value),
        runAs: (action) => this.#attribution.run(context, action),
      });
      const isShown = ran.hasValue && ran.value !== undefined && !request.silent;
      const data = isShown ? await this.#renderFor(context, ran.value) : {};
      const userExpressions = await this.#evaluateAll(request.userExpressions, context);
      if (context.isPending) await context.settled();
      return {
        status: 'ok',
        ...(Object.keys(data).length === 0 ? {} : { result: { data, metadata: {} } }),
        userExpressions,
        payload,
      };
    } catch (error) {
      if (context.isPending) await context.settled();
      if (isInterrupt(error)) return { status: 'interrupted' };
      return { status: 'error', error: this.#report(error, { label: context.label, code: request.code }) };
    }
  }

  async #evaluateAll(
    expressions: Readonly<Record<string, string>>,
    context: CellContext,
  ): Promise<Record<string, UserExpressionResult>> {
    const results: Record<string, UserExpressionResult> = {};
    for (const [name, code] of Object.entries(expressions)) {
      try {
        const { value } = await this.#runner.run(code, context, { label: `user expression ${name}` });
        results[name] = { status: 'ok', data: await this.#renderFor(context, value), metadata: {} };
      } catch (error) {
        if (isInterrupt(error)) throw error;
        results[name] = { status: 'error', ...this.#report(error, { label: name, code }) };
      }
    }
    return results;
  }

  #render(value: unknown): MimeBundle | Promise<MimeBundle> {
    return renderValue(value, { inspect: inspectValue });
  }

  /** A display method is user code too. */
  #renderFor(context: CellContext, value: unknown): MimeBundle | Promise<MimeBundle> {
    return this.#attribution.run(context, () => this.#render(value));
  }

  #report(error: unknown, cell: { readonly label: string; readonly code: string }): CellError {
    if (types.isNativeError(error) && error instanceof CellSyntaxError) return reportSyntaxError(error, cell);
    return reportError(error, {
      sources: this.#sources,
      inspect: inspectValue,
      internalRoots: this.#options.internalRoots,
      statementOf: (thrown) => this.#statements.get(thrown),
    });
  }

  /** An error that nobody awaits is shown on its cell; those of interrupted cells are what was asked for. */
  #onUncaught(error: unknown, context: CellContext | undefined): void {
    const owner = context ?? this.#last;
    if (owner !== undefined && isInterrupt(error) && this.#interrupts.isOver(owner)) {
      owner.abandon();
      return;
    }
    if (owner === undefined) {
      process.stderr.write(`[millrace] ${String(error instanceof Error ? error.stack : error)}\n`);
      return;
    }
    owner.output.error(this.#report(error, { label: owner.label, code: '' }));
  }

  #context(): CellContext {
    const context = this.#attribution.current ?? this.#last;
    if (context === undefined)
      throw new MillraceError('INTERNAL_ERROR', { message: 'output was written before any cell ran' });
    return context;
  }

  #defineGlobals(): void {
    const own = createCellGlobals({
      context: () => this.#context(),
      render: (value) => this.#render(value),
      onError: (context, error) => context.output.error(this.#report(error, { label: context.label, code: '' })),
      newId: () => `millrace-${process.pid}-${++this.#displayCount}`,
      console: this.#console.console,
      comms: this.comms,
      bind: (action) => this.#attribution.bind(action),
      cwd: this.#options.cwd,
    });
    for (const source of [own, this.#options.globals]) {
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(source))) {
        if (descriptor.get === undefined) this.#scope.provide(name, descriptor.value);
        else this.#scope.provideLazy(name, () => Reflect.get(source, name));
      }
    }
  }
}

/** Looks at no property of what may be a user's proxy. */
function isInterrupt(error: unknown): boolean {
  return types.isNativeError(error) && (error instanceof Interrupted || isSigint(error));
}
