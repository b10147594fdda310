/**
 * Java's regular expressions as JavaScript's, with the meaning of Java where both differ. What JavaScript lacks is written with what it
 * has (flags inside of a pattern, possessive quantifiers, `\h`, `\Q…\E`) or refused, never read as something else.
 *
 * @see https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
 */
import { malformed, type Part, type Reader } from './java-regexp/reader.ts';
import { alternatives } from './java-regexp/translate.ts';

export interface JavaRegExp {
  readonly regexp: RegExp;
  /** Where `exec` puts each group of Java's; the first is the whole match. */
  readonly groups: readonly number[];
  /** Java's numbers of the named groups. */
  readonly names: ReadonlyMap<string, number>;
}

/**
 * @param flags of JavaScript, such as g
 * @throws INVALID_PARAMETER_VALUE for a pattern that is no regular expression, NOT_SUPPORTED for what JavaScript lacks
 */
export function javaRegExp(pattern: string, flags = ''): JavaRegExp {
  const reader: Reader = {
    pattern: unquoted(pattern),
    at: 0,
    flags: new Set(),
    groupCount: 0,
    ownCount: 0,
    lookbehinds: 0,
    names: new Map(),
  };
  const parts = alternatives(reader);
  if (reader.at < reader.pattern.length) throw malformed(pattern);
  const places = numbered(parts);
  const groups = Array.from({ length: reader.groupCount + 1 }, (_, group) => places.get(group) ?? 0);
  try {
    return { regexp: new RegExp(written(parts, places), `${flags}v`), groups, names: reader.names };
  } catch (cause) {
    throw malformed(pattern, cause);
  }
}

/** What stands between `\Q` and `\E` means itself. */
function unquoted(pattern: string): string {
  return pattern.replace(/\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]/g, (whole, literal: string | undefined) =>
    literal === undefined
      ? whole
      : Array.from(literal, (sign) => `\\x{${(sign.codePointAt(0) ?? 0).toString(16)}}`).join(''),
  );
}

/** Groups are numbered as their brackets open. */
function numbered(parts: readonly Part[]): ReadonlyMap<number, number> {
  const opened = parts.flatMap((part) => (typeof part !== 'string' && 'open' in part ? [part.open] : []));
  return new Map(opened.map((group, i) => [group, i + 1]));
}

function written(parts: readonly Part[], places: ReadonlyMap<number, number>): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'open' in part ? '(' : `(?:\\${places.get(part.refer) ?? 0})`;
    })
    .join('');
}
