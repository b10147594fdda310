import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { tableFromArrays } from 'apache-arrow';
import { openSession, RecordingOutput } from './support.ts';

const session = openSession({ globals: { tableFromArrays } });
after(() => session.interpreter.shutdown());

async function shown(code: string): Promise<RecordingOutput['displays']> {
  const { outcome, output } = await session.run(code);
  assert.equal(outcome.status, 'ok', JSON.stringify(outcome));
  return output.displays;
}

describe('display', () => {
  test('shows a value, and updates it in place', async () => {
    const displays = await shown('const h = display([1], { displayId: "mine" }); h.update({ b: 2 }); h.displayId;');
    assert.deepEqual(
      displays.map(({ data, options }) => [data['text/plain'], options?.displayId, options?.update]),
      [
        ['[ 1 ]', 'mine', undefined],
        ['{ b: 2 }', 'mine', true],
      ],
    );
  });

  test('an update from another cell goes to the cell that displayed', async () => {
    const owner = new RecordingOutput('owner');
    await session.run('const h2 = display(1)', { output: owner });
    const other = await session.run('h2.update(2); console.log("x")');
    assert.equal(other.output.displays.length, 0);
    assert.deepEqual(owner.events, ['display', 'update']);
    assert.equal(owner.displays[0]?.options?.displayId, owner.displays[1]?.options?.displayId);
  });

  test('3,000 updates all arrive, in order', async () => {
    const displays = await shown('const h3 = display(0); for (let i = 1; i <= 3000; i++) h3.update(i)');
    assert.deepEqual(
      displays.map(({ data }) => Number(data['text/plain'])),
      Array.from({ length: 3001 }, (_, i) => i),
    );
  });

  const kinds: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['display.html("<b>1</b>")', { 'text/html': '<b>1</b>', 'text/plain': '<b>1</b>' }],
    ['display.html`<i>${1 + 1}</i>`', { 'text/html': '<i>2</i>', 'text/plain': '<i>2</i>' }],
    ['display.markdown("# T")', { 'text/markdown': '# T', 'text/plain': '# T' }],
    ['display.latex("$x$")', { 'text/latex': '$x$', 'text/plain': '$x$' }],
    ['display.svg("<svg/>")', { 'image/svg+xml': '<svg/>', 'text/plain': '[SVG image]' }],
    [
      'display.json({ a: 1n, b: 2n ** 70n })',
      {
        'application/json': { a: 1, b: '1180591620717411303424' },
        'text/plain': '{\n  "a": 1,\n  "b": "1180591620717411303424"\n}',
      },
    ],
    [
      'display.vega({ mark: "bar" })',
      { 'application/vnd.vegalite.v5+json': { mark: 'bar' }, 'text/plain': '[Vega chart]' },
    ],
    [
      'display.vega({ $schema: "https://vega.github.io/schema/vega/v5.json" })',
      {
        'application/vnd.vega.v5+json': { $schema: 'https://vega.github.io/schema/vega/v5.json' },
        'text/plain': '[Vega chart]',
      },
    ],
    ['display.raw({ "text/x": "y" })', { 'text/x': 'y' }],
    [
      'display.image(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1]))',
      { 'image/png': 'iVBORwE=', 'text/plain': '[image/png image]' },
    ],
    [
      'display.image(new Uint8Array([0xff, 0xd8, 0xff, 1]))',
      { 'image/jpeg': '/9j/AQ==', 'text/plain': '[image/jpeg image]' },
    ],
  ];
  for (const [code, data] of kinds) {
    test(code, async () => {
      assert.deepEqual(
        (await shown(`${code};`)).map((display) => display.data),
        [data],
      );
    });
  }

  test('bytes of no image are refused', async () => {
    assert.match((await session.failure('display.image(new Uint8Array(9))')).evalue, /^\[NOT_SUPPORTED\]/);
  });

  test('clearOutput, input', async () => {
    const output = new RecordingOutput('asking');
    output.answer = (prompt) => `${prompt}!`;
    const { text } = await session.run('clearOutput({ wait: true }); clearOutput(); await input("name? ")', { output });
    assert.deepEqual(output.events, ['clear:true', 'clear:false']);
    assert.equal(text, "'name? !'");
  });
});

describe("Symbol.for('Jupyter.display')", () => {
  test('gives the result', async () => {
    const { outcome } = await session.run('({ [Symbol.for("Jupyter.display")]() { return { "text/html": "<p>" } } })');
    assert.ok(outcome.status === 'ok');
    assert.equal(outcome.result?.data['text/html'], '<p>');
    assert.equal(typeof outcome.result.data['text/plain'], 'string');
  });
  test('may be asynchronous, and what is displayed arrives before the cell ends', async () => {
    const [display] = await shown(
      'display({ async [Symbol.for("Jupyter.display")]() { await null; return { "text/plain": "later" } } });',
    );
    assert.equal(display?.data['text/plain'], 'later');
  });
  test('an empty bundle is not shown', async () => {
    const code = '({ [Symbol.for("Jupyter.display")]() { return {} } })';
    const { outcome } = await session.run(code);
    assert.deepEqual(outcome, { status: 'ok', userExpressions: {}, payload: [] });
    assert.deepEqual(await shown(`display(${code});`), []);
  });
  test('an error in it is the cell’s', async () => {
    assert.equal(
      (await session.failure('({ [Symbol.for("Jupyter.display")]() { throw new RangeError("no") } })')).ename,
      'RangeError',
    );
    const { output } = await session.run(
      'display({ async [Symbol.for("Jupyter.display")]() { throw new Error("late no") } });',
    );
    assert.equal(output.errors[0]?.evalue, 'late no');
  });
});

test('an Arrow table is a bounded table', async () => {
  const { outcome } = await session.run(
    'tableFromArrays({ id: Int32Array.from({ length: 50 }, (_, i) => i), url: Array.from({ length: 50 }, () => "<b>&</b>") })',
  );
  assert.ok(outcome.status === 'ok');
  const text = String(outcome.result?.data['text/plain']);
  assert.match(text, /^\+---\+--------\+\n\| id\| {5}url\|\n/);
  assert.match(text, /\n\| 19\|<b>&<\/b>\|\n\+---\+--------\+\nshowing 20 of 50 rows$/);
  const html = String(outcome.result?.data['text/html']);
  assert.ok(html.includes('&lt;b&gt;&amp;&lt;/b&gt;') && !html.includes('<b>'));
});

test('comm targets of cells', async () => {
  const owner = new RecordingOutput('registering');
  await session.run(
    'const got: unknown[] = []; jupyter.comms.registerTarget("counter", (comm, data) => { got.push(data); comm.onMessage((d) => { got.push(d); console.log("message") }) })',
    { output: owner },
  );
  const { comms } = session.interpreter;
  assert.equal(comms.has('counter'), true);
  let deliver: (data: unknown, buffers: readonly Uint8Array[]) => void = () => undefined;
  const channel = {
    commId: 'c1',
    target: 'counter',
    send: () => undefined,
    close: () => undefined,
    onClose: () => undefined,
    onMessage: (handler: typeof deliver) => void (deliver = handler),
  };
  comms.open(channel, { hello: 1 }, []);
  await session.value('1');
  deliver({ more: 2 }, []);
  assert.equal(owner.stdout, 'message\n');
  assert.equal(await session.value('got'), '[ { hello: 1 }, { more: 2 } ]');
  await session.value('jupyter.comms.unregisterTarget("counter")');
  assert.equal(comms.has('counter'), false);
});
