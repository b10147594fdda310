/**
 * Floating-point numbers as Java prints them: the shortest digits that read back as the same number, at least one after the
 * point, `1.0E10` outside of [10^-3, 10^7).
 */

export function javaDouble(value: number): string {
  return javaText(value, String(Math.abs(value)));
}

/** @param value a float, widened */
export function javaFloat(value: number): string {
  const magnitude = Math.abs(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = magnitude.toPrecision(digits);
    if (Math.fround(Number(text)) === magnitude) return javaText(value, text);
  }
  return javaText(value, magnitude.toPrecision(9));
}

/** @param text the magnitude's digits as JavaScript writes them */
function javaText(value: number, text: string): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}Infinity`;
  const { digits, exponent } = significand(text);
  if (digits === '') return `${sign}0.0`;
  if (exponent < -3 || exponent > 6) return `${sign}${digits[0] ?? ''}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** The significant digits and the power of ten of the first one. */
function significand(text: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', power = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const leading = all.length - all.replace(/^0+/, '').length;
  return {
    digits: all.slice(leading).replace(/0+$/, ''),
    exponent: whole.length - 1 - leading + Number(power),
  };
}
