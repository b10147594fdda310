/** Offsets of time zones from UTC, through Intl, cached by quarter hours, since no zone changes within one. */
import { MillraceError } from '../core/errors.ts';

const QUARTER_HOUR_MS = 900_000;

export interface Zone {
  /** UTC µs → µs of the wall clock. */
  readonly toWall: (utcMicros: bigint) => bigint;
  /** µs of the wall clock → UTC µs; the earlier of two, and past the gap where there is none, as in java.time. */
  readonly toUtc: (wallMicros: bigint) => bigint;
}

const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;

/** @param name an IANA name, `Z`, or an offset such as +02:00 @throws DATATYPE_MISMATCH for an unknown zone */
export function zoneOf(name: string): Zone {
  const upper = name.toUpperCase();
  if (upper === 'UTC' || upper === 'Z' || upper === 'GMT' || upper === 'ETC/UTC') return fixedZone(0n);
  const fixed = FIXED.exec(upper);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    return fixedZone(BigInt(fixed[1] === '-' ? -minutes : minutes) * 60_000_000n);
  }
  return namedZone(name);
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
  const toMs = (micros: bigint): number => Number(micros / 1000n);
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
    throw new MillraceError(
      'DATATYPE_MISMATCH',
      {
        expression: `the time zone '${timeZone}'`,
        problem: 'no such zone is known',
        remedy: 'Give an IANA name such as Europe/Berlin, or an offset such as +02:00.',
      },
      { cause },
    );
  }
}

function offsetOf(format: Intl.DateTimeFormat, utcMs: number): bigint {
  const parts = new Map(format.formatToParts(utcMs).map((part) => [part.type, part.value]));
  const number = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const wall = Date.UTC(year, number('month') - 1, number('day'), number('hour'), number('minute'), number('second'));
  return BigInt(wall - Math.floor(utcMs / 1000) * 1000) * 1000n;
}
