/** Names that expressions of a node may use: its child's columns, with the aliases they can be qualified by. */
import { typeName, type DataType } from '../arrow/types.ts';
import { MillraceError, type SourcePosition } from '../core/errors.ts';
import { Exprs, type ColumnExpr, type Expr, type ExprOf } from '../expr/expr.ts';
import { nullableOf, typeOf } from '../expr/resolved.ts';
import { exprText } from '../expr/text.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { outputColumn, outputOf } from './output.ts';
import { nearest } from './suggest.ts';

export interface ScopeColumn {
  readonly column: ColumnExpr;
  /** The alias of the relation it comes from. */
  readonly qualifier: string | undefined;
}

export type Scope = readonly ScopeColumn[];

export function scopeOf(plan: LogicalPlan): Scope {
  switch (plan.kind) {
    case 'subqueryAlias':
      return outputOf(plan.child).map((column) => ({ column, qualifier: plan.name }));
    case 'filter':
    case 'sort':
    case 'limit':
    case 'offset':
    case 'distinct':
    case 'deduplicate':
    case 'withWatermark':
      return scopeOf(plan.child);
    case 'timeWindow':
      return [...scopeOf(plan.child), { column: plan.window, qualifier: undefined }];
    case 'project':
      return passedOn(plan.expressions, scopeOf(plan.child));
    case 'aggregate':
      return passedOn(plan.outputs, scopeOf(plan.child));
    case 'join': {
      const all =
        plan.type === 'semi' || plan.type === 'anti'
          ? scopeOf(plan.left)
          : [...scopeOf(plan.left), ...scopeOf(plan.right)];
      const output = new Map(outputOf(plan).map((column) => [column.id, column]));
      return all.map((entry) => ({ ...entry, column: output.get(entry.column.id) ?? entry.column }));
    }
    case 'oneRow':
    case 'localRelation':
    case 'range':
    case 'dataSource':
    case 'union':
    case 'unresolvedRelation':
    case 'with':
      return outputOf(plan).map((column) => ({ column, qualifier: undefined }));
  }
}

/** A column that a projection passes on keeps its qualifier. */
function passedOn(outputs: readonly Expr[], child: Scope): Scope {
  const qualifiers = new Map(child.map(({ column, qualifier }) => [column.id, qualifier]));
  return outputs.map((output) => {
    const column = outputColumn(output);
    return { column, qualifier: qualifiers.get(column.id) };
  });
}

const sameName = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();

/**
 * The column, field of a struct or entry of a map that a dotted name means. Columns keep the name as written.
 * @returns undefined where no column has the name
 * @throws AMBIGUOUS_REFERENCE, FIELD_NOT_FOUND, INVALID_EXTRACT_BASE_FIELD_TYPE
 */
export function resolveName(parts: readonly string[], scope: Scope, position?: SourcePosition): Expr | undefined {
  const [first, second] = parts;
  const qualified = scope.filter((entry) => sameName(entry.qualifier, first) && sameName(entry.column.name, second));
  const found = qualified.length > 0 ? qualified : scope.filter((entry) => sameName(entry.column.name, first));
  const ids = new Set(found.map((entry) => entry.column.id));
  if (ids.size > 1) throw ambiguous(parts, found, position);
  const [match] = found;
  if (match === undefined) return undefined;
  const used = qualified.length > 0 ? 2 : 1;
  const written = parts[used - 1] ?? match.column.name;
  const column: Expr = written === match.column.name ? match.column : { ...match.column, name: written };
  return parts.slice(used).reduce<Expr>((inner, part) => extractField(inner, part, position), column);
}

/** `child.name`: a struct's field, or a map's value. @throws UNRESOLVED_COLUMN */
export function extractField(child: Expr, name: string, position?: SourcePosition): Expr {
  // The entry of a map has no type before calls are resolved.
  if (child.kind === 'call') return Exprs.call('getfield', [child, Exprs.literal(name, { kind: 'string' })]);
  const type = typeOf(child);
  if (type.kind === 'map') return Exprs.call('getitem', [child, Exprs.literal(name, { kind: 'string' })]);
  if (type.kind === 'array') return Exprs.call('getitem', [child, Exprs.literal(name, { kind: 'string' })]);
  if (type.kind !== 'struct') throw noStruct(child, type, name, position);
  const matches = type.fields.flatMap((f, index) => (sameName(f.name, name) ? [{ f, index }] : []));
  const [match] = matches;
  if (match === undefined)
    throw noSuchField(
      name,
      type.fields.map((f) => f.name),
      position,
    );
  if (matches.length > 1) {
    throw new MillraceError(
      'AMBIGUOUS_REFERENCE',
      { name: `\`${name}\``, candidates: matches.map(({ f }) => `\`${f.name}\``).join(', ') },
      position === undefined ? {} : { position },
    );
  }
  return makeField(child, match.index, match.f.name, match.f.type, match.f.nullable || nullableOf(child));
}

function makeField(child: Expr, index: number, name: string, type: DataType, nullable: boolean): ExprOf<'field'> {
  return Object.freeze({ kind: 'field', child, index, name, type, nullable });
}

/** Every field of a struct column, for `data.*`. */
export function allFields(child: Expr): readonly Expr[] {
  const type = typeOf(child);
  if (type.kind !== 'struct') return [];
  return type.fields.map((f, index) => makeField(child, index, f.name, f.type, f.nullable || nullableOf(child)));
}

function ambiguous(parts: readonly string[], found: Scope, position: SourcePosition | undefined): MillraceError {
  const candidates = found.map((entry) =>
    [entry.qualifier, entry.column.name].filter((part) => part !== undefined).join('.'),
  );
  return new MillraceError(
    'AMBIGUOUS_REFERENCE',
    { name: `\`${parts.join('.')}\``, candidates: candidates.map((name) => `\`${name}\``).join(', ') },
    position === undefined ? {} : { position },
  );
}

function noSuchField(name: string, known: readonly string[], position: SourcePosition | undefined): MillraceError {
  return new MillraceError(
    'FIELD_NOT_FOUND',
    { name: `\`${name}\``, fields: known.map((field) => `\`${field}\``).join(', ') },
    position === undefined ? {} : { position },
  );
}

function noStruct(child: Expr, type: DataType, name: string, position: SourcePosition | undefined): MillraceError {
  return new MillraceError(
    'INVALID_EXTRACT_BASE_FIELD_TYPE',
    { field: `\`${name}\``, base: exprText(child), type: typeName(type) },
    position === undefined ? {} : { position },
  );
}

export function unresolvedColumn(
  parts: readonly string[],
  known: readonly string[],
  position: SourcePosition | undefined,
): MillraceError {
  const near = nearest(parts[parts.length - 1] ?? '', known);
  const shown = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  let suggestion = 'There are no columns here.';
  if (near.length > 0) suggestion = `Did you mean one of the following? ${shown(near)}.`;
  else if (known.length > 0) {
    suggestion = `The columns are: ${shown(known.slice(0, 20))}${known.length > 20 ? ', …' : ''}.`;
  }
  return new MillraceError(
    'UNRESOLVED_COLUMN',
    { name: `\`${parts.join('.')}\``, suggestion },
    position === undefined ? {} : { position },
  );
}

export function namesOf(scope: Scope): readonly string[] {
  return scope.map((entry) => entry.column.name);
}
