import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { MillraceError } from '../../kernel/core/errors.ts';
import { parseSqlCell } from '../../kernel/session/sql-cell.ts';
import { openSession } from './support.ts';

const session = openSession({ sqlRunner: (text, parameters) => ({ text, parameters }) });
after(() => session.interpreter.shutdown());

describe('magics', () => {
  test('%page puts the value into the pager', async () => {
    const { outcome, text } = await session.run('%page Math.abs');
    assert.ok(outcome.status === 'ok');
    assert.deepEqual(outcome.payload, [{ source: 'page', data: { 'text/plain': '[Function: abs]' }, start: 0 }]);
    assert.equal(text, '');
  });

  test('a wrong one is named, with the nearest and the list', async () => {
    const line = await session.failure('%pagee 5');
    assert.match(
      line.evalue,
      /^\[UNKNOWN_MAGIC\] There is no magic %pagee\. Did you mean %page or %%page\? Known magics: %%sql, .*%magics\.$/,
    );
    assert.doesNotMatch(line.traceback.join('\n'), /magics\.ts/);
    assert.match((await session.failure('%%sqll\nselect 1')).evalue, /There is no magic %%sqll\. Did you mean %%sql\?/);
    assert.match((await session.failure('%%python')).evalue, /There is no magic %%python\. Known/);
  });

  test('lines before code, in their order, with the places of the cell', async () => {
    const { stdout, text } = await session.run(
      '%env MILLRACE_TEST_ONE=1\n\n%env MILLRACE_TEST_ONE\nconst afterMagic = process.env["MILLRACE_TEST_ONE"]; console.log("ran"); afterMagic',
    );
    assert.deepEqual([stdout, text], ['ran\n', "'1'"]);
    const error = await session.failure('%magics\n\n  null.x');
    assert.match(error.traceback.join('\n'), /Cell \[\d+\]:3:8/);
    assert.match((await session.failure('%page  null.x')).traceback.join('\n'), /Cell \[\d+\]:1:13/);
  });

  test('a remainder in code is no magic', async () => {
    assert.equal(await session.value('7\n% 4'), '3');
  });

  test('%time and %%time give the value and say how long', async () => {
    const line = await session.run('%time 1 + 1');
    assert.equal(line.text, '2');
    assert.match(line.stdout, /^Wall time: [\d.]+ (µs|ms|s)\n$/);
    const cell = await session.run('%%time\nconst timed = await Promise.resolve(3)\ntimed');
    assert.equal(cell.text, '3');
    assert.match(cell.stdout, /^Wall time/);
    assert.match((await session.run('%time null.x')).stdout, /^Wall time/);
  });

  test('a missing expression is told with the usage', async () => {
    assert.match(
      (await session.failure('%page')).evalue,
      /^\[MAGIC_USAGE\] %page: the expression is missing\. Usage: %page EXPRESSION$/,
    );
  });

  test('%%html, %%markdown, %%latex show their text', async () => {
    const { output } = await session.run('%%html\n<b>x</b>\n');
    assert.deepEqual(output.displays[0]?.data, { 'text/html': '<b>x</b>', 'text/plain': '<b>x</b>' });
    assert.equal((await session.run('%%markdown\n# T')).output.displays[0]?.data['text/markdown'], '# T');
    assert.equal((await session.run('%%latex\n$x$')).output.displays[0]?.data['text/latex'], '$x$');
  });

  test('%who lists the names of cells only', async () => {
    await session.value('const whoIsIt = 1');
    const { stdout } = await session.run('%who');
    assert.match(stdout, /\bwhoIsIt\b/);
    assert.doesNotMatch(stdout, /\bconsole\b/);
  });

  test('%help tells what there is', async () => {
    const { outcome } = await session.run('%help');
    assert.ok(outcome.status === 'ok');
    assert.match(String(outcome.payload[0]?.data['text/plain']), /top-level await[\s\S]*%%sql/);
  });
});

describe('%%sql', () => {
  test('binds parameters, and pastes nothing', async () => {
    await session.value('const limit = 5; const who = "x\' OR 1=1 --"; const nested = { a: [1, 2] }');
    assert.equal(
      await session.value(
        '%%sql\nSELECT * FROM t\nWHERE a > ${limit as number} AND b = ${who} AND c = ${nested.a.map((v) => { return v })[1]}',
      ),
      [
        '{',
        "  text: 'SELECT * FROM t\\nWHERE a > :cell_1 AND b = :cell_2 AND c = :cell_3',",
        '  parameters: { cell_1: 5, cell_2: "x\' OR 1=1 --", cell_3: 2 }',
        '}',
      ].join('\n'),
    );
  });
  test('a parameter may await', async () => {
    assert.match(await session.value('%%sql\nSELECT ${await Promise.resolve(4)}'), /cell_1: 4/);
  });
  test('without parameters nothing is evaluated', async () => {
    assert.equal(await session.value('%%sql\nSELECT 1;'), "{ text: 'SELECT 1;', parameters: {} }");
  });
  test('--output stores the result under a name', async () => {
    assert.equal(await session.value('%%sql --output stored\nSELECT 2'), '');
    assert.equal(await session.value('stored.text'), "'SELECT 2'");
    assert.match(
      (await session.failure('%%sql what is this\nSELECT 2')).evalue,
      /"what is this" is not understood\. Usage: %%sql \[--output NAME\]/,
    );
  });
  test('an empty one and an error in a parameter', async () => {
    assert.match((await session.failure('%%sql\n  ')).evalue, /there is no statement/);
    const error = await session.failure('%%sql\nSELECT *\nFROM t WHERE a = ${limit.x.y}');
    assert.match(error.traceback.join('\n'), /Cell \[\d+\]:3:28/);
  });

  test("an error's place is shown in the statement", async () => {
    const failing = openSession({
      sqlRunner: () => {
        const position = { offset: 9, line: 2, column: 3 };
        return [1].map(() => {
          throw new MillraceError('PARSE_SYNTAX_ERROR', { error: "'FORM'", hint: 'Did you mean FROM?' }, { position });
        });
      },
    });
    const error = await failing.failure('%%sql\nSELECT 1\n  FORM t');
    await failing.interpreter.shutdown();
    const text = stripVTControlCharacters(error.traceback.join('\n'));
    assert.match(
      text,
      /^\[PARSE_SYNTAX_ERROR\].*\(line 2, column 3\)\n\n {2}1 \| SELECT 1\n> 2 \| {3}FORM t\n {4}\| {3}\^$/,
    );
  });

  for (const body of ["SELECT '${a}'", "SELECT 'it''s ${a}'", 'SELECT "${a}"', 'SELECT `${a}`', "SELECT 'x\\' ${a}'"]) {
    test(`refuses a parameter in quotes: ${body}`, () => {
      assert.throws(() => parseSqlCell(body), { condition: 'SQL_PARAMETER_IN_QUOTES' });
    });
  }
  for (const [body, text] of [
    ["SELECT 'a', ${1}, '--', ${2}", "SELECT 'a', :cell_1, '--', :cell_2"],
    ['SELECT 1 -- ${not} one', 'SELECT 1 -- ${not} one'],
    ['SELECT /* ${no} \n */ ${yes}', 'SELECT /* ${no} \n */ :cell_1'],
    ["SELECT 'it''s', ${a}", "SELECT 'it''s', :cell_1"],
    ['SELECT ${`a${1}b`}', 'SELECT :cell_1'],
    ['SELECT ${({ a: "}" }).a}', 'SELECT :cell_1'],
    ['SELECT ${f(x => { return {} })} + ${b}', 'SELECT :cell_1 + :cell_2'],
    ['SELECT $1, {x}', 'SELECT $1, {x}'],
  ] as const) {
    test(`parses ${body}`, () => {
      assert.equal(parseSqlCell(body).text, text);
    });
  }
  test('an unclosed parameter is told', () => {
    assert.throws(() => parseSqlCell('SELECT ${a'), { condition: 'MAGIC_USAGE' });
  });
});
