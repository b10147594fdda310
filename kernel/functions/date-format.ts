/** Functions with a date-time pattern: to_date, to_timestamp, date_format, unix_timestamp, from_unixtime. */
import { isNumeric, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { castValue, floorDiv } from './cast-values.ts';
import type { FunctionContext, ScalarImplementation } from './contract.ts';
import { defineFunction, evaluateRows, type RowFunction } from './define.ts';
import { compilePattern, type TimePattern } from './json/time-pattern.ts';
import { DAY, SECOND, wallOf } from './time-fields.ts';
import { zoneOf } from './timezone.ts';
import { constantColumn } from './vectors.ts';

const FAMILY = 'date-time';

/** Patterns are mostly constants: the last one compiled is kept. */
function patterns(): (pattern: LiteralValue | undefined) => TimePattern {
  let last: { readonly text: string; readonly pattern: TimePattern } | undefined;
  return (given) => {
    const text = String(given ?? '');
    if (last === undefined || last.text !== text) last = { text, pattern: compilePattern(text) };
    return last.pattern;
  };
}

function unparsable(value: string, pattern: string, name: string): MillraceError {
  return new MillraceError('CANNOT_PARSE_TIMESTAMP', {
    text: `'${value}'`,
    pattern: `'${pattern}'`,
    function: name,
  });
}

/** Text by a pattern, or by a cast where there is none. */
function parsing(
  name: string,
  to: DataType,
  summary: string,
  example: readonly [string, string],
  onError: 'by mode' | 'null',
) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(text[, pattern])`,
    summary,
    examples: [example],
    resolve(args) {
      const [value, pattern] = args;
      const isTime = value !== undefined && ['date', 'timestamp', 'timestamp_ntz'].includes(value.type.kind);
      const isSeconds = value !== undefined && to.kind === 'timestamp' && isNumeric(value.type);
      const first = isTime || isSeconds ? value.type : Types.string;
      const argTypes = pattern === undefined ? [first] : [first, Types.string];
      const nullable = onError === 'null' || args.some((arg) => arg.nullable);
      return { argTypes, type: to, nullable };
    },
    row([type = Types.string, pattern], _result, context) {
      const mode = onError === 'null' || !context.ansi ? 'try' : 'ansi';
      if (type.kind !== 'string') return castRow(type, to, context);
      if (pattern === undefined) {
        const cast = castValue(Types.string, to, mode, context);
        return (value) => cast(value ?? null);
      }
      const compile = patterns();
      const zone = zoneOf(context.timeZone);
      return (value, format) => {
        const micros = compile(format).parse(String(value), zone);
        if (micros === undefined) {
          if (mode === 'ansi') throw unparsable(String(value), String(format), name);
          return null;
        }
        return to.kind === 'date' ? Number(floorDiv(zone.toWall(micros), DAY)) : micros;
      };
    },
  });
}

function castRow(from: DataType, to: DataType, context: FunctionContext): RowFunction {
  if (from.kind === to.kind) return (value) => value ?? null;
  const cast = castValue(from, to, 'ansi', context);
  return (value) => cast(value ?? null);
}

/** Seconds of a time or of a text; without arguments, of the batch's time. */
const unixTimestamp = defineFunction(FAMILY, {
  name: 'unix_timestamp',
  aliases: ['to_unix_timestamp'],
  usage: 'unix_timestamp([time[, pattern]])',
  summary: 'Seconds since 1970-01-01 UTC.',
  examples: [["unix_timestamp('2016-04-08', 'yyyy-MM-dd')", '1460073600']],
  volatility: 'stable',
  resolve(args) {
    const [value, pattern] = args;
    const isTime = value !== undefined && ['date', 'timestamp', 'timestamp_ntz'].includes(value.type.kind);
    const argTypes = [
      ...(value === undefined ? [] : [isTime ? value.type : Types.string]),
      ...(pattern === undefined ? [] : [Types.string]),
    ];
    return { argTypes, type: Types.long, nullable: args.some((arg) => arg.nullable) };
  },
  vector: ([type, pattern], _result, functions): ScalarImplementation => ({
    engine: 'javascript',
    evaluate(args, length, context) {
      if (type === undefined)
        return constantColumn(floorDiv(context.batchTimestampMicros, SECOND), Types.long, length, context.arena);
      return evaluateRows(secondsRow(type, pattern, functions), 'strict', Types.long)(args, length, context);
    },
  }),
});

function secondsRow(type: DataType, pattern: DataType | undefined, context: FunctionContext): RowFunction {
  const zone = zoneOf(context.timeZone);
  if (type.kind !== 'string') {
    const wall = wallOf(type, context);
    // Towards zero, as in Spark, where a cast to bigint goes down.
    return (value) => (type.kind === 'timestamp' ? wallless(value) : zone.toUtc(wall(value ?? null))) / SECOND;
  }
  const compile = patterns();
  return (value, format) => {
    const micros = compile(pattern === undefined ? 'yyyy-MM-dd HH:mm:ss' : format).parse(String(value), zone);
    if (micros !== undefined) return micros / SECOND;
    if (context.ansi) throw unparsable(String(value), String(format ?? 'yyyy-MM-dd HH:mm:ss'), 'to_timestamp');
    return null;
  };
}

function wallless(value: LiteralValue | undefined): bigint {
  return typeof value === 'bigint' ? value : 0n;
}

export const DATE_FORMAT = [
  parsing(
    'to_date',
    Types.date,
    'Text as a date, by a pattern where one is given.',
    ["to_date('2016-12-31', 'yyyy-MM-dd')", '2016-12-31'],
    'by mode',
  ),
  parsing(
    'to_timestamp',
    Types.timestamp,
    'Text as a timestamp, by a pattern where one is given.',
    ["to_timestamp('2016-12-31 00:12:00')", '2016-12-31 00:12:00'],
    'by mode',
  ),
  parsing('try_to_date', Types.date, 'As to_date, but null instead of an error.', ["try_to_date('x')", 'NULL'], 'null'),
  parsing(
    'try_to_timestamp',
    Types.timestamp,
    'As to_timestamp, but null instead of an error.',
    ["try_to_timestamp('x')", 'NULL'],
    'null',
  ),
  defineFunction(FAMILY, {
    name: 'date_format',
    usage: 'date_format(time, pattern)',
    summary: 'A time as text, by a pattern such as yyyy-MM-dd HH:mm:ss.',
    examples: [["date_format('2016-04-08', 'yyyy')", '2016']],
    params: [Types.timestamp, Types.string],
    returns: Types.string,
    row(_types, _type, context) {
      const compile = patterns();
      const zone = zoneOf(context.timeZone);
      return (time, pattern) => compile(pattern).format(wallless(time), zone);
    },
  }),
  defineFunction(FAMILY, {
    name: 'from_unixtime',
    usage: 'from_unixtime(seconds[, pattern])',
    summary: 'Seconds since 1970-01-01 UTC as text.',
    examples: [["from_unixtime(0, 'yyyy-MM-dd HH:mm:ss')", '1970-01-01 00:00:00']],
    params: [Types.long, Types.string],
    optional: 1,
    returns: Types.string,
    row(_types, _type, context) {
      const compile = patterns();
      const zone = zoneOf(context.timeZone);
      return (seconds, pattern) => compile(pattern ?? 'yyyy-MM-dd HH:mm:ss').format(wallless(seconds) * SECOND, zone);
    },
  }),
  unixTimestamp,
];
