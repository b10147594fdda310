/** What counts as a late result and as a lost one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Message } from '../../jupyter/support/client.ts';
import { Outputs } from './outputs.ts';

/** A client that publishes what the test says. */
function published() {
  let listener: ((message: Message) => void) | undefined;
  return {
    watch(next: (message: Message) => void) {
      listener = next;
      return () => (listener = undefined);
    },
    says(type: string, parentId: string, content: Record<string, unknown> = {}): void {
      listener?.({ type, parentId, content, id: '', metadata: {}, buffers: [], frames: [] });
    },
  };
}

const IDLE = { execution_state: 'idle' };

describe('outputs of cells', () => {
  it('are late when they come after the idle of their cell', () => {
    const client = published();
    const outputs = new Outputs(client);
    client.says('execute_result', 'in time');
    client.says('status', 'in time', IDLE);
    client.says('status', 'late', IDLE);
    client.says('stream', 'late');
    client.says('status', 'lost', IDLE);
    assert.deepEqual([...outputs.results], ['in time', 'late']);
    assert.deepEqual([...outputs.late], ['late']);
  });

  it('are waited for, but not for ever', async () => {
    const client = published();
    const outputs = new Outputs(client);
    const idle = outputs.idle('cell', 60_000);
    client.says('status', 'cell', { execution_state: 'busy' });
    client.says('status', 'cell', IDLE);
    assert.equal(await idle, true);
    assert.equal(await outputs.idle('another', 1), false);
  });

  it('are not taken any more after the end', () => {
    const client = published();
    const outputs = new Outputs(client);
    outputs.close();
    client.says('execute_result', 'cell');
    assert.equal(outputs.results.size, 0);
  });
});
