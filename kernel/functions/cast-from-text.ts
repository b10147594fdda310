/** Casts from string. */
import { DECIMAL_PRECISION_MAX, isIntegral, typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { CastMode, LiteralValue } from '../expr/expr.ts';
import type { FunctionContext } from './contract.ts';
import {
  fitsPrecision,
  parseBoolean,
  parseDate,
  parseDecimal,
  parseDouble,
  parseInteger,
  parseTimestamp,
  rescale,
} from './parse-values.ts';
import { zoneOf } from './timezone.ts';

const encoder = new TextEncoder();

export function castsFromText(
  to: DataType,
  mode: CastMode,
  context: FunctionContext,
): (value: LiteralValue) => LiteralValue {
  const parse = parserOf(to, mode, context);
  return (value) => {
    const text = typeof value === 'string' ? value : String(value);
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    if (mode === 'ansi') throw malformed(text, to);
    return null;
  };
}

export function malformed(text: string, to: DataType): MillraceError {
  return new MillraceError('CAST_INVALID_INPUT', {
    value: `'${text}'`,
    from: typeName(Types.string).toUpperCase(),
    to: typeName(to).toUpperCase(),
  });
}

function parserOf(to: DataType, mode: CastMode, context: FunctionContext): (text: string) => LiteralValue | undefined {
  if (isIntegral(to)) return integerParser(to, mode);
  switch (to.kind) {
    case 'boolean':
      return parseBoolean;
    case 'float':
      return (text) => {
        const value = parseDouble(text);
        return value === undefined ? undefined : Math.fround(value);
      };
    case 'double':
      return parseDouble;
    case 'decimal': {
      const { precision, scale } = to;
      return (text) => {
        const parsed = parseDecimal(text);
        const unscaled = parsed === undefined ? undefined : rescale(parsed.unscaled, parsed.scale, scale);
        if (unscaled === undefined || fitsPrecision(unscaled, precision)) return unscaled;
        if (mode === 'ansi') {
          if (!fitsPrecision(rescale(unscaled, scale, 0), DECIMAL_PRECISION_MAX)) {
            throw new MillraceError('NUMERIC_OUT_OF_SUPPORTED_RANGE', { value: text });
          }
          throw new MillraceError('NUMERIC_VALUE_OUT_OF_RANGE', { value: text, type: typeName(to), function: 'cast' });
        }
        return undefined;
      };
    }
    case 'date':
      return parseDate;
    case 'timestamp': {
      const zone = zoneOf(context.timeZone);
      return (text) => parseTimestamp(text, zone);
    }
    case 'timestamp_ntz': {
      const zone = zoneOf('UTC');
      return (text) => parseTimestamp(text.replace(/(?:Z|UTC|[+-]\d{1,2}:\d{2})\s*$/, ''), zone);
    }
    case 'binary':
      return (text) => encoder.encode(text);
    case 'string':
      return (text) => text;
    case 'void':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'array':
    case 'map':
    case 'struct':
      return () => undefined;
  }
}

const BITS: Readonly<Record<string, bigint>> = { byte: 7n, short: 15n, int: 31n, long: 63n };

function integerParser(to: DataType, mode: CastMode): (text: string) => LiteralValue | undefined {
  const limit = 1n << (BITS[to.kind] ?? 63n);
  const fraction = mode === 'ansi' ? 'refuse' : 'cut';
  return (text) => {
    const whole = parseInteger(text, { fraction });
    if (whole === undefined || whole >= limit || whole < -limit) return undefined;
    return to.kind === 'long' ? whole : Number(whole);
  };
}
