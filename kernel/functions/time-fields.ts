/** Parts of times, shared by the date-time functions. */
import type { DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { civilOfDays, daysOfCivil } from '../expr/values.ts';
import type { FunctionContext } from './contract.ts';
import { zoneOf } from './timezone.ts';

/** µs */
export const SECOND = 1_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;
export const DAY = 24n * HOUR;

const INT64_MAX = (1n << 63n) - 1n;

/** Whether a timestamp's 64 bits hold the µs. */
export function isTimestamp(micros: bigint): boolean {
  return micros <= INT64_MAX && micros >= -INT64_MAX - 1n;
}

/** @throws DATETIME_OVERFLOW where a timestamp's 64 bits do not hold the µs */
export function checkedTimestamp(micros: bigint, operation: string): bigint {
  if (isTimestamp(micros)) return micros;
  throw new MillraceError('DATETIME_OVERFLOW', { operation });
}

/** The wall clock in µs of a date, timestamp or timestamp_ntz. */
export type WallReader = (value: LiteralValue) => bigint;

export function wallOf(type: DataType, context: FunctionContext): WallReader {
  if (type.kind === 'date') return (value) => BigInt(Number(value)) * DAY;
  if (type.kind === 'timestamp_ntz') return (value) => (typeof value === 'bigint' ? value : 0n);
  const zone = zoneOf(context.timeZone);
  return (value) => zone.toWall(typeof value === 'bigint' ? value : 0n);
}

/** Days in a month of the proleptic Gregorian calendar. */
export function lastDayOf(year: number, month: number): number {
  return daysOfCivil(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - daysOfCivil(year, month, 1);
}

/** ISO 8601: weeks begin on Monday, the first has the year's first Thursday. */
export function weekOfYear(days: number): number {
  const weekday = (((days + 3) % 7) + 7) % 7;
  const thursday = days - weekday + 3;
  const { year } = civilOfDays(thursday);
  return Math.floor((thursday - daysOfCivil(year, 1, 1)) / 7) + 1;
}
