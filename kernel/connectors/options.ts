/** Reading the options of sources and sinks: each getter names the option, what is wrong with it, and what would be right. */
import { MillraceError } from '../core/errors.ts';
import { getOption, type ConnectorOptions } from './contract.ts';

export interface OptionReader {
  /** The option's text, if given. */
  text(name: string): string | undefined;
  /** @throws DATA_SOURCE_OPTION where the option is absent or empty; `remedy` says what to give */
  required(name: string, remedy: string): string;
  /** @throws DATA_SOURCE_OPTION where the text is no integer of [min, max] */
  integer(name: string, bounds: { readonly min: number; readonly max?: number }): number | undefined;
  /** @throws DATA_SOURCE_OPTION where the text is neither true nor false */
  flag(name: string): boolean | undefined;
  /** A duration such as `7d`, `10 seconds`, `500ms`; a bare number counts in `unit`. @returns milliseconds */
  durationMs(name: string, unit: 's' | 'ms'): number | undefined;
  /** ISO 8601 text or milliseconds since 1970. @returns milliseconds since 1970 */
  timestampMs(name: string): number | undefined;
  /** The error for an option whose value is wrong. */
  wrong(option: string, problem: string, remedy: string): MillraceError<'DATA_SOURCE_OPTION'>;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ...['ms', 'millisecond', 'milliseconds'].map((unit): [string, number] => [unit, 1]),
  ...['s', 'sec', 'second', 'seconds'].map((unit): [string, number] => [unit, 1000]),
  ...['m', 'min', 'minute', 'minutes'].map((unit): [string, number] => [unit, 60_000]),
  ...['h', 'hour', 'hours'].map((unit): [string, number] => [unit, 3_600_000]),
  ...['d', 'day', 'days'].map((unit): [string, number] => [unit, 86_400_000]),
  ...['week', 'weeks'].map((unit): [string, number] => [unit, 604_800_000]),
]);

/** @param format the data source's name, for messages */
export function optionReader(format: string, options: ConnectorOptions): OptionReader {
  const wrong: OptionReader['wrong'] = (option, problem, remedy) =>
    new MillraceError('DATA_SOURCE_OPTION', { option, format, problem, remedy });
  const text = (name: string): string | undefined => getOption(options, name)?.trim();
  return {
    text,
    wrong,
    required(name, remedy) {
      const value = text(name);
      if (value === undefined || value === '') throw wrong(name, 'it is required', remedy);
      return value;
    },
    integer(name, { min, max = Number.MAX_SAFE_INTEGER }) {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      const range = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `between ${min} and ${max}`;
      throw wrong(name, `'${value}' is not an integer ${range}`, `Give an integer ${range}.`);
    },
    flag(name) {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      if (value === 'true' || value === 'false') return value === 'true';
      throw wrong(name, `'${value}' is not a boolean`, 'Give true or false.');
    },
    durationMs(name, unit) {
      const value = text(name);
      if (value === undefined) return undefined;
      const [, amount = '', given = ''] = /^(\d+)\s*([a-z]*)$/i.exec(value) ?? [];
      const unitMs = UNIT_MS.get(given === '' ? unit : given.toLowerCase());
      if (amount === '' || unitMs === undefined) {
        throw wrong(name, `'${value}' is not a duration`, "Give one such as '10s', '5 minutes' or '7d'.");
      }
      return Number(amount) * unitMs;
    },
    timestampMs(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const ms = /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
      if (Number.isSafeInteger(ms)) return ms;
      throw wrong(name, `'${value}' is not a timestamp`, "Give one such as '2026-01-01T00:00:00Z'.");
    },
  };
}
