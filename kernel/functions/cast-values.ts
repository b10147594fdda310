/** Casts of single atomic values. */
import { isIntegral, typeName, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { CastMode, LiteralValue } from '../expr/expr.ts';
import { castsFromText } from './cast-from-text.ts';
import { valueText } from './cast-text.ts';
import type { FunctionContext } from './contract.ts';
import { fitsPrecision, rescale } from './parse-values.ts';
import { checkedTimestamp, isTimestamp } from './time-fields.ts';
import { zoneOf } from './timezone.ts';

/** A non-null value in; null where the cast fails and its mode allows that. */
export type CastValue = (value: LiteralValue) => LiteralValue;

const DAY_MICROS = 86_400_000_000n;

export function castValue(from: DataType, to: DataType, mode: CastMode, context: FunctionContext): CastValue {
  if (to.kind === 'string') return valueText(from, context);
  if (from.kind === 'string') return castsFromText(to, mode, context);
  if (to.kind === 'boolean') return (value) => (typeof value === 'boolean' ? value : Number(value) !== 0);
  if (from.kind === 'boolean') {
    const fromInt = castValue({ kind: 'int' }, to, mode, context);
    return (value) => fromInt(value === true ? 1 : 0);
  }
  if (isIntegral(to)) return toIntegral(from, to, mode);
  switch (to.kind) {
    case 'decimal':
      return toDecimal(from, to, mode);
    case 'float':
      return (value) => Math.fround(toNumber(value, from));
    case 'double':
      return (value) => toNumber(value, from);
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return toTime(from, to, mode, context);
    case 'void':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return () => null;
  }
}

export function overflow(value: string, from: DataType, to: DataType): MillraceError {
  if (to.kind === 'decimal')
    return new MillraceError('NUMERIC_VALUE_OUT_OF_RANGE', { value, type: typeName(to), function: 'cast' });
  return new MillraceError('CAST_OVERFLOW', {
    value,
    from: typeName(from).toUpperCase(),
    to: typeName(to).toUpperCase(),
  });
}

const LIMITS = { byte: 7n, short: 15n, int: 31n, long: 63n } as const;

/** The inclusive bounds of an integral type. */
export function integralBounds(type: DataType): { readonly min: bigint; readonly max: bigint; readonly bits: number } {
  const bits = type.kind === 'byte' || type.kind === 'short' || type.kind === 'int' ? LIMITS[type.kind] : LIMITS.long;
  return { min: -(1n << bits), max: (1n << bits) - 1n, bits: Number(bits) + 1 };
}

/** A whole number as the values of the integral type are kept. */
export function integralValue(whole: bigint, to: DataType): LiteralValue {
  return to.kind === 'long' ? whole : Number(whole);
}

function toIntegral(from: DataType, to: DataType, mode: CastMode): CastValue {
  const { min, max, bits } = integralBounds(to);
  const whole = wholeOf(from);
  return (value) => {
    const number = whole(value);
    if (number !== undefined && number >= min && number <= max) return integralValue(number, to);
    // As a double the greatest bigint is one more than it is.
    if (to.kind === 'long' && typeof value === 'number' && number === max + 1n) return max;
    if (mode === 'ansi') throw overflow(valueText(from, UTC)(value), from, to);
    if (mode === 'try' || from.kind === 'timestamp') return null;
    if (from.kind === 'decimal') return number === undefined ? null : integralValue(BigInt.asIntN(bits, number), to);
    return integralValue(number === undefined ? 0n : saturate(number, from, min, max, bits), to);
  };
}

const UTC: FunctionContext = { ansi: true, timeZone: 'UTC' };

/** Java: floating point saturates (through int for the smaller ones), integers wrap. */
function saturate(number: bigint, from: DataType, min: bigint, max: bigint, bits: number): bigint {
  if (from.kind !== 'float' && from.kind !== 'double') return BigInt.asIntN(bits, number);
  if (bits >= 32) return number < min ? min : max;
  const int = number < -(1n << 31n) ? -(1n << 31n) : number > (1n << 31n) - 1n ? (1n << 31n) - 1n : number;
  return BigInt.asIntN(bits, int);
}

/** The integer part; undefined for NaN. Timestamps count seconds. */
function wholeOf(from: DataType): (value: LiteralValue) => bigint | undefined {
  if (from.kind === 'decimal') {
    const divisor = 10n ** BigInt(from.scale);
    return (value) => (typeof value === 'bigint' ? value / divisor : undefined);
  }
  if (from.kind === 'timestamp')
    return (value) => (typeof value === 'bigint' ? floorDiv(value, 1_000_000n) : undefined);
  return (value) => {
    if (typeof value === 'bigint') return value;
    if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
    if (Number.isFinite(value)) return BigInt(Math.trunc(value));
    return value > 0 ? 1n << 200n : -(1n << 200n);
  };
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function toNumber(value: LiteralValue, from: DataType): number {
  if (from.kind === 'decimal' && typeof value === 'bigint') return Number(`${value}e-${from.scale}`);
  if (from.kind === 'timestamp' && typeof value === 'bigint') return Number(value) / 1e6;
  return Number(value);
}

function toDecimal(from: DataType, to: Extract<DataType, { kind: 'decimal' }>, mode: CastMode): CastValue {
  const exact = (value: LiteralValue): { readonly unscaled: bigint; readonly scale: number } | undefined => {
    if (from.kind === 'decimal' && typeof value === 'bigint') return { unscaled: value, scale: from.scale };
    if (from.kind === 'timestamp' && typeof value === 'bigint') return { unscaled: value, scale: 6 };
    if (typeof value === 'bigint') return { unscaled: value, scale: 0 };
    return typeof value === 'number' ? decimalOfNumber(value) : undefined;
  };
  return (value) => {
    const number = exact(value);
    const unscaled = number === undefined ? undefined : rescale(number.unscaled, number.scale, to.scale);
    if (unscaled !== undefined && fitsPrecision(unscaled, to.precision)) return unscaled;
    // NaN and the infinities give null even under ANSI, as in Spark.
    if (mode === 'ansi' && number !== undefined) throw overflow(valueText(from, UTC)(value), from, to);
    return null;
  };
}

/** The shortest decimal that reads back as the number, as Java's BigDecimal(Double.toString(x)). */
export function decimalOfNumber(value: number): { readonly unscaled: bigint; readonly scale: number } | undefined {
  if (!Number.isFinite(value)) return undefined;
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { unscaled: digits, scale } : { unscaled: digits * 10n ** BigInt(-scale), scale: 0 };
}

function toTime(from: DataType, to: DataType, mode: CastMode, context: FunctionContext): CastValue {
  const zone = zoneOf(context.timeZone);
  const big = (value: LiteralValue): bigint => (typeof value === 'bigint' ? value : BigInt(Number(value)));
  if (to.kind === 'date') {
    const wall = from.kind === 'timestamp' ? zone.toWall : (micros: bigint): bigint => micros;
    return (value) => Number(floorDiv(wall(big(value)), DAY_MICROS));
  }
  if (from.kind === 'date') {
    const utc = to.kind === 'timestamp' ? zone.toUtc : (micros: bigint): bigint => micros;
    return (value) => {
      const micros = utc(big(value) * DAY_MICROS);
      return mode === 'try' && !isTimestamp(micros) ? null : checkedTimestamp(micros, 'The date as a timestamp');
    };
  }
  if (from.kind === 'timestamp') return (value) => zone.toWall(big(value));
  if (from.kind === 'timestamp_ntz') return (value) => zone.toUtc(big(value));
  return secondsToTime(from, to, mode);
}

/** NaN and the infinities are no times. */
function throwNotFinite(value: LiteralValue, to: DataType, mode: CastMode): void {
  if (mode !== 'ansi') return;
  throw new MillraceError('CAST_INVALID_INPUT', {
    value: String(value),
    from: 'DOUBLE',
    to: typeName(to).toUpperCase(),
  });
}

/** Numbers are seconds since 1970. */
function secondsToTime(from: DataType, to: DataType, mode: CastMode): CastValue {
  const { min, max } = integralBounds({ kind: 'long' });
  return (value) => {
    let micros: bigint | undefined;
    if (from.kind === 'decimal' && typeof value === 'bigint') micros = (value * 1_000_000n) / 10n ** BigInt(from.scale);
    else if (typeof value === 'bigint') micros = value * 1_000_000n;
    else if (typeof value === 'number' && Number.isFinite(value)) micros = BigInt(Math.trunc(value * 1e6));
    else throwNotFinite(value, to, mode);
    // As Java's conversions: whole seconds and fractions beyond the range end at its bounds.
    if (micros !== undefined && from.kind !== 'decimal') return micros < min ? min : micros > max ? max : micros;
    if (micros !== undefined && micros >= min && micros <= max) return micros;
    if (mode === 'ansi') throw overflow(String(value), from, to);
    return null;
  };
}
