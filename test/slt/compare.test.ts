/** A deliberately broken answer is caught, whatever is broken about it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFile } from './case-file.ts';
import { difference } from './compare.ts';

const COLUMNS = '[["a","int"],["s","string"]]';

function caseOf({ separator = '----', answer }: { separator?: string; answer: readonly string[] }) {
  const { cases } = parseFile('test', ['query', 'SELECT a, s FROM t', separator, ...answer, ''].join('\n'));
  return cases[0] ?? assert.fail('no case');
}

const rows = caseOf({ answer: [COLUMNS, '["1","x"]', '["2",null]', '["2",null]'] });
const ordered = caseOf({ separator: '---- ordered', answer: [COLUMNS, '["1","x"]', '["2","y"]'] });
const failure = caseOf({ answer: ['error UNRESOLVED_COLUMN.WITH_SUGGESTION 42703'] });
const legacy = caseOf({ answer: ['error _LEGACY_ERROR_TEMP_1207 -----'] });

describe('an answer that agrees', () => {
  it('has the same rows in any order', () => {
    assert.equal(difference(rows, [COLUMNS, '["2",null]', '["1","x"]', '["2",null]']), undefined);
  });

  it('has the same rows in the order asked for', () => {
    assert.equal(difference(ordered, [COLUMNS, '["1","x"]', '["2","y"]']), undefined);
  });

  it('has the same condition, with or without its subclass and message', () => {
    assert.equal(difference(failure, ['error UNRESOLVED_COLUMN 42703 no column b']), undefined);
    assert.equal(difference(failure, ['error UNRESOLVED_COLUMN.WITH_SUGGESTION 42703']), undefined);
  });

  it('is a reasoned refusal where Spark has no condition', () => {
    assert.equal(difference(legacy, ['error INVALID_ARGUMENT 22023 a month is no length']), undefined);
  });
});

describe('a broken answer is caught', () => {
  const broken: Readonly<Record<string, readonly string[]>> = {
    'a changed value': [COLUMNS, '["1","X"]', '["2",null]', '["2",null]'],
    "the text 'NULL' for a null": [COLUMNS, '["1","x"]', '["2","NULL"]', '["2",null]'],
    "the text 'null' for a null": [COLUMNS, '["1","x"]', '["2","null"]', '["2",null]'],
    'another form of a number': [COLUMNS, '["1.0","x"]', '["2",null]', '["2",null]'],
    'a changed type': ['[["a","bigint"],["s","string"]]', '["1","x"]', '["2",null]', '["2",null]'],
    'a changed column name': ['[["b","int"],["s","string"]]', '["1","x"]', '["2",null]', '["2",null]'],
    'a missing column': ['[["a","int"]]', '["1"]', '["2"]', '["2"]'],
    'a missing row': [COLUMNS, '["1","x"]', '["2",null]'],
    'one row more': [COLUMNS, '["1","x"]', '["2",null]', '["2",null]', '["2",null]'],
    'another row twice': [COLUMNS, '["1","x"]', '["1","x"]', '["2",null]'],
    'no answer': [],
    'an error for rows': ['error NOT_SUPPORTED 0A000 not supported yet'],
  };
  for (const [what, answer] of Object.entries(broken)) {
    it(what, () => {
      assert.match(difference(rows, answer) ?? '', /Spark:[\s\S]*Millrace:/);
    });
  }

  it('the wrong order under ORDER BY', () => {
    assert.notEqual(difference(ordered, [COLUMNS, '["2","y"]', '["1","x"]']), undefined);
  });

  it('rows for an error', () => {
    assert.notEqual(difference(failure, [COLUMNS]), undefined);
  });

  const wrongErrors: Readonly<Record<string, string>> = {
    'another condition': 'error UNRESOLVED_ROUTINE 42703',
    'a condition that begins alike': 'error UNRESOLVED_COLUMN_X 42703',
    'another SQLSTATE': 'error UNRESOLVED_COLUMN 42704',
    'another subclass': 'error UNRESOLVED_COLUMN.WITHOUT_SUGGESTION 42703',
    'no condition': 'error TypeError ----- x is undefined',
    'an error of a statement before': 'before the last statement: error UNRESOLVED_COLUMN 42703',
  };
  for (const [what, line] of Object.entries(wrongErrors)) {
    it(what, () => {
      assert.notEqual(difference(failure, [line]), undefined);
    });
  }

  it('a crash, or nothing done yet, where Spark has no condition', () => {
    for (const line of ['error TypeError ----- boom', 'error NOT_SUPPORTED 0A000 later', COLUMNS])
      assert.notEqual(difference(legacy, [line]), undefined);
  });
});
