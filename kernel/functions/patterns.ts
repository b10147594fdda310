/** LIKE and regular expressions. */
import { Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { defineFunction } from './define.ts';
import { javaRegExp } from './java-regexp.ts';

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
export function likeRegExp(pattern: string, escape: string, flags: string): RegExp {
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
  return new RegExp(`^${source}$`, `su${flags}`);
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
      const flags = name === 'ilike' ? 'i' : '';
      const byEscape = new Map<string, (pattern: LiteralValue | undefined) => RegExp>();
      return (value, pattern, escape) => {
        const mark = escape === undefined ? '\\' : String(escape);
        const compile = byEscape.get(mark) ?? memo((text: string) => likeRegExp(text, mark, flags));
        byEscape.set(mark, compile);
        return compile(pattern).test(String(value));
      };
    },
  });
}

/** Java writes groups as `$1`, and `\$` for a dollar; JavaScript's `$$`, `$&` mean nothing to it. */
function replacement(text: string, match: readonly (string | undefined)[]): string {
  return text.replace(
    /\\(.)|\$(\d)/gs,
    (_whole, escaped: string | undefined, group: string | undefined) => escaped ?? match[Number(group)] ?? '',
  );
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
      const compile = memo((pattern) => javaRegExp(pattern));
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
        const match = compile(pattern).exec(String(value));
        const index = group === undefined ? 1 : Number(group);
        if (match === null) return '';
        if (index < match.length) return match[index] ?? '';
        throw new MillraceError('INVALID_PARAMETER_VALUE', {
          parameter: 'the group',
          function: 'regexp_extract',
          problem: `the pattern has ${match.length - 1} groups, not ${index}`,
        });
      };
    },
  }),
  defineFunction(FAMILY, {
    name: 'regexp_replace',
    usage: 'regexp_replace(str, pattern, replacement)',
    summary: 'Every match replaced; $1 stands for the first group.',
    examples: [["regexp_replace('100-200', '(\\\\d+)', 'num')", 'num-num']],
    params: [Types.string, Types.string, Types.string],
    returns: Types.string,
    row() {
      const compile = memo((pattern) => javaRegExp(pattern, 'g'));
      return (value, pattern, by) =>
        String(value).replace(compile(pattern), (...match: unknown[]) =>
          replacement(
            String(by),
            match.map((part) => (typeof part === 'string' ? part : undefined)),
          ),
        );
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
      const compile = memo((pattern) => javaRegExp(pattern, 'g'));
      return (value, pattern) => [...String(value).matchAll(compile(pattern))].length;
    },
  }),
];
