/** The harness itself: whatever a case does, the run goes on and tells; what passed and does not is caught. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReadme, readRecord } from './files.ts';
import { countsAgree, judge } from './ratchet.ts';
import { runSuite, type CaseResult } from './run-suite.ts';
import { markdownTable, terminalTable, withTable } from './table.ts';

const fixture = (name: string): string => new URL(`fixtures/${name}.ts`, import.meta.url).href;

test('a case that differs, throws, hangs or ends its process costs only itself', async () => {
  const results = await runSuite(fixture('troubles'), { caseMsMax: 1500 });
  assert.deepEqual(
    results.map(({ id, difference }) => [id, difference === undefined]),
    [
      ['passes', true],
      ['differs', false],
      ['throws', false],
      ['hangs', false],
      ['blocks', false],
      ['dies', false],
      ['passes after all that', true],
    ],
  );
  const difference = (wanted: string): string => results.find(({ id }) => id === wanted)?.difference ?? '';
  assert.match(difference('differs'), /Spark: 1\nMillrace: 2/);
  assert.match(difference('throws'), /no such thing/);
  assert.match(difference('hangs'), /did not end within 1.5 s/);
  assert.match(difference('blocks'), /did not end within 1.5 s/);
  assert.match(difference('dies'), /the process ended \(3\)/);
});

test('a part of a suite can be run', async () => {
  const results = await runSuite(fixture('troubles'), { wanted: ({ feature }) => feature === 'good' });
  assert.deepEqual(
    results.map(({ id }) => id),
    ['passes', 'passes after all that'],
  );
});

test('a suite that cannot be opened is an error with its reason', async () => {
  await assert.rejects(runSuite(fixture('unopened')), /no data: run npm run goldens/);
});

const passed = (id: string, feature = 'joins'): CaseResult => ({ id, feature, place: `${feature}.slt:1` });
const failed = (id: string, feature = 'joins'): CaseResult => ({ ...passed(id, feature), difference: 'other rows' });

test('what passed and no longer does is lost, and stays recorded', () => {
  const verdict = judge({ joins: { total: 2, passing: ['a', 'b'] } }, [passed('a'), failed('b')]);
  assert.deepEqual(
    verdict.lost.map(({ id }) => id),
    ['b'],
  );
  assert.deepEqual(verdict.record, { joins: { total: 2, passing: ['a', 'b'] } });
});

test('what passes besides is won and recorded; what is there no longer is told', () => {
  const before = { joins: { total: 2, passing: ['a', 'old'] } };
  const verdict = judge(before, [passed('a'), failed('b'), passed('c', 'sets')]);
  assert.deepEqual(verdict.gone, ['old']);
  assert.deepEqual(
    verdict.won.map(({ id }) => id),
    ['c'],
  );
  assert.deepEqual(verdict.record, { joins: { total: 2, passing: ['a'] }, sets: { total: 1, passing: ['c'] } });
  assert.ok(!countsAgree(before, verdict));
  assert.ok(countsAgree(verdict.record, verdict));
});

test('the tables give passed and total', () => {
  const record = {
    slt: {
      joins: { total: 30, passing: ['a', 'b'] },
      sets: { total: 4, passing: [] },
      json: { total: 1, passing: ['c'] },
    },
    tpch: { 'TPC-H': { total: 22, passing: ['q01'] } },
  };
  assert.match(terminalTable(record), /joins +2 \/ 30\n.*sets +0 \/ 4\n.*json +1 \/ 1\n.*in all +3 \/ 35/);
  const markdown = markdownTable(record);
  assert.match(markdown, /: 3 \/ 35\n\n\| feature \| passed \| feature \| passed \| feature \| passed \|/);
  assert.match(markdown, /\| joins \| 2 \/ 30 \| sets \| 0 \/ 4 \| json \| 1 \/ 1 \|/);
  assert.match(markdown, /TPC-H, 22 queries\*\*: 1 \/ 22$/);
});

test('only what stands between the marks is written over', () => {
  const marks = [
    '<!-- Made by `npm run compat`: what stands between these marks is written over. -->',
    '<!-- End of the table. -->',
  ];
  const readme = withTable(`before\n${marks.join('\nold\n')}\nafter`, {
    tpch: { 'TPC-H': { total: 22, passing: [] } },
  });
  assert.match(readme, /^before\n<!-- Made[^]*0 \/ 22[^]*End of the table\. -->\nafter$/);
  assert.doesNotMatch(readme, /old/);
  assert.throws(() => withTable('no marks', {}), /lacks the marks/);
});

test('the README has the table of test/compat.json', () => {
  assert.ok(withTable(readReadme(), readRecord()) === readReadme(), 'README.md is out of date: npm run compat');
});
