/**
 * The part of Spark's date-time patterns that data files use: `y M d H h a m s S X x V Z`, `E D Q q k K` for writing, quoted
 * literals, optional sections. Compiled once for a column.
 *
 * @see https://spark.apache.org/docs/latest/sql-ref-datetime-pattern.html
 */
import { MillraceError } from '../../core/errors.ts';
import { civilOfDays, daysOfCivil } from '../../expr/values.ts';
import { isCivil, wallMicros } from '../parse-values.ts';
import { isTimestamp } from '../time-fields.ts';
import { zoneOf, type Zone } from '../timezone.ts';

const MICROS_PER_DAY = 86_400_000_000n;
const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
// prettier-ignore
const MONTH_NAMES = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
];
/** Letters that can be written but not read, with how often they may stand. */
const ONLY_WRITTEN: Readonly<Record<string, number>> = { E: 4, D: 3, Q: 2, q: 2, k: 2, K: 2 };
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface TimePattern {
  /** µs since 1970-01-01 UTC; undefined where the text has another form or is no time. */
  parse(text: string, zone: Zone): bigint | undefined;
  format(micros: bigint, zone: Zone): string;
}

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly count: number }
  | { readonly kind: 'open' | 'close' };

/** @throws NOT_SUPPORTED for letters that are not listed above */
export function compilePattern(pattern: string): TimePattern {
  const parts = splitPattern(pattern);
  const fields = parts.filter((part) => part.kind === 'field');
  for (const { letter, count } of fields) if (!isOnlyWritten(letter, count)) fieldRegexp(letter, count, pattern);
  let regexp: RegExp | undefined;
  return {
    parse(text, zone) {
      regexp ??= new RegExp(`^${parts.map((part) => regexpOf(part, pattern)).join('')}$`);
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

/** Month names in full are not read either. */
function isOnlyWritten(letter: string, count: number): boolean {
  return count <= (ONLY_WRITTEN[letter] ?? 0) || ((letter === 'M' || letter === 'L') && count === 4);
}

function splitPattern(pattern: string): Part[] {
  const parts: Part[] = [];
  const token = /'((?:[^']|'')*)'|([A-Za-z])\2*|\[|\]|[^A-Za-z'[\]]+/g;
  for (const match of pattern.matchAll(token)) {
    const [text, quoted, letter] = match;
    if (quoted !== undefined) parts.push({ kind: 'literal', text: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
    else if (letter !== undefined) parts.push({ kind: 'field', letter, count: text.length });
    else if (text === '[') parts.push({ kind: 'open' });
    else if (text === ']') parts.push({ kind: 'close' });
    else parts.push({ kind: 'literal', text });
  }
  return parts;
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
    case 'u':
      return count === 2 ? '(\\d{2})' : '([+-]?\\d{4,6})';
    case 'M':
    case 'L':
      return count === 3 ? `(${MONTHS.join('|')})` : count < 3 ? digits : unknown(letter.repeat(count), pattern);
    case 'd':
    case 'H':
    case 'h':
    case 'm':
    case 's':
      return digits;
    case 'S':
      return `(\\d{${count}})`;
    case 'a':
      return '([AaPp][Mm])';
    case 'X':
    case 'x':
    case 'Z':
      return '(Z|[+-]\\d{2}(?::?\\d{2})?)';
    case 'V':
      return '([A-Za-z]+(?:/[A-Za-z_]+)*|[+-]\\d{2}:\\d{2})';
    default:
      return unknown(letter, pattern);
  }
}

function unknown(letter: string, pattern: string): never {
  throw new MillraceError('NOT_SUPPORTED', {
    feature: `'${letter}' in the date-time pattern '${pattern}'`,
    remedy: 'Use y M d E H h a m s S X x V Z to write; to read, E, D, Q, k, K and full month names are not known.',
  });
}

function assemble(values: ReadonlyMap<string, string | undefined>, zone: Zone): bigint | undefined {
  const number = (letter: string, absent: number): number => Number(values.get(letter) ?? absent);
  const yearText = values.get('y') ?? values.get('u') ?? '1970';
  const year = yearText.length === 2 ? 2000 + Number(yearText) : Number(yearText);
  const monthText = values.get('M') ?? values.get('L') ?? '1';
  const month = MONTHS.indexOf(monthText) + 1 || Number(monthText);
  const day = number('d', 1);
  const afternoon = values.get('a')?.toLowerCase() === 'pm';
  const hour = values.get('h') === undefined ? number('H', 0) : (number('h', 0) % 12) + (afternoon ? 12 : 0);
  const [minute, second] = [number('m', 0), number('s', 0)];
  if (!isCivil(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const wall = wallMicros(daysOfCivil(year, month, day), hour, minute, second, values.get('S') ?? '');
  const named = values.get('X') ?? values.get('x') ?? values.get('Z') ?? values.get('V');
  const utc = named === undefined ? zone.toUtc(wall) : utcOf(wall, named);
  return utc !== undefined && isTimestamp(utc) ? utc : undefined;
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
    case 'y':
    case 'u':
      return part.count === 2 ? String(year % 100).padStart(2, '0') : year > 9999 ? `+${year}` : padded(year);
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
    case 'q':
      return padded(Math.floor((month + 2) / 3));
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
  if (letter === 'X' && offset === 0n) return 'Z';
  const minutes = Math.abs(Number(offset / 60_000_000n));
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  const rest = String(minutes % 60).padStart(2, '0');
  const sign = offset < 0n ? '-' : '+';
  if (count === 1 && letter !== 'Z') return rest === '00' ? `${sign}${hours}` : `${sign}${hours}${rest}`;
  return `${sign}${hours}${count === 3 ? ':' : ''}${rest}`;
}
