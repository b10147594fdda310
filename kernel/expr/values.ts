/** The text forms of single values, as Spark's cast to string and `show` write them. */

const MICROS_PER_DAY = 86_400_000_000n;

/** `123.45` for unscaled 12345n and scale 2. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  if (scale <= 0) return sign + digits;
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Proleptic Gregorian year, month (1–12) and day of a day number since 1970-01-01. */
export function civilOfDays(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** Days since 1970-01-01; month and day may lie outside their usual ranges. */
export function daysOfCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy;
  return era * 146097 + doe - 719468;
}

export function dateText(days: number): string {
  const { year, month, day } = civilOfDays(days);
  return `${yearText(year)}-${two(month)}-${two(day)}`;
}

/** `2020-01-02 03:04:05.5` from µs of a wall clock; the fraction without trailing zeros. */
export function timestampText(wallMicros: bigint): string {
  const micros = ((wallMicros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  const days = Number((wallMicros - micros) / MICROS_PER_DAY);
  const inDay = Number(micros);
  const seconds = Math.floor(inDay / 1e6);
  const fraction = inDay - seconds * 1e6;
  const tail = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${dateText(days)} ${clock}${tail}`;
}

/** As Java's Double.toString: `1.0`, `1.0E10`, `1.0E-5`, `NaN`, `Infinity`. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  return javaForm(value, twoDigits(value, String(Math.abs(value))));
}

/** As Java's Float.toString: the shortest decimal that rounds to the same float. */
export function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return doubleText(value);
  for (let digits = 2; digits <= 9; digits++) {
    const text = Math.abs(value).toPrecision(digits);
    if (Math.fround(Number(text)) === Math.abs(value)) return javaForm(value, String(Number(text)));
  }
  return doubleText(value);
}

/** Java writes at least two digits, and of those the nearest: `4.9E-324`, where JavaScript's shortest is `5e-324`. */
function twoDigits(value: number, shortest: string): string {
  return /^\de/.test(shortest) ? Math.abs(value).toPrecision(2) : shortest;
}

/** Turns JavaScript's shortest digits into Java's layout: plain from 1e-3 to 1e7, else `d.dddE±x`. */
function javaForm(value: number, shortest: string): string {
  const sign = value < 0 ? '-' : '';
  const [mantissa = '', exponentText = '0'] = shortest.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  const digits = all.slice(leading).replace(/0+$/, '') || '0';
  const exponent = Number(exponentText) + whole.length - leading - 1;
  if (exponent < -3 || exponent >= 7) return `${sign}${digits[0] ?? '0'}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const integer = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${integer}.${digits.slice(exponent + 1) || '0'}`;
}

function yearText(year: number): string {
  if (year > 9999) return `+${year}`;
  return year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0');
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
