import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createEngineMemory } from '../../kernel/workers/instance.ts';

const ROUNDS = 3000;
const THREADS = 3;

/** Each thread marks the blocks it holds as its own and checks the marks before it lets go. */
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  import('tsx/esm/api').then(async ({ register }) => {
    register();
    const { openEngineMemory } = await import(workerData.instance);
    const memory = openEngineMemory(workerData.handle);
    const words = new Int32Array(memory.buffer);
    const held = [];
    let seed = workerData.thread, broken = 0;
    const random = (below) => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8) % below;
    const letGo = ({ arena, blocks, mark }) => {
      for (const { pointer, bytes } of blocks) {
        if (words[pointer >>> 2] !== mark || words[(pointer + bytes - 4) >>> 2] !== mark) broken++;
      }
      arena.release();
    };
    for (let round = 0; round < workerData.rounds; round++) {
      const arena = memory.createArena('thread');
      const mark = workerData.thread * 1000000 + round;
      const blocks = Array.from({ length: 1 + random(4) }, () => {
        const bytes = 4 + 4 * random(random(8) === 0 ? 500000 : 20000);
        const pointer = arena.allocate(bytes);
        words[pointer >>> 2] = mark;
        words[(pointer + bytes - 4) >>> 2] = mark;
        return { pointer, bytes };
      });
      held.push({ arena, blocks, mark });
      if (held.length > 5) letGo(held.splice(random(held.length), 1)[0]);
    }
    held.forEach(letGo);
    parentPort.postMessage(broken);
  });
`;

test('threads allocate and release at the same time without sharing a page', async () => {
  const memory = createEngineMemory({ maximumBytes: 128 * 1024 ** 2 });
  const instance = new URL('../../kernel/workers/instance.ts', import.meta.url).href;
  const results = await Promise.all(
    Array.from({ length: THREADS }, async (_, k) => {
      const workerData = { handle: memory.handle, instance, thread: k + 1, rounds: ROUNDS };
      const worker = new Worker(program, { eval: true, workerData });
      const messages: readonly unknown[] = await once(worker, 'message');
      await worker.terminate();
      return messages[0];
    }),
  );
  assert.deepEqual(results, new Array<number>(THREADS).fill(0));
  assert.equal(memory.usedBytes, 0);
  memory.createArena('all').allocate(100 * 1024 ** 2);
});
