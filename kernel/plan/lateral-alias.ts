/** `SELECT price * 2 AS double, double + 1`: a name that the input lacks may be an alias further left in the same list. */
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr } from '../expr/expr.ts';
import { contains, transformDown, walk } from '../expr/nodes.ts';
import { exprText } from '../expr/text.ts';
import { lookupFunction } from '../functions/registry.ts';
import { isAggregateCall } from './resolve-expr.ts';
import { extractField, resolveName, type Scope } from './scope.ts';
import { typeOf } from '../expr/resolved.ts';

/** Aliases put in place of their names; an output without a name keeps the one it was written with. */
export function placeAliases(outputs: readonly Expr[], scope: Scope): readonly Expr[] {
  const known = new Map<string, Expr>();
  return outputs.map((output) => {
    const placed = known.size === 0 ? output : withAliases(output, known, scope);
    if (placed.kind === 'alias') known.set(placed.name.toLowerCase(), placed.child);
    return placed === output || placed.kind === 'alias' ? placed : Exprs.alias(placed, nameOf(output));
  });
}

function withAliases(output: Expr, known: ReadonlyMap<string, Expr>, scope: Scope): Expr {
  return transformDown(output, (node) => {
    if (isAggregateCall(node)) {
      refuseAliases(node, known, scope);
      return node;
    }
    if (node.kind !== 'attribute' || resolveName(node.parts, scope, node.position) !== undefined) return undefined;
    const [name = '', ...fields] = node.parts;
    const value = known.get(name.toLowerCase());
    if (value === undefined) return undefined;
    if (contains(value, isVolatile)) {
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `The alias ${name} of a random value in the same list`,
        remedy: 'Compute it in a subquery.',
      });
    }
    return fields.reduce<Expr>((inner, part) => fieldOf(inner, part), value);
  });
}

/** @throws UNSUPPORTED_FEATURE for an alias inside an aggregate, as in Spark */
function refuseAliases(call: Expr, known: ReadonlyMap<string, Expr>, scope: Scope): void {
  walk(call, (node) => {
    if (node.kind !== 'attribute' || resolveName(node.parts, scope, node.position) !== undefined) return 'descend';
    const [name = ''] = node.parts;
    if (!known.has(name.toLowerCase())) return 'descend';
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `The alias ${name} of the same list inside an aggregate`,
      remedy: 'Compute it in a subquery.',
    });
  });
}

function fieldOf(value: Expr, part: string): Expr {
  return value.kind === 'column' && typeOf(value).kind === 'struct'
    ? extractField(value, part)
    : Exprs.call('getfield', [value, Exprs.literal(part, { kind: 'string' })]);
}

function isVolatile(node: Expr): boolean {
  if (node.kind !== 'call') return false;
  const entry = lookupFunction(node.name);
  return entry?.kind === 'scalar' && entry.volatility === 'volatile';
}

function nameOf(output: Expr): string {
  return output.kind === 'attribute' ? (output.parts.at(-1) ?? '') : exprText(output);
}
