/**
 * dist/types: the declarations of the public module, which completion and `import … from 'millrace'` read. Declarations are
 * a fifth of the sources behind them, so the first completion comes a second sooner. With them comes dist/typescript.cache.
 * Nothing is done where the sources are those of the last build.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTypeScript } from './load-typescript.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = join(ROOT, 'dist/types');
const STAMP = join(ROOT, 'dist/types.hash');
const CACHE = join(ROOT, 'dist/typescript.cache');
const ENTRIES = ['kernel/index.ts', 'kernel/session/display-api.ts'];
/** Whose types the public module shows. */
const SOURCES = [
  ...['api', 'arrow', 'core', 'expr', 'functions', 'plan'].map((room) => `kernel/${room}`),
  ...['kernel/index.ts', 'kernel/session/contract.ts', 'kernel/session/display-api.ts', 'package-lock.json'],
];

export function buildTypes() {
  const hash = sourcesHash();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  rmSync(CACHE, { force: true });
  const { ts, script } = loadTypeScript(CACHE);
  emitDeclarations(ts);
  complete(ts);
  writeFileSync(CACHE, script.createCachedData());
  writeFileSync(STAMP, hash);
}

/** Without checking: that is `npm run typecheck`. */
function emitDeclarations(ts) {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  rmSync(OUTPUT, { recursive: true, force: true });
  const program = ts.createProgram(
    ENTRIES.map((entry) => join(ROOT, entry)),
    {
      ...options,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      noCheck: true,
      outDir: OUTPUT,
      rootDir: ROOT,
    },
  );
  const { diagnostics } = program.emit();
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(ts.flattenDiagnosticMessageText(first.messageText, '\n'));
}

/** One completion, so that the code cache has the functions that completion needs. */
function complete(ts) {
  const file = join(ROOT, 'cell.ts');
  const text = "import { lit } from './dist/types/kernel/index.d.ts'; lit(1).";
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      module: ts.ModuleKind.ESNext,
      types: [],
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const found = name === file ? text : ts.sys.readFile(name);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
  });
  service.getCompletionsAtPosition(file, text.length, {});
  service.getQuickInfoAtPosition(file, text.lastIndexOf('lit'));
}

function sourcesHash() {
  const hash = createHash('sha256').update(process.version);
  for (const source of SOURCES) {
    const path = join(ROOT, source);
    const files = source.includes('.')
      ? [path]
      : readdirSync(path, { recursive: true })
          .filter((name) => name.endsWith('.ts'))
          .sort()
          .map((name) => join(path, name));
    for (const file of files) hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}
