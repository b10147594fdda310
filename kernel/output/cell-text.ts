/** A cell as Spark's `show()` prints it. */
import { MillraceError } from '../core/errors.ts';
import { Decimal } from '../arrow/decimal.ts';
import { SqlDate, Timestamp } from '../arrow/temporal.ts';
import type { DataType } from '../arrow/types.ts';
import type { CellValue } from '../arrow/values.ts';

/** `undefined` is NULL at the top; inside arrays, maps and structs it is the word `NULL`. */
export function cellText(value: CellValue, type: DataType, timeZone: string): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'number') return numberText(value, type);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Timestamp) return value.toString(type.kind === 'timestamp' ? timeZone : 'UTC');
  if (value instanceof SqlDate || value instanceof Decimal) return String(value);
  if (value instanceof Uint8Array)
    return `[${[...value].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ')}]`;
  return nestedText(value, type, timeZone);
}

function numberText(value: number, { kind }: DataType): string {
  if (kind === 'float') return doubleText(shortestOfFloat(value));
  return kind === 'double' ? doubleText(value) : String(value);
}

/** A number as Java prints it: `1.0`, `1.0E10`, `NaN`, `Infinity`. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 1e-3 && magnitude < 1e7))
    return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** The shortest decimal number that is the same 32-bit float: 0.1, not 0.10000000149011612. */
function shortestOfFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

function nestedText(
  value: Exclude<CellValue, null | boolean | number | bigint | string>,
  type: DataType,
  timeZone: string,
): string {
  const inner = (item: CellValue | undefined, itemType: DataType): string =>
    cellText(item ?? null, itemType, timeZone) ?? 'NULL';
  if (type.kind === 'array' && Array.isArray(value)) {
    return `[${(value as CellValue[]).map((item) => inner(item, type.element)).join(', ')}]`;
  }
  if (type.kind === 'map' && value instanceof Map) {
    const entries = [...(value as ReadonlyMap<CellValue, CellValue>)];
    return `{${entries.map(([key, item]) => `${inner(key, type.key)} -> ${inner(item, type.value)}`).join(', ')}}`;
  }
  if (type.kind === 'struct') {
    return `{${type.fields.map((field) => inner(Reflect.get(value, field.name) as CellValue | undefined, field.type)).join(', ')}}`;
  }
  throw new MillraceError('INTERNAL_ERROR', { message: `a cell of type ${type.kind} holds another value` });
}
