/**
 * Node's loader hooks for files beside a notebook; an entry of its own, which runs in the hooks thread.
 *
 * - `./file`, `./file.js` find `./file.ts` where only that exists.
 * - TypeScript is stripped by oxc, JSON becomes a module without import attributes.
 * - A local file's URL carries a fingerprint of its content and of the local files it imports: an unchanged file stays
 *   the same module, a changed one and what imports it are evaluated anew.
 * - The modules of the running package are taken from the main thread's own instance, never loaded twice.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from 'oxc-transform';
import { childrenOf, parseModule, type AnyNode } from '../ast.ts';
import { FINGERPRINT, PROVIDED_SLOT, type ModuleHooksData } from './module-loader.ts';

interface Resolved {
  readonly url: string;
  readonly format?: string | null;
  readonly shortCircuit?: boolean;
}
interface Loaded {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: true;
}
interface ResolveContext {
  readonly parentURL?: string;
}
interface LocalFile {
  readonly stamp: string;
  readonly code: string;
  readonly hash: string;
  readonly imports: readonly string[];
}

const PROVIDED_SCHEME = 'millrace-provided:';
const CANDIDATES = ['.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];
const SOURCE_EXTENSIONS = new Set(['.ts', '.mts', '.js', '.mjs', '.json']);

const provided = new Map<string, readonly string[]>();
const files = new Map<string, LocalFile>();

export function initialize(data: ModuleHooksData): void {
  for (const [name, exports] of Object.entries(data.provided)) provided.set(name, exports);
}

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<Resolved>,
): Promise<Resolved> {
  if (provided.has(specifier)) return { url: PROVIDED_SCHEME + specifier, format: 'module', shortCircuit: true };
  const path = localPath(specifier, context.parentURL);
  if (path === undefined) return next(specifier, context);
  const url = pathToFileURL(path);
  url.searchParams.set(FINGERPRINT, fingerprint(path, new Set()));
  return { url: url.href, format: 'module', shortCircuit: true };
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  if (url.startsWith(PROVIDED_SCHEME))
    return { format: 'module', source: providedSource(url.slice(PROVIDED_SCHEME.length)), shortCircuit: true };
  if (!url.startsWith('file:') || !new URL(url).searchParams.has(FINGERPRINT)) return next(url, context);
  return { format: 'module', source: readLocal(fileURLToPath(url)).code, shortCircuit: true };
}

function providedSource(name: string): string {
  const slot = `globalThis[Symbol.for(${JSON.stringify(PROVIDED_SLOT)})][${JSON.stringify(name)}]`;
  const exports = (provided.get(name) ?? []).filter(
    (exported) => exported !== 'default' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(exported),
  );
  const names = exports.map(
    (exported, index) => `const e${index} = module.${exported}; export { e${index} as ${exported} };`,
  );
  return [`const module = ${slot};`, ...names, 'export default module.default;'].join('\n');
}

/** The path of a relative or absolute file outside node_modules that these hooks take care of. */
function localPath(specifier: string, parentUrl: string | undefined): string | undefined {
  const isRelative = specifier.startsWith('./') || specifier.startsWith('../');
  if (!isRelative && !specifier.startsWith('file:')) return undefined;
  if (isRelative && parentUrl?.startsWith('file:') !== true) return undefined;
  const path = isRelative
    ? resolvePath(dirname(fileURLToPath(parentUrl ?? '')), stripQuery(specifier))
    : fileURLToPath(specifier);
  if (path.includes('/node_modules/')) return undefined;
  const file = existingFile(path);
  return file !== undefined && extname(file) === '.js' && isCommonJs(readLocal(file).code) ? undefined : file;
}

/** Such a file is left to Node's own loader: it takes part in no reloading. */
function isCommonJs(code: string): boolean {
  return /\b(module\.exports|exports\.\w+\s*=|require\()/.test(code) && !/^\s*(import|export)\b/m.test(code);
}

function stripQuery(specifier: string): string {
  return specifier.replace(/[?#].*$/, '');
}

function existingFile(path: string): string | undefined {
  if (isFile(path)) return SOURCE_EXTENSIONS.has(extname(path)) ? path : undefined;
  const typed = path.replace(/\.(m?)js$/, '.$1ts');
  if (typed !== path && isFile(typed)) return typed;
  return CANDIDATES.map((ending) => path + ending).find(isFile);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Changes when the file or anything local that it imports changes. Cycles end at the file's own hash. */
function fingerprint(path: string, seen: Set<string>): string {
  const file = readLocal(path);
  if (seen.has(path)) return file.hash;
  seen.add(path);
  const hash = createHash('sha1').update(file.hash);
  for (const specifier of file.imports) {
    const imported = localPath(specifier, pathToFileURL(path).href);
    if (imported !== undefined) hash.update(fingerprint(imported, seen));
  }
  return hash.digest('hex').slice(0, 16);
}

function readLocal(path: string): LocalFile {
  const { mtimeMs, size, ino } = statSync(path);
  const stamp = `${mtimeMs}:${size}:${ino}`;
  const known = files.get(path);
  if (known?.stamp === stamp) return known;
  const text = readFileSync(path, 'utf8');
  const code = toJavaScript(path, text);
  const file = { stamp, code, hash: createHash('sha1').update(text).digest('hex'), imports: importsOf(code) };
  files.set(path, file);
  return file;
}

/** @throws SyntaxError that names the file and the place */
function toJavaScript(path: string, text: string): string {
  const extension = extname(path);
  if (extension === '.json') return `export default ${JSON.stringify(JSON.parse(text))};`;
  if (extension !== '.ts' && extension !== '.mts') return text;
  const { code, errors, map } = transformSync(path, text, { lang: 'ts', sourceType: 'module', sourcemap: true });
  const [error] = errors;
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}\n${error.codeframe ?? ''}`);
  const encoded = Buffer.from(JSON.stringify({ ...map, sourcesContent: undefined })).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

/** The specifiers of static imports, re-exports and `import('…')` with a literal. */
function importsOf(code: string): string[] {
  const found: string[] = [];
  const visit = (node: AnyNode): void => {
    if ('source' in node && node.source && node.source.type === 'Literal' && typeof node.source.value === 'string')
      found.push(node.source.value);
    for (const child of childrenOf(node)) visit(child);
  };
  try {
    visit(parseModule(code));
  } catch (error) {
    // Node's own loader reports what is wrong with the text, with its place.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return found;
}
