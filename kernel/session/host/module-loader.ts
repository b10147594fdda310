/**
 * `import` in cells: names are resolved as in a file beside the notebook, by Node's own loader. Relative files may be
 * TypeScript or JSON and are read again when they, or what they import, have changed (see module-hooks.ts).
 */
import { register } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

export interface ModuleLoaderOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  /** Modules of the running package by name: `millrace`. */
  readonly provided: Readonly<Record<string, object>>;
  /** Where the built module-hooks.ts lies. */
  readonly hooksUrl: string;
}

/** What module-hooks.ts is given at its start: the names that the provided modules export. */
export interface ModuleHooksData {
  readonly provided: Readonly<Record<string, readonly string[]>>;
}

/** The query parameter of local files' URLs that changes with their content. */
export const FINGERPRINT = 'millrace';
export const PROVIDED_SLOT = 'millrace.modules';

export class ModuleLoader {
  readonly #options: ModuleLoaderOptions;
  readonly #importBeside: (specifier: string) => Promise<object>;
  readonly #meta: object;
  #hasHooks = false;

  constructor(options: ModuleLoaderOptions) {
    this.#options = options;
    const script = new vm.Script('(specifier) => import(specifier)', {
      filename: join(options.cwd, 'notebook-cell.mjs'),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    this.#importBeside = withoutWarning(script.runInThisContext() as (specifier: string) => Promise<object>);
    this.#meta = Object.freeze({
      dirname: options.cwd,
      filename: join(options.cwd, 'notebook-cell.ts'),
      url: pathToFileURL(join(options.cwd, 'notebook-cell.ts')).href,
    });
  }

  /** `import.meta` of cells. */
  get meta(): object {
    return this.#meta;
  }

  /** The module's namespace. Rejects as Node's loader does. */
  readonly load = async (specifier: unknown): Promise<object> => {
    const name = String(specifier);
    const provided = this.#options.provided[name];
    if (provided !== undefined) return provided;
    if (isFile(name)) this.#installHooks();
    try {
      return await this.#importBeside(isAbsolute(name) ? pathToFileURL(name).href : name);
    } catch (error) {
      throw withRemedy(error, name);
    }
  };

  /** Registered at the first import of a file: Node starts a thread for them. */
  #installHooks(): void {
    if (this.#hasHooks) return;
    this.#hasHooks = true;
    const { provided, hooksUrl } = this.#options;
    Reflect.set(globalThis, Symbol.for(PROVIDED_SLOT), provided);
    const data: ModuleHooksData = {
      provided: Object.fromEntries(Object.entries(provided).map(([name, module]) => [name, Object.keys(module)])),
    };
    // So that Node keeps the maps of these files, for their places in errors.
    process.setSourceMapsEnabled(true);
    register(hooksUrl, { data });
  }
}

/** Node's error, its text about what the user can do instead of about our file. */
function withRemedy(error: unknown, name: string): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) return error;
  const [, packageName] = /^((?:@[^/]+\/)?[^./:@][^/:]*)(?:\/|$)/.exec(name) ?? [];
  const remedy = packageName === undefined ? '' : `. Install it beside the notebook: npm install ${packageName}`;
  error.message = error.message.replace(/ imported from \S*notebook-cell\.mjs$/, '') + remedy;
  return error;
}

/** Node warns at the first use that its own loader in vm scripts is experimental: nothing that a user can act on. */
function withoutWarning(load: (specifier: string) => Promise<object>): (specifier: string) => Promise<object> {
  return (specifier) => {
    const before = Reflect.get(process, 'emitWarning');
    process.emitWarning = () => undefined;
    try {
      return load(specifier);
    } finally {
      Reflect.set(process, 'emitWarning', before);
    }
  };
}

/**
 * One name of an imported module. CommonJS modules whose exports Node cannot see are looked into by their default. A
 * name that is absent may be a type and stays undefined until used as a value.
 */
export function pickExport(module: object, name: string): unknown {
  if (name in module) return Reflect.get(module, name);
  const fallback: unknown = Reflect.get(module, 'default');
  if (name !== 'default' && typeof fallback === 'object' && fallback !== null && name in fallback)
    return Reflect.get(fallback, name);
  return name === 'default' ? module : undefined;
}

function isFile(specifier: string): boolean {
  return (
    specifier.startsWith('./') || specifier.startsWith('../') || specifier.startsWith('file:') || isAbsolute(specifier)
  );
}
