/** A date-time pattern cut into its fields, literals and sections. */
import { MillraceError } from '../../core/errors.ts';

/** How often a letter may stand in Spark. */
// prettier-ignore
const COUNT_MAX: Readonly<Record<string, number>> = {
  y: 6, M: 4, L: 4, d: 2, D: 3, E: 4, F: 1, G: 4, H: 2, h: 2, K: 2, k: 2, m: 2, s: 2, S: 9, a: 1, Q: 4, q: 4, X: 5, x: 5, Z: 5, O: 4, z: 4, V: 2,
};
export type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly count: number }
  | { readonly kind: 'open' | 'close' };

/** @throws INCONSISTENT_BEHAVIOR_CROSS_VERSION, INVALID_DATETIME_PATTERN for what Spark does not take */
export function splitPattern(pattern: string): Part[] {
  const parts: Part[] = [];
  const token = /'((?:[^']|'')*)'|([A-Za-z])\2*|\[|\]|'|[^A-Za-z'[\]]+/g;
  for (const match of pattern.matchAll(token)) {
    const [text, quoted, letter] = match;
    if (/['#{}]/.test(text) && quoted === undefined) throw refused(pattern, text);
    if (quoted !== undefined) parts.push({ kind: 'literal', text: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
    else if (letter !== undefined) parts.push(fieldOf(letter, text.length, pattern));
    else if (text === '[') parts.push({ kind: 'open' });
    else if (text === ']') parts.push({ kind: 'close' });
    else parts.push({ kind: 'literal', text });
  }
  return parts;
}

function fieldOf(letter: string, count: number, pattern: string): Part {
  const most = COUNT_MAX[letter];
  if (most === undefined || count > most) throw refused(pattern, letter.repeat(count));
  return { kind: 'field', letter, count };
}

/** Spark before 3 took letters of weeks, more of some letters, and signs that are reserved now. */
function refused(pattern: string, text: string): MillraceError {
  const parameters = { pattern: `'${pattern}'`, problem: `${text} has no meaning` };
  const hasWeeks = /[YWwuec]/.test(pattern.replace(/'[^']*'/g, ''));
  return hasWeeks || Object.hasOwn(COUNT_MAX, text[0] ?? '') || /^[^A-Za-z']/.test(text)
    ? new MillraceError('INCONSISTENT_BEHAVIOR_CROSS_VERSION', parameters)
    : new MillraceError('INVALID_DATETIME_PATTERN', parameters);
}

/** Letters that Spark writes and does not read; days of the week it read before. */
export function unreadable(letter: string, pattern: string): MillraceError {
  const parameters = { pattern: `'${pattern}'`, problem: `${letter} is for writing only` };
  return letter === 'E' || letter === 'F'
    ? new MillraceError('INCONSISTENT_BEHAVIOR_CROSS_VERSION', parameters)
    : new MillraceError('INVALID_DATETIME_PATTERN', parameters);
}
