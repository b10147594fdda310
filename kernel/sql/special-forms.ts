/** Expressions that begin with a word: literals, CASE, CAST, EXTRACT, function calls and the functions with a syntax of their own. */
import { Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type CastMode, type Expr } from '../expr/expr.ts';
import type { TokenCursor } from './cursor.ts';
import { parseExpression, parseNamedExpression } from './expressions.ts';
import type { Token } from './lexer.ts';
import { parseInterval, typedLiteral } from './literals.ts';
import { parseType } from './types.ts';

type WordToken = Extract<Token, { kind: 'word' }>;

/** Functions that SQL lets be called without parentheses. */
const BARE_FUNCTIONS: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'CURRENT_TIME',
  'LOCALTIMESTAMP',
  'CURRENT_USER',
  'USER',
]);

/** @returns undefined where the word is just a name */
export function parseWordExpression(cursor: TokenCursor, token: WordToken): Expr | undefined {
  const opensCall = cursor.isSymbol('(', 1);
  switch (token.upper) {
    case 'NULL':
      cursor.next();
      return Exprs.literal(null, Types.void);
    case 'TRUE':
    case 'FALSE':
      cursor.next();
      return Exprs.literal(token.upper === 'TRUE', Types.boolean);
    case 'DATE':
    case 'TIMESTAMP':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
      if (opensCall) break;
      return parseTypedLiteral(cursor, token);
    case 'X':
      return parseHexLiteral(cursor);
    case 'INTERVAL':
      if (
        opensCall ||
        (cursor.peek(1).kind !== 'string' && cursor.peek(1).kind !== 'number' && !cursor.isSymbol('-', 1))
      )
        return undefined;
      cursor.next();
      return parseInterval(cursor);
    case 'CASE':
      cursor.next();
      return parseCase(cursor);
    case 'CAST':
    case 'TRY_CAST':
      return opensCall ? parseCast(cursor, token.upper === 'CAST' ? undefined : 'try') : undefined;
    case 'EXTRACT':
      return opensCall ? parseExtract(cursor) : undefined;
    case 'POSITION':
      return opensCall ? parsePositionCall(cursor) : undefined;
    case 'TRIM':
      return opensCall ? parseTrim(cursor) : undefined;
    case 'SUBSTRING':
    case 'SUBSTR':
      return opensCall ? parseSubstring(cursor) : undefined;
    case 'EXISTS':
      if (opensCall && (cursor.isWord('SELECT', 2) || cursor.isWord('WITH', 2))) {
        throw new MillraceError('NOT_SUPPORTED', {
          feature: 'EXISTS (SELECT …)',
          remedy: 'Write it as a LEFT SEMI JOIN.',
        });
      }
      break;
  }
  if (BARE_FUNCTIONS.has(token.upper) && !opensCall) {
    cursor.next();
    return Exprs.call(token.text, [], { position: cursor.position(token) });
  }
  return opensCall ? parseCall(cursor) : undefined;
}

/** `name([DISTINCT] args) [FILTER (WHERE …)]` */
function parseCall(cursor: TokenCursor): Expr {
  const position = cursor.position();
  const name = cursor.expectName('a function name');
  cursor.expectSymbol('(');
  const distinct = cursor.takeWords('DISTINCT');
  if (!distinct) cursor.takeWords('ALL');
  const args = cursor.isSymbol(')') ? [] : cursor.commaSeparated(() => parseArgument(cursor));
  const ignoreNulls = parseNullTreatment(cursor);
  cursor.expectSymbol(')');
  const allArgs = parseNullTreatment(cursor) || ignoreNulls ? [...args, Exprs.literal(true, Types.boolean)] : args;
  const filter = parseFilterClause(cursor);
  if (cursor.isWord('OVER')) {
    throw new MillraceError(
      'NOT_SUPPORTED',
      {
        feature: `The window function ${name}(…) OVER`,
        remedy: 'Group by window(time, duration) for windows over time.',
      },
      { position },
    );
  }
  if (name.toLowerCase() === 'count' && allArgs.length === 0) {
    throw new MillraceError('WRONG_NUM_ARGS', { name: 'count', expected: 'at least 1', actual: 0 }, { position });
  }
  // In SQL `ltrim(characters, text)` names the characters first.
  const ordered = /^[lr]?trim$/i.test(name) && allArgs.length === 2 ? allArgs.toReversed() : allArgs;
  return Exprs.call(name, ordered, {
    position,
    ...(distinct ? { distinct } : {}),
    ...(filter === undefined ? {} : { filter }),
  });
}

function parseArgument(cursor: TokenCursor): Expr {
  const lambda = cursor.peek(1);
  if (lambda.kind === 'symbol' && lambda.text === '->') {
    throw new MillraceError(
      'NOT_SUPPORTED',
      { feature: 'A lambda function', remedy: 'Use functions without one, or foreachBatch.' },
      { position: cursor.position() },
    );
  }
  if (cursor.isSymbol('=>', 1))
    throw cursor.unexpected('Named arguments are not supported; give the arguments in order.');
  return parseNamedExpression(cursor);
}

function parseNullTreatment(cursor: TokenCursor): boolean {
  if (cursor.takeWords('IGNORE', 'NULLS')) return true;
  cursor.takeWords('RESPECT', 'NULLS');
  return false;
}

function parseFilterClause(cursor: TokenCursor): Expr | undefined {
  if (!cursor.isWord('FILTER') || !cursor.isSymbol('(', 1)) return undefined;
  cursor.next();
  cursor.expectSymbol('(');
  cursor.expectWords('WHERE');
  const condition = parseExpression(cursor);
  cursor.expectSymbol(')');
  return condition;
}

function parseTypedLiteral(cursor: TokenCursor, token: WordToken): Expr | undefined {
  if (cursor.peek(1).kind !== 'string') return undefined;
  cursor.next();
  const type = token.upper === 'DATE' ? 'date' : token.upper === 'TIMESTAMP_NTZ' ? 'timestamp_ntz' : 'timestamp';
  return typedLiteral(type, cursor.expectString('a literal'), cursor.position(token));
}

function parseHexLiteral(cursor: TokenCursor): Expr | undefined {
  const next = cursor.peek(1);
  if (next.kind !== 'string' || next.start !== cursor.peek().end) return undefined;
  cursor.next();
  const digits = cursor.expectString('hexadecimal digits');
  if (!/^[0-9a-fA-F]*$/.test(digits))
    throw cursor.unexpected("A binary literal holds hexadecimal digits only, as in X'1F'.");
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Exprs.literal(
    Uint8Array.from(even.match(/../g) ?? [], (pair) => parseInt(pair, 16)),
    Types.binary,
  );
}

function parseCase(cursor: TokenCursor): Expr {
  const subject = cursor.isWord('WHEN') ? undefined : parseExpression(cursor);
  const branches: { when: Expr; then: Expr }[] = [];
  while (cursor.takeWords('WHEN')) {
    const value = parseExpression(cursor);
    cursor.expectWords('THEN');
    const when = subject === undefined ? value : Exprs.call('=', [subject, value]);
    branches.push({ when, then: parseExpression(cursor) });
  }
  if (branches.length === 0) throw cursor.unexpected('Expected WHEN.');
  const otherwise = cursor.takeWords('ELSE') ? parseExpression(cursor) : undefined;
  cursor.expectWords('END');
  return Object.freeze(otherwise === undefined ? { kind: 'case', branches } : { kind: 'case', branches, otherwise });
}

function parseCast(cursor: TokenCursor, mode: CastMode | undefined): Expr {
  cursor.next();
  cursor.expectSymbol('(');
  const child = parseExpression(cursor);
  cursor.expectWords('AS');
  const type = parseType(cursor);
  cursor.expectSymbol(')');
  return Exprs.cast(child, type, mode);
}

/** `EXTRACT(HOUR FROM ts)` → `hour(ts)` by way of date_part. */
function parseExtract(cursor: TokenCursor): Expr {
  const position = cursor.position();
  cursor.next();
  cursor.expectSymbol('(');
  const part = cursor.expectName('a field such as HOUR');
  cursor.expectWords('FROM');
  const source = parseExpression(cursor);
  cursor.expectSymbol(')');
  return Exprs.call('extract', [Exprs.literal(part.toUpperCase(), Types.string), source], { position });
}

/** `POSITION(part IN text)`, or the plain call. */
function parsePositionCall(cursor: TokenCursor): Expr {
  const mark = cursor.mark();
  const position = cursor.position();
  cursor.next();
  cursor.expectSymbol('(');
  const token = cursor.peek();
  if (
    cursor.peek(1).kind === 'word' &&
    cursor.isWord('IN', 1) &&
    (token.kind === 'string' || token.kind === 'word' || token.kind === 'quotedName')
  ) {
    const part = token.kind === 'string' ? Exprs.literal(token.text, Types.string) : Exprs.attribute([token.text]);
    cursor.next();
    cursor.expectWords('IN');
    const text = parseExpression(cursor);
    cursor.expectSymbol(')');
    return Exprs.call('locate', [part, text], { position });
  }
  cursor.reset(mark);
  return parseCall(cursor);
}

/** `TRIM([BOTH|LEADING|TRAILING] [chars] FROM text)`, or the plain call. */
function parseTrim(cursor: TokenCursor): Expr {
  const position = cursor.position();
  const mark = cursor.mark();
  cursor.next();
  cursor.expectSymbol('(');
  const side = ['BOTH', 'LEADING', 'TRAILING'].find((word) => cursor.takeWords(word));
  const name = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
  if (side !== undefined && cursor.takeWords('FROM')) return finish([]);
  const chars = parseExpression(cursor);
  if (cursor.takeWords('FROM')) return finish([chars]);
  cursor.reset(mark);
  return parseCall(cursor);

  function finish(trimmed: readonly Expr[]): Expr {
    const text = parseExpression(cursor);
    cursor.expectSymbol(')');
    return Exprs.call(name, [text, ...trimmed], { position });
  }
}

/** `SUBSTRING(text FROM start [FOR length])`, or the plain call. */
function parseSubstring(cursor: TokenCursor): Expr {
  const position = cursor.position();
  const mark = cursor.mark();
  cursor.next();
  cursor.expectSymbol('(');
  const text = parseExpression(cursor);
  if (!cursor.takeWords('FROM')) {
    cursor.reset(mark);
    return parseCall(cursor);
  }
  const start = parseExpression(cursor);
  const length = cursor.takeWords('FOR') ? [parseExpression(cursor)] : [];
  cursor.expectSymbol(')');
  return Exprs.call('substring', [text, start, ...length], { position });
}
