/** The kernel behind a real Jupyter server, driven from Node by the client library of JupyterLab. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KernelManager, ServerConnection, type Kernel, type KernelMessage } from '@jupyterlab/services';
import { startJupyterLab, type JupyterLab } from '../services/jupyter-lab.ts';
import { needsBuild, needsPython, skipWithout } from '../support/requirements.ts';

describe('behind a Jupyter server', { skip: skipWithout(needsPython, needsBuild), timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-server-'));
  let lab: JupyterLab;
  let manager: KernelManager;
  let kernel: Kernel.IKernelConnection;

  before(async () => {
    lab = await startJupyterLab({ folder });
    const serverSettings = ServerConnection.makeSettings({
      baseUrl: lab.url,
      wsUrl: lab.url.replace('http', 'ws'),
      token: lab.token,
      appendToken: true,
    });
    manager = new KernelManager({ serverSettings });
    await manager.ready;
    kernel = await manager.startNew({ name: 'millrace' });
  });

  after(async () => {
    await kernel.shutdown();
    manager.dispose();
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function execute(code: string) {
    const future = kernel.requestExecute({ code });
    const messages: KernelMessage.IIOPubMessage[] = [];
    future.onIOPub = (message) => void messages.push(message);
    const reply = await future.done;
    return { reply, messages, types: messages.map((message) => message.header.msg_type) };
  }

  it('answers kernel_info with the language', async () => {
    const info = await kernel.info;
    assert.equal(info.language_info.name, 'typescript');
  });

  it('runs a query, result before idle', async () => {
    const { reply, messages, types } = await execute("spark.range(5).selectExpr('sum(id) AS total')");
    assert.equal(reply.content.status, 'ok');
    assert.deepEqual(types.slice(-2), ['execute_result', 'status']);
    const result = messages.at(-2) as KernelMessage.IExecuteResultMsg;
    assert.match(textOf(result.content.data, 'text/plain'), /total[\s\S]*10/);
    assert.match(textOf(result.content.data, 'text/html'), /<table/);
  });

  it('completes and inspects while a cell computes', async () => {
    await kernel.requestComplete({ code: 'spark.re', cursor_pos: 8 });
    const busy = kernel.requestExecute({ code: 'while (true) {}' });
    const startedMs = performance.now();
    const completed = await kernel.requestComplete({ code: 'spark.re', cursor_pos: 8 });
    const tookMs = performance.now() - startedMs;
    assert.ok(completed.content.status === 'ok' && completed.content.matches.includes('readStream'));
    await kernel.interrupt();
    const reply = await busy.done;
    assert.equal(reply.content.status, 'error');
    assert.ok(tookMs < 1000, `completion took ${Math.round(tookMs)} ms`);
  });

  it('keeps its state over an interrupt and loses it at a restart', async () => {
    await execute('const kept = 42;');
    const busy = kernel.requestExecute({ code: 'await new Promise(() => undefined)' });
    await kernel.requestKernelInfo();
    await kernel.interrupt();
    await busy.done;
    const { messages } = await execute('kept');
    assert.match(JSON.stringify(messages), /"text\/plain":"42"/);
    await kernel.restart();
    const { reply } = await execute('kept');
    assert.equal(reply.content.status, 'error');
  });

  it('updates the output of a streaming query after its cell has ended and while another cell computes', async () => {
    const updates: string[] = [];
    // The last frame may come up to 100 ms after the cell that stops the query.
    const stopped = new Promise<void>((resolve) => {
      kernel.iopubMessage.connect((_, message) => {
        if (message.header.msg_type !== 'update_display_data') return;
        const text = textOf((message as KernelMessage.IUpdateDisplayDataMsg).content.data, 'text/plain');
        updates.push(text);
        if (text.includes('live: stopped')) resolve();
      });
    });
    const { reply } = await execute(
      "const live = spark.readStream.format('rate').option('rowsPerSecond', 100).load().groupBy().count().writeStream.outputMode('complete').format('memory').queryName('live').start();",
    );
    assert.equal(reply.content.status, 'ok');
    // Three seconds of work: a pause of the machine is none.
    const busy = kernel.requestExecute({
      code: 'let [doneMs, lastMs] = [0, performance.now()]; while (doneMs < 3000) { const nowMs = performance.now(); doneMs += Math.min(nowMs - lastMs, 10); lastMs = nowMs; }',
    });
    await busy.done;
    const counts = updates.map((text) => Number(/\|\s*(\d+)\s*\|/.exec(text)?.[1] ?? 0));
    // The rate source has new rows once a second.
    assert.ok(new Set(counts).size >= 2, `the count changed while the cell computed: ${counts.join(', ')}`);
    await execute('await live.stop()');
    await stopped;
  });
});

function textOf(bundle: Readonly<Record<string, unknown>>, type: string): string {
  const text = bundle[type];
  return typeof text === 'string' ? text : '';
}
