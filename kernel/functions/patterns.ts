/** LIKE and regular expressions. */
import { Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import type { ResolveArgument } from './contract.ts';
import { defineFunction } from './define.ts';
import { javaRegExp, type JavaRegExp } from './java-regexp.ts';
import { javaReplacement } from './java-regexp/replacement.ts';

const FAMILY = 'pattern';

/** Patterns are mostly constants: the last one compiled is kept. */
function memo<T>(compile: (pattern: string) => T): (pattern: LiteralValue | undefined) => T {
  let last: { readonly pattern: string; readonly compiled: T } | undefined;
  return (given) => {
    const pattern = String(given ?? '');
    if (last === undefined || last.pattern !== pattern) last = { pattern, compiled: compile(pattern) };
    return last.compiled;
  };
}

/** `%` any text, `_` any character, the escape character takes both literally. */
function likeRegExp(pattern: string, escape: string): RegExp {
  let source = '';
  const all = Array.from(pattern);
  for (let i = 0; i < all.length; i++) {
    const character = all[i] ?? '';
    if (character === escape) {
      i++;
      const next = all[i];
      if (next !== '%' && next !== '_' && next !== escape) {
        const problem =
          next === undefined
            ? 'it ends with the escape character'
            : 'the escape character stands before neither %, _ nor itself';
        throw new MillraceError('INVALID_FORMAT', { pattern: `'${pattern}'`, problem });
      }
      source += quote(all[i] ?? '');
    } else if (character === '%') source += '.*';
    else if (character === '_') source += '.';
    else source += quote(character);
  }
  return new RegExp(`^${source}$`, 'su');
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function like(name: 'like' | 'ilike', summary: string, example: readonly [string, string]) {
  return defineFunction(FAMILY, {
    name,
    usage: `str ${name.toUpperCase()} pattern`,
    summary,
    examples: [example],
    params: [Types.string, Types.string, Types.string],
    optional: 1,
    returns: Types.boolean,
    row() {
      const cased = name === 'ilike' ? (text: string) => text.toLowerCase() : (text: string) => text;
      const byEscape = new Map<string, (pattern: LiteralValue | undefined) => RegExp>();
      return (value, pattern, escape) => {
        const mark = escape === undefined ? '\\' : String(escape);
        const compile = byEscape.get(mark) ?? memo((text: string) => likeRegExp(cased(text), mark));
        byEscape.set(mark, compile);
        return compile(pattern).test(cased(String(value)));
      };
    },
  });
}

/** The last replacement, for the pattern it was read for. */
function replacements(): (text: string, regexp: JavaRegExp) => (match: readonly unknown[]) => string {
  let last: { text: string; regexp: JavaRegExp; by: (match: readonly unknown[]) => string } | undefined;
  return (text, regexp) => {
    if (last?.text !== text || last.regexp !== regexp) last = { text, regexp, by: javaReplacement(text, regexp) };
    return last.by;
  };
}

/** Where the character of a position, from 1, begins; undefined beyond the end. */
function offsetOf(text: string, position: number): number | undefined {
  if (position === 1) return 0;
  const before = Array.from(text).slice(0, position - 1);
  return before.length < position - 1 || before.join('').length === text.length ? undefined : before.join('').length;
}

function checkPosition({ literal }: ResolveArgument): void {
  if (literal === undefined || literal === null || Number(literal) > 0) return;
  throw new MillraceError('DATATYPE_MISMATCH', {
    expression: 'regexp_replace',
    problem: `the position is ${String(literal)}`,
    remedy: 'Positions count from 1.',
  });
}

export const PATTERNS = [
  like('like', 'Whether the text is of the form: % any text, _ any character.', ["'Spark' LIKE 'S%k'", 'true']),
  like('ilike', 'As LIKE, without regard to case.', ["'Spark' ILIKE 's%K'", 'true']),
  defineFunction(FAMILY, {
    name: 'rlike',
    aliases: ['regexp', 'regexp_like'],
    usage: 'str RLIKE pattern',
    summary: 'Whether the regular expression is found in the text.',
    examples: [["'Spark' RLIKE 'ar+'", 'true']],
    params: [Types.string, Types.string],
    returns: Types.boolean,
    row() {
      const compile = memo((pattern) => javaRegExp(pattern).regexp);
      return (value, pattern) => compile(pattern).test(String(value));
    },
  }),
  defineFunction(FAMILY, {
    name: 'regexp_extract',
    usage: 'regexp_extract(str, pattern[, group])',
    summary: 'What a group of the first match holds (default: the first group); empty where nothing matches.',
    examples: [["regexp_extract('100-200', '(\\\\d+)-(\\\\d+)', 1)", '100']],
    params: [Types.string, Types.string, Types.int],
    optional: 1,
    returns: Types.string,
    row() {
      const compile = memo((pattern) => javaRegExp(pattern));
      return (value, pattern, group) => {
        const { regexp, groups } = compile(pattern);
        const match = regexp.exec(String(value));
        const index = group === undefined ? 1 : Number(group);
        if (match === null) return '';
        const place = groups[index];
        if (place !== undefined) return match[place] ?? '';
        throw new MillraceError('INVALID_PARAMETER_VALUE', {
          parameter: 'the group',
          function: 'regexp_extract',
          problem: `the pattern has ${groups.length - 1} groups, and this is ${index}`,
        });
      };
    },
  }),
  defineFunction(FAMILY, {
    name: 'regexp_replace',
    usage: 'regexp_replace(str, pattern, replacement[, position])',
    summary: 'Every match, from a position on, replaced; $1 stands for the first group.',
    examples: [["regexp_replace('100-200', '(\\\\d+)', 'num')", 'num-num']],
    params: [Types.string, Types.string, Types.string, Types.int],
    optional: 1,
    returns(_types, [, , , position]) {
      if (position !== undefined) checkPosition(position);
      return Types.string;
    },
    row() {
      const compile = memo((pattern) => javaRegExp(pattern, 'g'));
      const replacement = replacements();
      return (value, pattern, by, position) => {
        const text = String(value);
        const from = offsetOf(text, position === undefined ? 1 : Number(position));
        if (from === undefined) return text;
        const regexp = compile(pattern);
        const put = replacement(String(by), regexp);
        return text.slice(0, from) + text.slice(from).replace(regexp.regexp, (...match: unknown[]) => put(match));
      };
    },
  }),
  defineFunction(FAMILY, {
    name: 'regexp_count',
    usage: 'regexp_count(str, pattern)',
    summary: 'How often the regular expression matches.',
    examples: [["regexp_count('a1b22', '\\\\d')", '3']],
    params: [Types.string, Types.string],
    returns: Types.int,
    row() {
      const compile = memo((pattern) => javaRegExp(pattern, 'g').regexp);
      return (value, pattern) => [...String(value).matchAll(compile(pattern))].length;
    },
  }),
];
