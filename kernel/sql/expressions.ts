/**
 * Expressions: a Pratt parser over Spark's precedence, from loose to tight:
 * OR · AND · NOT · predicates (IN, BETWEEN, LIKE, IS …) and comparisons · | · ^ · & · << >> · + - || · * / % DIV · unary · postfix.
 * Operators become calls of the functions of the same name.
 */
import { Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr } from '../expr/expr.ts';
import type { TokenCursor } from './cursor.ts';
import { CLAUSE_WORDS, NOT_A_COLUMN } from './keywords.ts';
import { numberLiteral } from './literals.ts';
import { parseWordExpression } from './special-forms.ts';
import { parseType } from './types.ts';

interface BinaryOperator {
  readonly name: string;
  readonly power: number;
  readonly tokens: number;
}

const SYMBOL_OPERATORS: Readonly<Record<string, { readonly name: string; readonly power: number }>> = {
  '=': { name: '=', power: 1 },
  '==': { name: '=', power: 1 },
  '<=>': { name: '<=>', power: 1 },
  '<>': { name: '<>', power: 1 },
  '!=': { name: '<>', power: 1 },
  '<': { name: '<', power: 1 },
  '<=': { name: '<=', power: 1 },
  '>': { name: '>', power: 1 },
  '>=': { name: '>=', power: 1 },
  '|': { name: '|', power: 2 },
  '^': { name: '^', power: 3 },
  '&': { name: '&', power: 4 },
  '<<': { name: '<<', power: 5 },
  '+': { name: '+', power: 6 },
  '-': { name: '-', power: 6 },
  '||': { name: '||', power: 6 },
  '*': { name: '*', power: 7 },
  '/': { name: '/', power: 7 },
  '%': { name: '%', power: 7 },
};

export function parseExpression(cursor: TokenCursor): Expr {
  return parseOr(cursor);
}

/** `expr [[AS] name]`, as in a SELECT list. */
export function parseNamedExpression(cursor: TokenCursor): Expr {
  const child = parseExpression(cursor);
  const alias = parseAlias(cursor, CLAUSE_WORDS);
  return alias === undefined ? child : Exprs.alias(child, alias);
}

/** `AS name`, or a bare name that is none of `forbidden`. */
export function parseAlias(cursor: TokenCursor, forbidden: ReadonlySet<string>): string | undefined {
  if (cursor.takeWords('AS')) return cursor.expectName('a name after AS');
  const token = cursor.peek();
  if (token.kind === 'quotedName' || (token.kind === 'word' && !forbidden.has(token.upper)))
    return cursor.expectName('a name');
  return undefined;
}

function parseOr(cursor: TokenCursor): Expr {
  let left = parseAnd(cursor);
  for (;;) {
    const position = cursor.position();
    if (!cursor.takeWords('OR')) return left;
    left = Exprs.call('or', [left, parseAnd(cursor)], { position });
  }
}

function parseAnd(cursor: TokenCursor): Expr {
  let left = parseNot(cursor);
  for (;;) {
    const position = cursor.position();
    if (!cursor.takeWords('AND')) return left;
    left = Exprs.call('and', [left, parseNot(cursor)], { position });
  }
}

function parseNot(cursor: TokenCursor): Expr {
  const position = cursor.position();
  if (cursor.takeWords('NOT') || cursor.takeSymbol('!')) return Exprs.call('not', [parseNot(cursor)], { position });
  return parsePredicate(cursor, parseBinary(cursor, 1));
}

/** What may follow a value: [NOT] IN, BETWEEN, LIKE, ILIKE, RLIKE; IS [NOT] NULL, TRUE, FALSE, DISTINCT FROM. */
function parsePredicate(cursor: TokenCursor, value: Expr): Expr {
  const position = cursor.position();
  const mark = cursor.mark();
  const negated = cursor.takeWords('NOT') || cursor.takeSymbol('!');
  const test = parseTest(cursor, value);
  if (test !== undefined) return negated ? Exprs.call('not', [test], { position }) : test;
  cursor.reset(mark);
  return cursor.takeWords('IS') ? parseIs(cursor, value) : value;
}

function parseTest(cursor: TokenCursor, value: Expr): Expr | undefined {
  const position = cursor.position();
  if (cursor.takeWords('IN')) {
    cursor.expectSymbol('(');
    if (cursor.isWord('SELECT') || cursor.isWord('WITH')) throw subqueryNotSupported('IN (SELECT …)');
    const list = cursor.commaSeparated(() => parseExpression(cursor));
    cursor.expectSymbol(')');
    return Exprs.call('in', [value, ...list], { position });
  }
  if (cursor.takeWords('BETWEEN')) {
    const low = parseBinary(cursor, 2);
    cursor.expectWords('AND');
    return Exprs.call('between', [value, low, parseBinary(cursor, 2)], { position });
  }
  const like = cursor.takeWords('LIKE') ? 'like' : cursor.takeWords('ILIKE') ? 'ilike' : undefined;
  if (like !== undefined) {
    const pattern = parseBinary(cursor, 2);
    const escape = cursor.takeWords('ESCAPE') ? [escapeCharacter(cursor)] : [];
    return Exprs.call(like, [value, pattern, ...escape], { position });
  }
  if (cursor.takeWords('RLIKE') || cursor.takeWords('REGEXP'))
    return Exprs.call('rlike', [value, parseBinary(cursor, 2)], { position });
  return undefined;
}

function escapeCharacter(cursor: TokenCursor): Expr {
  const position = cursor.position();
  const escape = cursor.expectString('the escape character');
  if (escape.length !== 1) throw new MillraceError('INVALID_ESC', { escape: `'${escape}'` }, { position });
  return Exprs.literal(escape, Types.string);
}

function parseIs(cursor: TokenCursor, value: Expr): Expr {
  const position = cursor.position();
  const negated = cursor.takeWords('NOT');
  if (cursor.takeWords('NULL') || cursor.takeWords('UNKNOWN')) {
    return Exprs.call(negated ? 'isnotnull' : 'isnull', [value], { position });
  }
  const isDistinct = cursor.isWord('DISTINCT');
  const test = ((): Expr => {
    if (cursor.takeWords('TRUE')) return Exprs.call('<=>', [value, Exprs.literal(true, Types.boolean)], { position });
    if (cursor.takeWords('FALSE')) return Exprs.call('<=>', [value, Exprs.literal(false, Types.boolean)], { position });
    if (cursor.takeWords('DISTINCT', 'FROM')) {
      const same = Exprs.call('<=>', [value, parseBinary(cursor, 2)], { position });
      return negated ? same : Exprs.call('not', [same], { position });
    }
    throw cursor.unexpected('Expected NULL, TRUE, FALSE or DISTINCT FROM after IS.');
  })();
  return negated && !isDistinct ? Exprs.call('not', [test], { position }) : test;
}

function parseBinary(cursor: TokenCursor, minPower: number): Expr {
  let left = parseUnary(cursor);
  for (;;) {
    const operator = binaryOperator(cursor);
    if (operator === undefined || operator.power < minPower) return left;
    const position = cursor.position();
    for (let i = 0; i < operator.tokens; i++) cursor.next();
    left = Exprs.call(operator.name, [left, parseBinary(cursor, operator.power + 1)], { position });
  }
}

function binaryOperator(cursor: TokenCursor): BinaryOperator | undefined {
  if (cursor.isWord('DIV')) return { name: 'div', power: 7, tokens: 1 };
  if (cursor.isAdjacent('>', '>')) {
    const isUnsigned = cursor.isSymbol('>', 2) && cursor.peek(2).start === cursor.peek(1).end;
    return isUnsigned ? { name: '>>>', power: 5, tokens: 3 } : { name: '>>', power: 5, tokens: 2 };
  }
  const token = cursor.peek();
  const operator = token.kind === 'symbol' ? SYMBOL_OPERATORS[token.text] : undefined;
  return operator === undefined ? undefined : { ...operator, tokens: 1 };
}

function parseUnary(cursor: TokenCursor): Expr {
  const position = cursor.position();
  if (cursor.takeSymbol('-')) {
    const token = cursor.peek();
    if (token.kind === 'number') {
      cursor.next();
      return parsePostfix(cursor, numberLiteral(cursor, token, 'negative'));
    }
    return Exprs.call('unary minus', [parseUnary(cursor)], { position });
  }
  if (cursor.takeSymbol('+')) return Exprs.call('unary plus', [parseUnary(cursor)], { position });
  if (cursor.takeSymbol('~')) return Exprs.call('~', [parseUnary(cursor)], { position });
  return parsePostfix(cursor, parsePrimary(cursor));
}

/** `value::type`, `value[index]`, `value.field`. */
function parsePostfix(cursor: TokenCursor, value: Expr): Expr {
  let result = value;
  for (;;) {
    const position = cursor.position();
    if (cursor.takeSymbol('::')) {
      result = Exprs.cast(result, parseType(cursor));
    } else if (cursor.takeSymbol('[')) {
      const index = parseExpression(cursor);
      cursor.expectSymbol(']');
      result = Exprs.call('getitem', [result, index], { position });
    } else if (cursor.takeSymbol('.')) {
      const name = cursor.expectName('a field name');
      result =
        result.kind === 'attribute'
          ? Exprs.attribute([...result.parts, name], result.position)
          : Exprs.call('getfield', [result, Exprs.literal(name, Types.string)], { position });
    } else {
      return result;
    }
  }
}

function parsePrimary(cursor: TokenCursor): Expr {
  const token = cursor.peek();
  switch (token.kind) {
    case 'number':
      cursor.next();
      return numberLiteral(cursor, token, 'positive');
    case 'string':
      return Exprs.literal(cursor.expectString('a string'), Types.string);
    case 'parameter':
      cursor.next();
      return Object.freeze({ kind: 'parameter', name: token.text, position: cursor.position(token) });
    case 'quotedName':
      return parseReference(cursor);
    case 'word':
      return parseWordExpression(cursor, token) ?? parseReference(cursor);
    case 'symbol':
      return parseSymbolExpression(cursor);
    case 'end':
      throw cursor.unexpected('Expected an expression.');
  }
}

function parseSymbolExpression(cursor: TokenCursor): Expr {
  const position = cursor.position();
  if (cursor.takeSymbol('*')) return Exprs.star([], position);
  if (!cursor.takeSymbol('(')) throw cursor.unexpected('Expected an expression.');
  if (cursor.isWord('SELECT') || cursor.isWord('WITH')) throw subqueryNotSupported('A subquery as a value');
  const items = cursor.commaSeparated(() => parseNamedExpression(cursor));
  cursor.expectSymbol(')');
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : Exprs.call('row constructor', items, { position });
}

/** `a`, `t.a.b`, `t.*`. */
function parseReference(cursor: TokenCursor): Expr {
  const position = cursor.position();
  const parts = [cursor.expectName('an expression', NOT_A_COLUMN)];
  while (cursor.isSymbol('.')) {
    cursor.next();
    if (cursor.takeSymbol('*')) return Exprs.star(parts, position);
    parts.push(cursor.expectName('a name after the point'));
  }
  return Exprs.attribute(parts, position);
}

function subqueryNotSupported(feature: string): MillraceError {
  return new MillraceError('NOT_SUPPORTED', {
    feature,
    remedy: 'Write it as a join, or run the inner query first and pass its result as a parameter.',
  });
}
