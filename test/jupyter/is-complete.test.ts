import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codePointsToUnits, unitsToCodePoints } from '../../kernel/jupyter/cursor.ts';
import { isComplete } from '../../kernel/session/is-complete.ts';

const CASES = {
  complete: [
    '',
    '1',
    'const f = (x: number) => x * 2',
    'interface A { a: number }',
    'await fetch("x")',
    'import { a } from "b"',
    '%page f',
    '%%sql select 1',
    '%%sql\nselect',
    '1; // a comment',
  ],
  incomplete: [
    'function f() {',
    'const s = `hi',
    'const s = `hi ${x} there',
    '[1, 2,',
    '/* abc',
    'foo(',
    'if (x)\n  ',
    'if (x) // then',
    'x =>',
    'class A',
    'try { 1 }',
    'const x: Map<string,',
    '"😀"; function f() {',
    '%%sql',
    '"abc\\\n',
  ],
  invalid: ['let = 7q', '1 +* 2', '"abc', '}', 'const a = 1; const a = 2'],
};

describe('isComplete', () => {
  for (const [status, codes] of Object.entries(CASES)) {
    it(`finds ${status} cells`, () => {
      for (const code of codes) assert.equal(isComplete(code).status, status, code);
    });
  }

  it('indents what is incomplete as its last line, deeper after an opener', () => {
    assert.deepEqual(isComplete('function f() {'), { status: 'incomplete', indent: '  ' });
    assert.deepEqual(isComplete('function f() {\n  if (x) {'), { status: 'incomplete', indent: '    ' });
    assert.deepEqual(isComplete('function f() {\n  g();'), { status: 'incomplete', indent: '  ' });
  });
});

describe('cursor positions', () => {
  it('convert between code points and UTF-16 units, clamped', () => {
    const text = 'a😀b';
    assert.deepEqual(
      [0, 1, 2, 3, 9].map((at) => codePointsToUnits(text, at)),
      [0, 1, 3, 4, 4],
    );
    assert.deepEqual(
      [0, 1, 3, 4, 9].map((at) => unitsToCodePoints(text, at)),
      [0, 1, 2, 3, 3],
    );
    assert.equal(codePointsToUnits(text, -1), 0);
    assert.equal(codePointsToUnits('x', 1e12), 1);
  });
});
