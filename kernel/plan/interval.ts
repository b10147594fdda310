/** Interval text: `10 minutes`, `1 hour 30 seconds`, `interval 2 days`, `1.5 seconds`. */
import { MillraceError } from '../core/errors.ts';
import type { CalendarInterval } from './logical-plan.ts';

type Unit = 'months' | 'days' | 'microseconds';

const UNITS: Readonly<Record<string, readonly [Unit, bigint]>> = {
  year: ['months', 12n],
  month: ['months', 1n],
  week: ['days', 7n],
  day: ['days', 1n],
  hour: ['microseconds', 3_600_000_000n],
  minute: ['microseconds', 60_000_000n],
  second: ['microseconds', 1_000_000n],
  millisecond: ['microseconds', 1000n],
  microsecond: ['microseconds', 1n],
};

/** Spark names a wrong interval differently by where it stands: that of a window, or that of a watermark or a trigger. */
type IntervalCondition = 'CANNOT_PARSE_INTERVAL' | 'INVALID_INTERVAL_FORMAT';

/** @throws the given condition */
export function parseInterval(text: string, condition: IntervalCondition = 'CANNOT_PARSE_INTERVAL'): CalendarInterval {
  const wrong = (problem: string): MillraceError => new MillraceError(condition, { text: `'${text}'`, problem });
  const words = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, '')
    .split(/\s+/);
  if (words.length < 2 || words.length % 2 !== 0) throw wrong('it must be pairs of a number and a unit');
  const total = { months: 0n, days: 0n, microseconds: 0n };
  for (let i = 0; i < words.length; i += 2) {
    const [amount = '', unit = ''] = words.slice(i, i + 2);
    const match = /^'?([+-]?)(\d+)(?:\.(\d{1,9}))?'?$/.exec(amount);
    const found = UNITS[unit.replace(/s$/, '')];
    if (match === null) throw wrong(`'${amount}' is not a number`);
    if (found === undefined) throw wrong(`'${unit}' is not a unit`);
    const [, sign = '', whole = '0', fraction = ''] = match;
    const [part, size] = found;
    if (fraction !== '' && !unit.startsWith('second')) throw wrong('only seconds may have a fraction');
    const micros = fraction === '' ? 0n : BigInt(fraction.slice(0, 6).padEnd(6, '0'));
    const value = BigInt(whole) * size + micros;
    total[part] += sign === '-' ? -value : value;
  }
  return { months: Number(total.months), days: Number(total.days), microseconds: total.microseconds };
}

/** A month counts 31 days and a year 372, as in Spark's watermark delays (SEMANTICS.md 10). */
export function intervalMicros(interval: CalendarInterval): bigint {
  return BigInt(interval.months * 31 + interval.days) * 86_400_000_000n + interval.microseconds;
}
