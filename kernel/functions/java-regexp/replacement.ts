/** What takes the place of a match: `$1` and `${name}` stand for groups, `\$` for a dollar; JavaScript's `$$` and `$&` mean nothing. */
import { MillraceError } from '../../core/errors.ts';
import type { JavaRegExp } from '../java-regexp.ts';

/** Text as it is, or a group of Java's. */
type Piece = string | number;

/**
 * @returns what stands for a match
 * @throws INVALID_REGEXP_REPLACE at the first match, as in Java
 */
export function javaReplacement(text: string, regexp: JavaRegExp): (match: readonly unknown[]) => string {
  let pieces: readonly Piece[] | undefined;
  return (match) => {
    pieces ??= piecesOf(text, regexp);
    return pieces
      .map((piece) => (typeof piece === 'string' ? piece : textOf(match[regexp.groups[piece] ?? 0])))
      .join('');
  };
}

function textOf(group: unknown): string {
  return typeof group === 'string' ? group : '';
}

function piecesOf(text: string, { groups, names }: JavaRegExp): readonly Piece[] {
  const pieces: Piece[] = [];
  const step = /([^\\$]+)|\\([\s\S])|\$\{([A-Za-z][A-Za-z0-9]*)\}|\$(\d+)/y;
  while (step.lastIndex < text.length) {
    const at = step.lastIndex;
    const [, plain, escaped, name, digits] = step.exec(text) ?? [];
    const as = plain ?? escaped;
    if (as !== undefined) {
      pieces.push(as);
    } else if (name !== undefined) {
      const group = names.get(name);
      if (group === undefined) throw wrong(text, `the pattern has no group ${name}`);
      pieces.push(group);
    } else if (digits !== undefined) {
      const used = digitsUsed(digits, groups.length);
      if (Number(digits[0]) >= groups.length) throw wrong(text, `the pattern has ${groups.length - 1} groups`);
      pieces.push(Number(digits.slice(0, used)));
      step.lastIndex = at + 1 + used;
    } else throw wrong(text, 'a \\ or $ stands alone');
  }
  return pieces;
}

/** As many digits as there are groups: `$10` is the first group and a 0 where there is one group. */
function digitsUsed(digits: string, groupCount: number): number {
  let used = 1;
  while (used < digits.length && Number(digits.slice(0, used + 1)) < groupCount) used++;
  return used;
}

function wrong(text: string, problem: string): MillraceError {
  return new MillraceError('INVALID_REGEXP_REPLACE', { replacement: `'${text}'`, problem });
}
