import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KernelClient, type Message } from './support/client.ts';

const CELLS = 1000;
const UPDATES = 3000;
const LINES = 20_000;
const ANSWER_MS = 50;
/** Where the machine is shared, one of a few tries has to hold the bound. */
const TRIES = 3;

describe('under load', () => {
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start();
    await kernel.request('shell', 'complete_request', { code: 'x', cursor_pos: 1 });
  });
  after(async () => kernel.close());

  it('1,000 queued cells give 1,000 results, each before its idle, in order', async () => {
    const ids: string[] = [];
    for (let i = 0; i < CELLS; i++) ids.push(await kernel.executeLater(`${i} + 1`));
    await kernel.idle(ids.at(-1) ?? '');
    const order = new Map(kernel.published.map((message, at) => [message, at]));
    let lastIdle = -1;
    for (const [i, id] of ids.entries()) {
      const published = kernel.of(id);
      assert.deepEqual(
        published.map(({ type }) => type),
        ['status', 'execute_input', 'execute_result', 'status'],
      );
      assert.deepEqual(published[2]?.content['data'], { 'text/plain': String(i + 1) });
      const [busy, , , idle] = published.map((message) => order.get(message) ?? -1);
      assert.ok((busy ?? -1) > lastIdle, 'a cell is busy after the idle of the one before');
      lastIdle = idle ?? -1;
    }
    for (const id of ids) assert.equal((await kernel.reply('shell', id)).content['status'], 'ok');
  });

  it('3,000 display updates of a program all arrive, in order', async () => {
    const code = `show({'text/plain': '0'}, {displayId: 'u'}); for (let i = 1; i <= ${UPDATES}; i++) show({'text/plain': String(i)}, {displayId: 'u', update: true})`;
    const { published } = await kernel.execute(code);
    const values = published
      .filter(({ type }) => type === 'update_display_data')
      .map(({ content }) => (content['data'] as Record<string, string>)['text/plain']);
    assert.deepEqual(
      values,
      Array.from({ length: UPDATES }, (_, i) => String(i + 1)),
    );
  });

  it('20,000 printed lines all arrive, in order, before idle', async () => {
    const { published } = await kernel.execute(`for (let i = 0; i < ${LINES}; i++) print(i)`);
    const text = published.filter(({ type }) => type === 'stream').map(({ content }) => content['text']);
    assert.equal(text.join(''), Array.from({ length: LINES }, (_, i) => `${i}\n`).join(''));
  });

  it('a cell that prints more than the output gate lets through at once waits, and loses nothing', async () => {
    const { reply, published } = await kernel.execute(
      "const block = 'x'.repeat(4 * 2**20); for (let i = 0; i < 20; i++) print(block)",
    );
    assert.equal(reply.content['status'], 'ok');
    const characters = published.reduce(
      (sum, { content }) => sum + (typeof content['text'] === 'string' ? content['text'].length : 0),
      0,
    );
    assert.equal(characters, 20 * (4 * 2 ** 20 + 1));
  });

  it('answers within 50 ms while a cell computes', async () => {
    const running = await kernel.executeLater(
      '{ const end = performance.now() + 2000; while (performance.now() < end); }',
    );
    await kernel.busy(running);
    const requests: readonly (() => Promise<Message | Buffer | undefined>)[] = [
      () => kernel.request('control', 'kernel_info_request', {}),
      () => kernel.request('shell', 'kernel_info_request', {}),
      () => kernel.request('shell', 'complete_request', { code: 'x', cursor_pos: 1 }),
      () => kernel.request('shell', 'inspect_request', { code: 'x', cursor_pos: 1, detail_level: 0 }),
      () => kernel.request('shell', 'is_complete_request', { code: 'x' }),
      () => kernel.beat(),
    ];
    for (const request of requests) {
      const times: number[] = [];
      while (times.length < TRIES && !times.some((ms) => ms < ANSWER_MS)) {
        const begun = performance.now();
        await request();
        times.push(performance.now() - begun);
      }
      assert.ok(Math.min(...times) < ANSWER_MS, `${times.join(', ')} ms`);
    }
    assert.ok(
      kernel.of(running).every(({ content }) => content['execution_state'] !== 'idle'),
      'the cell still computed',
    );
    await kernel.idle(running);
  });
});

describe('an error', () => {
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start();
  });
  after(async () => kernel.close());

  const statuses = async (ids: readonly string[]): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const id of ids) {
      found.push((await kernel.reply('shell', id)).content['status']);
      await kernel.idle(id);
    }
    return found;
  };

  it('aborts the cells queued behind it', async () => {
    const ids = [await kernel.executeLater('throw new Error("x")')];
    for (let i = 0; i < 5; i++) ids.push(await kernel.executeLater('var ran = true'));
    assert.deepEqual(await statuses(ids), ['error', 'aborted', 'aborted', 'aborted', 'aborted', 'aborted']);
    assert.equal((await kernel.execute('typeof ran')).reply.content['status'], 'ok');
    assert.equal((await kernel.execute('ran')).reply.content['ename'], 'ReferenceError');
  });

  it('does not where stop_on_error is false, or the cell is silent', async () => {
    for (const options of [{ stop_on_error: false }, { silent: true }]) {
      const ids = [await kernel.executeLater('throw new Error("x")', options), await kernel.executeLater('1')];
      assert.deepEqual(await statuses(ids), ['error', 'ok']);
    }
  });
});
