/**
 * The part of Spark's date-time patterns that data files use: `G y M d D H h K k a m s S X x V Z`, `E F O Q q` for writing, quoted
 * literals, optional sections; what Spark 3 refuses is refused. Compiled once for a column. Texts are read without regard to case.
 *
 * @see https://spark.apache.org/docs/latest/sql-ref-datetime-pattern.html
 */
import { MillraceError } from '../../core/errors.ts';
import { civilOfDays, daysOfCivil } from '../../expr/values.ts';
import { isCivil, wallMicros } from '../parse-values.ts';
import { isTimestamp } from '../time-fields.ts';
import { zoneOf, type Zone } from '../timezone.ts';
import { splitPattern, unreadable, type Part } from './time-pattern-parts.ts';

const MICROS_PER_DAY = 86_400_000_000n;
const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
// prettier-ignore
const MONTH_NAMES = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
];
/** Letters that can be written but not read, with how often they may stand. */
const ONLY_WRITTEN: Readonly<Record<string, number>> = { E: 4, F: 1, O: 4, Q: 4, q: 4 };
/** Offsets by the count of x: `+01` or `+0130`, `+0130`, `+01:30`. */
const OFFSETS = ['[+-]\\d{2}(?:\\d{2})?', '[+-]\\d{4}', '[+-]\\d{2}:\\d{2}', '[+-]\\d{4}', '[+-]\\d{2}:\\d{2}'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const ERAS = { short: ['BC', 'AD'], long: ['Before Christ', 'Anno Domini'] } as const;

export interface TimePattern {
  /** µs since 1970-01-01 UTC; undefined where the text has another form or is no time. */
  parse(text: string, zone: Zone): bigint | undefined;
  format(micros: bigint, zone: Zone): string;
}

/**
 * @throws NOT_SUPPORTED for letters that are not listed above, INCONSISTENT_BEHAVIOR_CROSS_VERSION and INVALID_DATETIME_PATTERN for what
 *   Spark does not take
 */
export function compilePattern(pattern: string): TimePattern {
  const parts = splitPattern(pattern);
  const fields = parts.filter((part) => part.kind === 'field');
  for (const { letter, count } of fields) if (!isOnlyWritten(letter, count)) fieldRegexp(letter, count, pattern);
  let regexp: RegExp | undefined;
  return {
    parse(text, zone) {
      regexp ??= new RegExp(`^${parts.map((part) => regexpOf(part, pattern)).join('')}$`, 'i');
      const match = regexp.exec(text);
      if (match === null) return undefined;
      return assemble(new Map(fields.map(({ letter }, i) => [letter, match[i + 1]])), zone);
    },
    format(micros, zone) {
      const wall = zone.toWall(micros);
      return parts
        .map((part) => (part.kind === 'literal' ? part.text : part.kind === 'field' ? write(part, wall, micros) : ''))
        .join('');
    },
  };
}

function isOnlyWritten(letter: string, count: number): boolean {
  return count <= (ONLY_WRITTEN[letter] ?? 0);
}

function regexpOf(part: Part, pattern: string): string {
  switch (part.kind) {
    case 'literal':
      return part.text.replace(/[.*+?^${}()|\\/[\]-]/g, '\\$&');
    case 'open':
      return '(?:';
    case 'close':
      return ')?';
    case 'field':
      return fieldRegexp(part.letter, part.count, pattern);
  }
}

function fieldRegexp(letter: string, count: number, pattern: string): string {
  const digits = count === 1 ? '(\\d{1,2})' : '(\\d{2})';
  switch (letter) {
    case 'y':
      return `(${yearForm(count)})`;
    case 'M':
    case 'L':
      return count < 3 ? digits : `(${(count === 3 ? MONTHS : MONTH_NAMES).join('|')})`;
    case 'G':
      return `(${ERAS[count === 4 ? 'long' : 'short'].join('|')})`;
    case 'D':
      return count === 1 ? '(\\d{1,3})' : `(\\d{${count}})`;
    case 'd':
    case 'H':
    case 'h':
    case 'K':
    case 'k':
    case 'm':
    case 's':
      return digits;
    case 'S':
      return `(\\d{1,${count}})`;
    case 'a':
      return '([AP]M)';
    case 'X':
      return `(Z|${OFFSETS[count - 1] ?? ''})`;
    case 'x':
      return `(${OFFSETS[count - 1] ?? ''})`;
    case 'Z':
      if (count === 4) return unknown('ZZZZ', pattern);
      return count === 5 ? `(Z|${OFFSETS[4] ?? ''})` : `(${OFFSETS[1] ?? ''})`;
    case 'V':
      return '([A-Za-z]+(?:/[A-Za-z_]+)*|[+-]\\d{2}:\\d{2})';
    case 'E':
    case 'F':
    case 'Q':
    case 'q':
      throw unreadable(letter, pattern);
    default:
      return unknown(letter, pattern);
  }
}

/** Beyond four digits a year has a sign, as it is written. */
function yearForm(count: number): string {
  if (count === 2) return '\\d{2}';
  if (count < 4) return `\\d{${count},6}`;
  return count < 6 ? `\\d{${count}}|\\+\\d{${count + 1},6}` : '\\d{6}';
}

function unknown(letter: string, pattern: string): never {
  throw new MillraceError('NOT_SUPPORTED', {
    feature: `'${letter}' in the date-time pattern '${pattern}'`,
    remedy: 'Use y M d D E F G H h K k a m s S Q O X x V Z to write, and all but E, F, Q and O of these to read.',
  });
}

function assemble(values: ReadonlyMap<string, string | undefined>, zone: Zone): bigint | undefined {
  const number = (letter: string, absent: number): number => Number(values.get(letter) ?? absent);
  const yearText = values.get('y') ?? '1970';
  const ofEra = yearText.length === 2 ? 2000 + Number(yearText) : Number(yearText);
  const year = /^b/i.test(values.get('G') ?? '') ? 1 - ofEra : ofEra;
  const dayOfYear = values.get('M') === undefined && values.get('L') === undefined ? values.get('D') : undefined;
  const ofYear = dayOfYear === undefined ? undefined : civilOfDays(daysOfCivil(year, 1, 1) + Number(dayOfYear) - 1);
  const month = ofYear?.month ?? monthOf(values.get('M') ?? values.get('L') ?? '1');
  const day = ofYear?.day ?? number('d', 1);
  const hour = hourOf(values);
  const [minute, second] = [number('m', 0), number('s', 0)];
  if ((ofYear?.year ?? year) !== year || !isCivil(year, month, day) || hour === undefined || minute > 59 || second > 59)
    return undefined;
  const wall = wallMicros(daysOfCivil(year, month, day), hour, minute, second, values.get('S') ?? '');
  const named = values.get('X') ?? values.get('x') ?? values.get('Z') ?? values.get('V');
  const utc = named === undefined ? zone.toUtc(wall) : utcOf(wall, named);
  return utc !== undefined && isTimestamp(utc) ? utc : undefined;
}

function monthOf(text: string): number {
  const inFull = MONTH_NAMES.findIndex((name) => name.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase());
  return inFull + 1 || Number(text);
}

/** From 0 to 23; `h` counts from 1 to 12, `K` from 0 to 11, `k` from 1 to 24. */
function hourOf(values: ReadonlyMap<string, string | undefined>): number | undefined {
  const [h, K, k] = [values.get('h'), values.get('K'), values.get('k')].map((text) => text && Number(text));
  const half = values.get('a')?.toLowerCase() === 'pm' ? 12 : 0;
  if (typeof h === 'number') return h >= 1 && h <= 12 ? (h % 12) + half : undefined;
  if (typeof K === 'number') return K <= 11 ? K + half : undefined;
  if (typeof k === 'number') return k >= 1 && k <= 24 ? k % 24 : undefined;
  const hour = Number(values.get('H') ?? 0);
  return hour <= 23 ? hour : undefined;
}

function utcOf(wall: bigint, zone: string): bigint | undefined {
  try {
    return zoneOf(zone).toUtc(wall);
  } catch {
    // An unknown zone's name makes the text no time; the caller says which value it was.
    return undefined;
  }
}

function write(part: { readonly letter: string; readonly count: number }, wall: bigint, utc: bigint): string {
  const days = wall / MICROS_PER_DAY - (wall % MICROS_PER_DAY < 0n ? 1n : 0n);
  const ofDay = Number(wall - days * MICROS_PER_DAY);
  const { year, month, day } = civilOfDays(Number(days));
  const seconds = Math.floor(ofDay / 1_000_000);
  const hour = Math.floor(seconds / 3600);
  const padded = (value: number): string => String(value).padStart(part.count, '0');
  switch (part.letter) {
    case 'y': {
      const ofEra = year > 0 ? year : 1 - year;
      if (part.count === 2) return String(ofEra % 100).padStart(2, '0');
      return part.count > 3 && ofEra >= 10 ** part.count ? `+${ofEra}` : padded(ofEra);
    }
    case 'F':
      return String(((day - 1) % 7) + 1);
    case 'G':
      return ERAS[part.count === 4 ? 'long' : 'short'][year > 0 ? 1 : 0];
    case 'M':
    case 'L':
      if (part.count === 4) return MONTH_NAMES[month - 1] ?? '';
      return part.count === 3 ? (MONTHS[month - 1] ?? '') : padded(month);
    case 'E': {
      const name = DAY_NAMES[(((Number(days) + 3) % 7) + 7) % 7] ?? '';
      return part.count === 4 ? name : name.slice(0, 3);
    }
    case 'D':
      return padded(Number(days) - daysOfCivil(year, 1, 1) + 1);
    case 'Q':
    case 'q': {
      const quarter = Math.floor((month + 2) / 3);
      if (part.count < 3) return padded(quarter);
      return part.count === 3 ? `Q${quarter}` : `${quarter}${['st', 'nd', 'rd', 'th'][quarter - 1] ?? ''} quarter`;
    }
    case 'k':
      return padded(hour === 0 ? 24 : hour);
    case 'K':
      return padded(hour % 12);
    case 'd':
      return padded(day);
    case 'H':
      return padded(hour);
    case 'h':
      return padded(hour % 12 === 0 ? 12 : hour % 12);
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    case 'm':
      return padded(Math.floor(seconds / 60) % 60);
    case 's':
      return padded(seconds % 60);
    case 'S':
      return String(ofDay % 1_000_000)
        .padStart(6, '0')
        .padEnd(part.count, '0')
        .slice(0, part.count);
    default:
      return offsetText(part, wall - utc);
  }
}

function offsetText({ letter, count }: { readonly letter: string; readonly count: number }, offset: bigint): string {
  if (offset === 0n && (letter === 'X' || (letter === 'Z' && count === 5))) return 'Z';
  const total = Math.abs(Number(offset / 1_000_000n));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  const sign = offset < 0n ? '-' : '+';
  if (letter === 'O' || (letter === 'Z' && count === 4)) {
    if (offset === 0n) return 'GMT';
    const short = `${Number(hours)}${minutes === '00' ? '' : `:${minutes ?? ''}`}`;
    return `GMT${sign}${count === 4 ? `${hours ?? ''}:${minutes ?? ''}` : short}`;
  }
  if (letter === 'Z' && count < 4) return `${sign}${hours ?? ''}${minutes ?? ''}`;
  const parts = [
    hours,
    ...(count > 1 || minutes !== '00' ? [minutes] : []),
    ...(count > 3 && seconds !== '00' ? [seconds] : []),
  ];
  return sign + parts.join(count === 3 || count === 5 ? ':' : '');
}
