import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { MillraceError } from '../../kernel/core/errors.ts';
import { openSession } from './support.ts';

const failing = (): never => {
  throw new MillraceError('TABLE_OR_VIEW_NOT_FOUND', { name: 'events', suggestion: 'Did you mean event?' });
};
const session = openSession({ globals: { failing } });
after(() => session.interpreter.shutdown());

/** The traceback without colours. */
async function traceback(code: string): Promise<string> {
  const error = await session.failure(code);
  return stripVTControlCharacters(error.traceback.join('\n'));
}

test('shows the lines of the user, with types and comments as written', async () => {
  const text = await traceback(
    [
      'interface Row { a: number }',
      'function outer(rows: Row[]): number {',
      '  // reads',
      '  return rows[5]!.a;',
      '}',
      'const fine: number = 1;',
      'outer([])',
    ].join('\n'),
  );
  assert.equal(
    text,
    [
      "TypeError: Cannot read properties of undefined (reading 'a')",
      '    at outer (Cell [1]:4:19)',
      '    at Cell [1]:7:1',
      '',
      '  2 | function outer(rows: Row[]): number {',
      '  3 |   // reads',
      '> 4 |   return rows[5]!.a;',
      '    |                   ^',
      '  5 | }',
      '  6 | const fine: number = 1;',
    ].join('\n'),
  );
});

test('names what is called as the user wrote it', async () => {
  await session.value('const notCallable = 5; const nested: any = {}');
  assert.match(await traceback('notCallable()'), /^TypeError: notCallable is not a function/);
  assert.match(await traceback('nested.deep.call()'), /Cannot read properties of undefined \(reading 'call'\)/);
  assert.match(await traceback('nested.method()'), /^TypeError: nested.method is not a function/);
  assert.match(await traceback('for (const one of notCallable);'), /^TypeError: notCallable is not iterable/);
  assert.match(await traceback('new notCallable()'), /^TypeError: notCallable is not a constructor/);
  assert.equal(await session.value('try { notCallable() } catch (e) { (e as Error).message }'), '');
  const { stdout } = await session.run('try { notCallable() } catch (e) { console.log((e as Error).message) }');
  assert.equal(stdout, 'notCallable is not a function\n');
});

test('an error of another cell shows that cell', async () => {
  await session.run('function thrower() {\n  throw new Error("from below");\n}', { executionCount: 77 });
  const text = await traceback('thrower()');
  assert.match(text, /at thrower \(Cell \[77\]:2:9\)/);
  assert.match(text, /> 2 \| {3}throw new Error\("from below"\);/);
});

test('the stack that user code reads is the same', async () => {
  const { stdout } = await session.run('\nconsole.log(new Error("seen").stack)', { executionCount: 78 });
  assert.equal(stdout, 'Error: seen\n    at Cell [78]:2:13\n');
});

test('async frames', async () => {
  const text = await traceback(
    'async function inner() {\n  await null;\n  throw new Error("later");\n}\nawait inner()',
  );
  assert.match(text, /at inner \(Cell \[\d+\]:3:9\)\n {4}at async Cell \[\d+\]:5:1/);
});

test('a syntax error shows its place', async () => {
  const error = await session.failure('const ok = "é";\nlet x: = 5');
  assert.equal(error.ename, 'SyntaxError');
  const text = stripVTControlCharacters(error.traceback.join('\n'));
  assert.match(text, /at Cell \[\d+\]:2:8/);
  assert.match(text, /> 2 \| let x: = 5\n {4}\| {8}\^/);
});

for (const code of [
  'let dup = 1; let dup = 2',
  'return 5',
  'await',
  'for (',
  '"unclosed',
  'const { a',
  'class { }',
  'import x',
  '@',
]) {
  test(`refuses ${JSON.stringify(code)} before it runs`, async () => {
    assert.equal((await session.failure(code)).ename, 'SyntaxError');
  });
}

test("Millrace's errors: the condition, the user's line, none of our frames", async () => {
  const text = await traceback('const t = 1;\nfailing(t)');
  assert.match(
    text,
    /^\[TABLE_OR_VIEW_NOT_FOUND\] The table or view events cannot be found. Did you mean event\?\n {4}at Cell \[\d+\]:2:1\n/,
  );
  assert.equal((await session.failure('failing()')).evalue.startsWith('[TABLE_OR_VIEW_NOT_FOUND]'), true);
});

test('causes and aggregates', async () => {
  const text = await traceback('try { null.x } catch (cause) { throw new Error("outer", { cause }) }');
  assert.match(text, /^Error: outer\n[\s\S]*Caused by:\nTypeError: Cannot read properties of null/);
  assert.match(
    await traceback('throw new AggregateError([new Error("a"), new RangeError("b")], "both")'),
    /both[\s\S]*One of the errors:\nError: a[\s\S]*RangeError: b/,
  );
});

for (const [thrown, evalue] of [
  ['"text"', "'text'"],
  ['{ code: 1 }', '{ code: 1 }'],
  ['null', 'null'],
  ['undefined', 'undefined'],
] as const) {
  test(`throw ${thrown}`, async () => {
    const error = await session.failure(`throw ${thrown}`);
    assert.deepEqual([error.ename, error.evalue], ['Uncaught', evalue]);
  });
}

test('errors that misbehave do not harm', async () => {
  await session.failure('throw Object.assign(new Error("x"), { stack: 5 })');
  await session.failure(
    'throw Object.defineProperty(new Error("x"), "message", { get() { throw new Error("inner") } })',
  );
  await session.failure(
    'throw new Proxy({}, { get() { throw new Error("trap") }, has() { throw new Error("trap") } })',
  );
  await session.failure('const loop: Error = new Error("self"); loop.cause = loop; throw loop');
  await session.failure('function deep(): number { return deep() + 1 }; deep()');
  assert.equal(await session.value('1'), '1');
});

test('process.exit and process.abort are refused in cells', async () => {
  assert.match((await session.failure('process.exit(3)')).evalue, /^\[EXIT_IN_CELL\] process\.exit\(\)/);
  assert.match((await session.failure('await null; process.abort()')).evalue, /^\[EXIT_IN_CELL\] process\.abort\(\)/);
});
