/** Further functions of dates and timestamps: parts by name, days of the week, months between, times put together. */
import { Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { civilOfDays, daysOfCivil } from '../expr/values.ts';
import { castValue, floorDiv } from './cast-values.ts';
import type { FunctionContext } from './contract.ts';
import { defineFunction, wrongCount, type RowFunction } from './define.ts';
import { isCivil } from './parse-values.ts';
import { checkedTimestamp, DAY, HOUR, MINUTE, SECOND, lastDayOf, wallOf, weekOfYear } from './time-fields.ts';
import { zoneOf } from './timezone.ts';

const FAMILY = 'date-time';
const big = (value: LiteralValue | undefined): bigint =>
  typeof value === 'bigint' ? value : BigInt(Number(value ?? 0));
const modulo = (a: bigint, b: bigint): number => Number(((a % b) + b) % b);
const daysOf = (wall: bigint): number => Number(floorDiv(wall, DAY));

/** Monday is 0. */
const weekdayOf = (days: number): number => (((days + 3) % 7) + 7) % 7;

/** The year that the ISO week of a day belongs to: that of its Thursday. */
const isoYear = (days: number): number => civilOfDays(days - weekdayOf(days) + 3).year;

/** Parts of a wall-clock time by the names that EXTRACT knows. */
const PARTS: Readonly<Record<string, (wall: bigint) => number>> = {
  year: (wall) => civilOfDays(daysOf(wall)).year,
  yearofweek: (wall) => isoYear(daysOf(wall)),
  quarter: (wall) => Math.floor((civilOfDays(daysOf(wall)).month + 2) / 3),
  month: (wall) => civilOfDays(daysOf(wall)).month,
  week: (wall) => weekOfYear(daysOf(wall)),
  day: (wall) => civilOfDays(daysOf(wall)).day,
  dayofweek: (wall) => ((weekdayOf(daysOf(wall)) + 1) % 7) + 1,
  dayofweek_iso: (wall) => weekdayOf(daysOf(wall)) + 1,
  doy: (wall) => daysOf(wall) - daysOfCivil(civilOfDays(daysOf(wall)).year, 1, 1) + 1,
  hour: (wall) => modulo(floorDiv(wall, HOUR), 24n),
  minute: (wall) => modulo(floorDiv(wall, MINUTE), 60n),
};

// prettier-ignore
const ALIASES: Readonly<Record<string, string>> = {
  y: 'year', years: 'year', yr: 'year', yrs: 'year', qtr: 'quarter', mon: 'month', mons: 'month', months: 'month', w: 'week',
  weeks: 'week', d: 'day', days: 'day', dow: 'dayofweek', dow_iso: 'dayofweek_iso', h: 'hour', hours: 'hour', hr: 'hour', hrs: 'hour',
  m: 'minute', min: 'minute', mins: 'minute', minutes: 'minute', s: 'second', sec: 'second', seconds: 'second', secs: 'second',
};

function partName(literal: LiteralValue | undefined): string {
  const name = String(literal ?? '').toLowerCase();
  const known = ALIASES[name] ?? name;
  if (known === 'second' || Object.hasOwn(PARTS, known)) return known;
  throw new MillraceError('INVALID_EXTRACT_FIELD', { field: `\`${String(literal ?? '')}\`` });
}

/** Seconds come with their fraction, as decimal(8,6). */
const datePart = defineFunction(FAMILY, {
  name: 'date_part',
  usage: "date_part('part', time)",
  summary: 'A part of a time: year, quarter, month, week, day, dow, doy, hour, minute, second.',
  examples: [
    ["date_part('YEAR', TIMESTAMP '2019-08-12 01:00:00')", '2019'],
    ["EXTRACT(SECOND FROM TIMESTAMP '2019-10-01 00:00:01.000001')", '1.000001'],
  ],
  resolve(args) {
    const [name, time] = args;
    if (name === undefined || time === undefined || args.length > 2) throw wrongCount('date_part', '2', args.length);
    const isTime = ['date', 'timestamp', 'timestamp_ntz'].includes(time.type.kind);
    if (!isTime && time.type.kind !== 'string' && time.type.kind !== 'void') {
      throw new MillraceError('DATATYPE_MISMATCH', {
        expression: 'date_part',
        problem: 'a date or timestamp is wanted',
        remedy: 'Cast the argument.',
      });
    }
    const type = partName(name.literal) === 'second' ? Types.decimal(8, 6) : Types.int;
    return { argTypes: [Types.string, isTime ? time.type : Types.timestamp], type, nullable: time.nullable };
  },
  row([, type = Types.timestamp], _result, context) {
    const wall = wallOf(type, context);
    return (name, time) => {
      const part = partName(name);
      const at = wall(time ?? null);
      return part === 'second' ? at - floorDiv(at, MINUTE) * MINUTE : (PARTS[part]?.(at) ?? null);
    };
  },
});

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function weekdayNamed(text: string): number | undefined {
  const lower = text.trim().toLowerCase();
  const at = WEEKDAYS.findIndex((day) => day === lower || day.slice(0, 3) === lower || day.slice(0, 2) === lower);
  return at < 0 ? undefined : at;
}

/** Whole months where both are the same or the last day of their months; else by days of 31. */
function monthsBetween(a: bigint, b: bigint): number {
  const [x, y] = [civilOfDays(daysOf(a)), civilOfDays(daysOf(b))];
  const months = (x.year - y.year) * 12 + (x.month - y.month);
  const isLast = (of: typeof x): boolean => of.day === lastDayOf(of.year, of.month);
  if (x.day === y.day || (isLast(x) && isLast(y))) return months;
  const seconds = (wall: bigint): number => Number(floorDiv(wall - floorDiv(wall, DAY) * DAY, SECOND));
  const rest = (x.day - y.day) * 86_400 + seconds(a) - seconds(b);
  return months + rest / (31 * 86_400);
}

function outOfBounds(context: FunctionContext, problem: string): null {
  if (context.ansi) throw new MillraceError('DATETIME_FIELD_OUT_OF_BOUNDS', { problem });
  return null;
}

/** Seconds come as decimal(16,6); 60 is the next minute's 0. */
function madeTime(
  context: FunctionContext,
  zoneOfRow: (name: LiteralValue | undefined) => (wall: bigint) => bigint,
): RowFunction {
  return (year, month, day, hour, minute, seconds, zone) => {
    const micros = big(seconds);
    const date = [Number(year), Number(month), Number(day)] as const;
    const isTime = Number(hour) >= 0 && Number(hour) <= 23 && Number(minute) >= 0 && Number(minute) <= 59;
    const inMinute = micros >= 0n && (micros < 60n * SECOND || micros === 60n * SECOND);
    if (!isCivil(...date) || !isTime || !inMinute) {
      return outOfBounds(context, `There is no time ${date.join('-')} ${Number(hour)}:${Number(minute)}`);
    }
    const wall =
      BigInt(daysOfCivil(...date)) * DAY + BigInt(Number(hour)) * HOUR + BigInt(Number(minute)) * MINUTE + micros;
    return checkedTimestamp(zoneOfRow(zone)(wall), 'The time');
  };
}

const TIME_PARTS = [Types.int, Types.int, Types.int, Types.int, Types.int, Types.decimal(16, 6)];

function named(name: string, summary: string, example: readonly [string, string], of: (days: number) => string) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(date)`,
    summary,
    examples: [example],
    params: [Types.date],
    returns: Types.string,
    row: () => (date) => of(Number(date)),
  });
}

const titled = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1, 3);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function casting(name: string, to: DataType, summary: string, example: readonly [string, string]) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(text)`,
    summary,
    examples: [example],
    params: [Types.string],
    returns: to,
    nullable: 'always',
    row(_types, _type, context) {
      const cast = castValue(Types.string, to, context.ansi ? 'ansi' : 'try', context);
      return (value) => cast(value ?? null);
    },
  });
}

export const DATE_TIME_MORE = [
  datePart,
  defineFunction(FAMILY, {
    name: 'next_day',
    usage: 'next_day(date, weekday)',
    summary: 'The first day after a date that is the weekday.',
    examples: [["next_day('2015-01-14', 'TU')", '2015-01-20']],
    params: [Types.date, Types.string],
    returns: Types.date,
    nullable: 'always',
    row: (_types, _type, context) => (date, name) => {
      const weekday = weekdayNamed(String(name));
      if (weekday === undefined) {
        if (context.ansi) throw new MillraceError('ILLEGAL_DAY_OF_WEEK', { day: `'${String(name)}'` });
        return null;
      }
      const days = Number(date);
      return days + 1 + ((((weekday - weekdayOf(days + 1)) % 7) + 7) % 7);
    },
  }),
  defineFunction(FAMILY, {
    name: 'months_between',
    usage: 'months_between(time1, time2[, roundOff])',
    summary: 'The months from the second time to the first, rounded to 8 digits unless told otherwise.',
    examples: [["months_between('1997-02-28 10:30:00', '1996-10-30')", '3.94959677']],
    params: [Types.timestamp, Types.timestamp, Types.boolean],
    optional: 1,
    returns: Types.double,
    row(_types, _type, context) {
      const { toWall } = zoneOf(context.timeZone);
      return (a, b, roundOff) => {
        const months = monthsBetween(toWall(big(a)), toWall(big(b)));
        return roundOff === false ? months : Math.round(months * 1e8) / 1e8;
      };
    },
  }),
  defineFunction(FAMILY, {
    name: 'make_timestamp',
    usage: 'make_timestamp(year, month, day, hour, minute, second[, zone])',
    summary: 'The time of its parts.',
    examples: [['make_timestamp(2014, 12, 28, 6, 30, 45.887)', '2014-12-28 06:30:45.887']],
    params: [...TIME_PARTS, Types.string],
    optional: 1,
    returns: Types.timestamp,
    nullable: 'always',
    row: (_types, _type, context) =>
      madeTime(context, (zone) => zoneOf(zone === undefined ? context.timeZone : String(zone)).toUtc),
  }),
  defineFunction(FAMILY, {
    name: 'make_timestamp_ntz',
    usage: 'make_timestamp_ntz(year, month, day, hour, minute, second)',
    summary: 'The wall-clock time of its parts.',
    examples: [['make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887)', '2014-12-28 06:30:45.887']],
    params: TIME_PARTS,
    returns: Types.timestampNtz,
    nullable: 'always',
    row: (_types, _type, context) => madeTime(context, () => (wall) => wall),
  }),
  defineFunction(FAMILY, {
    name: 'date_from_unix_date',
    usage: 'date_from_unix_date(days)',
    summary: 'The day so many days after 1970-01-01.',
    examples: [['date_from_unix_date(1)', '1970-01-02']],
    params: [Types.int],
    returns: Types.date,
    row: () => (days) => Number(days),
  }),
  defineFunction(FAMILY, {
    name: 'current_timezone',
    usage: 'current_timezone()',
    summary: 'The time zone of the session.',
    volatility: 'stable',
    params: [],
    returns: Types.string,
    nullable: 'never',
    row: (_types, _type, context) => () => context.timeZone,
  }),
  named('dayname', 'The short name of the weekday.', ["dayname(DATE '2008-02-20')", 'Wed'], (days) =>
    titled(WEEKDAYS[weekdayOf(days)] ?? ''),
  ),
  named('monthname', 'The short name of the month.', ["monthname('2008-02-20')", 'Feb'], (days) =>
    String(MONTHS[civilOfDays(days).month - 1]),
  ),
  casting('to_timestamp_ntz', Types.timestampNtz, 'Text as a wall-clock time.', [
    "to_timestamp_ntz('2016-12-31 00:12:00')",
    '2016-12-31 00:12:00',
  ]),
  casting('to_timestamp_ltz', Types.timestamp, 'Text as a time of the session’s zone.', [
    "to_timestamp_ltz('2016-12-31 00:12:00')",
    '2016-12-31 00:12:00',
  ]),
];
