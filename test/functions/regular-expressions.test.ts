import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { javaRegExp } from '../../kernel/functions/java-regexp.ts';
import { javaReplacement } from '../../kernel/functions/java-regexp/replacement.ts';

function found(pattern: string, text: string): string | undefined {
  return javaRegExp(pattern).regexp.exec(text)?.[0];
}

function replaced(text: string, pattern: string, by: string): string {
  const regexp = javaRegExp(pattern, 'g');
  const put = javaReplacement(by, regexp);
  return text.replace(regexp.regexp, (...match: unknown[]) => put(match));
}

describe('regular expressions of Java: what the cases of Spark leave out', () => {
  it('flags hold for the rest of their group', () => {
    assert.equal(found('(?:(?i)a|b)c', 'Bc'), 'Bc');
    assert.equal(found('(?:(?i)a|b)c', 'BC'), undefined);
    assert.equal(found('(?i:[a-c]x)y', 'BXy'), 'BXy');
    assert.equal(found('(?i:[a-c]x)y', 'BXY'), undefined);
    assert.equal(found('(?i)[^b]', 'B'), undefined);
  });

  it('without the flag u only ASCII has cases', () => {
    assert.equal(found('(?i)[à-ü]', 'É'), undefined);
    assert.equal(found('(?iu)[à-ü]', 'É'), 'É');
    assert.equal(found('(?i)\\p{Lower}\\p{Lu}', 'Aa'), 'Aa');
  });

  it('groups keep their numbers beside possessive quantifiers and atomic groups', () => {
    const { regexp, groups } = javaRegExp('(a)++(?>b|bc)(c)\\2');
    const match = regexp.exec('aabcc');
    assert.deepEqual(
      groups.map((group) => match?.[group]),
      ['aabcc', 'a', 'c'],
    );
    assert.equal(replaced('aab', '(?<x>a)++(b)', '$2${x}'), 'ba');
  });

  it('a possessive quantifier gives nothing back', () => {
    assert.equal(found('a*+a', 'aaa'), undefined);
    assert.equal(found('(?:ab){1,2}+ab', 'abab'), undefined);
    assert.equal(found('[ab]?+b', 'b'), undefined);
  });

  it('line ends', () => {
    assert.equal(found('(?m)^b$', 'a\r\nb\u2028c'), 'b');
    assert.equal(found('(?m)^$', 'a\r\nb'), undefined);
    assert.equal(found('(?dm)^b', 'a\rb'), undefined);
    assert.equal(found('a.', 'a\u0085'), undefined);
    assert.equal(found('(?d)a.', 'a\r'), 'a\r');
    assert.equal(javaRegExp('$').regexp.exec('a\r\n')?.index, 1);
  });

  it('comments, quotes and places that are repeated', () => {
    assert.equal(found('(?x) a [ b ] # c\n \\ d', 'ab d'), 'ab d');
    assert.equal(found('\\Q[(\\d\\E+', '[(\\dd'), '[(\\dd');
    assert.equal(found('\\\\Q', '\\Q'), '\\Q');
    assert.equal(found('(?=a)*a\\b?', 'a'), 'a');
  });

  it('classes', () => {
    assert.equal(found('[^]a]+', ']b'), 'b');
    assert.equal(found('[a-z&&[^m-p]&&[^a-l]]', 'amz'), 'z');
    assert.equal(found('[^a[bc]]', 'abcd'), 'd');
    assert.equal(found('[\\w&&[^\\d]]', '1a'), 'a');
    assert.equal(found('[(){}/|&!-]+', '(){}/|&!-'), '(){}/|&!-');
    assert.equal(found('[\\uD83D\\uDE00]', '😀'), '😀');
    assert.equal(found('\\p{javaUpperCase}\\p{script=Greek}\\p{IsLu}\\pL', 'AαBc'), 'AαBc');
  });

  it('a boundary of words knows letters of all scripts', () => {
    assert.equal(found('\\bcole', 'école'), undefined);
  });

  it('what JavaScript lacks is refused, what Java lacks is wrong', () => {
    for (const pattern of ['\\X', '\\G', '\\p{InGreek}', '(?i)(a)\\1', '\\2(a)', '(?<=a++)b', '(?<=(a)\\1)b']) {
      assert.throws(() => javaRegExp(pattern), { condition: 'NOT_SUPPORTED' }, pattern);
    }
    for (const pattern of [
      '(?<x>a)(?<x>b)',
      'a)',
      '(a',
      '[a',
      '[b-\\d]',
      '\\y',
      '\\p{Greek}',
      'a**',
      '{1}',
      '\\k<x>',
    ]) {
      assert.throws(() => javaRegExp(pattern), { condition: 'INVALID_PARAMETER_VALUE' }, pattern);
    }
  });

  it('a replacement', () => {
    assert.equal(replaced('abcdefghijk', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)', '$11$1'), 'ka');
    assert.equal(replaced('b', '(a)?b', '<$1>'), '<>');
    assert.equal(replaced('b', 'a', '$1'), 'b');
    assert.equal(replaced('a', 'a', '$0\\q'), 'aq');
    for (const by of ['$&', '\\', '${', '${1}']) {
      assert.throws(() => replaced('a', 'a', by), { condition: 'INVALID_REGEXP_REPLACE' }, by);
    }
  });
});
