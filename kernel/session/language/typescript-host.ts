/** TypeScript's language service over the module of all cells (cell-document.ts) and the declarations of the globals. */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { CellModule } from './cell-document.ts';

export interface TypeScriptHostOptions {
  /** The notebook's folder: where its imports are resolved. */
  readonly cwd: string;
  /** The module that `import … from 'millrace'` means, as TypeScript. */
  readonly publicModule: string;
  /** The type, exported by the public module, whose properties are the values that cells have without an import. */
  readonly globalsType: string;
  /** The folder with Node's declarations: node_modules/@types. */
  readonly typesFolder: string;
  /** Declarations of the names that cells have without an import, given what the public module exports. */
  readonly globals: (exported: readonly ExportedName[]) => string;
}

export interface ExportedName {
  readonly name: string;
  /** A value that cells have without an import. */
  readonly isValue: boolean;
  /** How many parameters the type of this name has; undefined where there is no such type. */
  readonly typeParameterCount: number | undefined;
  /** Its JSDoc as source text, empty where it has none. */
  readonly documentation: string;
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
    const checker = program?.getTypeChecker();
    const source = program?.getSourceFile(this.#options.publicModule);
    const symbol = source === undefined ? undefined : checker?.getSymbolAtLocation(source);
    if (checker === undefined || symbol === undefined) return;
    const exports = checker.getExportsOfModule(symbol);
    const globals = exports.find(({ name }) => name === this.#options.globalsType);
    const names = globals === undefined ? [] : checker.getDeclaredTypeOfSymbol(globals).getProperties();
    const isGlobal = new Set(names.map(({ name }) => name));
    const exported = exports.map((one) => exportedName(checker, one));
    this.#setText(
      this.#globalsFile,
      this.#options.globals(exported.map((one) => ({ ...one, isValue: one.isValue && isGlobal.has(one.name) }))),
    );
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

function exportedName(checker: ts.TypeChecker, symbol: ts.Symbol): ExportedName {
  const meant = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const isType = (meant.flags & ts.SymbolFlags.Type) !== 0;
  return {
    name: symbol.name,
    isValue: (meant.flags & ts.SymbolFlags.Value) !== 0,
    typeParameterCount: isType ? typeParameterCount(meant) : undefined,
    documentation: documentation(meant),
  };
}

function typeParameterCount({ declarations = [] }: ts.Symbol): number {
  for (const declaration of declarations) {
    if (ts.isClassLike(declaration) || ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
      return declaration.typeParameters?.length ?? 0;
  }
  return 0;
}

/** The comment as it stands before the declaration: that of a constant belongs to its statement. */
function documentation({ declarations = [] }: ts.Symbol): string {
  const [declaration] = declarations;
  if (declaration === undefined) return '';
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const text = node.getSourceFile().text;
  const comments = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const last = comments.map(({ pos, end }) => text.slice(pos, end)).findLast((comment) => comment.startsWith('/**'));
  return last ?? '';
}
