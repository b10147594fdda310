/** The streaming cases themselves: that there are enough, that they are readable, and that a wrong answer is caught. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseFiles, parseCases, readCases } from './program/case-file.ts';
import { difference, differenceBut } from './program/compare.ts';
import { readExpected } from './program/expected.ts';
import { instant, lineOf } from './program/inputs.ts';
import { Masks, type Answer, type BatchLine, type Line } from './program/log.ts';

/** Rules of the project's semantics that no case can be at the boundary of, and why. */
const NOT_TESTABLE: Readonly<Record<number, string>> = {
  16: 'count windows are an addition of Millrace: Spark, which gives the expected answers, has none',
};

const RULES = Array.from({ length: 33 }, (_, i) => i + 1);
const cases = caseFiles().flatMap((file) => readCases(file));

test('there are at least 150 programs', () => {
  assert.ok(cases.length >= 150, `only ${cases.length}`);
});

test('names are unique', () => {
  const names = cases.map(({ name }) => name);
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test('every rule that can be tested has a case', () => {
  const covered = new Set(cases.flatMap(({ rules }) => rules));
  const missing = RULES.filter((rule) => !covered.has(rule) && NOT_TESTABLE[rule] === undefined);
  assert.deepEqual(missing, []);
  assert.deepEqual(
    [...covered].filter((rule) => !RULES.includes(rule)),
    [],
  );
});

test('every case has an answer of Spark’s, and every answer a case', () => {
  for (const file of caseFiles()) {
    const answered = [...readExpected(file).keys()].sort();
    const wanted = readCases(file).map(({ name }) => name);
    assert.deepEqual(answered, wanted.sort(), `npm run goldens -- stream ${file}`);
  }
});

test('no answer is empty: each tells of a batch or an error', () => {
  for (const file of caseFiles()) {
    for (const [name, { log }] of readExpected(file)) {
      assert.ok(
        log.some((line) => 'batch' in line || 'error' in line),
        name,
      );
    }
  }
});

test('a file that is not as it should be says where', () => {
  const one = { name: 'x', about: 'y', rules: [1], program: [['view', 'events']], steps: [] };
  const file = (change: object) => ({ feature: 'f', cases: [{ ...one, ...change }] });
  assert.equal(parseCases('f', file({})).length, 1);
  assert.throws(() => parseCases('f', file({ mod: 'update' })), /f: case 1: 'mod' is not known/);
  assert.throws(() => parseCases('f', file({ mode: 'sometimes' })), /f: x: one of append/);
  assert.throws(() => parseCases('f', file({ program: 'none' })), /there is no program 'none'/);
  assert.throws(() => parseCases('f', file({ steps: [{ put: {} }] })), /step 1: 'put' is not known/);
});

test('rows are written as the schema says', () => {
  const schema = 'ts TIMESTAMP, s STRUCT<a: INT, b: INT>, v INT';
  assert.equal(lineOf([1.5, null, 2], schema), '{"ts":"1970-01-01T00:00:01.500000Z","s":null,"v":2}');
  assert.equal(lineOf({ v: 1, ts: -0.000001 }, schema), '{"v":1,"ts":"1969-12-31T23:59:59.999999Z"}');
  assert.equal(lineOf('{"v":-0.0', schema), '{"v":-0.0');
  assert.equal(instant(20.0009), '1970-01-01T00:00:20.000900Z');
});

test('masked values keep what is equal', () => {
  const masks = new Masks(['now']);
  assert.deepEqual(masks.apply(['{"k":1,"now":"a"}', '{"k":2,"now":"b"}']), [
    '{"k":1,"now":"#1"}',
    '{"k":2,"now":"#2"}',
  ]);
  assert.deepEqual(masks.apply(['{"now":"a"}']), ['{"now":"#1"}']);
});

const FIRST: BatchLine = {
  batch: 0,
  in: 3,
  watermark: 0,
  rows: ['{"k":"a"}', '{"k":"b"}'],
  state: ['dedupe 2 +2 -0 late 0'],
};
const SECOND: BatchLine = { batch: 1, in: 1, watermark: 2, rows: ['{"k":"c"}'], state: ['dedupe 3 +1 -0 late 1'] };
const FAILED: Line = { error: 'CAST_INVALID_INPUT', sqlState: '22018', message: 'no number', at: 'batch 2' };
const answer = (...log: readonly Line[]): Answer => ({ columns: [['k', 'string']], log });
const EXPECTED = answer(FIRST, SECOND, FAILED);

test('the same answer agrees', () => {
  assert.equal(difference(EXPECTED, structuredClone(EXPECTED)), undefined);
});

const WRONG: readonly (readonly [string, Answer, RegExp])[] = [
  ['a changed row', answer({ ...FIRST, rows: ['{"k":"a"}', '{"k":"B"}'] }, SECOND, FAILED), /^batch 0, rows/],
  ['a lost row', answer({ ...FIRST, rows: ['{"k":"a"}'] }, SECOND, FAILED), /^batch 0, rows/],
  ['a doubled row', answer(FIRST, { ...SECOND, rows: ['{"k":"c"}', '{"k":"c"}'] }, FAILED), /^batch 1, rows/],
  [
    'a row in the wrong batch',
    answer({ ...FIRST, rows: ['{"k":"a"}'] }, { ...SECOND, rows: ['{"k":"b"}', '{"k":"c"}'] }, FAILED),
    /^batch 0, rows/,
  ],
  [
    'a sink that was not called',
    answer({ batch: 0, in: 3, watermark: 0, state: FIRST.state ?? [] }, SECOND, FAILED),
    /rows/,
  ],
  ['a wrong watermark', answer(FIRST, { ...SECOND, watermark: 2.001 }, FAILED), /^batch 1, watermark/],
  [
    'a wrong count of late rows',
    answer(FIRST, { ...SECOND, state: ['dedupe 3 +1 -0 late 0'] }, FAILED),
    /^batch 1, state/,
  ],
  ['a wrong number of rows read', answer({ ...FIRST, in: 2 }, SECOND, FAILED), /^batch 0, in/],
  ['a batch too many', answer(FIRST, SECOND, { ...SECOND, batch: 2 }, FAILED), /^the error at batch 2/],
  ['a batch too few', answer(FIRST, FAILED), /^batch 1/],
  ['rows where an error belongs', answer(FIRST, SECOND, { ...SECOND, batch: 2 }), /^the error at batch 2/],
  ['an error where rows belong', answer(FIRST, FAILED), /^batch 1/],
  ['nothing where an error belongs', answer(FIRST, SECOND), /^the error at batch 2/],
  ['another error', answer(FIRST, SECOND, { ...FAILED, error: 'DIVIDE_BY_ZERO' }), /^the error at batch 2/],
  ['an error in another batch', answer(FIRST, SECOND, { ...FAILED, at: 'batch 3' }), /^the error at batch 2/],
  ['another type', { ...EXPECTED, columns: [['k', 'int']] }, /^the columns/],
];

for (const [what, given, where] of WRONG) {
  test(`${what} is caught`, () => {
    assert.match(difference(EXPECTED, given) ?? 'nothing', where);
  });
}

test('an error that Spark tells in the first batch may be told at the start, a missing feature may not', () => {
  const legacy: Line = { error: '_LEGACY_ERROR_TEMP_3102', sqlState: null, message: 'Sorting …', at: 'batch 0' };
  const told = (error: string): Answer => answer({ error, sqlState: '0A000', message: '', at: 'start' });
  assert.equal(difference(answer(legacy), told('UNSUPPORTED_STREAMING_OPERATION')), undefined);
  assert.match(difference(answer(legacy), told('NOT_SUPPORTED')) ?? '', /Sorting/);
});

test('a state function has the name of its operator in Scala, and an error of its own any condition', () => {
  const state = (text: string): Answer => answer({ ...FIRST, state: [text] });
  const wanted = state('applyInPandasWithState 2 +2 -0 late 0');
  assert.equal(difference(wanted, state('flatMapGroupsWithState 2 +2 -0 late 0')), undefined);
  assert.match(difference(wanted, state('flatMapGroupsWithState 2 +1 -0 late 0')) ?? '', /^batch 0, state/);
  const failed = (error: string, sqlState: string | null): Answer => answer({ ...FAILED, error, sqlState });
  const thrown = failed('PYTHON_EXCEPTION', '38000');
  assert.equal(difference(thrown, failed('USER_FUNCTION_FAILED', '38000')), undefined);
  assert.match(difference(thrown, failed('TypeError', null)) ?? '', /^the error at batch 2/);
});

test('a refusal on purpose has its condition, and all before it agrees', () => {
  const refused: Line = { error: 'CHECKPOINT_MISMATCH', sqlState: 'KD000', message: '', at: 'start' };
  assert.equal(differenceBut('CHECKPOINT_MISMATCH', EXPECTED, answer(FIRST, refused)), undefined);
  assert.match(differenceBut('CHECKPOINT_MISMATCH', EXPECTED, EXPECTED) ?? '', /^the refusal/);
  assert.match(
    differenceBut('CHECKPOINT_MISMATCH', EXPECTED, answer({ ...FIRST, in: 1 }, refused)) ?? '',
    /^batch 0, in/,
  );
});
