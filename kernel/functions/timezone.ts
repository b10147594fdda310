/** Offsets of time zones from UTC, through Intl, cached by quarter hours, since no zone changes within one. */
import { MillraceError } from '../core/errors.ts';
import { daysOfCivil } from '../expr/values.ts';

const QUARTER_HOUR_MS = 900_000;
/** What Intl formats, less the days that are looked around at. */
const DATE_MS_MAX = 8.64e15 - 2 * 86_400_000;
/** The calendar, weekdays and all, repeats after 400 years. */
const CYCLE_MS = 146_097 * 86_400_000;
const OFFSET_HOURS_MAX = 18;

export interface Zone {
  /** UTC µs → µs of the wall clock. */
  readonly toWall: (utcMicros: bigint) => bigint;
  /** µs of the wall clock → UTC µs; the earlier of two, and past the gap where there is none, as in java.time. */
  readonly toUtc: (wallMicros: bigint) => bigint;
}

/** A wall-clock time reached from an instant keeps that instant's offset where both of a repeated hour would do. */
export function utcNear(zone: Zone, utcMicros: bigint, wallMicros: bigint): bigint {
  const kept = utcMicros + wallMicros - zone.toWall(utcMicros);
  return zone.toWall(kept) === wallMicros ? kept : zone.toUtc(wallMicros);
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

/**
 * @param name an IANA name as it is spelled, `Z`, or an offset such as +02:00, of 18 hours at most
 * @throws INVALID_TIMEZONE
 */
export function zoneOf(name: string): Zone {
  if (name === 'UTC' || name === 'Z' || name === 'GMT' || name === 'Etc/UTC') return fixedZone(0n);
  const fixed = FIXED.exec(name);
  if (fixed !== null) {
    const [, sign, hours, rest = '0'] = fixed;
    const minutes = Number(hours) * 60 + Number(rest);
    if (Number(rest) > 59 || minutes > OFFSET_HOURS_MAX * 60)
      throw new MillraceError('INVALID_TIMEZONE', { timeZone: name });
    return fixedZone(BigInt(sign === '-' ? -minutes : minutes) * 60_000_000n);
  }
  return namedZone(Object.hasOwn(SHORT_NAMES, name) ? (SHORT_NAMES[name] ?? name) : name);
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
  const toMs = (micros: bigint): number => withinDates(Number(micros / 1000n));
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

/** Dates of JavaScript end before timestamps do; a zone's last rule holds on, in every cycle of the calendar alike. */
function withinDates(ms: number): number {
  const beyond = Math.abs(ms) - DATE_MS_MAX;
  return beyond <= 0 ? ms : ms - Math.sign(ms) * Math.ceil(beyond / CYCLE_MS) * CYCLE_MS;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = tryFormat(timeZone);
  const { timeZone: canonical } = format.resolvedOptions();
  // Intl takes names in any case, java.time as they are spelled; it gives the spelling of those that are no alias.
  const isMisspelled = canonical !== timeZone && canonical.toLowerCase() === timeZone.toLowerCase();
  if (isMisspelled || /^[a-z]/.test(timeZone)) throw new MillraceError('INVALID_TIMEZONE', { timeZone });
  return format;
}

function tryFormat(timeZone: string): Intl.DateTimeFormat {
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
