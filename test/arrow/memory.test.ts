import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createEngineMemory, openEngineMemory } from '../../kernel/workers/instance.ts';

const MIB = 1024 ** 2;

test('blocks are aligned, apart, and followed by readable bytes', () => {
  const memory = createEngineMemory({ maximumBytes: 64 * MIB });
  const arena = memory.createArena('test');
  const blocks: [number, number][] = [];
  for (const bytes of [0, 1, 16, 17, 65520, 65536, 300_000, 5, 4 * MIB, 3]) blocks.push([arena.allocate(bytes), bytes]);
  blocks.sort((a, b) => a[0] - b[0]);
  blocks.forEach(([pointer, bytes], i) => {
    assert.equal(pointer % 16, 0);
    assert.ok(pointer >= MIB);
    assert.ok(pointer + bytes + 16 <= memory.buffer.byteLength);
    const next = blocks[i + 1];
    if (next !== undefined) assert.ok(pointer + bytes <= next[0]);
  });
});

test('released pages are used again, newest first, by every opener of the memory', () => {
  const memory = createEngineMemory({ maximumBytes: 64 * MIB });
  const other = openEngineMemory(memory.handle);
  const a = memory.createArena('a');
  const first = a.allocate(1000);
  a.release();
  assert.equal(other.usedBytes, 0);
  assert.equal(other.createArena('b').allocate(1000), first);
  assert.notEqual(memory.createArena('c').allocate(1000), first);
});

test('free runs are joined for a large block, and exhaustion is a condition', () => {
  const memory = createEngineMemory({ maximumBytes: 64 * MIB });
  const arenas = Array.from({ length: 200 }, () => memory.createArena('small'));
  for (const arena of arenas) arena.allocate(200 * 1024);
  for (const arena of arenas) arena.release();
  const large = memory.createArena('large');
  large.allocate(40 * MIB);
  assert.throws(() => large.allocate(40 * MIB), { condition: 'OUT_OF_MEMORY', message: /large/ });
  large.release();
  assert.equal(memory.usedBytes, 0);
  assert.ok(memory.createArena('again').allocate(40 * MIB) > 0);
});
