/** Literals: from JavaScript values, and as text. */
import { type DataType, Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr, type LiteralValue } from './expr.ts';
import { dateText, decimalText, doubleText, floatText, timestampText } from './values.ts';

const INT_MAX = 2147483647;

/**
 * A literal for a JavaScript value: numbers without a fraction that fit are int, larger safe ones bigint, others double;
 * bigint is long; a Date is a timestamp (with the microseconds of `micros`, where it has them).
 * @throws NOT_SUPPORTED for a value without a literal form
 */
export function literalOf(value: unknown): Expr {
  const typed = literalValueOf(value);
  return Exprs.literal(typed.value, typed.type);
}

export function literalValueOf(value: unknown): { readonly value: LiteralValue; readonly type: DataType } {
  if (value === null || value === undefined) return { value: null, type: Types.void };
  switch (typeof value) {
    case 'boolean':
      return { value, type: Types.boolean };
    case 'string':
      return { value, type: Types.string };
    case 'bigint':
      return { value, type: Types.long };
    case 'number':
      return numberLiteral(value);
    case 'object':
      return objectLiteral(value);
    case 'undefined':
    case 'symbol':
    case 'function':
      break;
  }
  throw noLiteral(typeof value);
}

function numberLiteral(value: number): { readonly value: LiteralValue; readonly type: DataType } {
  if (!Number.isInteger(value) || Object.is(value, -0)) return { value, type: Types.double };
  if (Math.abs(value) <= INT_MAX || value === -INT_MAX - 1) return { value, type: Types.int };
  return Number.isSafeInteger(value) ? { value: BigInt(value), type: Types.long } : { value, type: Types.double };
}

function objectLiteral(value: object): { readonly value: LiteralValue; readonly type: DataType } {
  if (value instanceof Uint8Array) return { value, type: Types.binary };
  if (
    'unscaled' in value &&
    'scale' in value &&
    typeof value.unscaled === 'bigint' &&
    typeof value.scale === 'number'
  ) {
    const digits = (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString().length;
    const precision = Math.max(digits, value.scale);
    return { value: value.unscaled, type: Types.decimal(precision, value.scale) };
  }
  if ('days' in value && typeof value.days === 'number') return { value: value.days, type: Types.date };
  if ('micros' in value && typeof value.micros === 'bigint') return { value: value.micros, type: Types.timestamp };
  if (value instanceof Date) return { value: BigInt(value.getTime()) * 1000n, type: Types.timestamp };
  throw noLiteral(value.constructor.name);
}

function noLiteral(what: string): MillraceError {
  return new MillraceError('NOT_SUPPORTED', {
    feature: `A literal made of a ${what}`,
    remedy:
      'Use lit() with a boolean, number, bigint, string, Date or Uint8Array, and struct() or array() for nested values.',
  });
}

/** As Java's BigDecimal.toString: small ones by their exponent, as in 1.5E-7. */
function decimalName(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const [first = '0', ...rest] = String(unscaled).replace('-', '');
  const exponent = rest.length - scale;
  if (exponent >= -6) return decimalText(unscaled, scale);
  return `${sign}${first}${rest.length > 0 ? `.${rest.join('')}` : ''}E${exponent}`;
}

/** As a column's name shows it: strings without quotes, dates with their keyword. */
export function literalText(value: LiteralValue, type: DataType): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array)
    return `X'${[...value]
      .map((b) => b.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase()}'`;
  if (type.kind === 'decimal' && typeof value === 'bigint') return decimalName(value, type.scale);
  if (type.kind === 'date' && typeof value === 'number') return `DATE '${dateText(value)}'`;
  if (type.kind === 'timestamp' && typeof value === 'bigint') return `TIMESTAMP '${timestampText(value)}'`;
  if (type.kind === 'timestamp_ntz' && typeof value === 'bigint') return `TIMESTAMP_NTZ '${timestampText(value)}'`;
  if (type.kind === 'double' && typeof value === 'number') return doubleText(value);
  if (type.kind === 'float' && typeof value === 'number') return floatText(value);
  return String(value);
}
