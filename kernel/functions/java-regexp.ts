/**
 * Java's regular expressions as JavaScript's, with the meaning of Java where both differ: `$` also before a last line break, `\s` of
 * ASCII only, `\A`, `\z`, escapes of any sign. What JavaScript lacks is refused, never read as something else.
 *
 * @see https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
 */
import { MillraceError } from '../core/errors.ts';

const SPACES = ' \\t\\n\\x0B\\f\\r';
const END = '(?![\\s\\S])';

/** POSIX and java.lang classes, as the inside of a class. */
const CLASSES: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  IsDigit: '\\p{Nd}',
  Alnum: 'A-Za-z0-9',
  IsAlphabetic: '\\p{Alphabetic}',
  Lower: 'a-z',
  Upper: 'A-Z',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Space: SPACES,
};

/** Letters after a backslash that mean the same in both. */
const SAME = 'dDwWbBtnrfxuk123456789';

/** @throws INVALID_PARAMETER_VALUE for a pattern that is no regular expression, NOT_SUPPORTED for what JavaScript lacks */
export function javaRegExp(pattern: string, flags = ''): RegExp {
  const inline = /^\(\?([ism]+)\)/.exec(pattern);
  const given = inline?.[1] ?? '';
  const source = translated(inline === null ? pattern : pattern.slice(inline[0].length), given.includes('m'));
  try {
    return new RegExp(source, `${flags}${[...new Set(given)].join('')}u`);
  } catch (cause) {
    throw new MillraceError(
      'INVALID_PARAMETER_VALUE',
      {
        parameter: `the pattern '${pattern}'`,
        function: 'a regular expression',
        problem: 'check brackets and escapes',
      },
      { cause },
    );
  }
}

function translated(pattern: string, isMultiline: boolean): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at] ?? '';
    if (sign === '\\') {
      const [text, used] = escaped(pattern, at + 1, inClass);
      out += text;
      at += used;
    } else if (inClass) {
      if (sign === '[' || (sign === '&' && pattern[at + 1] === '&')) throw unknown('a class inside a class', pattern);
      if (sign === ']') inClass = false;
      out += sign;
    } else {
      const [text, used] = outside(pattern, at, isMultiline);
      inClass = sign === '[';
      out += text;
      at += used - 1;
    }
  }
  return out;
}

/** @returns the translation and how many signs of the pattern it stands for */
function outside(pattern: string, at: number, isMultiline: boolean): readonly [string, number] {
  const sign = pattern[at] ?? '';
  const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(pattern.slice(at))?.[0];
  if (quantifier !== undefined) {
    if (pattern[at + quantifier.length] === '+') throw unknown('a possessive quantifier', pattern);
    const lazy = pattern[at + quantifier.length] === '?' ? '?' : '';
    return [quantifier + lazy, quantifier.length + lazy.length];
  }
  if (sign === '$' && !isMultiline) return [`(?=(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])?${END})`, 1];
  return [sign === ']' || sign === '}' ? `\\${sign}` : sign, 1];
}

/** @param at of the sign after the backslash */
function escaped(pattern: string, at: number, inClass: boolean): readonly [string, number] {
  const sign = pattern[at] ?? '';
  const property = /^([pP])\{(?:javaMethod)?(\w+)\}/.exec(pattern.slice(at));
  if (property !== null) {
    const [whole, letter = 'p', name = ''] = property;
    const inside = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
    if (inside === undefined) return [`\\${whole}`, whole.length];
    if (inClass && letter === 'P') throw unknown(`\\${whole} in a class`, pattern);
    return [inClass ? inside : `[${letter === 'P' ? '^' : ''}${inside}]`, whole.length];
  }
  if (sign === 's') return [inClass ? SPACES : `[${SPACES}]`, 1];
  if (sign === 'S' && !inClass) return [`[^${SPACES}]`, 1];
  if (sign === 'A' && !inClass) return ['(?<![\\s\\S])', 1];
  if (sign === 'z' && !inClass) return [END, 1];
  if (SAME.includes(sign) && sign !== '') return [`\\${sign}`, 1];
  if (/[A-Za-z0-9]/.test(sign) || sign === '') throw unknown(`\\${sign}`, pattern);
  const needs = inClass ? '\\]^-[' : '^$\\.*+?()[]{}|/';
  return [needs.includes(sign) ? `\\${sign}` : sign, 1];
}

function unknown(what: string, pattern: string): MillraceError {
  return new MillraceError('NOT_SUPPORTED', {
    feature: `${what} in the regular expression '${pattern}'`,
    remedy: 'Write it with other means.',
  });
}
