/**
 * from_json and to_json take a schema and options, which are no values. Before functions are looked up, a schema given as
 * text becomes a null literal of its type, and `map('mode', 'FAILFAST')` becomes trailing literals: key, value, ….
 */
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr, type ExprOf } from '../expr/expr.ts';
import type { SqlParser } from './parser-port.ts';

type Call = ExprOf<'call'>;

/** @returns the call with plain arguments; the same call where it has them already */
export function rewriteJsonCall(node: Call, parser: Pick<SqlParser, 'parseSchema' | 'parseType'>): Call {
  if (node.name === 'to_json') return withArgs(node, node.args.slice(0, 1), node.args.slice(1));
  if (node.name !== 'from_json') return node;
  const [text, schema, ...options] = node.args;
  if (text === undefined || schema === undefined) return node;
  return withArgs(node, [text, schemaLiteral(schema, parser)], options);
}

/** SQL gives a map of texts; the DataFrame functions give the pairs already. */
function withArgs(node: Call, args: readonly Expr[], options: readonly Expr[]): Call {
  const [map] = options;
  if (map === undefined || options.length > 1) return { ...node, args: [...args, ...options] };
  if (map.kind !== 'call' || map.name !== 'map') throw wrongOptions(node, 'they are no map');
  if (!map.args.every((arg) => arg.kind === 'literal' && typeof arg.value === 'string')) {
    throw wrongOptions(node, 'their names and values must be texts');
  }
  return { ...node, args: [...args, ...map.args] };
}

function wrongOptions(node: Call, problem: string): MillraceError {
  return new MillraceError('INVALID_OPTIONS', { function: node.name, problem });
}

/** DDL text of fields, or the text of a type such as `array<int>`. */
function schemaLiteral(schema: Expr, parser: Pick<SqlParser, 'parseSchema' | 'parseType'>): Expr {
  if (schema.kind !== 'literal' || typeof schema.value !== 'string') return schema;
  const text = schema.value.trim();
  const type = /^(?:struct|array|map)\s*</i.test(text) ? parser.parseType(text) : parser.parseSchema(text);
  return Exprs.literal(null, type);
}
