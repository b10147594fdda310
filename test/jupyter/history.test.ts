import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ContentReader } from '../../kernel/jupyter/content.ts';
import { FolderHistoryStore, memoryStore } from '../../kernel/jupyter/history-store.ts';
import { History, globMatcher, type HistoryTuple } from '../../kernel/jupyter/history.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-history-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function ask(history: History, content: Record<string, unknown>): readonly HistoryTuple[] {
  return history.answer(new ContentReader('history_request', content));
}

function kernelSession(at: string, cells: readonly (readonly [string, string?])[]): History {
  const history = new History(new FolderHistoryStore(at, (text) => assert.fail(text)));
  cells.forEach(([input, output], i) => {
    history.noteInput(i + 1, input);
    if (output !== undefined) history.noteOutput(i + 1, output);
  });
  return history;
}

describe('history', () => {
  it('is kept across kernels, with outputs, oldest first', () => {
    const at = join(folder, 'kept');
    kernelSession(at, [['1+1', '2'], ['const a = 1']]);
    const second = kernelSession(at, [['a', '1']]);
    assert.deepEqual(ask(second, { hist_access_type: 'tail', n: 10, output: true, raw: true }), [
      [1, 1, ['1+1', '2']],
      [1, 2, ['const a = 1', null]],
      [2, 1, ['a', '1']],
    ]);
    assert.deepEqual(ask(second, { hist_access_type: 'tail', n: 2, output: false, raw: true }), [
      [1, 2, 'const a = 1'],
      [2, 1, 'a'],
    ]);
  });

  it('range: this session by 0 or its number, earlier ones by number or counted back', () => {
    const at = join(folder, 'range');
    kernelSession(at, [['a'], ['b'], ['c']]);
    const second = kernelSession(at, [['x'], ['y'], ['z']]);
    const range = (session: number, start?: number, stop?: number): readonly unknown[] =>
      ask(second, { hist_access_type: 'range', session, start, stop }).map(([, , input]) => input);
    assert.deepEqual(range(0, 1, 3), ['x', 'y']);
    assert.deepEqual(range(2, 2), ['y', 'z']);
    assert.deepEqual(range(1, 2, 3), ['b']);
    assert.deepEqual(range(-1), ['a', 'b', 'c']);
    assert.deepEqual(range(99), []);
  });

  it('search: glob, count from the end, unique keeps the latest', () => {
    const history = kernelSession(join(folder, 'search'), [['print 1'], ['other'], ['print 2'], ['print 1']]);
    const search = (content: object): readonly unknown[] =>
      ask(history, { hist_access_type: 'search', ...content }).map(([, line]) => line);
    assert.deepEqual(search({ pattern: 'print*' }), [1, 3, 4]);
    assert.deepEqual(search({ pattern: 'print ?', n: 2 }), [3, 4]);
    assert.deepEqual(search({ pattern: 'print*', unique: true }), [3, 4]);
    assert.deepEqual(search({ pattern: 'PRINT*' }), []);
  });

  it('sessions of kernels that run at the same time are not mixed up', () => {
    const at = join(folder, 'parallel');
    const one = kernelSession(at, [['one']]);
    const two = kernelSession(at, [['two']]);
    one.noteInput(2, 'one again');
    assert.deepEqual(
      ask(one, { hist_access_type: 'range', session: 0 }).map(([session]) => session),
      [1, 1],
    );
    assert.deepEqual(
      ask(two, { hist_access_type: 'range', session: 1 }).map(([, , input]) => input),
      ['one', 'one again'],
    );
  });

  it('a line cut short by a crash is left out', () => {
    const at = join(folder, 'cut');
    kernelSession(at, [['whole']]);
    writeFileSync(join(at, readdirSync(at)[0] ?? ''), '{"line":1,"input":"whole"}\n{"line":2,"inp');
    assert.deepEqual(ask(kernelSession(at, []), { hist_access_type: 'tail', n: 5 }), [[1, 1, 'whole']]);
  });

  it('a folder that cannot be written is said once, and the history lives on in memory', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const said: string[] = [];
    const history = new History(new FolderHistoryStore(join(file, 'below'), (text) => said.push(text)));
    history.noteInput(1, 'a');
    history.noteInput(2, 'b');
    assert.equal(said.length, 1);
    assert.deepEqual(
      ask(history, { hist_access_type: 'tail', n: 5 }).map(([, , input]) => input),
      ['a', 'b'],
    );
  });

  it('wrong requests name the field', () => {
    const history = new History(memoryStore);
    assert.throws(() => ask(history, { hist_access_type: 'range', session: 'x' }), {
      message: /session must be an integer, it is "x"/,
    });
    assert.deepEqual(ask(history, { hist_access_type: 'tail', n: -1 }), []);
  });
});

describe('glob', () => {
  it('knows *, ?, classes and negated classes', () => {
    for (const [pattern, text, matches] of [
      ['*', '', true],
      ['a*c', 'abbc', true],
      ['a?c', 'ac', false],
      ['[a-c]x', 'bx', true],
      ['[^a-c]x', 'bx', false],
      ['[', '[', true],
      ['1?2*', '1+2+3', true],
      ['a.c', 'abc', false],
    ] as const) {
      assert.equal(globMatcher(pattern)(text), matches, `${pattern} ${text}`);
    }
  });

  it('agrees with a regular expression on * and ?', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
        (pattern, text) => {
          const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
          assert.equal(globMatcher(pattern)(text), expression.test(text));
        },
      ),
    );
  });

  it('is not slow on patterns made to be slow', () => {
    const begun = performance.now();
    assert.equal(globMatcher(`${'*a'.repeat(50)}b`)('a'.repeat(5000)), false);
    assert.equal(globMatcher('['.repeat(1000))('['.repeat(1000)), true);
    assert.ok(performance.now() - begun < 2000);
  });
});
