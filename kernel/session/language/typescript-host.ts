/** TypeScript's language service over the module of all cells (cell-document.ts) and the declarations of the globals. */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { CellModule } from './cell-document.ts';

export interface TypeScriptHostOptions {
  /** The notebook's folder: where its imports are resolved. */
  readonly cwd: string;
  /** The module that `import … from 'millrace'` means, as TypeScript. */
  readonly publicModule: string;
  /** The folder with Node's declarations: node_modules/@types. */
  readonly typesFolder: string;
  /** Declarations of the names that cells have without an import, given the names that the public module exports. */
  readonly globals: (exported: readonly string[]) => string;
}

const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  noImplicitAny: false,
  skipLibCheck: true,
  esModuleInterop: true,
  resolveJsonModule: true,
  types: ['node'],
};

export class TypeScriptHost {
  readonly service: ts.LanguageService;
  readonly #options: TypeScriptHostOptions;
  readonly #cellFile: string;
  readonly #globalsFile: string;
  readonly #texts = new Map<string, { readonly text: string; readonly version: number }>();
  readonly #snapshots = new Map<string, ts.IScriptSnapshot>();

  constructor(options: TypeScriptHostOptions) {
    this.#options = options;
    this.#cellFile = join(options.cwd, '__cells__.ts');
    this.#globalsFile = join(dirname(options.publicModule), '__globals__.ts');
    this.#setText(this.#cellFile, 'export {};');
    this.#setText(
      this.#globalsFile,
      `import * as millrace from './${options.publicModule.slice(dirname(options.publicModule).length + 1)}'; export { millrace };`,
    );
    this.service = ts.createLanguageService(this.#host(), ts.createDocumentRegistry());
    this.#declareGlobals();
  }

  /** Makes `module` the text of the cells' file. @returns the file's name, for queries to `service` */
  show(module: CellModule): string {
    this.#setText(this.#cellFile, module.text);
    return this.#cellFile;
  }

  #declareGlobals(): void {
    const program = this.service.getProgram();
    const source = program?.getSourceFile(this.#options.publicModule);
    const symbol = source === undefined ? undefined : program?.getTypeChecker().getSymbolAtLocation(source);
    const exported = symbol === undefined ? [] : (program?.getTypeChecker().getExportsOfModule(symbol) ?? []);
    const values = exported
      .filter((one) => (aliased(program, one).flags & ts.SymbolFlags.Value) !== 0)
      .map((one) => one.name);
    this.#setText(this.#globalsFile, this.#options.globals(values));
  }

  #setText(file: string, text: string): void {
    const before = this.#texts.get(file);
    if (before?.text !== text) this.#texts.set(file, { text, version: (before?.version ?? 0) + 1 });
  }

  #host(): ts.LanguageServiceHost {
    const options: ts.CompilerOptions = {
      ...COMPILER_OPTIONS,
      typeRoots: [this.#options.typesFolder],
      paths: { millrace: [this.#options.publicModule] },
    };
    return {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [...this.#texts.keys()],
      getScriptVersion: (file) => String(this.#texts.get(file)?.version ?? 0),
      getScriptSnapshot: (file) => this.#snapshot(file),
      getCurrentDirectory: () => this.#options.cwd,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (file) => this.#texts.has(file) || ts.sys.fileExists(file),
      readFile: (file, encoding) => this.#texts.get(file)?.text ?? ts.sys.readFile(file, encoding),
      readDirectory: (...args) => ts.sys.readDirectory(...args),
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
      realpath: (path) => ts.sys.realpath?.(path) ?? path,
    };
  }

  #snapshot(file: string): ts.IScriptSnapshot | undefined {
    const virtual = this.#texts.get(file);
    if (virtual !== undefined) return ts.ScriptSnapshot.fromString(virtual.text);
    const known = this.#snapshots.get(file);
    if (known !== undefined) return known;
    const text = ts.sys.readFile(file);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    this.#snapshots.set(file, snapshot);
    return snapshot;
  }
}

function aliased(program: ts.Program | undefined, symbol: ts.Symbol): ts.Symbol {
  if (program === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol;
  return program.getTypeChecker().getAliasedSymbol(symbol);
}
