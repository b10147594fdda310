/** The built kernel answers while a cell computes; comms and questions reach the user's code. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { KernelClient, type Message } from './support/client.ts';

const MAIN = new URL('../../dist/main.js', import.meta.url);
const ANSWER_MS = 50;
/** Where the machine is shared, one of a few tries has to hold the bound. */
const TRIES = 5;

describe('the built kernel', { skip: skipWithout(needsBuild) }, () => {
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start({ main: MAIN, execArgv: [] });
  });
  after(async () => kernel.close());

  it('answers on every channel within 50 ms while a cell computes', async () => {
    const busy = await kernel.executeLater('while (true) {}');
    await kernel.busy(busy);
    const requests: Readonly<Record<string, () => Promise<Message | Buffer | undefined>>> = {
      'kernel_info on control': () => kernel.request('control', 'kernel_info_request', {}),
      'kernel_info on shell': () => kernel.request('shell', 'kernel_info_request', {}),
      is_complete: () => kernel.request('shell', 'is_complete_request', { code: 'const x = [' }),
      history: () =>
        kernel.request('shell', 'history_request', { hist_access_type: 'tail', n: 3, output: false, raw: true }),
      comm_info: () => kernel.request('shell', 'comm_info_request', {}),
      heartbeat: () => kernel.beat(),
    };
    for (const [name, request] of Object.entries(requests)) {
      const times: number[] = [];
      while (times.length < TRIES && !times.some((ms) => ms < ANSWER_MS)) {
        const startedMs = performance.now();
        await request();
        times.push(performance.now() - startedMs);
      }
      assert.ok(Math.min(...times) < ANSWER_MS, `${name}: ${times.join(', ')} ms`);
    }
    assert.ok(!kernel.of(busy).some(({ content }) => content['execution_state'] === 'idle'), 'the cell still computes');
    await kernel.request('control', 'interrupt_request', {});
    await kernel.idle(busy);
  });

  it('hands comm messages with their buffers to the target that a cell registered, and sends what it answers', async () => {
    await kernel.execute(
      "jupyter.comms.registerTarget('echo', (comm) => comm.onMessage((data, buffers) => comm.send({ got: data }, { buffers })))",
    );
    await kernel.idle(await kernel.send('shell', 'comm_open', { comm_id: 'c1', target_name: 'echo', data: {} }));
    const content = { comm_id: 'c1', data: { n: 1 } };
    const id = await kernel.send('shell', 'comm_msg', content, { buffers: [Buffer.from('bytes')] });
    await kernel.idle(id);
    const answer = kernel.of(id).find(({ type }) => type === 'comm_msg');
    assert.deepEqual(answer?.content, { comm_id: 'c1', data: { got: { n: 1 } } });
    assert.deepEqual(answer.buffers.map(String), ['bytes']);
  });

  it('asks the user', async () => {
    const asking = await kernel.executeLater("await input('your name? ')");
    const question = await kernel.message('stdin', 'input_request');
    assert.deepEqual(question.content, { prompt: 'your name? ', password: false });
    await kernel.send('stdin', 'input_reply', { value: 'Ada' }, { parent: question });
    const { published } = await kernel.executed(asking);
    assert.deepEqual(published.find(({ type }) => type === 'execute_result')?.content['data'], {
      'text/plain': "'Ada'",
    });
  });

  it('tells a new subscriber how it is, so that a front end that comes back after a restart knows', async () => {
    const fresh = await KernelClient.start({ main: MAIN, execArgv: [] });
    const status = await fresh.find(() =>
      fresh.published.find(({ type, content }) => type === 'status' && content['execution_state'] === 'idle'),
    );
    assert.equal(status.parentId, undefined, 'before any request');
    await fresh.shutdown();
  });

  it('refuses what it does not know by name', async () => {
    const { content } = await kernel.request('shell', 'teleport_request', {});
    assert.deepEqual([content['status'], content['ename']], ['error', 'JUPYTER_REQUEST_UNKNOWN']);
  });
});
