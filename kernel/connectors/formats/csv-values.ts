/** Texts of CSV fields into values, by Spark's rules for each type. */
import type { DataType } from '../../arrow/types.ts';
import { typeName } from '../../arrow/types.ts';
import { MillraceError } from '../../core/errors.ts';
import { scalarParser } from '../../functions/json/fixups.ts';
import { jsonOptions } from '../../functions/json/options.ts';
import { parseDouble } from '../../functions/parse-values.ts';
import type { CsvOptions } from './csv-options.ts';

export type CsvScalar = number | bigint | boolean;
/** @returns undefined where the text does not fit the type */
export type CsvParser = (text: string) => CsvScalar | undefined;

const RANGES = {
  byte: [-(2 ** 7), 2 ** 7 - 1],
  short: [-(2 ** 15), 2 ** 15 - 1],
  int: [-(2 ** 31), 2 ** 31 - 1],
} as const;
const INTEGER = /^[+-]?\d{1,19}$/;
const LONG_LIMIT = 2n ** 63n;

/** For the types that are not strings or binaries. @throws NOT_SUPPORTED for types that CSV cannot hold */
export function csvParser(type: DataType, options: CsvOptions): CsvParser {
  switch (type.kind) {
    case 'boolean':
      return booleanOf;
    case 'byte':
    case 'short':
    case 'int': {
      const [min, max] = RANGES[type.kind];
      return (text) => {
        const value = INTEGER.test(text) ? Number(text) : NaN;
        return value >= min && value <= max ? value : undefined;
      };
    }
    case 'long':
      return longOf;
    case 'float':
      return (text) => mapNumber(floatingOf(text, options), Math.fround);
    case 'double':
      return (text) => floatingOf(text, options);
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz': {
      const { timeZone, dateFormat, timestampFormat, timestampNtzFormat } = options;
      const parse = scalarParser(type, {
        ...jsonOptions({}, timeZone),
        dateFormat,
        timestampFormat,
        timestampNtzFormat,
      });
      return (text) => {
        const value = parse(text);
        return value instanceof Uint8Array ? undefined : value;
      };
    }
    case 'void':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `A CSV column of the type ${typeName(type)}`,
        remedy: 'Read it as a string, and parse that.',
      });
  }
}

function booleanOf(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

function longOf(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value >= -LONG_LIMIT && value < LONG_LIMIT ? value : undefined;
}

function floatingOf(text: string, options: CsvOptions): number | undefined {
  if (text === options.nanValue) return NaN;
  if (text === options.positiveInf) return Infinity;
  if (text === options.negativeInf) return -Infinity;
  // Java's parseDouble knows these two words as they stand, and no other case of them.
  if (/[a-z]{2}/i.test(text)) return /^[+-]?Infinity$/.test(text) ? Number(text) : text === 'NaN' ? NaN : undefined;
  return parseDouble(text);
}

function mapNumber(value: number | undefined, apply: (value: number) => number): number | undefined {
  return value === undefined ? undefined : apply(value);
}
