/** `millrace run FILE.sql` and `millrace sql`: rows on standard output, everything else on standard error. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { createFolder, MILLRACE } from './support.ts';

const EVENTS = [
  '{"k":"a","v":9007199254740993,"at":"2026-01-01T00:00:00.000001Z","tags":["x",null]}',
  '{"k":"b","v":null,"at":null,"tags":null}',
  '{"k":"c, \\"d\\"","v":-1}',
].join('\n');

const PIPELINE = `-- what lies in the file; with a semicolon
CREATE OR REPLACE TEMPORARY VIEW events (k STRING, v BIGINT, at TIMESTAMP, tags ARRAY<STRING>)
USING json OPTIONS (path 'data/events.jsonl');

SELECT 'not the last;' AS x;

SELECT * FROM events ORDER BY k;
`;

describe('SQL pipelines', { skip: skipWithout(needsBuild), timeout: 60_000 }, () => {
  const folder = createFolder({
    'data/events.jsonl': EVENTS,
    'pipeline.sql': PIPELINE,
    'numbers.jsonl': Array.from({ length: 20_000 }, (_, n) => `{"n":${n}}`).join('\n'),
    'numbers.sql': `CREATE OR REPLACE TEMPORARY VIEW numbers (n INT) USING json OPTIONS (path 'numbers.jsonl');
      SELECT n FROM numbers WHERE n < :below`,
  });
  after(() => folder.remove());

  it('prints one JSON object per row, nulls kept, 64-bit integers exact; paths are relative to the file', async () => {
    const ran = await folder.run(['run', folder.file('pipeline.sql'), '--format', 'json'], { cwd: '/' });
    assert.deepEqual(ran, {
      code: 0,
      stdout:
        '{"k":"a","v":9007199254740993,"at":"2026-01-01T00:00:00.000Z","tags":["x",null]}\n' +
        '{"k":"b","v":null,"at":null,"tags":null}\n' +
        '{"k":"c, \\"d\\"","v":-1,"at":null,"tags":null}\n',
      stderr: '',
    });
  });

  it('prints CSV with a header, quotes where they are needed, nulls empty', async () => {
    const { code, stdout } = await folder.run(['run', 'pipeline.sql', '--format', 'csv']);
    assert.equal(code, 0);
    assert.equal(
      stdout,
      'k,v,at,tags\n' + 'a,9007199254740993,2026-01-01 00:00:00.000001,"[x, null]"\n' + 'b,,,\n' + '"c, ""d""",-1,,\n',
    );
  });

  it('prints a table otherwise, and every row of it', async () => {
    const few = await folder.run(['run', 'pipeline.sql']);
    assert.match(few.stdout, /^\+-+\+-+\+-+\+-+\+\n\|k +\|v +\|at +\|tags +\|\n/);
    assert.match(few.stdout, /\|b +\|NULL +\|NULL +\|NULL +\|\n/);
    const many = await folder.run(['run', 'numbers.sql', '-p', 'below=1500']);
    assert.equal(many.stdout.split('\n').filter((line) => /^\|\d+ *\|$/.test(line)).length, 1500);
    assert.doesNotMatch(many.stdout, /only showing/);
  });

  it('prints nothing for a last statement without rows', async () => {
    const ran = await folder.run(['sql', 'CREATE TEMPORARY VIEW one AS SELECT 1 AS a']);
    assert.deepEqual(ran, { code: 0, stdout: '', stderr: '' });
  });

  it('binds -p name=value as :name, never as text', async () => {
    const { stdout } = await folder.run([
      'sql',
      'SELECT :n + 1 AS n, :s AS s, :b AS b, :big AS big, :nothing AS nothing',
      ...['-p', 'n=41', '-p', "s=1' OR '1'='1", '-p', 'b=true', '-p', 'big=9007199254740993', '-p', 'nothing=null'],
      ...['--format', 'json'],
    ]);
    assert.equal(stdout, `{"n":42,"s":"1' OR '1'='1","b":true,"big":"9007199254740993","nothing":null}\n`);
  });

  it('keeps columns of one name apart', async () => {
    const { stdout } = await folder.run(['sql', 'SELECT 1 AS a, 2 AS a', '--format', 'csv']);
    assert.equal(stdout, 'a,a\n1,2\n');
  });

  it('names condition, file, line and column of what is wrong', async () => {
    folder.write({
      'wrong.sql': 'SELECT 1;\n\n-- here\nSELECT k\nFROM VALUES (1) AS t(id);\n',
      'syntax.sql': 'SELECT 1;\nSELEC 2',
    });
    const wrong = await folder.run(['run', 'wrong.sql']);
    assert.equal(wrong.code, 1);
    assert.equal(wrong.stdout, '');
    assert.match(wrong.stderr, /^\[UNRESOLVED_COLUMN\] .*`k`[^]*\n {2}at wrong\.sql:4:8\n$/);
    const syntax = await folder.run(['run', 'syntax.sql']);
    assert.equal(syntax.code, 1);
    assert.match(syntax.stderr, /^\[PARSE_SYNTAX_ERROR\] [^]*\n {2}at syntax\.sql:2:1\n$/);
    const atRunTime = await folder.run(['sql', 'SELECT 1 / 0']);
    assert.equal(atRunTime.code, 1);
    assert.match(atRunTime.stderr, /^\[DIVIDE_BY_ZERO\] /);
  });

  it('ends quietly where its reader has seen enough', async () => {
    const args = ['run', folder.file('numbers.sql'), '-p', 'below=20000', '--format', 'json'];
    const child = spawn(process.execPath, [MILLRACE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'close');
    assert.equal(stderr, '');
    assert.equal(child.exitCode, 141);
  });
});
