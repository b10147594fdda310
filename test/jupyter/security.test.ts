import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { KernelClient } from './support/client.ts';

const EXECUTE = { silent: false, store_history: false, allow_stdin: false, stop_on_error: false, user_expressions: {} };

describe('what must not be executed', () => {
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start();
    await kernel.execute('var runs = 0');
  });
  after(async () => kernel.close());

  const attempt = (): Buffer[] => kernel.frames('execute_request', { ...EXECUTE, code: 'runs++' });

  /** How often `runs++` ran; the requests before this one on the same socket have been dealt with by then. */
  const runs = async (): Promise<number> => {
    const { published } = await kernel.execute('runs');
    const data = published.find(({ type }) => type === 'execute_result')?.content['data'] as Record<string, string>;
    return Number(data['text/plain']);
  };

  it('a rightly signed request runs, once, however often it is sent', async () => {
    const frames = attempt();
    for (let i = 0; i < 4; i++) await kernel.sendFrames('shell', frames);
    assert.equal(await runs(), 1);
    await kernel.until(() => kernel.stderr.includes('replayed signature'));
  });

  it('unsigned, wrongly signed and cut messages', async () => {
    const already = await runs();
    const [delimiter = Buffer.alloc(0), signature = Buffer.alloc(0), ...parts] = attempt();
    const messages = [
      [delimiter, Buffer.from(''), ...parts],
      [delimiter, Buffer.from('0'.repeat(64)), ...parts],
      [delimiter, signature.subarray(0, 10), ...parts],
      [delimiter, Buffer.alloc(2 ** 20, 'a'), ...parts],
      [delimiter, signature, ...parts.slice(0, 3)],
      [signature, ...parts],
      [Buffer.from('')],
      kernel.signed([...parts.slice(0, 3), Buffer.from('{"code": "runs++"')]),
      kernel.signed([...parts.slice(0, 3), Buffer.from('[]')]),
    ];
    for (const message of messages) await kernel.sendFrames('shell', message);
    assert.equal(await runs(), already);
    await kernel.until(() => kernel.stderr.split('a message was refused').length > messages.length);
  });

  it('an unsigned shutdown on control', async () => {
    const [delimiter = Buffer.alloc(0), , ...parts] = kernel.frames('shutdown_request', { restart: false });
    await kernel.sendFrames('control', [delimiter, Buffer.from(''), ...parts]);
    assert.equal((await kernel.request('control', 'kernel_info_request', {})).content['status'], 'ok');
  });

  it('garbage on every port', async () => {
    const file = JSON.parse(await readFile(join(kernel.folder, 'connection.json'), 'utf8')) as Record<string, number>;
    for (const channel of ['shell', 'control', 'stdin', 'iopub', 'hb']) {
      for (const bytes of [
        Buffer.from('GET / HTTP/1.1\r\n\r\n'),
        Buffer.from('ff00000000000000017f03', 'hex'),
        Buffer.alloc(65_536, 0xa7),
      ]) {
        const socket = connect(file[`${channel}_port`] ?? 0, '127.0.0.1');
        socket.on('error', () => undefined); // The kernel may close the connection under us; that is an answer, too.
        await once(socket, 'connect');
        socket.end(bytes);
        await once(socket.resume(), 'close');
      }
    }
    assert.equal(String(await kernel.beat()), 'beat');
    assert.equal((await kernel.execute('1')).reply.content['status'], 'ok');
  });
});

describe('a connection without a key', () => {
  it('works unsigned', async () => {
    const kernel = await KernelClient.start({ key: '' });
    assert.equal((await kernel.execute('1')).reply.content['status'], 'ok');
    assert.equal(await kernel.shutdown(), 0);
  });
});
