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
  /** Something in it may take time: a call, a loop, a property's getter. */
  readonly mayTakeTime: boolean;
}

/** Without any of these a cell is over at once. */
const TIMELY_TYPES = new Set<string>([
  'CallExpression',
  'ClassBody',
  'ImportDeclaration',
  'MemberExpression',
  'NewExpression',
  'SpreadElement',
  'TaggedTemplateExpression',
]);

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

type NodeType = AnyNode['type'];
type NodeOf<T extends NodeType> = Extract<AnyNode, { type: T }>;
type Visitor<T extends NodeType> = (names: NameCollector, node: NodeOf<T>, scope: Scope) => void;

/** The nodes that mean something for names; of all others the children are visited. */
const VISITORS: { readonly [T in NodeType]?: Visitor<T> } = {
  // Declarations.
  VariableDeclaration: (names, node, scope) => names.variables(node, scope),
  FunctionDeclaration: (names, node, scope) => {
    if (hasId(node)) names.declare(node.id.name, scope, { kind: 'function', readyAt: 0 });
    names.functionBody(node, scope);
  },
  ClassDeclaration: (names, node, scope) => {
    if (hasId(node)) names.declare(node.id.name, scope, { kind: 'class', readyAt: node.end });
    names.classBody(node, scope);
  },
  ImportDeclaration: (names, node, scope) => {
    for (const { local } of node.specifiers) names.declare(local.name, scope, { kind: 'import', readyAt: 0 });
  },
  ExportNamedDeclaration: (names, node, scope) => names.visitAll([node.declaration], scope),
  ExportAllDeclaration: () => undefined,

  // References.
  Identifier: (names, node, scope) => names.refer(node, scope, 'read'),
  CallExpression: (names, node, scope) => {
    names.operand(node.callee, scope, 'call');
    names.visitAll(node.arguments, scope);
  },
  TaggedTemplateExpression: (names, node, scope) => {
    names.operand(node.tag, scope, 'call');
    names.visit(node.quasi, scope);
  },
  AssignmentExpression: (names, node, scope) => {
    if (node.left.type === 'Identifier') names.refer(node.left, scope, node.operator === '=' ? 'write' : 'update');
    else names.target(node.left, scope);
    names.visit(node.right, scope);
  },
  UpdateExpression: (names, node, scope) => names.operand(node.argument, scope, 'update'),
  UnaryExpression: (names, node, scope) =>
    names.operand(node.argument, scope, node.operator === 'typeof' ? 'typeof' : 'read'),

  // Identifiers that are no names.
  MemberExpression: (names, node, scope) => names.visitAll([node.object, node.computed && node.property], scope),
  Property: (names, node, scope) => {
    if (node.shorthand && node.value.type === 'Identifier') names.refer(node.value, scope, 'read', 'shorthand');
    else names.visitAll([node.computed && node.key, node.value], scope);
  },
  MethodDefinition: (names, node, scope) => names.visitAll([node.computed && node.key, node.value], scope),
  PropertyDefinition: (names, node, scope) => {
    names.visitAll([node.computed && node.key], scope);
    names.visitAll([node.value], new Scope(scope, 'function'));
  },
  LabeledStatement: (names, node, scope) => names.visit(node.body, scope),
  BreakStatement: () => undefined,
  ContinueStatement: () => undefined,
  MetaProperty: () => undefined,

  // Scopes.
  FunctionExpression: (names, node, scope) => names.functionBody(node, scope),
  ArrowFunctionExpression: (names, node, scope) => names.functionBody(node, scope),
  ClassExpression: (names, node, scope) => names.classBody(node, scope),
  BlockStatement: (names, node, scope) => names.visitAll(node.body, new Scope(scope, 'block')),
  StaticBlock: (names, node, scope) => names.visitAll(node.body, new Scope(scope, 'function')),
  ForStatement: (names, node, scope) =>
    names.visitAll([node.init, node.test, node.update, node.body], new Scope(scope, 'block')),
  ForInStatement: (names, node, scope) => names.loopOver(node, scope),
  ForOfStatement: (names, node, scope) => {
    if (node.await) names.noteAwait(scope);
    names.loopOver(node, scope);
  },
  SwitchStatement: (names, node, scope) => {
    names.visit(node.discriminant, scope);
    names.visitAll(node.cases, new Scope(scope, 'block'));
  },
  CatchClause: (names, node, scope) => {
    const inner = new Scope(scope, 'block');
    if (node.param) names.binding(node.param, inner, inner, { kind: 'let', readyAt: 0 });
    names.visit(node.body, inner);
  },
  AwaitExpression: (names, node, scope) => {
    names.noteAwait(scope);
    names.visit(node.argument, scope);
  },
};

export function analyzeNames(program: Program): CellNames {
  return new NameCollector().collect(program);
}

class NameCollector {
  readonly #cell = new Scope(undefined, 'function');
  readonly #declared = new Map<string, TopLevelName>();
  readonly #pending: PendingReference[] = [];
  readonly #declarations: VariableDeclaration[] = [];
  readonly #sites: Site[] = [];
  #hasTopLevelAwait = false;
  #mayTakeTime = false;

  collect(program: Program): CellNames {
    this.visitAll(program.body, this.#cell);
    return {
      declared: this.#declared,
      references: this.#pending.filter(({ node, scope }) => !this.#isLocal(node.name, scope)),
      declarations: this.#declarations,
      sites: this.#sites,
      hasTopLevelAwait: this.#hasTopLevelAwait,
      mayTakeTime: this.#mayTakeTime || this.#sites.length > 0,
    };
  }

  /** Declared by a scope inside the cell, not by the cell itself or outside. */
  #isLocal(name: string, from: Scope): boolean {
    for (let scope: Scope | undefined = from; scope !== undefined && scope !== this.#cell; scope = scope.parent) {
      if (scope.names.has(name)) return true;
    }
    return false;
  }

  visit(node: AnyNode, scope: Scope): void {
    if (isSite(node)) this.#sites.push(node);
    if (TIMELY_TYPES.has(node.type)) this.#mayTakeTime = true;
    const visitor = VISITORS[node.type] as Visitor<NodeType> | undefined;
    if (visitor === undefined) this.visitAll(childrenOf(node), scope);
    else visitor(this, node, scope);
  }

  visitAll(nodes: readonly (AnyNode | null | undefined | false)[], scope: Scope): void {
    for (const node of nodes) if (node !== null && node !== undefined && node !== false) this.visit(node, scope);
  }

  declare(name: string, scope: Scope, top: TopLevelName): void {
    scope.names.add(name);
    if (scope === this.#cell) this.#declared.set(name, top);
  }

  refer(node: Identifier, scope: Scope, role: ReferenceRole, form?: 'shorthand'): void {
    this.#pending.push({ node, role, shorthand: form === 'shorthand', scope });
  }

  /** A name in that role, or any other expression. */
  operand(node: AnyNode, scope: Scope, role: ReferenceRole): void {
    if (node.type === 'Identifier') this.refer(node, scope, role);
    else this.visit(node, scope);
  }

  noteAwait(scope: Scope): void {
    if (scope.functionScope === this.#cell) this.#hasTopLevelAwait = true;
  }

  functionBody(
    node: NodeOf<'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression'>,
    outer: Scope,
  ): void {
    const scope = new Scope(outer, 'function');
    if (node.type !== 'ArrowFunctionExpression') scope.names.add('arguments');
    if (node.type === 'FunctionExpression' && node.id) scope.names.add(node.id.name);
    for (const parameter of node.params) this.binding(parameter, scope, scope, { kind: 'let', readyAt: 0 });
    // A body's names stand with the parameters: no scope of its own.
    if (node.body.type === 'BlockStatement') this.visitAll(node.body.body, scope);
    else this.visit(node.body, scope);
  }

  classBody(node: NodeOf<'ClassDeclaration' | 'ClassExpression'>, outer: Scope): void {
    const scope = new Scope(outer, 'block');
    if (node.id) scope.names.add(node.id.name);
    this.visitAll([node.superClass, node.body], scope);
  }

  loopOver(node: NodeOf<'ForInStatement' | 'ForOfStatement'>, outer: Scope): void {
    const scope = new Scope(outer, 'block');
    if (node.left.type === 'VariableDeclaration') this.visit(node.left, scope);
    else this.target(node.left, scope);
    this.visitAll([node.right, node.body], scope);
  }

  variables(node: VariableDeclaration, scope: Scope): void {
    const target = node.kind === 'var' ? scope.functionScope : scope;
    if (target === this.#cell) this.#declarations.push(node);
    const kind: DeclarationKind = node.kind === 'var' || node.kind === 'let' ? node.kind : 'const';
    for (const { id, init, end } of node.declarations) {
      this.binding(id, target, scope, { kind, readyAt: kind === 'var' ? 0 : end });
      this.visitAll([init], scope);
    }
  }

  /** Declares the names of a pattern in `target`; default values and computed keys are read in `scope`. */
  binding(pattern: Pattern, target: Scope, scope: Scope, top: TopLevelName): void {
    for (const { node, form } of this.#leaves(pattern, scope)) {
      if (node.type !== 'Identifier') continue;
      this.declare(node.name, target, top);
      if (target === this.#cell) this.refer(node, target, 'declare', form);
    }
  }

  /** A pattern that is assigned to. */
  target(pattern: Pattern, scope: Scope): void {
    for (const { node, form } of this.#leaves(pattern, scope)) {
      if (node.type === 'Identifier') this.refer(node, scope, 'write', form);
      else this.visit(node, scope);
    }
  }

  /** The leaves of a pattern; what a pattern evaluates is visited on the way. */
  *#leaves(pattern: Pattern, scope: Scope): Generator<{ readonly node: Pattern; readonly form?: 'shorthand' }> {
    switch (pattern.type) {
      case 'Identifier':
      case 'MemberExpression':
        yield { node: pattern };
        return;
      case 'AssignmentPattern':
        this.visit(pattern.right, scope);
        yield* this.#leaves(pattern.left, scope);
        return;
      case 'RestElement':
        yield* this.#leaves(pattern.argument, scope);
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element !== null) yield* this.#leaves(element, scope);
        return;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') yield* this.#leaves(property, scope);
          else {
            if (property.computed) this.visit(property.key, scope);
            for (const leaf of this.#leaves(property.value, scope))
              yield property.shorthand ? { node: leaf.node, form: 'shorthand' } : leaf;
          }
        }
    }
  }
}

/** False for `export default function () {}`, which acorn gives no id. */
function hasId(node: { readonly id: Identifier | null }): node is { readonly id: Identifier } {
  return node.id !== null;
}
