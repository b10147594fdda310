import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KernelClient, type Message } from './support/client.ts';

function shape(published: readonly Message[]): readonly string[] {
  return published.map(({ type, content }) => (type === 'status' ? String(content['execution_state']) : type));
}

describe('requests', () => {
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start();
  });
  after(async () => kernel.close());

  it('describe the kernel', async () => {
    const { content } = await kernel.request('shell', 'kernel_info_request', {});
    assert.equal(content['protocol_version'], '5.4');
    assert.equal(content['implementation'], 'millrace');
    assert.deepEqual((await kernel.request('control', 'kernel_info_request', {})).content, content);
  });

  it('execute: outputs, result, reply, between busy and idle, in order', async () => {
    const { reply, published } = await kernel.execute(
      'print("a"); printError("b"); print("c"); show({"text/html":"<b>"}); clearOutput(); 1+1',
    );
    assert.deepEqual(shape(published), [
      'busy',
      'execute_input',
      'stream',
      'stream',
      'stream',
      'display_data',
      'clear_output',
      'execute_result',
      'idle',
    ]);
    assert.deepEqual(published[7]?.content, { execution_count: 1, data: { 'text/plain': '2' }, metadata: {} });
    assert.deepEqual(reply.content, { status: 'ok', execution_count: 1, user_expressions: {}, payload: [] });
  });

  it('execute: consecutive text of one stream is merged', async () => {
    const { published } = await kernel.execute('for (let i = 0; i < 100; i++) print(i)');
    const text = published.filter(({ type }) => type === 'stream').map(({ content }) => content['text']);
    assert.equal(text.join(''), Array.from({ length: 100 }, (_, i) => `${i}\n`).join(''));
    assert.ok(text.length < 20, `${text.length} messages`);
  });

  it('execute: an error is published and replied', async () => {
    const { reply, published } = await kernel.execute('throw new TypeError("no")');
    assert.deepEqual(shape(published), ['busy', 'execute_input', 'error', 'idle']);
    assert.equal(reply.content['status'], 'error');
    assert.equal(reply.content['ename'], 'TypeError');
    assert.deepEqual(published[2]?.content, { ename: 'TypeError', evalue: 'no', traceback: ['TypeError: no'] });
  });

  it('execute silently: no input, no result, no count, no history', async () => {
    const counted = (await kernel.execute('0')).reply.content['execution_count'];
    const { reply, published } = await kernel.execute('print("quiet"); 5', { silent: true, store_history: true });
    assert.deepEqual(shape(published), ['busy', 'stream', 'idle']);
    assert.equal(reply.content['status'], 'ok');
    assert.equal((await kernel.execute('0')).reply.content['execution_count'], Number(counted) + 1);
    const { content } = await kernel.request('shell', 'history_request', {
      hist_access_type: 'search',
      pattern: '*quiet*',
      raw: true,
      output: false,
    });
    assert.deepEqual(content['history'], []);
  });

  it('execute without history: the count stays', async () => {
    const first = (await kernel.execute('0', { store_history: false })).reply.content['execution_count'];
    assert.equal((await kernel.execute('0', { store_history: false })).reply.content['execution_count'], first);
  });

  it('execute: user expressions, each with its own outcome', async () => {
    const { reply } = await kernel.execute('var u = 5', { user_expressions: { good: 'u + 1', bad: 'nothing()' } });
    const results = reply.content['user_expressions'] as Record<string, Record<string, unknown>>;
    assert.deepEqual(results['good'], { status: 'ok', data: { 'text/plain': '6' }, metadata: {} });
    assert.equal(results['bad']?.['ename'], 'ReferenceError');
  });

  it('execute: pager payload', async () => {
    const { reply } = await kernel.execute('%page 7');
    assert.deepEqual(reply.content['payload'], [{ source: 'page', data: { 'text/plain': '7' }, start: 0 }]);
  });

  it('execute: display ids travel in transient', async () => {
    const { published } = await kernel.execute(
      'show({"text/plain":"1"}, {displayId:"d"}); show({"text/plain":"2"}, {displayId:"d", update:true})',
    );
    const shown = published.filter(({ type }) => type.endsWith('display_data'));
    assert.deepEqual(
      shown.map(({ type }) => type),
      ['display_data', 'update_display_data'],
    );
    assert.deepEqual(
      shown.map(({ content }) => content['transient']),
      [{ display_id: 'd' }, { display_id: 'd' }],
    );
  });

  it('output made after the end of a cell goes to that cell', async () => {
    const code = 'const later = print; setTimeout(() => later("late"), 30); 0';
    const { published } = await kernel.execute(code);
    const id = published[0]?.parentId;
    await kernel.execute('1');
    const late = await kernel.find(() => kernel.published.find(({ content }) => content['text'] === 'late\n'));
    assert.equal(late.parentId, id);
  });

  it('a display that JSON cannot hold fails in its cell', async () => {
    const { reply } = await kernel.execute('show({"application/json": 10n})');
    assert.equal(reply.content['ename'], 'TypeError');
  });

  it('is_complete', async () => {
    const ask = async (code: string): Promise<unknown> =>
      (await kernel.request('shell', 'is_complete_request', { code })).content;
    assert.deepEqual(await ask('const x: number = 1'), { status: 'complete' });
    assert.deepEqual(await ask('function f() {'), { status: 'incomplete', indent: '  ' });
    assert.deepEqual(await ask('1 +* 2'), { status: 'invalid' });
  });

  it('complete and inspect count the cursor in code points', async () => {
    const { content } = await kernel.request('shell', 'complete_request', { code: '"😀😀"; ab.cd', cursor_pos: 8 });
    assert.equal(content['status'], 'ok');
    assert.deepEqual([content['cursor_start'], content['cursor_end']], [6, 8]);
    assert.ok((content['matches'] as string[]).includes('abs'));
    const inspected = await kernel.request('shell', 'inspect_request', {
      code: '😀ab',
      cursor_pos: 2,
      detail_level: 1,
    });
    assert.deepEqual(inspected.content['data'], { 'text/plain': '😀a@1' });
  });

  it('completion knows the cells that ran before the language worker, and the tables', async () => {
    await kernel.execute('var known = 1');
    await kernel.execute('noteTable("events"); 0');
    await kernel.execute('throw new Error("unknown")', { stop_on_error: false });
    const { content } = await kernel.request('shell', 'complete_request', { code: '', cursor_pos: 0 });
    const matches = content['matches'] as string[];
    assert.ok(matches.includes('var known = 1') && matches.includes('events'), String(matches));
    assert.ok(!matches.some((match) => match.includes('unknown')));
  });

  it('a language worker that fails or dies is an error reply, and the next request gets a new one', async () => {
    const ask = (code: string): Promise<Message> =>
      kernel.request('shell', 'complete_request', { code, cursor_pos: 0 });
    assert.equal((await ask('fail')).content['evalue'], 'no completion today');
    assert.equal((await ask('die')).content['ename'], 'INTERNAL_ERROR');
    assert.ok(((await ask('')).content['matches'] as string[]).includes('var known = 1'));
  });

  it('unknown and malformed requests get an error reply of their own type', async () => {
    for (const [type, content, ename] of [
      ['no_such_request', {}, 'JUPYTER_REQUEST_UNKNOWN'],
      ['__proto___request', {}, 'JUPYTER_REQUEST_UNKNOWN'],
      ['complete_request', { code: 7 }, 'JUPYTER_REQUEST_INVALID'],
      ['history_request', { hist_access_type: 'no' }, 'JUPYTER_REQUEST_INVALID'],
      ['execute_request', { code: null }, 'JUPYTER_REQUEST_INVALID'],
      ['execute_request', { code: '0', user_expressions: 'x' }, 'JUPYTER_REQUEST_INVALID'],
      ['debug_request', { type: 'request', command: 'debugInfo', seq: 1 }, 'NOT_SUPPORTED'],
    ] as const) {
      const reply = await kernel.request('shell', type, content);
      assert.equal(reply.type, type.replace('_request', '_reply'));
      assert.deepEqual([reply.content['status'], reply.content['ename']], ['error', ename]);
      await kernel.idle(reply.parentId ?? '');
    }
  });

  it('a message of a type that is no request is logged', async () => {
    await kernel.send('shell', 'execute_reply', { status: 'ok' });
    await kernel.until(() => kernel.stderr.includes('unknown type "execute_reply"'));
  });

  it('the heartbeat echoes', async () => {
    assert.equal(String(await kernel.beat()), 'beat');
  });
});

describe('comms', () => {
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start();
  });
  after(async () => kernel.close());

  it('reach their target with buffers, and answer under the message that caused it', async () => {
    const opened = await kernel.send(
      'shell',
      'comm_open',
      { comm_id: 'c', target_name: 'echo', data: { a: 1 } },
      { buffers: [Uint8Array.of(1, 2, 3)] },
    );
    await kernel.idle(opened);
    const first = kernel.of(opened).find(({ type }) => type === 'comm_msg');
    assert.deepEqual(first?.content, { comm_id: 'c', data: { opened: { a: 1 } } });
    assert.deepEqual(first.metadata, { from: 'open' });
    assert.deepEqual([...(first.buffers[0] ?? [])], [1, 2, 3]);
    const sent = await kernel.send('shell', 'comm_msg', { comm_id: 'c', data: 'hi' }, { buffers: [Uint8Array.of(9)] });
    await kernel.idle(sent);
    const echo = kernel.of(sent).find(({ type }) => type === 'comm_msg');
    assert.deepEqual([echo?.content['data'], [...(echo?.buffers[0] ?? [])]], [{ echo: 'hi' }, [9]]);
  });

  it('are listed by comm_info until closed', async () => {
    const info = async (content: object): Promise<unknown> =>
      (await kernel.request('shell', 'comm_info_request', content)).content['comms'];
    assert.deepEqual(await info({}), { c: { target_name: 'echo' } });
    assert.deepEqual(await info({ target_name: 'other' }), {});
    await kernel.idle(await kernel.send('shell', 'comm_close', { comm_id: 'c', data: {} }));
    assert.deepEqual(await info({}), {});
  });

  it('of an unknown target are closed', async () => {
    const id = await kernel.send('shell', 'comm_open', { comm_id: 'd', target_name: 'nobody', data: {} });
    await kernel.idle(id);
    assert.deepEqual(
      kernel.of(id).map(({ type }) => type),
      ['status', 'comm_close', 'status'],
    );
    assert.deepEqual((await kernel.request('shell', 'comm_info_request', {})).content['comms'], {});
  });
});

describe('input', () => {
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start();
  });
  after(async () => kernel.close());

  it('asks the front end that runs the cell', async () => {
    const id = await kernel.executeLater('print("before")\nawait input("Name? ", true)');
    const question = await kernel.message('stdin', 'input_request');
    assert.deepEqual(question.content, { prompt: 'Name? ', password: true });
    assert.equal(question.parentId, id);
    await kernel.send('stdin', 'input_reply', { value: 'Ada' }, { parent: question });
    const { published } = await kernel.executed(id);
    assert.deepEqual(published.find(({ type }) => type === 'execute_result')?.content['data'], {
      'text/plain': "'Ada'",
    });
  });

  it('is refused where the request forbids it', async () => {
    const { reply } = await kernel.execute('await input("Name? ")', { allow_stdin: false });
    assert.match(String(reply.content['evalue']), /STDIN_NOT_ALLOWED/);
  });

  it('that nobody asked for is ignored', async () => {
    await kernel.send('stdin', 'input_reply', { value: 'x' });
    assert.equal((await kernel.execute('1')).reply.content['status'], 'ok');
  });
});
