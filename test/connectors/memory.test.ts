import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { field, Types } from '../../kernel/arrow/types.ts';
import { rowsOf } from '../../kernel/arrow/values.ts';
import type { ScanRequest, SinkBatch, StreamSource } from '../../kernel/connectors/contract.ts';
import { createConnectors } from '../../kernel/connectors/registry.ts';
import { openBatch, openStream, readRows, sinkContext, sourceContext, testMemory } from './support/scan.ts';

const memory = testMemory();
const arena = memory.createArena('scan');
const schema = Types.struct([field('id', Types.int), field('name', Types.string)]);
const rows = (...ids: number[]) =>
  batchFromRows(
    ids.map((id) => ({ id, name: id % 2 === 0 ? null : `n${id}` })),
    schema,
  );
const sinkBatch = (batchId: number, ...ids: number[]): SinkBatch => ({
  batchId,
  schema,
  batches: [rows(...ids)],
  rowCount: ids.length,
});
const request = (options: Record<string, string>): ScanRequest => ({ options, paths: [], schema, streaming: true });

function connectors() {
  const printed: string[] = [];
  const delivered: unknown[] = [];
  const created = createConnectors({
    show: (_schema, batches, layout) => `${JSON.stringify(layout)} ${batches.length} batches\n`,
    print: (text) => printed.push(text),
    foreachBatch: (functionId, batchId, _schema, batches) => {
      delivered.push([functionId, batchId, batches.flatMap(rowsOf)]);
      return Promise.resolve();
    },
  });
  return { ...created, printed, delivered };
}

test('a memory stream gives each chunk once per range, frees it on commit, and says when rows are gone', async () => {
  const { memoryStreams, source } = connectors();
  const stream = await openStream(source('memory-stream'), request({ streamId: 's' }), sourceContext(memory));
  assert.equal(await stream.latestOffset(null, { kind: 'all' }), null);
  assert.equal(memoryStreams.append('s', [rows(1, 2)]), 0);
  assert.equal(memoryStreams.append('s', [rows(3), rows()]), 1);
  assert.equal(await stream.latestOffset(null, { kind: 'all' }), '1');
  const used = memory.usedBytes;
  assert.deepEqual(await readRows(stream.scan(null, '1', arena), schema, memory), [
    { id: 1, name: 'n1' },
    { id: 2, name: null },
    { id: 3, name: 'n3' },
  ]);
  assert.equal(memory.usedBytes, used, 'released leases give their memory back');
  assert.deepEqual(await readRows(stream.scan('0', '1', arena), schema, memory), [{ id: 3, name: 'n3' }]);
  await stream.commit('0');
  assert.deepEqual(await readRows(stream.scan('0', '1', arena), schema, memory), [{ id: 3, name: 'n3' }]);
  assert.throws(() => stream.scan(null, '1', arena), { condition: 'NOT_SUPPORTED', message: /new checkpointLocation/ });
});

test('two queries read one memory stream; a later one begins with what is left', async () => {
  const { memoryStreams, source } = connectors();
  const open = () => openStream(source('memory-stream'), request({ streamId: 's' }), sourceContext(memory));
  const ids = async (stream: StreamSource, start: string | null, end: string) =>
    (await readRows(stream.scan(start, end, arena), schema, memory)).map(({ id }) => id);
  const fast = await open();
  const slow = await open();
  memoryStreams.append('s', [rows(1)]);
  memoryStreams.append('s', [rows(2)]);
  await fast.commit('1');
  assert.deepEqual(await ids(slow, null, '1'), [1, 2], 'kept for the slow one');
  await slow.commit('0');
  const later = await open();
  assert.equal(await later.initialOffset(), '0');
  assert.deepEqual(await ids(later, '0', '1'), [2]);
  await slow.stop();
  await later.stop();
  await fast.commit('1');
  assert.equal(await (await open()).initialOffset(), '1');
});

test('a memory stream goes on after a checkpoint of another process', async () => {
  const { memoryStreams, source } = connectors();
  const stream = await openStream(source('memory-stream'), request({ streamId: 's' }), sourceContext(memory));
  let woken = 0;
  stream.onRows?.(() => void (woken += 1));
  assert.equal(await stream.latestOffset('7', { kind: 'trigger' }), '7');
  memoryStreams.append('s', [rows(5)]);
  assert.equal(woken, 1);
  assert.equal(await stream.latestOffset('7', { kind: 'trigger' }), '8');
  assert.deepEqual(await readRows(stream.scan('7', '8', arena), schema, memory), [{ id: 5, name: 'n5' }]);
  await stream.commit('8');
  assert.equal(await stream.latestOffset('8', { kind: 'trigger' }), '8');
});

test('a reader gives the wanted columns in the wanted order', async () => {
  const { memoryStreams, source } = connectors();
  memoryStreams.append('s', [rows(1)]);
  const stream = await openStream(source('memory-stream'), request({ streamId: 's' }), sourceContext(memory));
  const wanted = Types.struct([field('name', Types.string)]);
  assert.deepEqual(await readRows(stream.scan(null, '0', arena), wanted, memory), [{ name: 'n1' }]);
});

test('the memory sink appends or replaces, ignores a repeated batch, and is read as a table', async () => {
  const { sink, source, memoryTables } = connectors();
  const create = (outputMode: 'append' | 'complete', options = {}, queryId = 'id') =>
    sink('memory').create({ options, paths: [], schema }, sinkContext({ outputMode, queryName: outputMode, queryId }));
  const read = (queryName: string) => {
    const asked = { options: { queryName }, paths: [], schema: undefined, streaming: false };
    const opened = openBatch(source('memory-sink'), asked, sourceContext(memory));
    return readRows(opened.scan, opened.schema, memory);
  };
  const appending = await create('append');
  await appending.addBatch(sinkBatch(0, 1, 2));
  await appending.addBatch(sinkBatch(1, 3));
  await appending.addBatch(sinkBatch(1, 3));
  assert.deepEqual(
    (await read('append')).map(({ id }) => id),
    [1, 2, 3],
  );
  const complete = await create('complete');
  await complete.addBatch(sinkBatch(0, 1, 2));
  await complete.addBatch(sinkBatch(1, 5));
  assert.deepEqual(await read('complete'), [{ id: 5, name: 'n5' }]);
  assert.equal(memoryTables.get('complete')?.rowCount, 1);

  const bounded = await create('append', { maxRows: '2' }, 'another');
  await bounded.addBatch(sinkBatch(0, 1, 2));
  assert.throws(() => bounded.addBatch(sinkBatch(1, 3)), { condition: 'MEMORY_SINK_FULL' });
  await assert.rejects(async () => read('nobody'), { condition: 'TABLE_OR_VIEW_NOT_FOUND' });
});

test("the console sink prints Spark's frame around the rows", async () => {
  const { sink, printed } = connectors();
  const context = sinkContext();
  const plain = await sink('console').create({ options: {}, paths: [], schema }, context);
  await plain.addBatch(sinkBatch(3, 1));
  const rule = '-------------------------------------------';
  assert.equal(printed[0], `${rule}\nBatch: 3\n${rule}\n{"numRows":20,"truncate":20} 1 batches\n\n`);
  const wide = await sink('console').create(
    { options: { numrows: '5', truncate: 'false' }, paths: [], schema },
    context,
  );
  await wide.addBatch(sinkBatch(4, 1));
  assert.match(printed[1] ?? '', /\{"numRows":5,"truncate":0\}/);
});

test('foreachBatch delivers rows with the id of the batch', async () => {
  const { sink, delivered } = connectors();
  const created = await sink('foreachBatch').create({ options: { functionId: 'f' }, paths: [], schema }, sinkContext());
  await created.addBatch(sinkBatch(9, 1));
  assert.deepEqual(delivered, [['f', 9, [{ id: 1, name: 'n1' }]]]);
});

test('an unknown format names the nearest; a planned one says what to use', () => {
  const { source, sink } = connectors();
  assert.equal(source('RATE').format, 'rate');
  assert.throws(() => source('webside-traffic'), {
    condition: 'DATA_SOURCE_NOT_FOUND',
    message: /did you mean website-traffic\?.*memory-stream/,
  });
  assert.throws(() => source('parquet'), { condition: 'NOT_SUPPORTED', message: /parquet.*json, csv or text/ });
  assert.throws(() => sink('kafka'), { condition: 'NOT_SUPPORTED', message: /Writing the format kafka.*foreachBatch/ });
  assert.throws(() => sink('consol'), { condition: 'DATA_SOURCE_NOT_FOUND', message: /did you mean console/ });
});
