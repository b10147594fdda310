/** Which JavaScript values fit which type, and as what they are stored. */
import { Decimal } from './decimal.ts';
import { Timestamp } from './temporal.ts';
import { typeName, type DataType } from './types.ts';

/** A value that its column cannot hold: `from-rows.ts` adds row and field and makes it the user's error. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue';
  readonly type: DataType;
  constructor(problem: string, type: DataType) {
    super(problem);
    this.type = type;
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object' && value !== null) return `a value of ${className(value)}`;
  return `${String(value)} (${typeof value})`;
}

function className(value: object): string {
  const constructor: unknown = Reflect.get(value, 'constructor');
  return typeof constructor === 'function' ? constructor.name : 'Object';
}

export function unfit(value: unknown, type: DataType): never {
  throw new UnfitValue(`${describe(value)} does not fit ${typeName(type)}`, type);
}

/** Whether the type's fixed layout has 64-bit words. */
export function usesBigint(type: DataType): boolean {
  switch (type.kind) {
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'decimal':
      return true;
    case 'byte':
    case 'short':
    case 'int':
    case 'float':
    case 'double':
    case 'date':
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return false;
  }
}

const INTEGER_BITS = { byte: 8, short: 16, int: 32, long: 64 } as const;
const MS_PER_DAY = 86_400_000;

/** What the fixed layout stores for a value: a decimal unscaled, dates in days, timestamps in µs. @throws UnfitValue */
export function toFixed(value: unknown, type: DataType): number | bigint {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return toInteger(value, type, INTEGER_BITS[type.kind]);
    case 'float':
    case 'double':
      if (typeof value === 'number') return value;
      return typeof value === 'bigint' || value instanceof Decimal ? Number(value) : unfit(value, type);
    case 'decimal':
      return toDecimal(value, type).unscaled;
    case 'date':
      if (value instanceof Date && !Number.isNaN(value.getTime())) return Math.floor(value.getTime() / MS_PER_DAY);
      return unfit(value, type);
    case 'timestamp':
    case 'timestamp_ntz':
      if (value instanceof Timestamp) return value.micros;
      if (value instanceof Date && !Number.isNaN(value.getTime())) return BigInt(value.getTime()) * 1000n;
      return unfit(value, type);
    case 'void':
    case 'boolean':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return unfit(value, type);
  }
}

function toInteger(value: unknown, type: DataType, bits: number): number | bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) unfit(value, type);
  if (typeof value !== 'number' && typeof value !== 'bigint') unfit(value, type);
  const whole = BigInt(value);
  if (BigInt.asIntN(bits, whole) !== whole) unfit(value, type);
  return bits === 64 ? whole : Number(whole);
}

function toDecimal(value: unknown, type: Extract<DataType, { kind: 'decimal' }>): Decimal {
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
  const decimal = value instanceof Decimal ? value : isText ? Decimal.parse(String(value)) : undefined;
  if (decimal === undefined) return unfit(value, type);
  const rescaled = decimal.rescale(type.scale);
  if (rescaled.compare(decimal) !== 0) {
    throw new UnfitValue(`${decimal.toString()} has more than ${type.scale} digits after the point`, type);
  }
  return rescaled.precision > type.precision ? unfit(value, type) : rescaled;
}
