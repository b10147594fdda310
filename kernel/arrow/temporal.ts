/** Dates and timestamps as users see them: JavaScript Dates that lose nothing and print as Spark does. */

const MICROS_PER_MS = 1000n;
const MS_PER_DAY = 86_400_000;

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** A point in time with microseconds. As a Date it is rounded down to the millisecond. */
export class Timestamp extends Date {
  /** µs since 1970-01-01 UTC (for timestamp_ntz: of the wall clock as if in UTC). */
  readonly micros: bigint;

  constructor(micros: bigint) {
    super(Number(floorDivide(micros, MICROS_PER_MS)));
    this.micros = micros;
  }

  /** Spark's format: `2024-01-31 10:00:00.25`. @param timeZone IANA name or offset such as +02:00 */
  override toString(timeZone = 'UTC'): string {
    return formatTimestamp(this.micros, timeZone);
  }

  /** ISO 8601 in UTC, with six digits after the point where there are microseconds. */
  override toJSON(): string {
    return this.toISOString();
  }

  override toISOString(): string {
    const text = super.toISOString();
    const below = Number(this.micros - floorDivide(this.micros, MICROS_PER_MS) * MICROS_PER_MS);
    return below === 0 ? text : `${text.slice(0, -1)}${String(below).padStart(3, '0')}Z`;
  }
}

/** A day of the calendar: a Date at midnight UTC. */
export class SqlDate extends Date {
  /** Since 1970-01-01. */
  readonly days: number;

  constructor(days: number) {
    super(days * MS_PER_DAY);
    this.days = days;
  }

  override toString(): string {
    return formatDate(this.days);
  }

  override toJSON(): string {
    return formatDate(this.days);
  }
}

/** `2024-01-31`; years beyond 9999 have a sign, as in Spark. */
export function formatDate(days: number): string {
  const date = new Date(days * MS_PER_DAY);
  return `${formatYear(date.getUTCFullYear())}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** `2024-01-31 10:00:00.25`, in the zone, without trailing zeros of the fraction. */
export function formatTimestamp(micros: bigint, timeZone: string): string {
  const ms = Number(floorDivide(micros, MICROS_PER_MS));
  const local = new Date(ms + zoneOffsetMs(ms, timeZone));
  const date = `${formatYear(local.getUTCFullYear())}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`;
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  const fraction = Number(micros - floorDivide(micros, 1_000_000n) * 1_000_000n);
  if (fraction === 0) return `${date} ${time}`;
  return `${date} ${time}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}

/** What is added to UTC to get the zone's wall clock at that instant. @throws RangeError for an unknown zone */
export function zoneOffsetMs(epochMs: number, timeZone: string): number {
  if (timeZone === 'UTC' || timeZone === 'Z' || timeZone === 'GMT' || timeZone === 'Etc/UTC') return 0;
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/.exec(timeZone);
  if (fixed !== null) {
    const [, sign, hours, minutes = '0', seconds = '0'] = fixed;
    const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -offset : offset;
  }
  const parts = new Map(
    zoneFormat(timeZone)
      .formatToParts(epochMs)
      .map((part) => [part.type, part.value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const wall = new Date(0);
  wall.setUTCFullYear(year, number('month') - 1, number('day'));
  wall.setUTCHours(number('hour'), number('minute'), number('second'));
  return wall.getTime() - Math.floor(epochMs / 1000) * 1000;
}

/** Formats by zone: making one costs 50 µs. A cache of pure values, bounded by the number of zones. */
const zoneFormats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  const known = zoneFormats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  zoneFormats.set(timeZone, format);
  return format;
}

function formatYear(year: number): string {
  if (year > 9999) return `+${year}`;
  return year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0');
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
