/** Number, date, timestamp and interval literals → literal expressions. */
import { DECIMAL_PRECISION_MAX, Types } from '../arrow/types.ts';
import { Exprs, type Expr } from '../expr/expr.ts';
import { MillraceError, type SourcePosition } from '../core/errors.ts';
import type { TokenCursor } from './cursor.ts';
import type { Token } from './lexer.ts';

type NumberToken = Extract<Token, { kind: 'number' }>;

const INT_MAX = 2147483647n;
const LONG_MAX = 9223372036854775807n;

/**
 * A number as Spark reads it: whole ones are int, else bigint, else decimal; with a point decimal; with an exponent
 * double; by suffix L S Y bigint smallint tinyint, D F double float, BD decimal. `negative` folds a leading minus in, so that the
 * smallest integers can be written.
 */
export function numberLiteral(cursor: TokenCursor, token: NumberToken, negative: 'negative' | 'positive'): Expr {
  const sign = negative === 'negative' ? -1n : 1n;
  const whole = /^\d+$/.test(token.text);
  switch (token.suffix) {
    case 'L':
    case 'S':
    case 'Y':
      return suffixedInteger(cursor, token, whole ? sign * BigInt(token.text) : undefined);
    case 'D':
      return doubleLiteral(cursor, token, sign);
    case 'F':
      return floatLiteral(cursor, token, sign);
    case 'BD':
      return decimalLiteral(cursor, token, sign);
  }
  if (!whole) {
    return /e/i.test(token.text) ? doubleLiteral(cursor, token, sign) : decimalLiteral(cursor, token, sign);
  }
  const value = sign * BigInt(token.text);
  if (value >= -INT_MAX - 1n && value <= INT_MAX) return Exprs.literal(Number(value), Types.int);
  if (value >= -LONG_MAX - 1n && value <= LONG_MAX) return Exprs.literal(value, Types.long);
  return decimalLiteral(cursor, token, sign);
}

function floatLiteral(cursor: TokenCursor, token: NumberToken, sign: bigint): Expr {
  const value = Math.fround(Number(token.text) * Number(sign));
  if (Number.isFinite(value)) return Exprs.literal(value, Types.float);
  throw new MillraceError(
    'INVALID_NUMERIC_LITERAL_RANGE',
    { text: `${token.text}F`, type: 'float' },
    { position: cursor.position(token) },
  );
}

function doubleLiteral(cursor: TokenCursor, token: NumberToken, sign: bigint): Expr {
  const value = Number(token.text) * Number(sign);
  if (Number.isFinite(value)) return Exprs.literal(value, Types.double);
  throw new MillraceError(
    'INVALID_NUMERIC_LITERAL_RANGE',
    { text: token.text, type: 'double' },
    { position: cursor.position(token) },
  );
}

function suffixedInteger(cursor: TokenCursor, token: NumberToken, value: bigint | undefined): Expr {
  const [type, bits] =
    token.suffix === 'L'
      ? ([Types.long, 63n] as const)
      : token.suffix === 'S'
        ? ([Types.short, 15n] as const)
        : ([Types.byte, 7n] as const);
  const limit = 1n << bits;
  if (value === undefined || value < -limit || value >= limit) {
    throw new MillraceError(
      'INVALID_NUMERIC_LITERAL_RANGE',
      { text: `${token.text}${token.suffix}`, type: `${type.kind} (-${limit} to ${limit - 1n})` },
      { position: cursor.position(token) },
    );
  }
  return Exprs.literal(type.kind === 'long' ? value : Number(value), type);
}

function decimalLiteral(cursor: TokenCursor, token: NumberToken, sign: bigint): Expr {
  const [mantissa = '', exponentText = '0'] = token.text.toLowerCase().split('e');
  const [integer = '', fraction = ''] = mantissa.split('.');
  const exponent = Number(exponentText);
  const digits = (integer + fraction).replace(/^0+(?=\d)/, '');
  const scale = Math.max(fraction.length - exponent, 0);
  const unscaled = BigInt(digits || '0') * 10n ** BigInt(Math.max(exponent - fraction.length, 0));
  const precision = Math.max(unscaled.toString().length, scale, 1);
  if (precision > DECIMAL_PRECISION_MAX)
    throw new MillraceError(
      'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
      { precision },
      { position: cursor.position(token) },
    );
  return Exprs.literal(sign * unscaled, Types.decimal(precision, scale));
}

/** `DATE '2024-01-31'` and the like: a cast of the string, which analysis folds and checks (plan/typed-literals.ts). */
export function typedLiteral(
  type: 'date' | 'timestamp' | 'timestamp_ntz',
  text: string,
  position: SourcePosition,
): Expr {
  return Exprs.call('typed literal', [Exprs.cast(Exprs.literal(text, Types.string), { kind: type }, 'ansi')], {
    position,
  });
}

const INTERVAL_UNIT = /^(?:YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND|NANOSECOND)S?$/;

/** After INTERVAL: `'10 minutes'`, `10 MINUTES 30 SECONDS`, `'1' DAY`; as the call `interval('10 minutes 30 seconds')`. */
export function parseInterval(cursor: TokenCursor): Expr {
  const position = cursor.position();
  const parts: string[] = [];
  for (;;) {
    const sign = cursor.isSymbol('-') && cursor.peek(1).kind !== 'end' ? '-' : '';
    const amount = cursor.peek(sign === '-' ? 1 : 0);
    if (amount.kind !== 'number' && amount.kind !== 'string') break;
    if (sign === '-') cursor.next();
    cursor.next();
    const unit = cursor.peek();
    if (unit.kind === 'word' && INTERVAL_UNIT.test(unit.upper)) {
      cursor.next();
      if (cursor.isWord('TO'))
        throw cursor.unexpected("Write the interval with its units instead, as in INTERVAL '1 day 2 hours'.");
      parts.push(`${sign}${amount.text} ${unit.text}`);
    } else if (amount.kind === 'string' && parts.length === 0) {
      parts.push(`${sign}${amount.text}`);
      break;
    } else {
      throw cursor.unexpected('Expected a unit such as MINUTES.');
    }
  }
  if (parts.length === 0) throw cursor.unexpected("Expected an interval such as '10 minutes'.");
  return Exprs.call('interval', [Exprs.literal(parts.join(' '), Types.string)], { position });
}
