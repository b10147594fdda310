import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openSession } from './support.ts';

const session = openSession();
after(() => session.interpreter.shutdown());

/** Cells run one after the other; the last one's result is compared. */
async function gives(cells: readonly string[], expected: string): Promise<void> {
  for (const cell of cells.slice(0, -1)) await session.value(cell);
  assert.equal(await session.value(cells.at(-1) ?? ''), expected, cells.join('\n---\n'));
}

describe('the result of a cell', () => {
  const results: readonly (readonly [string, string])[] = [
    ['1 + 1', '2'],
    ['1 + 1;', ''],
    ['1 + 1; // why', ''],
    ['1 + 1 // not hidden;', '2'],
    ['1 + 1 /* not; hidden; */', '2'],
    ['"http://x" // ;', "'http://x'"],
    ['"http://x;"', "'http://x;'"],
    ['`a;\n//b;`', "'a;\\n//b;'"],
    ['const r1 = 5', ''],
    ['undefined', ''],
    ['null', 'null'],
    ['"use strict"', "'use strict'"],
    ['{ a: 1, b: [2] }', '{ a: 1, b: [ 2 ] }'],
    ['{ let inner = 1; }', ''],
    ['Promise.resolve(7)', '7'],
    ['await Promise.resolve(8)', '8'],
    ['(async () => 9)()', '9'],
    ['const typed: number = 3 as number; typed satisfies number', '3'],
    ['function late() { return 1 }\nlate()', '1'],
    ['export const exported = 4; exported', '4'],
    ['export default 12', '12'],
    ['interface Only { a: number }', ''],
    ['enum Colour { Red, Green }\nColour.Green', '1'],
    ['// nothing', ''],
    ['', ''],
    ['let unset: string | undefined; unset', ''],
    ['123n ** 20n > 0n', 'true'],
    ['[1, 2, 3].map((x) => x * 2)', '[ 2, 4, 6 ]'],
    [
      'async function* gen() { yield 1; yield 2 }\nconst seen = []; for await (const g of gen()) seen.push(g); seen',
      '[ 1, 2 ]',
    ],
    ['label: for (const i of [1, 2]) { for (;;) { continue label } }\n"done"', "'done'"],
    ['this === undefined', 'true'],
    ['typeof (undefinedName)', "'undefined'"],
    ['typeof Math.max', "'function'"],
    ['const tag = (s: TemplateStringsArray, ...v: unknown[]) => s.raw.join("|") + v; tag`a${1}b`', "'a|b1'"],
  ];
  for (const [code, expected] of results) {
    test(JSON.stringify(code), async () => {
      assert.equal(await session.value(code), expected);
    });
  }

  test('a silent cell has none', async () => {
    const { outcome } = await session.run('5', { silent: true });
    assert.deepEqual(outcome, { status: 'ok', userExpressions: {}, payload: [] });
  });

  test('a large one is bounded', async () => {
    const text = await session.value('Array.from({ length: 1e6 }, (_, i) => "x".repeat(20) + i)');
    assert.match(text, /999900 more items/);
    assert.ok(text.length < 200_000, `${text.length} characters`);
  });
});

describe('names of cells', () => {
  test('persist, and are declared anew', () => gives(['const a1 = 1', 'const a1 = 2', 'let a1 = a1 + 1', 'a1'], '3'));
  test('are seen by closures of earlier cells', () =>
    gives(
      ['const rate = 2; function scaled(x: number) { return x * rate }', 'scaled(3)', 'const rate = 10', 'scaled(3)'],
      '30',
    ));
  test('may be used by functions before they exist', () =>
    gives(['function usesLater() { return defLater + 1 }', 'const defLater = 41', 'usesLater()'], '42'));
  test('may be classes that functions use before their cell part', () =>
    gives(
      ['function make() { return new Made(3) }\nclass Made { constructor(readonly n: number) {} }\nmake().n'],
      '3',
    ));
  test('functions are hoisted', () => gives(['hoisted() + 1\nfunction hoisted() { return 1 }\nhoisted() + 1'], '2'));
  test('var in blocks belongs to the cell', () =>
    gives(
      ['if (true) { var inBlock = 3 }', 'for (var index = 0; index < 4; index++);', '[inBlock, index]'],
      '[ 3, 4 ]',
    ));
  test('let in blocks does not', () => gives(['let outer1 = 1; { let outer1 = 2; outer1++ } outer1'], '1'));
  test('destructuring', () =>
    gives(
      [
        'const { p, q: { r: [s = 5, ...t] }, ...others } = { p: 1, q: { r: [undefined, 2, 3] }, u: 6, v: 7 }',
        '[p, s, t, others]',
      ],
      '[ 1, 5, [ 2, 3 ], { u: 6, v: 7 } ]',
    ));
  test('destructuring into existing names', () =>
    gives(
      ['let m1 = 1, m2 = 2', '[m1, m2] = [m2, m1]; ({ m1, x: m2 = 9 } = { m1: m1 + 10 })', '[m1, m2]'],
      '[ 12, 9 ]',
    ));
  test('updates and compound assignment', () => gives(['let n1 = 1', 'n1++; n1 += 5; n1 **= 2; n1 ??= 3', 'n1'], '49'));
  test('shorthand properties', () => gives(['const sh = 4', '({ sh })'], '{ sh: 4 }'));
  test('shorthand in nested functions', () =>
    gives(['const fnSh = () => ({ sh, fnSh: typeof fnSh })', 'fnSh()'], "{ sh: 4, fnSh: 'function' }"));
  test('typeof', () =>
    gives(['const ty = "x"', '[typeof ty, typeof (ty), typeof neverDefined]'], "[ 'string', 'string', 'undefined' ]"));
  test('declarations without a value', () =>
    gives(['let nothing1, nothing2 = 2; [nothing1, nothing2]'], '[ undefined, 2 ]'));
  test('undeclared names come into being by assignment', () => gives(['implicit = 5', 'implicit + 1'], '6'));
  test('parameters and locals shadow', () =>
    gives(['const shadow = 1; ((shadow) => { const a1 = shadow; return a1 })(7)'], '7'));
  test('a catch parameter shadows', () => gives(['const e1 = 1; try { throw 2 } catch (e1) { e1 }\ne1'], '1'));
  test('class members are not names', () =>
    gives(
      [
        'const size = 3; class Sized { size = size; get twice() { return this.size * size } static of() { return new Sized() } }\nSized.of().twice',
      ],
      '9',
    ));
  test('functions keep their names', () =>
    gives(
      [
        'const arrow = () => 1; let expression = function () {}; const Klass = class {}; [arrow.name, expression.name, Klass.name]',
      ],
      "[ 'arrow', 'expression', 'Klass' ]",
    ));
  test('recursive arrow functions', () =>
    gives(['const fact = (n: number): number => (n <= 1 ? 1 : n * fact(n - 1)); fact(10)'], '3628800'));
  test('functions are called without a this', () =>
    gives(['function who() { return this === undefined }', 'who()'], 'true'));
  test('a declaration that fails leaves the old value', async () => {
    await session.value('const kept = 1');
    await session.failure('const kept = (() => { throw new Error("no") })()');
    assert.equal(await session.value('kept'), '1');
  });
  test('a first declaration that fails leaves no name', async () => {
    await session.failure('const never = null.x');
    assert.equal((await session.failure('never')).evalue, 'never is not defined');
  });
  test('what came before a failure stays', async () => {
    await session.failure('const before1 = 1; const after1 = null.x');
    assert.equal(await session.value('before1'), '1');
  });
  test('a name that would break the kernel does not', async () => {
    await session.value(
      'const URL = 1, Promise2 = 2, process = 3, globalThis2 = 4, Array = 5, Object = 6, setTimeout = 7',
    );
    assert.equal(await session.value('URL + process + Array + Object + setTimeout'), '22');
    assert.equal(new globalThis.URL('http://x/').pathname, '/');
    assert.equal(globalThis.Array.isArray([]), true);
    await session.value(
      'const setTimeout = globalThis.setTimeout, process = globalThis.process, Array = globalThis.Array, Object = globalThis.Object, URL = globalThis.URL',
    );
  });
  test('nothing reaches the global object', async () => {
    await session.value('var onlyMine = 1; function onlyMineToo() {}');
    assert.equal('onlyMine' in globalThis || 'onlyMineToo' in globalThis, false);
  });
  test('TDZ: a name used before its first declaration', async () => {
    assert.match(
      (await session.failure('tooEarly; let tooEarly = 1')).evalue,
      /Cannot access 'tooEarly' before initialization/,
    );
  });
  for (const code of [
    'k1 = 2',
    'k1++',
    '[k1] = [2]',
    '({ k1 } = { k1: 2 })',
    'for (k1 of [1]);',
    '(() => { k1 += 1 })()',
  ]) {
    test(`constants refuse ${code}`, async () => {
      await session.value('const k1 = 1');
      const error = await session.failure(code);
      assert.equal(error.evalue, 'Assignment to constant variable.');
      assert.equal(await session.value('k1'), '1');
    });
  }
  test('a misspelt name gets the nearest', async () => {
    await session.value('const customers = 1');
    assert.equal((await session.failure('custmers')).evalue, 'custmers is not defined. Did you mean customers?');
  });
});

test('"using" is refused rather than left undisposed', async () => {
  assert.match(
    (await session.failure('using handle = { [Symbol.dispose]() {} }')).evalue,
    /^\[NOT_SUPPORTED\] "using"/,
  );
});

describe('asynchronous cells', () => {
  test('await in loops, conditions, nested functions', () =>
    gives(
      [
        'let total = 0; for (const p of [1, 2, 3].map(async (x) => x)) total += await p; if (await Promise.resolve(true)) total *= 2; total',
      ],
      '12',
    ));
  test('await await', () => gives(['await await Promise.resolve(Promise.resolve(4))'], '4'));
  test('arrow functions with await bodies', () =>
    gives(['const later2 = async (x: number) => await Promise.resolve(x); await later2(3)'], '3'));
  test('await of a sequence and of an object', () =>
    gives(['[await (1, 2), await { three: 3 }]'], '[ 2, { three: 3 } ]'));
  test('a thenable is awaited', () => gives(['({ then(resolve: (v: number) => void) { resolve(5) } })'], '5'));
  test('rejections fail the cell', async () => {
    assert.equal((await session.failure('await Promise.reject(new RangeError("far"))')).ename, 'RangeError');
    assert.equal((await session.failure('Promise.reject(new RangeError("far"))')).evalue, 'far');
  });
});

describe('user expressions', () => {
  test('are evaluated in the scope after the cell', async () => {
    const { outcome } = await session.run('const ue = 20', {
      userExpressions: { good: 'ue + 1', bad: 'ue.x.y', worse: 'ue +' },
    });
    assert.ok(outcome.status === 'ok');
    const { good, bad, worse } = outcome.userExpressions;
    assert.deepEqual(good, { status: 'ok', data: { 'text/plain': '21' }, metadata: {} });
    assert.equal(bad?.status === 'error' && bad.ename, 'TypeError');
    assert.equal(worse?.status === 'error' && worse.ename, 'SyntaxError');
  });
});

describe('globals given by the kernel', () => {
  const withGlobals = openSessionWithGlobals();
  test('are seen, lazily, and may be declared anew', async () => {
    const { session: other, made } = withGlobals;
    assert.equal(made(), 0);
    assert.equal(await other.value('lazy + plain'), '3');
    assert.equal(made(), 1);
    assert.equal(await other.value('const lazy = 10; const f = () => lazy + plain; f()'), '12');
    await other.failure('const plain = null.x');
    assert.equal(await other.value('let plain = 5; f()'), '15');
    await other.interpreter.shutdown();
  });
});

function openSessionWithGlobals(): { session: ReturnType<typeof openSession>; made: () => number } {
  let made = 0;
  const globals = {
    plain: 2,
    get lazy() {
      made++;
      return 1;
    },
  };
  return { session: openSession({ globals }), made: () => made };
}
