/** Compiles one cell's text and runs it with the session's helpers and the boxes of its names. */
import type { CellContext } from './cell-context.ts';
import type { CellSources } from './cell-sources.ts';
import { cleanCaught } from './clean-message.ts';
import { pickExport, type ModuleLoader } from './host/module-loader.ts';
import { compileFunction, runInterruptibly } from './host/run-script.ts';
import { Interrupted, type Interrupts } from './interrupt.ts';
import type { Box, NotebookScope } from './scope.ts';
import { compileCell, HELPER_NAMES, type CompiledCell, type KnownNames } from './transform.ts';

export interface CellRunnerPorts {
  readonly scope: NotebookScope;
  readonly sources: CellSources;
  readonly interrupts: Interrupts;
  readonly modules: ModuleLoader;
  readonly runAs: <T>(context: CellContext, action: () => T) => T;
}

export interface CellValue {
  /** The last expression, awaited. */
  readonly value: unknown;
  readonly hasValue: boolean;
}

export class CellRunner {
  readonly #ports: CellRunnerPorts;
  readonly #known: KnownNames;
  readonly #helpers: readonly unknown[];

  constructor(ports: CellRunnerPorts) {
    this.#ports = ports;
    const { scope, interrupts, modules } = ports;
    this.#known = {
      assignable: (name) => scope.lookup(name)?.assignable,
      isGlobal: (name) => name in globalThis,
    };
    const helpers: Record<keyof typeof HELPER_NAMES, unknown> = {
      flag: interrupts.flag,
      interrupted: interrupts.onFlag,
      awaiting: interrupts.awaiting,
      awaited: interrupts.awaited,
      caught: cleanCaught,
      importModule: modules.load,
      pick: pickExport,
      meta: modules.meta,
      unresolved: scope.unresolved,
      constants: scope.constants,
      typeOf: (name: string) => scope.typeOf(name),
      ready: (value: unknown, name: string) => scope.ready(value, name),
      initialize: (box: Box) => scope.initialize(box),
    };
    this.#helpers = Object.keys(HELPER_NAMES).map((name) => Reflect.get(helpers, name) as unknown);
  }

  /** @throws CellSyntaxError; Interrupted; whatever the cell throws */
  async run(code: string, context: CellContext, how: { readonly label?: string } = {}): Promise<CellValue> {
    const compiled = compileCell(code, this.#known);
    const fileName = this.#ports.sources.add({ label: how.label ?? context.label, code, maps: compiled.maps });
    const cell = compileFunction(compiled.text, fileName);
    const boxes = this.#boxesOf(compiled);
    const call = (): unknown => cell(...this.#helpers, ...boxes);
    const value = this.#ports.runAs(context, () => (compiled.mayTakeTime ? runInterruptibly(call) : call()));
    return { value: isThenable(value) ? await this.#settle(value, context) : value, hasValue: compiled.hasResult };
  }

  #boxesOf({ boxNames, declared }: CompiledCell): Box[] {
    const { scope } = this.#ports;
    for (const [name, binding] of declared) scope.declare(name, binding);
    return boxNames.map((name) => scope.boxOf(name));
  }

  /** The promise's value, unless an interrupt ends the wait. */
  async #settle(promise: PromiseLike<unknown>, { abandoned }: CellContext): Promise<unknown> {
    const ended = Symbol('ended');
    const value = await Promise.race([promise, abandoned.then(() => ended)]);
    if (value === ended) throw new Interrupted();
    return value;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
