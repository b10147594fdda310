/** Dates and timestamps. Fields of a timestamp are those of the session's time zone. */
import { isNumeric, typeName, Types, type DataType } from '../arrow/types.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { civilOfDays, daysOfCivil } from '../expr/values.ts';
import { MillraceError } from '../core/errors.ts';
import { floorDiv, integralBounds } from './cast-values.ts';
import { isCivil } from './parse-values.ts';
import type { FunctionContext, ScalarFunction, ScalarImplementation } from './contract.ts';
import { defineFunction, type Param, type RowFunction, type ScalarDefinition } from './define.ts';
import {
  checkedTimestamp,
  DAY,
  HOUR,
  isTimestamp,
  MINUTE,
  SECOND,
  lastDayOf,
  wallOf,
  weekOfYear,
} from './time-fields.ts';
import { utcNear, zoneOf } from './timezone.ts';
import { constantColumn } from './vectors.ts';

const FAMILY = 'date-time';
const big = (value: LiteralValue | undefined): bigint =>
  typeof value === 'bigint' ? value : BigInt(Number(value ?? 0));
const mod = (a: bigint, b: bigint): number => Number(((a % b) + b) % b);

/** A number out of a time. */
function part(
  name: string,
  aliases: readonly string[],
  summary: string,
  example: readonly [string, string],
  of: (wall: bigint) => number,
) {
  return defineFunction(FAMILY, {
    name,
    aliases,
    usage: `${name}(time)`,
    summary,
    examples: [example],
    params: ['time'],
    returns: Types.int,
    row([type = Types.timestamp], _result, context) {
      const wall = wallOf(type, context);
      return (value) => of(wall(value ?? null));
    },
  });
}

const civil = (wall: bigint) => civilOfDays(Number(floorDiv(wall, DAY)));

function define(
  name: string,
  params: readonly Param[],
  returns: DataType,
  summary: string,
  example: readonly [string, string] | undefined,
  row: (context: FunctionContext, types: readonly DataType[]) => RowFunction,
  rest: Partial<ScalarDefinition> = {},
) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(…)`,
    summary,
    ...(example === undefined ? {} : { examples: [example] }),
    params,
    returns,
    row: (types, _type, context) => row(context, types),
    ...rest,
  });
}

const UNITS: Readonly<Record<string, bigint>> = {
  hour: HOUR,
  minute: MINUTE,
  second: SECOND,
  millisecond: 1000n,
  microsecond: 1n,
  day: DAY,
  dd: DAY,
};

/** Days are an int or less in ANSI mode: Spark has this for `date_add` and `date_sub` only. */
function ofWholeDays(...definition: Parameters<typeof define>): ScalarFunction {
  const entry = define(...definition);
  return {
    ...entry,
    resolve(args, context) {
      const days = args[1]?.type;
      if (context.ansi && days !== undefined && isNumeric(days) && !['byte', 'short', 'int'].includes(days.kind)) {
        throw new MillraceError('DATATYPE_MISMATCH', {
          expression: entry.usage,
          problem: `the days are a ${typeName(days)}, but int is wanted`,
          remedy: 'Cast them to INT.',
        });
      }
      return entry.resolve(args, context);
    },
  };
}

/** The units of `trunc`, which gives a date. */
const DATE_UNITS = /^(?:year|yyyy|yy|quarter|month|mm|mon|week)$/i;

/** The start of the unit that holds a wall-clock time; undefined for an unknown unit. */
function truncated(wall: bigint, unit: string): bigint | undefined {
  const size = UNITS[unit];
  if (size !== undefined) return floorDiv(wall, size) * size;
  const { year, month } = civil(wall);
  const at = (y: number, m: number): bigint => BigInt(daysOfCivil(y, m, 1)) * DAY;
  switch (unit) {
    case 'year':
    case 'yyyy':
    case 'yy':
      return at(year, 1);
    case 'quarter':
      return at(year, month - ((month - 1) % 3));
    case 'month':
    case 'mm':
    case 'mon':
      return at(year, month);
    case 'week':
      return floorDiv(wall, DAY) * DAY - BigInt(mod(floorDiv(wall, DAY) + 3n, 7n)) * DAY;
    default:
      return undefined;
  }
}

const DAYS_MAX = 2 ** 31 - 1;

/** The day stays where the month is long enough. @throws ARITHMETIC_OVERFLOW */
function addMonths(days: number, months: number): number {
  const { year, month, day } = civilOfDays(days);
  const total = year * 12 + (month - 1) + months;
  const y = Math.floor(total / 12);
  const m = total - y * 12 + 1;
  return checkedDays(daysOfCivil(y, m, Math.min(day, lastDayOf(y, m))));
}

function checkedDays(days: number): number {
  if (Math.abs(days) <= DAYS_MAX) return days;
  throw new MillraceError('ARITHMETIC_OVERFLOW', {
    operation: 'Moving a date',
    remedy: 'Dates end with the year 5881580.',
  });
}

function addToWall(wall: bigint, months: number, days: number): bigint {
  const day = floorDiv(wall, DAY);
  return BigInt(addMonths(Number(day), months) + days) * DAY + (wall - day * DAY);
}

/** `add_interval(time, months, days, micros)`: what `time + INTERVAL …` becomes. */
const addInterval = defineFunction(FAMILY, {
  name: 'add_interval',
  usage: 'time + INTERVAL …',
  summary: 'A time moved by an interval; months and days count in the time zone of the session.',
  examples: [["DATE '2024-01-31' + INTERVAL '1 month'", '2024-02-29']],
  params: ['time', Types.int, Types.int, Types.long],
  returns: ([type = Types.timestamp], args) =>
    type.kind === 'date' && args[3]?.literal !== 0n ? Types.timestamp : type,
  row([type = Types.timestamp], result, context) {
    const zone = zoneOf(context.timeZone);
    return (value, months, days, micros) => {
      if (type.kind === 'date' && result.kind === 'date') {
        return checkedDays(addMonths(Number(value), Number(months)) + Number(days));
      }
      if (type.kind === 'timestamp_ntz') {
        return checkedTimestamp(addToWall(big(value), Number(months), Number(days)) + big(micros), 'The sum');
      }
      const utc = type.kind === 'date' ? zone.toUtc(big(value) * DAY) : big(value);
      const moved = utcNear(zone, utc, addToWall(zone.toWall(utc), Number(months), Number(days)));
      return checkedTimestamp(moved + big(micros), 'The sum');
    };
  },
});

/** The batch's time: the same for all rows of a query, and on a replay (SEMANTICS.md 24). */
function now(
  name: string,
  aliases: readonly string[],
  type: DataType,
  summary: string,
  of: (micros: bigint, context: FunctionContext) => LiteralValue,
) {
  return defineFunction(FAMILY, {
    name,
    aliases,
    usage: `${name}()`,
    summary,
    params: [],
    returns: type,
    nullable: 'never',
    volatility: 'stable',
    vector: (_types, _type, functions): ScalarImplementation => ({
      engine: 'javascript',
      evaluate: (_args, length, context) =>
        constantColumn(of(context.batchTimestampMicros, functions), type, length, context.arena),
    }),
  });
}

/** As Java's conversion: cut to whole ones, ended at the bounds; null where it is no number. */
function wholeMicros(micros: number): bigint | null {
  if (!Number.isFinite(micros)) return null;
  const whole = BigInt(Math.trunc(micros));
  if (isTimestamp(whole)) return whole;
  const { min, max } = integralBounds(Types.long);
  return whole < 0n ? min : max;
}

function fromUnit(name: string, perUnit: bigint, summary: string, example: readonly [string, string]) {
  const row = (type: DataType | undefined): RowFunction => {
    if (type?.kind === 'double' || type?.kind === 'float')
      return (value) => wholeMicros(Number(value) * Number(perUnit));
    const divisor = type?.kind === 'decimal' ? 10n ** BigInt(type.scale) : 1n;
    return (value) => checkedTimestamp((big(value) * perUnit) / divisor, name);
  };
  return define(name, ['numeric'], Types.timestamp, summary, example, (_context, [type]) => row(type), {
    nullable: 'always',
  });
}

function toUnit(name: string, perUnit: bigint, summary: string, example: readonly [string, string]) {
  return define(name, [Types.timestamp], Types.long, summary, example, () => (value) => floorDiv(big(value), perUnit));
}

export const DATE_TIME = [
  part('year', [], 'The year.', ["year('2016-07-30')", '2016'], (wall) => civil(wall).year),
  part('quarter', [], 'The quarter, 1 to 4.', ["quarter('2016-08-31')", '3'], (wall) =>
    Math.floor((civil(wall).month + 2) / 3),
  ),
  part('month', [], 'The month, 1 to 12.', ["month('2016-07-30')", '7'], (wall) => civil(wall).month),
  part('day', ['dayofmonth'], 'The day of the month.', ["day('2009-07-30')", '30'], (wall) => civil(wall).day),
  part(
    'dayofweek',
    [],
    'The day of the week, 1 (Sunday) to 7.',
    ["dayofweek('2009-07-30')", '5'],
    (wall) => mod(floorDiv(wall, DAY) + 4n, 7n) + 1,
  ),
  part('weekday', [], 'The day of the week, 0 (Monday) to 6.', ["weekday('2009-07-30')", '3'], (wall) =>
    mod(floorDiv(wall, DAY) + 3n, 7n),
  ),
  part(
    'dayofyear',
    [],
    'The day of the year.',
    ["dayofyear('2016-04-09')", '100'],
    (wall) => Number(floorDiv(wall, DAY)) - daysOfCivil(civil(wall).year, 1, 1) + 1,
  ),
  part('weekofyear', [], 'The ISO week of the year.', ["weekofyear('2008-02-20')", '8'], (wall) =>
    weekOfYear(Number(floorDiv(wall, DAY))),
  ),
  part('hour', [], 'The hour, 0 to 23.', ["hour('2009-07-30 12:58:59')", '12'], (wall) =>
    mod(floorDiv(wall, HOUR), 24n),
  ),
  part('minute', [], 'The minute.', ["minute('2009-07-30 12:58:59')", '58'], (wall) =>
    mod(floorDiv(wall, MINUTE), 60n),
  ),
  part('second', [], 'The second.', ["second('2009-07-30 12:58:59')", '59'], (wall) =>
    mod(floorDiv(wall, SECOND), 60n),
  ),
  ofWholeDays(
    'date_add',
    [Types.date, Types.int],
    Types.date,
    'The day so many days later.',
    ["date_add('2016-07-30', 1)", '2016-07-31'],
    () => (date, n) => Number(date) + Number(n),
    { aliases: ['dateadd'], usage: 'date_add(date, days)' },
  ),
  ofWholeDays(
    'date_sub',
    [Types.date, Types.int],
    Types.date,
    'The day so many days earlier.',
    ["date_sub('2016-07-30', 1)", '2016-07-29'],
    () => (date, n) => Number(date) - Number(n),
    { usage: 'date_sub(date, days)' },
  ),
  define(
    'datediff',
    [Types.date, Types.date],
    Types.int,
    'The days from the second to the first.',
    ["datediff('2009-07-31', '2009-07-30')", '1'],
    () => (end, start) => Number(end) - Number(start),
    { aliases: ['date_diff'], usage: 'datediff(end, start)' },
  ),
  define(
    'add_months',
    [Types.date, Types.int],
    Types.date,
    'The day so many months later.',
    ["add_months('2016-08-31', 1)", '2016-09-30'],
    () => (date, n) => addMonths(Number(date), Number(n)),
    { usage: 'add_months(date, months)' },
  ),
  define(
    'last_day',
    [Types.date],
    Types.date,
    'The last day of the month.',
    ["last_day('2009-01-12')", '2009-01-31'],
    () => (date) => {
      const { year, month } = civilOfDays(Number(date));
      return daysOfCivil(year, month, lastDayOf(year, month));
    },
  ),
  define(
    'trunc',
    [Types.date, Types.string],
    Types.date,
    'The first day of the year, quarter, month or week.',
    ["trunc('2019-08-04', 'week')", '2019-07-29'],
    () => (date, unit) => {
      const found = truncated(big(date) * DAY, String(unit).toLowerCase());
      return found === undefined || !DATE_UNITS.test(String(unit)) ? null : Number(found / DAY);
    },
    { nullable: 'always', usage: 'trunc(date, unit)' },
  ),
  define(
    'date_trunc',
    [Types.string, Types.timestamp],
    Types.timestamp,
    'The start of the year, month, day, hour, … of a time.',
    ["date_trunc('HOUR', '2015-03-05T09:32:05.359')", '2015-03-05 09:00:00'],
    (context) => {
      const zone = zoneOf(context.timeZone);
      return (unit, time) => {
        const found = truncated(zone.toWall(big(time)), String(unit).toLowerCase());
        return found === undefined ? null : utcNear(zone, big(time), found);
      };
    },
    { nullable: 'always', usage: 'date_trunc(unit, time)' },
  ),
  define(
    'make_date',
    [Types.int, Types.int, Types.int],
    Types.date,
    'The day of a year, month and day.',
    ['make_date(2013, 7, 15)', '2013-07-15'],
    (context) => (year, month, day) => {
      const parts = [Number(year), Number(month), Number(day)] as const;
      if (isCivil(...parts)) return daysOfCivil(...parts);
      if (context.ansi)
        throw new MillraceError('DATETIME_FIELD_OUT_OF_BOUNDS', { problem: `There is no day ${parts.join('-')}` });
      return null;
    },
    { usage: 'make_date(year, month, day)', nullable: 'always' },
  ),
  define(
    'unix_date',
    [Types.date],
    Types.int,
    'Days since 1970-01-01.',
    ["unix_date(DATE '1970-01-02')", '1'],
    () => (date) => Number(date),
  ),
  toUnit('unix_seconds', SECOND, 'Seconds since 1970-01-01 UTC.', [
    "unix_seconds(TIMESTAMP '1970-01-01 00:00:01')",
    '1',
  ]),
  toUnit('unix_millis', 1000n, 'Milliseconds since 1970-01-01 UTC.', [
    "unix_millis(TIMESTAMP '1970-01-01 00:00:01')",
    '1000',
  ]),
  toUnit('unix_micros', 1n, 'Microseconds since 1970-01-01 UTC.', [
    "unix_micros(TIMESTAMP '1970-01-01 00:00:01')",
    '1000000',
  ]),
  fromUnit('timestamp_seconds', SECOND, 'The time so many seconds after 1970-01-01 UTC.', [
    'timestamp_seconds(1)',
    '1970-01-01 00:00:01',
  ]),
  fromUnit('timestamp_millis', 1000n, 'The time so many milliseconds after 1970-01-01 UTC.', [
    'timestamp_millis(1500)',
    '1970-01-01 00:00:01.5',
  ]),
  fromUnit('timestamp_micros', 1n, 'The time so many microseconds after 1970-01-01 UTC.', [
    'timestamp_micros(1500000)',
    '1970-01-01 00:00:01.5',
  ]),
  define(
    'date',
    [Types.date],
    Types.date,
    'The value as a date.',
    ["date('2020-01-02')", '2020-01-02'],
    () => (value) => value ?? null,
  ),
  define(
    'timestamp',
    [Types.timestamp],
    Types.timestamp,
    'The value as a timestamp.',
    ["timestamp('2020-01-02')", '2020-01-02 00:00:00'],
    () => (value) => value ?? null,
  ),
  define(
    'to_utc_timestamp',
    [Types.timestamp, Types.string],
    Types.timestamp,
    'A wall-clock time of a zone as UTC.',
    ["to_utc_timestamp('2016-08-31', 'Asia/Seoul')", '2016-08-30 15:00:00'],
    (context) => {
      const session = zoneOf(context.timeZone);
      return (time, zone) =>
        checkedTimestamp(session.toUtc(zoneOf(String(zone)).toUtc(session.toWall(big(time)))), 'to_utc_timestamp');
    },
  ),
  define(
    'from_utc_timestamp',
    [Types.timestamp, Types.string],
    Types.timestamp,
    'A UTC time as the wall clock of a zone.',
    ["from_utc_timestamp('2016-08-31', 'Asia/Seoul')", '2016-08-31 09:00:00'],
    (context) => {
      const session = zoneOf(context.timeZone);
      return (time, zone) =>
        checkedTimestamp(session.toUtc(zoneOf(String(zone)).toWall(session.toWall(big(time)))), 'from_utc_timestamp');
    },
  ),
  addInterval,
  now(
    'current_timestamp',
    ['now'],
    Types.timestamp,
    'The time at which the query, or the micro-batch, started.',
    (micros) => micros,
  ),
  now(
    'localtimestamp',
    [],
    Types.timestampNtz,
    'The wall clock at which the query, or the micro-batch, started.',
    (micros, context) => zoneOf(context.timeZone).toWall(micros),
  ),
  now(
    'current_date',
    ['curdate'],
    Types.date,
    'The day on which the query, or the micro-batch, started.',
    (micros, context) => Number(floorDiv(zoneOf(context.timeZone).toWall(micros), DAY)),
  ),
];
