/** An exact decimal: `unscaled * 10^-scale`. */
import { DECIMAL_PRECISION_MAX } from './types.ts';

const PATTERN = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/;

export class Decimal {
  readonly unscaled: bigint;
  /** Digits after the point, 0 or more. */
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** @returns undefined where `text` is no decimal number or has more than 38 digits after the point or in all */
  static parse(text: string): Decimal | undefined {
    const match = PATTERN.exec(text);
    if (match === null) return undefined;
    const [, sign, whole = '', fraction = '', exponent = '0'] = match;
    if (whole === '' && fraction === '') return undefined;
    const scale = fraction.length - Number(exponent);
    if (Math.abs(scale) > 2 * DECIMAL_PRECISION_MAX) return undefined;
    const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
    const decimal = scale < 0 ? new Decimal(digits * 10n ** BigInt(-scale), 0) : new Decimal(digits, scale);
    return decimal.precision > DECIMAL_PRECISION_MAX ? undefined : decimal;
  }

  /** Digits in all, at least 1. */
  get precision(): number {
    return abs(this.unscaled).toString().length;
  }

  /** The same number with another scale, rounded half up (away from zero) where digits are cut. */
  rescale(scale: number): Decimal {
    if (scale >= this.scale) return new Decimal(this.unscaled * 10n ** BigInt(scale - this.scale), scale);
    const divisor = 10n ** BigInt(this.scale - scale);
    const rounded = (abs(this.unscaled) + divisor / 2n) / divisor;
    return new Decimal(this.unscaled < 0n ? -rounded : rounded, scale);
  }

  /** -1, 0 or 1. */
  compare(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const a = this.rescale(scale).unscaled;
    const b = other.rescale(scale).unscaled;
    return a < b ? -1 : a > b ? 1 : 0;
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0;
  }

  /** In a console: its digits. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** All digits of the scale: `1.50`. */
  toString(): string {
    const digits = abs(this.unscaled)
      .toString()
      .padStart(this.scale + 1, '0');
    const sign = this.unscaled < 0n ? '-' : '';
    const point = digits.length - this.scale;
    return this.scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** The nearest double: may round. */
  toNumber(): number {
    return Number(this.toString());
  }

  valueOf(): number {
    return this.toNumber();
  }
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
