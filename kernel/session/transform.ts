/**
 * A cell's TypeScript → the text of one function that takes the session's helpers and the boxes of the names it uses.
 *
 *   const a = b + 1; a   →   (function(__i,…,__b_a,__b_b){"use strict"; __b_a.v = __b_b.v + 1; return (__b_a.v); })
 *
 * Only names of the cell's top level and names from outside are rewritten; what a function or a block declares stays a
 * local. Loops and catch clauses test the interrupt flag; awaits can be ended by an interrupt.
 */
import MagicString from 'magic-string';
import type {
  ClassDeclaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Expression,
  FunctionDeclaration,
  ImportDeclaration,
  ModuleDeclaration,
  Statement,
  VariableDeclaration,
} from 'acorn';
import { MillraceError } from '../core/errors.ts';
import { analyzeNames, type CellNames, type Reference, type Site } from './analyze-names.ts';
import { parseModule, type Program } from './ast.ts';
import { endsWithSemicolon, stripTypes, type SourceMapText, type StrippedSource } from './strip-types.ts';

/** Names of the helpers in the generated text, in the order of the function's first parameters. */
export const HELPER_NAMES = {
  flag: '__i',
  interrupted: '__t',
  awaiting: '__a',
  awaited: '__w',
  caught: '__e',
  importModule: '__m',
  pick: '__p',
  meta: '__u',
  unresolved: '__g',
  constants: '__k',
  typeOf: '__y',
  ready: '__z',
  initialize: '__n',
} as const;
export const BOX_PREFIX = '__b_';

/** What the transform asks of the names that exist when the cell is compiled. */
export interface KnownNames {
  /** undefined: no such name. */
  assignable(name: string): boolean | undefined;
  isGlobal(name: string): boolean;
}

export interface CellMaps {
  readonly generated: SourceMapText;
  readonly stripped: SourceMapText | undefined;
  readonly columnShift: number;
}

export interface CompiledCell {
  /** An expression: the function, to be called with the helpers and then the boxes in the order of `boxNames`. */
  readonly text: string;
  readonly boxNames: readonly string[];
  /** Names that the cell declares; later cells may assign to them or not. */
  readonly declared: ReadonlyMap<string, { readonly assignable: boolean }>;
  readonly isAsync: boolean;
  /** Something in it may take time, and be interrupted. */
  readonly mayTakeTime: boolean;
  readonly hasResult: boolean;
  /** Generated text → what oxc printed → the cell; made at the first error. */
  readonly maps: () => CellMaps;
}

/** @throws CellSyntaxError */
export function compileCell(code: string, known: KnownNames): CompiledCell {
  const stripped = stripCell(code);
  const program = parseModule(stripped.code);
  return new CellWriter(stripped, program, known).write({ wantsResult: !endsWithSemicolon(code) });
}

/** A cell that is one object literal, `{ a: 1 }`, is taken for that and not for a block. */
function stripCell(code: string): StrippedSource {
  if (/^\s*\{[\s\S]*\}\s*$/.test(code)) {
    try {
      return { ...stripTypes(`(${code}\n)`), columnShift: 1 };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return stripTypes(code);
}

interface Wrap {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

class CellWriter {
  readonly #source: string;
  readonly #text: MagicString;
  readonly #stripped: StrippedSource;
  readonly #program: Program;
  readonly #known: KnownNames;
  readonly #names: CellNames;
  readonly #declared = new Map<string, { assignable: boolean }>();
  readonly #boxNames = new Set<string>();
  readonly #prologue: string[] = [];
  /** Insertions wait until all replacements are made, which would clear them. */
  readonly #wraps: Wrap[] = [];
  readonly #points: { readonly at: number; readonly text: string }[] = [];
  #importsModules = false;
  #hasResult = false;

  constructor(stripped: StrippedSource, program: Program, known: KnownNames) {
    this.#source = stripped.code;
    this.#stripped = stripped;
    this.#text = new MagicString(stripped.code);
    this.#program = program;
    this.#known = known;
    this.#names = analyzeNames(program);
    for (const [name, { kind }] of this.#names.declared) {
      this.#declared.set(name, { assignable: kind !== 'const' && kind !== 'import' });
    }
    for (const { node, role } of this.#names.references) {
      if (role === 'write' && !this.#declared.has(node.name) && this.#isNew(node.name)) {
        this.#declared.set(node.name, { assignable: true });
      }
    }
  }

  write(options: { readonly wantsResult: boolean }): CompiledCell {
    for (const reference of this.#names.references) this.#writeReference(reference);
    for (const [name, { kind }] of this.#names.declared) if (kind === 'var') this.#initialize(name);
    for (const declaration of this.#names.declarations) this.#writeDeclaration(declaration);
    for (const site of this.#names.sites) this.#writeSite(site);
    this.#program.body.forEach((statement) => this.#writeStatement(statement));
    if (options.wantsResult) this.#writeResult();
    this.#insert();
    const isAsync = this.#names.hasTopLevelAwait || this.#importsModules;
    const boxNames = [...this.#boxNames];
    const parameters = [...Object.values(HELPER_NAMES), ...boxNames.map((name) => BOX_PREFIX + name)].join(',');
    this.#text.prepend(`(${isAsync ? 'async ' : ''}function(${parameters}){"use strict";${this.#prologue.join('')}`);
    this.#text.append('\n})');
    return {
      text: this.#text.toString(),
      boxNames,
      declared: this.#declared,
      isAsync,
      mayTakeTime: this.#names.mayTakeTime,
      hasResult: this.#hasResult,
      maps: () => ({
        generated: this.#generatedMap(),
        stripped: this.#stripped.map,
        columnShift: this.#stripped.columnShift,
      }),
    };
  }

  #generatedMap(): SourceMapText {
    const { version, sources, names, mappings } = this.#text.generateMap({ hires: 'boundary', source: 'cell' });
    return { version, sources, names, mappings };
  }

  #isNew(name: string): boolean {
    return this.#known.assignable(name) === undefined && !this.#known.isGlobal(name);
  }

  #box(name: string): string {
    this.#boxNames.add(name);
    return `${BOX_PREFIX}${name}.v`;
  }

  // ── names ──

  #writeReference(reference: Reference): void {
    const { node, role, shorthand } = reference;
    const replacement = this.#replacement(reference);
    if (replacement === undefined) return;
    if (role === 'typeof') {
      // The operator goes, its operand may stand in parentheses: `typeof (x)` → `__y("x")` in two steps.
      const from = this.#source.lastIndexOf('typeof', node.start);
      this.#text.remove(from, from + 'typeof'.length);
    }
    this.#text.update(node.start, node.end, `${shorthand ? `${node.name}: ` : ''}${replacement}`);
  }

  /** undefined: the name stays as it is, a global of the language. */
  #replacement({ node: { name, start }, role }: Reference): string | undefined {
    const own = this.#names.declared.get(name);
    const assignable = this.#declared.get(name)?.assignable ?? this.#known.assignable(name);
    if (assignable === undefined) {
      if (this.#known.isGlobal(name) || name === 'undefined' || name === 'eval') return undefined;
      if (role === 'typeof') return `${HELPER_NAMES.typeOf}(${JSON.stringify(name)})`;
      const property = `${HELPER_NAMES.unresolved}.${name}`;
      return role === 'call' ? `(0,${property})` : property;
    }
    if (role === 'typeof') return `${HELPER_NAMES.typeOf}(${JSON.stringify(name)})`;
    const writes = role === 'write' || role === 'update';
    if (writes && !assignable) return `${HELPER_NAMES.constants}.${name}`;
    const box = this.#box(name);
    if (role === 'declare' || role === 'write') return box;
    const isEarly = own !== undefined && start < own.readyAt && role !== 'update';
    if (isEarly) return `(${HELPER_NAMES.ready}(${box},${JSON.stringify(name)}))`;
    return role === 'call' ? `(0,${box})` : box;
  }

  /** `const a = 1, { b } = o` → `a.v = 1, ({ b: b.v } = o)`. The names were written as references. */
  #writeDeclaration(node: VariableDeclaration): void {
    const first = node.declarations[0];
    if (first === undefined) return;
    if (node.kind === 'using' || node.kind === 'await using') {
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `"${node.kind}" in a cell`,
        remedy: 'Use const, and try { … } finally { … } to dispose.',
      });
    }
    this.#text.remove(node.start, first.start);
    for (const { id, init, start, end } of node.declarations) {
      if (id.type !== 'Identifier' && init) this.#wrap(start, end, '(', ')');
      if (id.type !== 'Identifier') continue;
      if (init) this.#nameFunction(id.name, init);
      else if (node.kind !== 'var') this.#points.push({ at: end, text: ' = void 0' });
    }
  }

  #initialize(name: string): void {
    this.#boxNames.add(name);
    this.#prologue.push(`${HELPER_NAMES.initialize}(${BOX_PREFIX}${name});`);
  }

  /** A function takes its name from the variable it is assigned to; from a box's property it would get none. */
  #nameFunction(name: string, init: Expression): void {
    const isAnonymous =
      init.type === 'ArrowFunctionExpression' ||
      ((init.type === 'FunctionExpression' || init.type === 'ClassExpression') && !init.id);
    if (isAnonymous) this.#wrap(init.start, init.end, `{${name}: `, `}.${name}`);
  }

  #wrap(start: number, end: number, before: string, after: string): void {
    this.#wraps.push({ start, end, before, after });
  }

  /** Inner wraps before outer ones, so that they nest; of two around the same text, the later one is the outer. */
  #insert(): void {
    for (const { at, text } of this.#points) this.#text.appendLeft(at, text);
    this.#wraps.sort((a, b) => b.start - a.start || a.end - b.end);
    for (const { start, end, before, after } of this.#wraps) {
      this.#text.prependRight(start, before);
      this.#text.appendLeft(end, after);
    }
  }

  // ── statements of the top level ──

  #writeStatement(node: Statement | ModuleDeclaration): void {
    if (node.type === 'FunctionDeclaration') this.#hoist(node.id.name);
    else if (node.type === 'ClassDeclaration') this.#wrap(node.start, node.end, `${this.#box(node.id.name)} = `, ';');
    else if (node.type === 'ImportDeclaration') this.#writeImport(node);
    else if (node.type === 'ExportNamedDeclaration') this.#writeNamedExport(node);
    else if (node.type === 'ExportDefaultDeclaration') this.#writeDefaultExport(node);
    else if (node.type === 'ExportAllDeclaration') {
      this.#text.remove(node.start, node.end);
      this.#importForEffect(node.source.raw ?? '""');
    }
  }

  /** The function stays a local, which the language hoists; its box has it from the cell's start. */
  #hoist(name: string): void {
    this.#boxNames.add(name);
    this.#prologue.push(`${BOX_PREFIX}${name}.v=${name};`);
  }

  #writeNamedExport(node: ExportNamedDeclaration): void {
    if (node.declaration) {
      this.#text.remove(node.start, node.declaration.start);
      this.#writeStatement(node.declaration);
      return;
    }
    this.#text.remove(node.start, node.end);
    if (node.source) this.#importForEffect(node.source.raw ?? '""');
  }

  #writeDefaultExport({ start, declaration }: ExportDefaultDeclaration): void {
    this.#text.remove(start, declaration.start);
    if (declaration.type !== 'FunctionDeclaration' && declaration.type !== 'ClassDeclaration') return;
    if (hasId(declaration)) this.#writeStatement(declaration);
    else this.#wrap(declaration.start, declaration.end, '(', ');');
  }

  #importForEffect(source: string): void {
    this.#importsModules = true;
    this.#prologue.push(
      `${HELPER_NAMES.awaited}(await ${HELPER_NAMES.awaiting}(${HELPER_NAMES.importModule}(${source})));`,
    );
  }

  #writeImport(node: ImportDeclaration): void {
    this.#text.remove(node.start, node.end);
    this.#importsModules = true;
    const source = node.source.raw ?? '""';
    const module = `${HELPER_NAMES.awaited}(await ${HELPER_NAMES.awaiting}(${HELPER_NAMES.importModule}(${source})))`;
    const picks = node.specifiers.map((specifier) => {
      const imported =
        specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : specifier.type === 'ImportNamespaceSpecifier'
            ? undefined
            : specifier.imported.type === 'Identifier'
              ? specifier.imported.name
              : String(specifier.imported.value);
      const box = this.#box(specifier.local.name);
      return imported === undefined
        ? `${box}=m;`
        : `${box}=${HELPER_NAMES.pick}(m,${JSON.stringify(imported)},${source});`;
    });
    this.#prologue.push(picks.length === 0 ? `${module};` : `{const m=${module};${picks.join('')}}`);
  }

  #writeResult(): void {
    const last = this.#program.body.at(-1);
    const expression =
      last?.type === 'ExpressionStatement'
        ? last.expression
        : last?.type === 'ExportDefaultDeclaration'
          ? last.declaration
          : undefined;
    if (last === undefined || expression === undefined) return;
    if (expression.type === 'FunctionDeclaration' || expression.type === 'ClassDeclaration') return;
    this.#hasResult = true;
    const end = this.#source.charAt(last.end - 1) === ';' ? last.end - 1 : last.end;
    const start = last.type === 'ExpressionStatement' ? last.start : expression.start;
    this.#wrap(start, end, 'return (', ')');
  }

  // ── interrupts and modules, wherever they stand ──

  #writeSite(site: Site): void {
    const check = `if(${HELPER_NAMES.flag}[0])${HELPER_NAMES.interrupted}();`;
    switch (site.type) {
      case 'AwaitExpression':
        this.#wrap(site.start, site.end, `${HELPER_NAMES.awaited}(`, '))');
        this.#points.push({ at: site.start + 'await'.length, text: ` ${HELPER_NAMES.awaiting}(` });
        return;
      case 'CatchClause': {
        const cleaned = site.param?.type === 'Identifier' ? `${HELPER_NAMES.caught}(${site.param.name});` : '';
        this.#insertInBlock(site.body.start, check + cleaned);
        return;
      }
      case 'ImportExpression':
        this.#text.update(site.start, site.start + 'import'.length, HELPER_NAMES.importModule);
        return;
      case 'MetaProperty':
        if (site.meta.name === 'import') this.#text.update(site.start, site.end, HELPER_NAMES.meta);
        return;
      case 'DoWhileStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'ForStatement':
      case 'WhileStatement': {
        const { body } = site;
        const isAsync = site.type === 'ForOfStatement' && site.await;
        const checks = isAsync ? `${check}${HELPER_NAMES.awaited}();` : check;
        if (body.type === 'BlockStatement') this.#insertInBlock(body.start, checks);
        else this.#wrap(body.start, body.end, `{${checks}`, '}');
      }
    }
  }

  #insertInBlock(blockStart: number, text: string): void {
    this.#points.push({ at: blockStart + 1, text });
  }
}

/** acorn's type says that a default export always has a name; `export default class {}` has none. */
function hasId(node: { readonly id: unknown }): node is FunctionDeclaration | ClassDeclaration {
  return node.id !== null;
}
