/** A case leaves nothing behind for the next one, and fails where its own preparation does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import type * as Public from '../../kernel/index.ts';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { parseFile, type SltCase } from './case-file.ts';
import { Answers } from './millrace-answers.ts';

const dist = new URL('../../dist/index.js', import.meta.url);

function caseOf(header: string, ...statements: readonly string[]): SltCase {
  const { cases } = parseFile('test', [header, statements.join('\n;\n'), '----', '[]'].join('\n'));
  return cases[0] ?? assert.fail('no case');
}

describe('cases in Millrace', { skip: skipWithout(needsBuild) }, async () => {
  if (skipWithout(needsBuild) !== false) return;
  const { SparkSession } = (await import(dist.href)) as typeof Public;
  const spark = SparkSession.builder.getOrCreate();
  after(() => spark.stop());
  const answers = new Answers(spark, readFileSync(new URL('tables.sql', import.meta.url), 'utf8'));
  const count = caseOf('query', 'SELECT count(*) AS n FROM people');

  it('give columns with their types, and rows as texts', async () => {
    assert.deepEqual(
      await answers.to(caseOf('query', "SELECT 1 AS a, X'1F' AS b, CAST(NULL AS STRING) AS c, 'NULL' AS d")),
      ['[["a","int"],["b","binary"],["c","string"],["d","string"]]', '["1","1F",null,"NULL"]'],
    );
  });

  it('find the views of tables.sql whatever ran before', async () => {
    const replaced = caseOf(
      'query',
      'CREATE OR REPLACE TEMPORARY VIEW people AS SELECT 1 AS x',
      'CREATE TEMPORARY VIEW extra AS SELECT 2 AS x',
      'SELECT x FROM extra',
    );
    await answers.to(replaced);
    assert.deepEqual(await answers.to(count), ['[["n","bigint"]]', '["5"]']);
    assert.match((await answers.to(caseOf('query', 'SELECT * FROM extra'))).join(), /^error TABLE_OR_VIEW_NOT_FOUND/);
  });

  it('find the settings as they were', async () => {
    const zone = caseOf('query', "SELECT CAST(TIMESTAMP'2024-01-01 00:00:00 UTC' AS STRING) AS t");
    const before = await answers.to(zone);
    const utc = await answers.to(caseOf('query zone=UTC', zone.sql));
    await answers.to(caseOf('query conf.spark.my.key=1', 'SET spark.sql.session.timeZone = Asia/Tokyo'));
    assert.deepEqual(await answers.to(zone), before);
    assert.notDeepEqual(utc, before);
    assert.equal(spark.conf.getOption('spark.my.key'), undefined);
  });

  it('take arguments by name', async () => {
    const bound = await answers.to(caseOf('query params={"a":"x"}', 'SELECT :a AS a'));
    assert.deepEqual(bound, ['[["a","string"]]', '["x"]']);
  });

  it('do not pass by an error of an earlier statement', async () => {
    const [line = ''] = await answers.to(caseOf('query', 'SELECT * FROM nowhere', 'SELECT * FROM nowhere'));
    assert.match(line, /^before the last statement: error TABLE_OR_VIEW_NOT_FOUND/);
  });

  it('say the condition and SQLSTATE of an error', async () => {
    const [line = ''] = await answers.to(caseOf('query', 'SELECT missing FROM people'));
    assert.match(line, /^error UNRESOLVED_COLUMN\S* 42703 /);
  });
});
