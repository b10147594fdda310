/** Offsets of time zones from UTC, through Intl, cached by quarter hours, since no zone changes within one. */
import { MillraceError } from '../core/errors.ts';
import { daysOfCivil } from '../expr/values.ts';

const QUARTER_HOUR_MS = 900_000;
/** What Intl formats, less the days that are looked around at. */
const DATE_MS_MAX = 8.64e15 - 2 * 86_400_000;

export interface Zone {
  /** UTC µs → µs of the wall clock. */
  readonly toWall: (utcMicros: bigint) => bigint;
  /** µs of the wall clock → UTC µs; the earlier of two, and past the gap where there is none, as in java.time. */
  readonly toUtc: (wallMicros: bigint) => bigint;
}

const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;

/** The short names of java.time.ZoneId.SHORT_IDS that people write. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  PST: 'America/Los_Angeles',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  ECT: 'Europe/Paris',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  AET: 'Australia/Sydney',
};

/** @param name an IANA name, `Z`, or an offset such as +02:00 @throws INVALID_TIMEZONE */
export function zoneOf(name: string): Zone {
  const upper = name.toUpperCase();
  if (upper === 'UTC' || upper === 'Z' || upper === 'GMT' || upper === 'ETC/UTC') return fixedZone(0n);
  const fixed = FIXED.exec(upper);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    return fixedZone(BigInt(fixed[1] === '-' ? -minutes : minutes) * 60_000_000n);
  }
  return namedZone(Object.hasOwn(SHORT_NAMES, upper) ? (SHORT_NAMES[upper] ?? name) : name);
}

function fixedZone(offset: bigint): Zone {
  return { toWall: (utc) => utc + offset, toUtc: (wall) => wall - offset };
}

function namedZone(name: string): Zone {
  const format = formatOf(name);
  const cache = new Map<number, bigint>();
  const offsetAt = (utcMs: number): bigint => {
    const slot = Math.floor(utcMs / QUARTER_HOUR_MS);
    const known = cache.get(slot);
    if (known !== undefined) return known;
    const offset = offsetOf(format, slot * QUARTER_HOUR_MS);
    if (cache.size > 100_000) cache.clear();
    cache.set(slot, offset);
    return offset;
  };
  // Dates of JavaScript end before timestamps do; the zone's last rule holds on.
  const toMs = (micros: bigint): number => Math.max(-DATE_MS_MAX, Math.min(DATE_MS_MAX, Number(micros / 1000n)));
  return {
    toWall: (utc) => utc + offsetAt(toMs(utc)),
    toUtc(wall) {
      const before = offsetAt(toMs(wall) - 86_400_000);
      const early = wall - before;
      if (offsetAt(toMs(early)) === before) return early;
      const after = offsetAt(toMs(wall) + 86_400_000);
      const late = wall - after;
      return offsetAt(toMs(late)) === after ? late : early;
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch (cause) {
    throw new MillraceError('INVALID_TIMEZONE', { timeZone }, { cause });
  }
}

function offsetOf(format: Intl.DateTimeFormat, utcMs: number): bigint {
  const parts = new Map(format.formatToParts(utcMs).map((part) => [part.type, part.value]));
  const number = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const days = daysOfCivil(year, number('month'), number('day'));
  const wallSeconds = days * 86_400 + number('hour') * 3600 + number('minute') * 60 + number('second');
  return BigInt(wallSeconds - Math.floor(utcMs / 1000)) * 1_000_000n;
}
