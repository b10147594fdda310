import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { toIpc } from '../../kernel/arrow/ipc.ts';
import { Types } from '../../kernel/arrow/types.ts';
import { createExecutor } from '../../kernel/physical/executor.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import { KeptRows } from '../../kernel/physical/kept-rows.ts';
import { prepare } from '../../kernel/physical/planner.ts';
import type { InlineRows, LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { createEngineMemory, instantiate, type SharedEngineMemory } from '../../kernel/workers/instance.ts';
import { compiledKernels } from '../support/engine.ts';
import { column, OPTIONS, resultRows } from './support.ts';

const SCHEMA = Types.struct([{ name: 'n', type: Types.long, nullable: true }]);
let module: WebAssembly.Module;
let memory: SharedEngineMemory;

before(async () => {
  module = await compiledKernels();
});
beforeEach(() => {
  memory = createEngineMemory({ maximumBytes: 256 * 1024 ** 2 });
});

function rowsOf(id: number | undefined, count: number): InlineRows {
  const rows = Array.from({ length: count }, (_, i) => ({ n: BigInt(i) }));
  const ipc = toIpc([batchFromRows(rows, SCHEMA)], SCHEMA);
  return id === undefined ? { ipc, rowCount: count } : { ipc, rowCount: count, id };
}

test('rows are opened once and stay until they are forgotten', () => {
  const kept = new KeptRows(memory);
  const first = kept.open(rowsOf(1, 1000));
  const second = kept.open(rowsOf(1, 1000));
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(first.batches, second.batches);
  assert.equal(first.batches[0]?.columns[0]?.length, 1000);
  first.release();
  second.release();
  assert.ok(memory.usedBytes > 0);
  kept.forget(1);
  assert.equal(memory.usedBytes, 0);
});

test('rows that are read stay until their reader has done', () => {
  const kept = new KeptRows(memory);
  const reader = kept.open(rowsOf(1, 1000));
  kept.forget(1);
  assert.ok(memory.usedBytes > 0);
  reader?.release();
  reader?.release();
  assert.equal(memory.usedBytes, 0);
});

test('rows used longest ago leave when there is no room', () => {
  const kept = new KeptRows(memory, { bytesMax: 250_000 });
  for (const id of [1, 2, 3]) kept.open(rowsOf(id, 10_000))?.release();
  kept.open(rowsOf(1, 10_000))?.release();
  const reader = kept.open(rowsOf(1, 10_000));
  kept.open(rowsOf(4, 10_000))?.release();
  assert.ok(kept.bytes <= 250_000);
  assert.equal(kept.open(rowsOf(1, 10_000))?.batches, reader?.batches, 'what is read stays');
});

test('rows without a number are not kept', () => {
  assert.equal(new KeptRows(memory).open(rowsOf(undefined, 10)), undefined);
  assert.equal(memory.usedBytes, 0);
});

test('a plan over kept rows gives them, run after run', async () => {
  const instance = instantiate(module, memory);
  const keptRows = new KeptRows(memory);
  const executor = createExecutor({ instance, createGroupTable, readers: new Map(), pool: undefined, keptRows });
  const plan: LogicalPlan = {
    kind: 'localRelation',
    schema: SCHEMA,
    rows: rowsOf(7, 3),
    output: [column('n', Types.long)],
  };
  for (let run = 0; run < 2; run++) {
    const result = await executor.run(prepare(plan, OPTIONS), new Map(), new Map(), OPTIONS);
    assert.deepEqual(resultRows(result), [{ n: 0n }, { n: 1n }, { n: 2n }]);
    result.release();
  }
  keptRows.forget(7);
  assert.equal(memory.usedBytes, 0, 'no run holds them');
});
