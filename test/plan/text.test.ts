import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planText } from '../../kernel/plan/text.ts';
import { sqlParser } from '../../kernel/sql/parser.ts';

it('prints one node a line, children indented', () => {
  const plan = sqlParser.parseQuery('SELECT a FROM t WHERE b > 1 ORDER BY a DESC LIMIT 2');
  assert.match(
    planText(plan),
    /^Limit 2\n\+- Sort \[.*a.* DESC NULLS LAST\]\n {3}\+- Project \[.*a.*\]\n {6}\+- Filter .*b.*\n {9}\+- UnresolvedRelation t$/,
  );
});
