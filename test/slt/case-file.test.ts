/** The format of the files of cases. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalised, parseFile } from './case-file.ts';

const TEXT = `# answers: Spark 4.3.0, Java 17
# feature: projection

query
SELECT 1
----
[["1","int"]]
["1"]

# feature: views
# why

query zone=UTC conf.a.b=c=d params={"x":1}
CREATE TEMPORARY VIEW v AS SELECT 1 AS a
;
SELECT a
FROM v ORDER BY a
---- ordered
[["a","int"]]
["1"]
`;

describe('a file of SQL cases', () => {
  const { answeredBy, cases } = parseFile('some', TEXT);
  const [first = assert.fail(), second = assert.fail(), ...more] = cases;

  it('says what it was answered by', () => {
    assert.equal(answeredBy, 'Spark 4.3.0, Java 17');
  });

  it('gives each case its place, feature and answer', () => {
    assert.deepEqual([first.line, first.feature, first.isOrdered], [4, 'projection', false]);
    assert.deepEqual([second.line, second.feature, second.isOrdered], [13, 'views', true]);
    assert.deepEqual(second.expected, ['[["a","int"]]', '["1"]']);
    assert.deepEqual(more, []);
  });

  it('separates options, statements before the last one, and the last one', () => {
    assert.deepEqual(
      [...second.options],
      [
        ['zone', 'UTC'],
        ['conf.a.b', 'c=d'],
        ['params', '{"x":1}'],
      ],
    );
    assert.deepEqual(second.setup, ['CREATE TEMPORARY VIEW v AS SELECT 1 AS a']);
    assert.equal(second.sql, 'SELECT a\nFROM v ORDER BY a');
  });

  it('refuses a block that is half a case', () => {
    assert.throws(() => parseFile('some', 'query\nSELECT 1\n'), /some\.slt:1: not a case/);
    assert.throws(() => parseFile('some', 'query what\nSELECT 1\n----\n'), /not a case/);
  });
});

describe("a case's id", () => {
  const idOf = (text: string): string => parseFile('f', text).cases[0]?.id ?? assert.fail();

  it('stays where the case moves and its answer changes', () => {
    assert.equal(idOf('query\nSELECT 1\n----\n[]'), idOf('# x\n\nquery\nSELECT 1\n----\nerror A 42000'));
    assert.equal(idOf('query a=1 b=2\nSELECT 1\n----\n[]'), idOf('query b=2 a=1\nSELECT 1\n----\n[]'));
    assert.match(idOf('query\nSELECT 1\n----\n[]'), /^f\/[0-9a-f]{10}$/);
  });

  it('is another for other SQL or options', () => {
    assert.notEqual(idOf('query\nSELECT 1\n----\n[]'), idOf('query\nSELECT 2\n----\n[]'));
    assert.notEqual(idOf('query\nSELECT 1\n----\n[]'), idOf('query ansi=false\nSELECT 1\n----\n[]'));
  });

  it('is written twice where only blanks and a last semicolon differ', () => {
    const textOf = (text: string): string => normalised(parseFile('f', text).cases[0] ?? assert.fail());
    assert.equal(textOf('query\nSELECT  1\n----\n[]'), textOf('query\nSELECT\n1;\n----\n[]'));
    assert.notEqual(textOf("query\nSELECT 'a'\n----\n[]"), textOf("query\nSELECT 'A'\n----\n[]"));
  });
});
