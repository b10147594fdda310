/**
 * Which names a cell declares at its top level, and every place that refers to such a name or to one from outside the
 * cell. Names of functions, blocks and classes inside the cell are resolved here and never reported.
 *
 * One walk collects declarations and references with the scope they stand in; references are resolved afterwards,
 * because `var` and functions are visible before their declaration.
 */
import type { Identifier, Pattern, VariableDeclaration } from 'acorn';
import { childrenOf, type AnyNode, type Program } from './ast.ts';

export type DeclarationKind = 'const' | 'let' | 'var' | 'function' | 'class' | 'import';

export interface TopLevelName {
  readonly kind: DeclarationKind;
  /** Before this offset the name has no value yet; 0 for functions, imports and `var`. */
  readonly readyAt: number;
}

/** What a reference does with its name. `declare`: the identifier in a top-level declaration, a write. */
export type ReferenceRole = 'read' | 'call' | 'typeof' | 'write' | 'update' | 'declare';

export interface Reference {
  readonly node: Identifier;
  readonly role: ReferenceRole;
  /** `{ x }`: the rewritten name needs its key back. */
  readonly shorthand: boolean;
}

export interface CellNames {
  readonly declared: ReadonlyMap<string, TopLevelName>;
  /** References to declared names and to names from outside. */
  readonly references: readonly Reference[];
  /** Declarations of `var`, `let`, `const` whose names belong to the cell. */
  readonly declarations: readonly VariableDeclaration[];
  /** Loops, catch clauses, awaits, `import()` and `import.meta`, which the transform rewrites wherever they stand. */
  readonly sites: readonly Site[];
  readonly hasTopLevelAwait: boolean;
}

export type Site = Extract<AnyNode, { type: SiteType }>;

const SITE_TYPES = {
  AwaitExpression: true,
  CatchClause: true,
  DoWhileStatement: true,
  ForInStatement: true,
  ForOfStatement: true,
  ForStatement: true,
  ImportExpression: true,
  MetaProperty: true,
  WhileStatement: true,
} as const;
type SiteType = keyof typeof SITE_TYPES;

function isSite(node: AnyNode): node is Site {
  return Object.hasOwn(SITE_TYPES, node.type);
}

class Scope {
  readonly names = new Set<string>();
  readonly parent: Scope | undefined;
  /** The scope in which `var` lands. */
  readonly functionScope: Scope;

  constructor(parent: Scope | undefined, kind: 'block' | 'function') {
    this.parent = parent;
    this.functionScope = kind === 'function' || parent === undefined ? this : parent.functionScope;
  }
}

type PendingReference = Reference & { readonly scope: Scope };

export function analyzeNames(program: Program): CellNames {
  return new Analysis().run(program);
}

class Analysis {
  readonly #cell = new Scope(undefined, 'function');
  readonly #declared = new Map<string, TopLevelName>();
  readonly #pending: PendingReference[] = [];
  readonly #declarations: VariableDeclaration[] = [];
  readonly #sites: Site[] = [];
  #hasTopLevelAwait = false;

  run(program: Program): CellNames {
    for (const statement of program.body) this.#visit(statement, this.#cell);
    return {
      declared: this.#declared,
      references: this.#pending.filter(({ node, scope }) => this.#ownerOf(node.name, scope) === undefined),
      declarations: this.#declarations,
      sites: this.#sites,
      hasTopLevelAwait: this.#hasTopLevelAwait,
    };
  }

  /** The scope inside the cell that declares the name; undefined for the cell's own and for outer names. */
  #ownerOf(name: string, from: Scope): Scope | undefined {
    for (let scope: Scope | undefined = from; scope !== undefined && scope !== this.#cell; scope = scope.parent) {
      if (scope.names.has(name)) return scope;
    }
    return undefined;
  }

  #declare(name: string, scope: Scope, top: TopLevelName): void {
    scope.names.add(name);
    if (scope === this.#cell) this.#declared.set(name, top);
  }

  #refer(node: Identifier, scope: Scope, role: ReferenceRole, shorthand = false): void {
    this.#pending.push({ node, role, shorthand, scope });
  }

  #visitAll(nodes: readonly (AnyNode | null | undefined)[], scope: Scope): void {
    for (const node of nodes) if (node !== null && node !== undefined) this.#visit(node, scope);
  }

  #visit(node: AnyNode, scope: Scope): void {
    if (isSite(node)) this.#sites.push(node);
    switch (node.type) {
      case 'Identifier':
        return this.#refer(node, scope, 'read');
      case 'FunctionDeclaration':
        if (hasId(node)) this.#declare(node.id.name, scope, { kind: 'function', readyAt: 0 });
        return this.#visitFunction(node, scope);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#visitFunction(node, scope);
      case 'ClassDeclaration':
        if (hasId(node)) this.#declare(node.id.name, scope, { kind: 'class', readyAt: node.end });
        return this.#visitClass(node, scope);
      case 'ClassExpression':
        return this.#visitClass(node, scope);
      case 'VariableDeclaration':
        return this.#visitVariables(node, scope);
      case 'ImportDeclaration':
        for (const specifier of node.specifiers)
          this.#declare(specifier.local.name, scope, { kind: 'import', readyAt: 0 });
        return;
      case 'ExportNamedDeclaration':
        return this.#visitAll([node.declaration], scope);
      case 'ExportAllDeclaration':
        return;
      default:
        return this.#visitExpression(node, scope);
    }
  }

  #visitExpression(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'MemberExpression':
        return this.#visitAll([node.object, node.computed ? node.property : undefined], scope);
      case 'PropertyDefinition':
        this.#visitAll([node.computed ? node.key : undefined], scope);
        return this.#visitAll([node.value], new Scope(scope, 'function'));
      case 'MethodDefinition':
        return this.#visitAll([node.computed ? node.key : undefined, node.value], scope);
      case 'Property':
        if (node.shorthand && node.value.type === 'Identifier') return this.#refer(node.value, scope, 'read', true);
        return this.#visitAll([node.computed ? node.key : undefined, node.value], scope);
      case 'CallExpression':
        this.#visitCallee(node.callee, scope);
        return this.#visitAll(node.arguments, scope);
      case 'TaggedTemplateExpression':
        this.#visitCallee(node.tag, scope);
        return this.#visit(node.quasi, scope);
      case 'AssignmentExpression':
        if (node.left.type === 'Identifier') this.#refer(node.left, scope, node.operator === '=' ? 'write' : 'update');
        else this.#visitTarget(node.left, scope, 'write');
        return this.#visit(node.right, scope);
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier') return this.#refer(node.argument, scope, 'update');
        return this.#visit(node.argument, scope);
      case 'UnaryExpression':
        if (node.operator === 'typeof' && node.argument.type === 'Identifier')
          return this.#refer(node.argument, scope, 'typeof');
        return this.#visit(node.argument, scope);
      case 'AwaitExpression':
        this.#noteAwait(scope);
        return this.#visit(node.argument, scope);
      case 'MetaProperty':
        return;
      default:
        return this.#visitStatement(node, scope);
    }
  }

  #visitStatement(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'BlockStatement':
        return this.#visitAll(node.body, new Scope(scope, 'block'));
      case 'StaticBlock':
        return this.#visitAll(node.body, new Scope(scope, 'function'));
      case 'ForStatement':
        return this.#visitAll([node.init, node.test, node.update, node.body], new Scope(scope, 'block'));
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner = new Scope(scope, 'block');
        if (node.type === 'ForOfStatement' && node.await) this.#noteAwait(scope);
        if (node.left.type === 'VariableDeclaration') this.#visit(node.left, inner);
        else this.#visitTarget(node.left, inner, 'write');
        return this.#visitAll([node.right, node.body], inner);
      }
      case 'SwitchStatement':
        this.#visit(node.discriminant, scope);
        return this.#visitAll(node.cases, new Scope(scope, 'block'));
      case 'CatchClause': {
        const inner = new Scope(scope, 'block');
        if (node.param) this.#visitBinding(node.param, inner, inner, { kind: 'let', readyAt: 0 });
        return this.#visit(node.body, inner);
      }
      case 'LabeledStatement':
        return this.#visit(node.body, scope);
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      default:
        return this.#visitAll(childrenOf(node), scope);
    }
  }

  #noteAwait(scope: Scope): void {
    if (scope.functionScope === this.#cell) this.#hasTopLevelAwait = true;
  }

  #visitCallee(node: AnyNode, scope: Scope): void {
    if (node.type === 'Identifier') this.#refer(node, scope, 'call');
    else this.#visit(node, scope);
  }

  #visitFunction(
    node: Extract<AnyNode, { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }>,
    outer: Scope,
  ): void {
    const scope = new Scope(outer, 'function');
    if (node.type !== 'ArrowFunctionExpression') scope.names.add('arguments');
    if (node.type === 'FunctionExpression' && node.id) scope.names.add(node.id.name);
    for (const parameter of node.params) this.#visitBinding(parameter, scope, scope, { kind: 'let', readyAt: 0 });
    if (node.body.type === 'BlockStatement') this.#visitAll(node.body.body, scope);
    else this.#visit(node.body, scope);
  }

  #visitClass(node: Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>, outer: Scope): void {
    const scope = new Scope(outer, 'block');
    if (node.id) scope.names.add(node.id.name);
    this.#visitAll([node.superClass, node.body], scope);
  }

  #visitVariables(node: VariableDeclaration, scope: Scope): void {
    const target = node.kind === 'var' ? scope.functionScope : scope;
    if (target === this.#cell) this.#declarations.push(node);
    const kind: DeclarationKind = node.kind === 'var' || node.kind === 'let' ? node.kind : 'const';
    for (const declarator of node.declarations) {
      this.#visitBinding(declarator.id, target, scope, { kind, readyAt: kind === 'var' ? 0 : declarator.end });
      this.#visitAll([declarator.init], scope);
    }
  }

  /** Declares the names of a pattern in `target`; default values and computed keys are read in `scope`. */
  #visitBinding(pattern: Pattern, target: Scope, scope: Scope, top: TopLevelName): void {
    for (const { node, shorthand } of this.#targets(pattern, scope)) {
      if (node.type !== 'Identifier') continue;
      this.#declare(node.name, target, top);
      if (target === this.#cell) this.#refer(node, target, 'declare', shorthand);
    }
  }

  #visitTarget(pattern: Pattern, scope: Scope, role: 'write'): void {
    for (const { node, shorthand } of this.#targets(pattern, scope)) {
      if (node.type === 'Identifier') this.#refer(node, scope, role, shorthand);
      else this.#visit(node, scope);
    }
  }

  /** The leaves of a pattern; what a pattern evaluates is visited on the way. */
  *#targets(pattern: Pattern, scope: Scope): Generator<{ readonly node: Pattern; readonly shorthand: boolean }> {
    switch (pattern.type) {
      case 'Identifier':
      case 'MemberExpression':
        yield { node: pattern, shorthand: false };
        return;
      case 'AssignmentPattern':
        this.#visit(pattern.right, scope);
        yield* this.#targets(pattern.left, scope);
        return;
      case 'RestElement':
        yield* this.#targets(pattern.argument, scope);
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element !== null) yield* this.#targets(element, scope);
        return;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') yield* this.#targets(property, scope);
          else {
            if (property.computed) this.#visit(property.key, scope);
            for (const leaf of this.#targets(property.value, scope))
              yield { node: leaf.node, shorthand: leaf.shorthand || property.shorthand };
          }
        }
    }
  }
}

/** False for `export default function () {}`, which acorn gives no id. */
function hasId(node: { readonly id: Identifier | null }): node is { readonly id: Identifier } {
  return node.id !== null;
}
