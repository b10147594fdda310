import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ScanLease } from '../../kernel/arrow/scan.ts';
import { field, Types } from '../../kernel/arrow/types.ts';
import type { StreamSource } from '../../kernel/connectors/contract.ts';
import type { FileFormat } from '../../kernel/connectors/formats/contract.ts';
import { createConnectors } from '../../kernel/connectors/registry.ts';
import { createFileSource } from '../../kernel/connectors/sources/files.ts';
import { present } from '../../kernel/core/assert.ts';
import { openBatch, openStream, readRows, sourceContext, testMemory } from './support/scan.ts';

const memory = testMemory();
const arena = memory.createArena('scan');
const schema = Types.struct([field('value', Types.string)]);

/** A format whose tasks are the paths: which files are read, in which order, is all that the source decides. */
const paths: FileFormat = {
  name: 'text',
  inferSchema: (files) => Types.struct(files.map((file) => field(path.basename(file), Types.string))),
  tasks: (file, bytes) => [{ reader: 'text', payload: file, bytes }],
  createReader: () => {
    throw new Error('not read in this test');
  },
};
const source = createFileSource(paths);

async function folderOf(files: Readonly<Record<string, number>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-files-'));
  for (const [name, seconds] of Object.entries(files)) await addFile(folder, name, seconds);
  return folder;
}

/** @param seconds the modification time, since 1970 */
async function addFile(folder: string, name: string, seconds: number): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), 'x\n');
  await utimes(path.join(folder, name), seconds, seconds);
}

const request = (place: string, options: Record<string, string> = {}, streaming = true) => ({
  options,
  paths: [place],
  schema,
  streaming,
});
const open = (place: string, options: Record<string, string> = {}, metadataPath?: string): Promise<StreamSource> =>
  openStream(
    source,
    request(place, options),
    sourceContext(memory, metadataPath === undefined ? {} : { metadataPath }),
  );
const batch = async (place: string, options: Record<string, string> = {}) =>
  read(openBatch(source, request(place, options, false), sourceContext(memory)).scan);

async function read(scan: AsyncIterable<ScanLease>): Promise<string[]> {
  const files: string[] = [];
  for await (const { task } of scan) files.push(path.basename(String(task.payload)));
  return files;
}

/** The files of the next batch after `start`. */
async function nextBatch(stream: StreamSource, start: string | null, kind: 'trigger' | 'all' = 'trigger') {
  const end = await stream.latestOffset(start, { kind });
  return { end, files: end === start ? [] : await read(stream.scan(start, present(end, 'offset'), arena)) };
}

test('a batch reads a file, a folder or a glob; hidden files are skipped', async () => {
  const folder = await folderOf({
    'b.txt': 2,
    'a.txt': 3,
    _SUCCESS: 1,
    '.part.crc': 1,
    'sub/c.txt': 1,
    'odd[1].csv': 1,
  });
  assert.deepEqual(await batch(path.join(folder, 'a.txt')), ['a.txt']);
  assert.deepEqual(await batch(folder), ['a.txt', 'b.txt', 'odd[1].csv']);
  assert.deepEqual(await batch(pathToFileURL(folder).href), ['a.txt', 'b.txt', 'odd[1].csv']);
  assert.deepEqual(await batch(`${folder}/*.txt`), ['a.txt', 'b.txt']);
  assert.deepEqual(await batch(`${folder}/{a,z}.t?t`), ['a.txt']);
  assert.deepEqual(await batch(`${folder}/[b-c].txt`), ['b.txt']);
  assert.deepEqual(await batch(`${folder}/s*/*`), ['c.txt']);
  assert.deepEqual(await batch(folder, { recursiveFileLookup: 'true' }), ['a.txt', 'b.txt', 'odd[1].csv', 'c.txt']);
  assert.deepEqual(await batch(folder, { pathGlobFilter: '*.csv' }), ['odd[1].csv']);
  await symlink(path.join(folder, 'a.txt'), path.join(folder, 'link.txt'));
  assert.deepEqual(await batch(`${folder}/link*`), ['link.txt']);
  await addFile(folder, 'day=1/d.txt', 1);
  await assert.rejects(batch(folder), { condition: 'NOT_SUPPORTED', message: /day=1.*recursiveFileLookup/ });
});

test('a schema is the one given, or inferred from the files; a path must exist', async () => {
  const folder = await folderOf({ 'a.txt': 1, 'b.txt': 2 });
  assert.equal(source.schema(request(folder)), schema);
  const inferred = source.schema({ ...request(folder), schema: undefined });
  assert.deepEqual(
    inferred.fields.map(({ name }) => name),
    ['a.txt', 'b.txt'],
  );
  assert.throws(() => source.schema(request(path.join(folder, 'nowhere'))), { condition: 'PATH_NOT_FOUND' });
  assert.throws(() => source.schema(request(`${folder}/*.json`)), { condition: 'PATH_NOT_FOUND' });
  assert.throws(() => source.schema({ ...request(folder), paths: [] }), { condition: 'DATA_SOURCE_OPTION' });
  assert.throws(() => source.schema(request(folder, { cleanSource: 'delete' })), { condition: 'NOT_SUPPORTED' });
});

test('a stream takes files by age then path, each once, as many as it may', async () => {
  const folder = await folderOf({ 'b.txt': 100, 'a.txt': 100, 'c.txt': 50 });
  const stream = await open(folder, { maxFilesPerTrigger: '2' });
  assert.equal(stream.description, `FileStreamSource[${pathToFileURL(folder).href}]`);
  const first = await nextBatch(stream, await stream.initialOffset());
  assert.deepEqual(first, { end: '{"logOffset":0}', files: ['c.txt', 'a.txt'] });
  const second = await nextBatch(stream, first.end);
  assert.deepEqual(second.files, ['b.txt']);
  assert.deepEqual(await nextBatch(stream, second.end), { end: second.end, files: [] });
  await addFile(folder, 'a.txt', 200); // rewritten under the same name: not read again
  await addFile(folder, 'd.txt', 90);
  await addFile(folder, 'e.txt', 95);
  await addFile(folder, 'f.txt', 96);
  assert.deepEqual((await nextBatch(stream, second.end, 'all')).files, ['d.txt', 'e.txt', 'f.txt']);
  assert.deepEqual(await read(stream.scan(null, '{"logOffset":0}', arena)), ['c.txt', 'a.txt']);
});

test('availableNow takes what is there when the run starts, in batches as large as they may be', async () => {
  const folder = await folderOf({ 'a.txt': 1, 'b.txt': 2 });
  const stream = await open(folder, { maxFilesPerTrigger: '1' });
  await stream.prepareForAvailableNow?.();
  await addFile(folder, 'later.txt', 1);
  const first = await nextBatch(stream, null);
  const second = await nextBatch(stream, first.end);
  assert.deepEqual([first.files, second.files], [['a.txt'], ['b.txt']]);
  assert.deepEqual(await nextBatch(stream, second.end), { end: second.end, files: [] });
});

test('latestFirst takes the newest first', async () => {
  const folder = await folderOf({ 'a.txt': 1, 'b.txt': 3, 'c.txt': 2 });
  const stream = await open(folder, { maxFilesPerTrigger: '1', latestFirst: 'true', maxFileAge: '1s' });
  const first = await nextBatch(stream, null);
  const second = await nextBatch(stream, first.end);
  // maxFileAge is ignored here: else the oldest would never get its turn.
  const third = await nextBatch(stream, second.end);
  assert.deepEqual(
    [first, second, third].flatMap(({ files }) => files),
    ['b.txt', 'c.txt', 'a.txt'],
  );
});

test('older than the newest file minus maxFileAge is skipped, exactly as old is read', async () => {
  const folder = await folderOf({ 'newest.txt': 1000 });
  const stream = await open(folder, { maxFileAge: '100s' });
  const first = await nextBatch(stream, null);
  await addFile(folder, 'too-old.txt', 899);
  await addFile(folder, 'just.txt', 900);
  assert.deepEqual((await nextBatch(stream, first.end)).files, ['just.txt']);
});

test('fileNameOnly takes equal names in different folders for one file', async () => {
  const folder = await folderOf({ 'x/a.txt': 1, 'y/b.txt': 1 });
  const stream = await open(`${folder}/*`, { fileNameOnly: 'true' });
  const first = await nextBatch(stream, null);
  assert.deepEqual(first.files, ['a.txt', 'b.txt']);
  await addFile(folder, 'y/a.txt', 2);
  await addFile(folder, 'y/c.txt', 2);
  assert.deepEqual((await nextBatch(stream, first.end)).files, ['c.txt']);
});

test('the log survives a restart, as Spark writes it, and a damaged one is named', async () => {
  const folder = await folderOf({ 'a b.txt': 5, 'c.txt': 6 });
  const metadataPath = path.join(await folderOf({}), 'sources', '0');
  const stream = await open(folder, { maxFilesPerTrigger: '1' }, metadataPath);
  const first = await nextBatch(stream, null);
  const url = pathToFileURL(path.join(folder, 'a b.txt')).href;
  assert.equal(
    await readFile(path.join(metadataPath, '0'), 'utf8'),
    `v1\n{"path":"${url}","timestamp":5000,"batchId":0}`,
  );
  assert.deepEqual(await readdir(metadataPath), ['.0.crc', '0']);

  const restarted = await open(folder, {}, metadataPath);
  assert.deepEqual(await read(restarted.scan(null, present(first.end, 'offset'), arena)), ['a b.txt']);
  const second = await nextBatch(restarted, first.end);
  assert.deepEqual(second.files, ['c.txt']);

  // The log is ahead of the query's offsets after a crash between the two: those files come before new ones.
  await addFile(folder, 'd.txt', 7);
  const crashed = await open(folder, {}, metadataPath);
  assert.deepEqual(await nextBatch(crashed, first.end), second);
  assert.deepEqual((await nextBatch(crashed, second.end)).files, ['d.txt']);

  await writeFile(path.join(metadataPath, '1'), 'v1\n');
  await assert.rejects(open(folder, {}, metadataPath), { condition: 'CHECKPOINT_DAMAGED', message: /0\/1.*checksum/ });
  for (const name of ['0', '.0.crc']) {
    await copyFile(path.join(metadataPath, name), path.join(metadataPath, name.replace('0', '1')));
  }
  await assert.rejects(open(folder, {}, metadataPath), {
    condition: 'CHECKPOINT_DAMAGED',
    message: /0\/1.*is entry 0/,
  });
  await rm(path.join(metadataPath, '.1.crc'));
  await writeFile(path.join(metadataPath, '1'), 'v1\n{"half');
  await assert.rejects(open(folder, {}, metadataPath), { condition: 'CHECKPOINT_DAMAGED', message: /sources\/0\/1/ });
  await rm(path.join(metadataPath, '1'));
  await assert.rejects(open(folder, {}, metadataPath), { condition: 'CHECKPOINT_DAMAGED', message: /0\/1.*missing/ });
  await rm(metadataPath, { recursive: true });
  const foreign = await open(folder, {}, metadataPath);
  await assert.rejects(foreign.latestOffset('{"logOffset":1}', { kind: 'all' }), { condition: 'CHECKPOINT_DAMAGED' });
});

test('the log is compacted, and forgets files that are too old to be taken again', async () => {
  const folder = await folderOf({});
  const metadataPath = path.join(await folderOf({}), 'sources', '0');
  const options = { maxFileAge: '50s' };
  let stream = await open(folder, options, metadataPath);
  let end: string | null = null;
  for (let number = 0; number < 235; number++) {
    await addFile(folder, `${number}.txt`, 1000 + number);
    if (number % 47 === 46) stream = await open(folder, options, metadataPath); // a restart
    const batch = await nextBatch(stream, end);
    assert.deepEqual(batch.files, [`${number}.txt`]);
    end = batch.end;
  }
  const names = (await readdir(metadataPath)).filter((name) => !name.startsWith('.'));
  assert.deepEqual(names.sort(), ['229.compact', '230', '231', '232', '233', '234']);
  const lines = (await readFile(path.join(metadataPath, '229.compact'), 'utf8')).split('\n').slice(1);
  assert.equal(lines.length, 100, 'the entries that a query may go back to');
  const restarted = await open(folder, options, metadataPath);
  assert.deepEqual(await nextBatch(restarted, end), { end, files: [] });
  assert.deepEqual(await read(restarted.scan('{"logOffset":200}', '{"logOffset":202}', arena)), ['201.txt', '202.txt']);
  assert.throws(() => restarted.scan('{"logOffset":20}', '{"logOffset":22}', arena), {
    condition: 'CHECKPOINT_DAMAGED',
  });
  for (const name of ['229.compact', '.229.compact.crc']) {
    await copyFile(path.join(metadataPath, name), path.join(metadataPath, name.replace('229', '239')));
    await rename(path.join(metadataPath, name), path.join(metadataPath, `${name}.aside`));
  }
  const moved = { condition: 'CHECKPOINT_DAMAGED', message: /239\.compact is damaged: it is entry 229/ };
  await assert.rejects(open(folder, options, metadataPath), moved);
  await rm(path.join(metadataPath, '239.compact'));
  await assert.rejects(open(folder, options, metadataPath), { condition: 'CHECKPOINT_DAMAGED', message: /missing/ });
});

test('a listed file that is gone is an error, or skipped with ignoreMissingFiles', async () => {
  const folder = await folderOf({ 'a.txt': 1, 'b.txt': 2 });
  for (const ignoreMissingFiles of ['false', 'true']) {
    const stream = await open(folder, { ignoreMissingFiles });
    const end = present(await stream.latestOffset(null, { kind: 'all' }), 'offset');
    await rm(path.join(folder, 'a.txt'));
    if (ignoreMissingFiles === 'true') assert.deepEqual(await read(stream.scan(null, end, arena)), ['b.txt']);
    else assert.throws(() => stream.scan(null, end, arena), { condition: 'PATH_NOT_FOUND', message: /a\.txt/ });
    await addFile(folder, 'a.txt', 1);
  }
});

test('only files that a streaming sink has committed are seen', async () => {
  const folder = await folderOf({ 'part-0.txt': 1, 'part-1.txt': 1, 'part-2.txt': 1 });
  const line = (name: string) => JSON.stringify({ path: pathToFileURL(path.join(folder, name)).href, action: 'add' });
  await mkdir(path.join(folder, '_spark_metadata'));
  await writeFile(path.join(folder, '_spark_metadata', '0'), `v1\n${line('part-0.txt')}`);
  await writeFile(path.join(folder, '_spark_metadata', '1'), `v1\n${line('part-2.txt')}\n`);
  assert.deepEqual(await batch(folder), ['part-0.txt', 'part-2.txt']);
  await writeFile(path.join(folder, '_spark_metadata', '1'), 'v2\n');
  await assert.rejects(batch(folder), { condition: 'CHECKPOINT_DAMAGED' });
});

test('rows of files, by the formats themselves, in batch and as a stream', async () => {
  const folder = await folderOf({});
  await writeFile(path.join(folder, '1.json'), '{"a":1,"b":"x"}\n{"a":2}\n');
  const { source: find } = createConnectors({ show: unused, print: unused, foreachBatch: unused });
  const asked = { ...request(folder, {}, false), schema: undefined };
  const json = openBatch(find('json'), asked, sourceContext(memory));
  assert.deepEqual(await readRows(json.scan, json.schema, memory), [
    { a: 1n, b: 'x' },
    { a: 2n, b: null },
  ]);
  const text = await openStream(find('text'), request(folder), sourceContext(memory));
  const end = present(await text.latestOffset(null, { kind: 'all' }), 'offset');
  assert.deepEqual(await readRows(text.scan(null, end, arena), schema, memory), [
    { value: '{"a":1,"b":"x"}' },
    { value: '{"a":2}' },
  ]);
});

function unused(): never {
  throw new Error('not used in this test');
}
