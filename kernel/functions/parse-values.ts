/** Text → values, by the rules of Spark's casts from string. Every function gives undefined where the text is malformed. */
import { daysOfCivil, civilOfDays } from '../expr/values.ts';
import { isTimestamp } from './time-fields.ts';
import { zoneOf, type Zone } from './timezone.ts';

const DATE = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/;
const TIMESTAMP =
  /^([+-]?\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?|(?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{3}|[A-Za-z]+\/[A-Za-z_/]+)?)?)?)?)?)?)?$/;
const MICROS_PER_SECOND = 1_000_000n;

/** Spark trims what Java calls whitespace and control characters. */
// eslint-disable-next-line no-control-regex -- that is what UTF8String.trimAll trims
const EDGES = /^[\u0000-\u0020\u007f]+|[\u0000-\u0020\u007f]+$/g;

export function trimAll(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first > 32 && first !== 127 && last > 32 && last !== 127 ? text : text.replace(EDGES, '');
}

export function isCivil(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  return day <= 28 || civilOfDays(daysOfCivil(year, month, day)).month === month;
}

/** @returns days since 1970-01-01 */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(trimAll(text));
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  return isCivil(year, month, day) ? daysOfCivil(year, month, day) : undefined;
}

/** @returns µs since 1970-01-01 UTC; a text without a zone is of `zone` */
export function parseTimestamp(text: string, zone: Zone): bigint | undefined {
  const match = TIMESTAMP.exec(trimAll(text));
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (!isCivil(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const wall = wallMicros(daysOfCivil(year, month, day), hour, minute, second, match[7] ?? '');
  const named = match[8];
  const utc = named === undefined ? zone.toUtc(wall) : utcOf(wall, named);
  return utc !== undefined && isTimestamp(utc) ? utc : undefined;
}

function utcOf(wall: bigint, zone: string): bigint | undefined {
  try {
    return zoneOf(zone).toUtc(wall);
  } catch {
    return undefined;
  }
}

/** `fraction` is the digits after the point; beyond six they are cut. */
export function wallMicros(days: number, hour: number, minute: number, second: number, fraction: string): bigint {
  const micros = BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  return (BigInt(days) * 86400n + BigInt(hour * 3600 + minute * 60 + second)) * MICROS_PER_SECOND + micros;
}

/** Whole numbers; ANSI refuses a fraction, the older cast cuts it off. */
export function parseInteger(text: string, options: { readonly fraction: 'refuse' | 'cut' }): bigint | undefined {
  const trimmed = trimAll(text);
  if (/^[+-]?\d{1,40}$/.test(trimmed)) return BigInt(trimmed.startsWith('+') ? trimmed.slice(1) : trimmed);
  if (options.fraction === 'cut') {
    const match = /^([+-]?\d*)\.\d*$/.exec(trimmed);
    if (match?.[1] !== undefined) {
      const whole = match[1].replace('+', '');
      return whole === '' || whole === '-' ? 0n : BigInt(whole);
    }
  }
  return undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/;

export function parseDouble(text: string): number | undefined {
  const trimmed = trimAll(text);
  if (NUMBER.test(trimmed)) return Number(trimmed.replace(/[dDfF]$/, ''));
  switch (trimmed.toLowerCase()) {
    case 'nan':
      return NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Infinity;
    case '-inf':
    case '-infinity':
      return -Infinity;
    default:
      return undefined;
  }
}

/** @returns the exact value, unscaled with as many digits after the point as the text has */
export function parseDecimal(text: string): { readonly unscaled: bigint; readonly scale: number } | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(trimAll(text));
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponentText);
  const unscaled = sign === '-' ? -digits : digits;
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 };
}

export function parseBoolean(text: string): boolean | undefined {
  switch (trimAll(text).toLowerCase()) {
    case 't':
    case 'true':
    case 'y':
    case 'yes':
    case '1':
      return true;
    case 'f':
    case 'false':
    case 'n':
    case 'no':
    case '0':
      return false;
    default:
      return undefined;
  }
}

/** Moves the point, rounding half up (away from zero) where digits are lost. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * 10n ** BigInt(to - from);
  return divideHalfUp(unscaled, 10n ** BigInt(from - to));
}

/** Rounds half away from zero, as Java's HALF_UP. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const a = dividend < 0n ? -dividend : dividend;
  const b = divisor < 0n ? -divisor : divisor;
  const quotient = (2n * a + b) / (2n * b);
  return negative ? -quotient : quotient;
}

export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = 10n ** BigInt(precision);
  return unscaled < limit && unscaled > -limit;
}
