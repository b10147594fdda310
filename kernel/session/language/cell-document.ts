/**
 * All cells so far as one TypeScript module, so that the language service sees what a new cell sees.
 *
 * ```
 * import …              imports of all cells, hoisted; the last one of a name counts
 * {  cell 1             each cell opens a block inside the one before: a later declaration of a name
 * {  cell 2             shadows an earlier one, which is what redeclaring it means in a notebook
 * {  the cell in question
 * }}}
 * ```
 * `prefix` is what stands before the cell in question: a place in the cell is that place in the module plus its length.
 */
import ts from 'typescript';

/** Deeper nesting costs the checker its stack; older cells then share the outermost block. */
const DEPTH_MAX = 150;

interface NotedCell {
  readonly body: string;
  readonly imports: readonly NotedImport[];
}

interface NotedImport {
  readonly text: string;
  /** Its place in its cell. */
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
}

export interface CellModule {
  readonly text: string;
  /** UTF-16 units before the cell in question. */
  readonly prefix: number;
}

export class CellDocument {
  readonly #cells: NotedCell[] = [];

  /** A cell that ran. Magics are no TypeScript and are left out. */
  note(code: string): void {
    const cell = splitCell(withoutMagics(code));
    if (cell.body.trim() !== '' || cell.imports.length > 0) this.#cells.push(cell);
  }

  /** The module in which `code` is the last cell. */
  moduleFor(code: string, cursor: number): CellModule {
    const current = splitCell(withoutMagics(code));
    // An import cannot stand in a block, and what earlier cells declared does not matter in one.
    if (current.imports.some(({ start, end }) => cursor > start && cursor <= end)) {
      return { text: `export {};\n${withoutMagics(code)}`, prefix: 'export {};\n'.length };
    }
    const imports = latestImports([...this.#cells, current].flatMap((cell) => cell.imports));
    const nested = this.#cells.slice(-DEPTH_MAX);
    const older = this.#cells.slice(0, -DEPTH_MAX);
    const before = [
      'export {};',
      ...imports,
      ...older.map((cell) => `{ ${cell.body}\n}`),
      ...nested.map((cell) => `{ ${cell.body}\n`),
      '{ ',
    ].join('\n');
    return { text: `${before}${current.body}\n${'}'.repeat(nested.length + 1)}`, prefix: before.length };
  }
}

/** Lines of magics blanked out, all places kept. */
function withoutMagics(code: string): string {
  if (!/^\s*%/.test(code)) return code;
  if (/^\s*%%(?!time)/.test(code)) return code.replace(/[^\n]/g, ' ');
  return code.replace(/^[ \t]*%%?[A-Za-z]+/gm, (magic) => ' '.repeat(magic.length));
}

function splitCell(code: string): NotedCell {
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
  const imports: NotedImport[] = [];
  let body = code;
  const blank = (start: number, end: number): void => {
    body = body.slice(0, start) + body.slice(start, end).replace(/[^\n]/g, ' ') + body.slice(end);
  };
  for (const statement of source.statements) {
    const start = statement.getStart(source);
    if (ts.isImportDeclaration(statement)) {
      imports.push({
        text: code.slice(start, statement.end),
        start,
        end: statement.end,
        names: importedNames(statement),
      });
      blank(start, statement.end);
    } else if (ts.canHaveModifiers(statement)) {
      for (const modifier of ts.getModifiers(statement) ?? []) {
        if (modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword) {
          blank(modifier.getStart(source), modifier.end);
        }
      }
    }
  }
  return { body, imports };
}

function importedNames(statement: ts.ImportDeclaration): readonly string[] {
  const clause = statement.importClause;
  if (clause === undefined) return [];
  const names = clause.name === undefined ? [] : [clause.name.text];
  const bindings = clause.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, bindings.name.text];
  return [...names, ...bindings.elements.map((element) => element.name.text)];
}

/** An import all of whose names are imported again later is left out, for they would collide. */
function latestImports(imports: readonly NotedImport[]): readonly string[] {
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const { text, names } of [...imports].reverse()) {
    if (names.length > 0 && names.every((name) => seen.has(name))) continue;
    names.forEach((name) => seen.add(name));
    kept.unshift(text);
  }
  return kept;
}
