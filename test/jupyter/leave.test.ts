import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { KernelClient } from './support/client.ts';

describe('leaving', () => {
  it('at a shutdown request: replies, lets the interpreter finish, exit code 0', async () => {
    const kernel = await KernelClient.start();
    const reply = await kernel.request('control', 'shutdown_request', { restart: true });
    assert.deepEqual(reply.content, { status: 'ok', restart: true });
    assert.equal(await kernel.exit, 0);
    await kernel.until(() => kernel.stderr.includes('interpreter shut down'));
    assert.equal(kernel.stderr.trim(), 'interpreter shut down');
    await kernel.close();
  });

  it('at a shutdown request on shell, with a language worker', async () => {
    const kernel = await KernelClient.start();
    await kernel.request('shell', 'complete_request', { code: '', cursor_pos: 0 });
    await kernel.send('shell', 'shutdown_request', { restart: false });
    assert.equal(await kernel.exit, 0);
    await kernel.close();
  });

  for (const [name, code] of Object.entries({
    computes: 'while (true) {}',
    awaits: 'await new Promise(() => {})',
    'loops after an await': 'await spin()',
  })) {
    it(`while a cell ${name}: exit code 0, and the queued cells are aborted`, async () => {
      const kernel = await KernelClient.start();
      await kernel.busy(await kernel.executeLater(code));
      const queued = await kernel.executeLater('1');
      await kernel.request('shell', 'kernel_info_request', {});
      await kernel.send('control', 'shutdown_request', { restart: false });
      assert.equal((await kernel.reply('shell', queued)).content['status'], 'aborted');
      assert.equal(await kernel.exit, 0);
      await kernel.close();
    });
  }

  it('at SIGTERM: exit code 0', async () => {
    const kernel = await KernelClient.start();
    kernel.process.kill('SIGTERM');
    assert.equal(await kernel.exit, 0);
    await kernel.close();
  });

  it('when the process that started it has died', async () => {
    const parent = spawn('sleep', ['60']);
    await once(parent, 'spawn');
    const kernel = await KernelClient.start({ env: { JPY_PARENT_PID: String(parent.pid) } });
    parent.kill('SIGKILL');
    assert.equal(await kernel.exit, 0);
    await kernel.until(() => kernel.stderr.includes('is gone'));
    await kernel.close();
  });

  it('over ipc', async () => {
    const kernel = await KernelClient.start({ transport: 'ipc' });
    assert.equal((await kernel.execute('1')).reply.content['status'], 'ok');
    assert.equal(String(await kernel.beat()), 'beat');
    assert.equal(await kernel.shutdown(), 0);
  });
});
