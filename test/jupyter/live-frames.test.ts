import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { ManualClock } from '../../kernel/core/clock.ts';
import { LiveFrames } from '../../kernel/jupyter/live-frames.ts';
import type { LiveFrame } from '../../kernel/jupyter/thread-protocol.ts';
import { KernelClient } from './support/client.ts';

function frame(cellId: string, displayId: string, value: number): LiveFrame {
  return { type: 'live-frame', cellId, displayId, data: { 'text/plain': String(value) } };
}

/** Frames under a clock and timers that the test moves. */
function setUp(): { readonly frames: LiveFrames; readonly sent: string[]; readonly advance: (ms: number) => void } {
  const clock = new ManualClock(1000);
  const sent: string[] = [];
  const frames = new LiveFrames(
    ({ cellId, displayId, data }) => sent.push(`${cellId}/${displayId}=${String(data['text/plain'])}`),
    clock,
  );
  const advance = (ms: number): void => {
    for (let i = 0; i < ms; i += 10) {
      clock.advance(10);
      mock.timers.tick(10);
    }
  };
  return { frames, sent, advance };
}

describe('live frames', () => {
  it('go out at most every 100 ms per cell; the latest wins', (context) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    context.after(() => mock.timers.reset());
    const { frames, sent, advance } = setUp();
    frames.noteShown('d');
    for (let i = 0; i < 50; i++) {
      frames.offer(frame('cell', 'd', i));
      advance(10);
    }
    advance(200);
    assert.deepEqual(sent, ['cell/d=0', 'cell/d=9', 'cell/d=19', 'cell/d=29', 'cell/d=39', 'cell/d=49']);
  });

  it('of several displays of a cell take turns; another cell has its own pace', (context) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    context.after(() => mock.timers.reset());
    const { frames, sent, advance } = setUp();
    for (const id of ['a', 'b', 'x']) frames.noteShown(id);
    for (let i = 0; i < 3; i++) {
      frames.offer(frame('one', 'a', i));
      frames.offer(frame('one', 'b', i));
      frames.offer(frame('two', 'x', i));
    }
    assert.deepEqual(sent, ['one/a=0', 'two/x=0']);
    advance(100);
    assert.deepEqual(sent.slice(2), ['one/b=2', 'two/x=2']);
    advance(100);
    assert.deepEqual(sent.slice(4), ['one/a=2']);
  });

  it('wait until their display was shown', () => {
    const { frames, sent } = setUp();
    frames.offer(frame('cell', 'd', 1));
    frames.offer(frame('cell', 'd', 2));
    assert.deepEqual(sent, []);
    frames.noteShown('d');
    assert.deepEqual(sent, ['cell/d=2']);
    frames.flush();
  });

  it('that wait go out when the kernel leaves', () => {
    const { frames, sent } = setUp();
    frames.noteShown('d');
    frames.offer(frame('cell', 'd', 1));
    frames.offer(frame('cell', 'd', 2));
    frames.flush();
    assert.deepEqual(sent, ['cell/d=1', 'cell/d=2']);
  });

  it('reach the front end under the cell that started them while another cell computes', async () => {
    const kernel = await KernelClient.start();
    const started = await kernel.executeLater(
      "show({'text/plain': '0'}, {displayId: 'live'}); frame(cellId, 'live', 'first'); for (let i = 0; i < 500; i++) frame(cellId, 'live', String(i)); 0",
    );
    await kernel.idle(started);
    const computing = await kernel.executeLater(
      '{ const end = performance.now() + 400; while (performance.now() < end); }',
    );
    await kernel.find(() =>
      kernel
        .of(started)
        .find(({ content }) => (content['data'] as Record<string, string> | undefined)?.['text/plain'] === '499'),
    );
    assert.ok(
      !kernel.of(computing).some(({ content }) => content['execution_state'] === 'idle'),
      'the other cell still computed',
    );
    const updates = kernel.of(started).filter(({ type }) => type === 'update_display_data');
    assert.ok(updates.length <= 3, `${updates.length} updates of 501 frames`);
    assert.deepEqual(updates.at(-1)?.content['transient'], { display_id: 'live' });
    await kernel.shutdown();
  });
});
