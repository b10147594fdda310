/**
 * A stopped query is started again in a new process of the built product: by the same program, by a changed one, and from a
 * checkpoint with a damaged file, where the error names the file and what to do, and nothing is overwritten.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { DIST } from './child.ts';
import { damageFile, digestsOf, filesOf } from './courses/checkpoint.ts';
import type { Damage, FileKind } from './fault.ts';
import { inLanes } from './lanes.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-restart-'));
const withBuild = { skip: skipWithout(needsBuild) };
const LINE = (second: number): string => `{"ts":"2026-01-01T00:00:${String(second).padStart(2, '0')}Z","k":"a"}\n`;

interface Settings {
  /** How the query goes on from `events`, a stream with the columns ts and k. */
  readonly query?: string;
  readonly mode?: string;
  /** Calls of the writer that name the sink. */
  readonly sink?: string;
}

const PRINTING = `foreachBatch(async (batch, id) => {
  for (const row of await batch.toJSON().collect()) console.log('row', id, row);
})`;

const COUNTS = `events.withWatermark('ts', '10 seconds').groupBy(window(col('ts'), '10 seconds'), col('k')).count()`;

const FILTERED = { query: COUNTS.replace('events.', `events.filter(col('k').isNotNull()).`) };

interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function runProgram(
  folder: string,
  { query = COUNTS, mode = 'update', sink = PRINTING }: Settings = {},
): Promise<Ending> {
  const program = path.join(folder, 'program.ts');
  fs.writeFileSync(
    program,
    `import { col, SparkSession, window } from 'millrace';
     const spark = SparkSession.builder.config('spark.sql.shuffle.partitions', '2').getOrCreate();
     const events = spark.readStream.schema('ts TIMESTAMP, k STRING').json(${JSON.stringify(path.join(template, 'input'))});
     const query = ${query}.writeStream.outputMode('${mode}').trigger({ availableNow: true })
       .option('checkpointLocation', ${JSON.stringify(path.join(folder, 'checkpoint'))})
       .${sink}.start();
     console.log('id', query.id);
     await query.awaitTermination();
     await spark.stop();\n`,
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(DIST, 'millrace.js'), 'run', program], { timeout: 60_000 });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output, errors });
    });
  });
}

let files = 0;

function addFile(text: string): void {
  const input = path.join(template, 'input');
  fs.mkdirSync(input, { recursive: true });
  files += 1;
  const aside = path.join(template, `${files}.json`);
  fs.writeFileSync(aside, text);
  fs.utimesSync(aside, 1.7e9 + files, 1.7e9 + files);
  fs.renameSync(aside, path.join(input, `${files}.json`));
}

function contentsOf(folder: string): Readonly<Record<string, string>> {
  return digestsOf(path.join(folder, 'checkpoint'));
}

const template = path.join(root, 'template');
let firstId = '';

/** A folder with the checkpoint of a query that has read two files; the files stay where they are. */
function copyOfTemplate(name: string): string {
  const folder = path.join(root, name);
  fs.cpSync(template, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

before(async () => {
  if (withBuild.skip !== false) return;
  addFile(LINE(1) + LINE(12));
  const first = await runProgram(template);
  assert.equal(first.code, 0, first.errors);
  addFile(LINE(13) + LINE(14));
  const second = await runProgram(template);
  assert.equal(second.code, 0, second.errors);
  firstId = /id (\S+)/.exec(first.output)?.[1] ?? '';
  assert.match(second.output, new RegExp(`id ${firstId}`));
});

after(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

test('the same program goes on where it was, under the same id', withBuild, async () => {
  addFile(LINE(15));
  const { code, output, errors } = await runProgram(template);
  assert.equal(code, 0, errors);
  assert.match(output, new RegExp(`id ${firstId}`));
  assert.match(output, /row \d+n? \{"window":\{"start":"2026-01-01T00:00:10.000Z".*"count":4\}/, output);
  assert.doesNotMatch(output, /00:00:00\.000Z/, 'what was committed is not read again');
});

const REFUSED: readonly (readonly [string, Settings, RegExp])[] = [
  ['another window length', { query: COUNTS.replace(`, '10 seconds'), col`, `, '5 seconds'), col`) }, /window length/],
  ['other keys', { query: COUNTS.replace(`, col('k'))`, ')') }, /stateful operators/],
  ['complete mode', { mode: 'complete' }, /output mode/],
  ['no aggregation', { query: 'events' }, /stateful operators/],
];

const DAMAGED: readonly (readonly [string, FileKind, Damage, RegExp])[] = [
  ['metadata', 'metadata', 'truncate', /metadata/],
  ['a cut offset log', 'offsets', 'truncate', /offsets\/\d+/],
  ['a changed offset log', 'offsets', 'flip', /offsets\/\d+/],
  ['a changed commit log', 'commits', 'flip', /commits\/\d+/],
  ['a missing offset log', 'offsets', 'remove', /(offsets|commits)\/\d+/],
  ['a changed state file', 'state', 'flip', /state\/0\/\d+\.delta/],
  ['a missing state file', 'state', 'remove', /state\/0\/\d+\.delta/],
  ['a cut log of seen files', 'source', 'truncate', /sources\/0\/\d+/],
  ['a log of seen files in another’s place', 'source', 'duplicate', /sources\/0\/\d+/],
  ['a changed program', 'program', 'flip', /state\/program/],
  ['a missing program', 'program', 'remove', /state\/program/],
];

const two = { lanes: 2 };

/** Of the newest file of the kind. */
function damageNewest(folder: string, kind: FileKind, how: Damage): void {
  const checkpoint = path.join(folder, 'checkpoint');
  const newest = filesOf(checkpoint, kind).at(-1);
  assert.ok(newest !== undefined, `there is no file of the kind ${kind}`);
  damageFile(checkpoint, newest, how, { place: 0.9, neighbour: undefined });
}

test('a changed program is refused, and nothing is overwritten', withBuild, () =>
  inLanes(REFUSED, two, async ([name, settings, message]) => {
    const folder = copyOfTemplate(`refused ${name}`);
    const before = contentsOf(folder);
    const { code, errors } = await runProgram(folder, settings);
    assert.notEqual(code, 0, name);
    assert.match(errors, /CHECKPOINT_MISMATCH/, name);
    assert.match(errors, message, name);
    assert.match(errors, /new checkpointLocation/, name);
    assert.deepEqual(contentsOf(folder), before, name);
  }),
);

test('another delay or filter is explained, and the query goes on', withBuild, async () => {
  const folder = copyOfTemplate('explained');
  const { code, errors } = await runProgram(folder, {
    query: FILTERED.query.replace("'10 seconds')", "'20 seconds')"),
  });
  assert.equal(code, 0, errors);
  assert.match(errors, /Going on from .*the watermark changed/);
  assert.match(errors, /Going on from .*already counted/);
});

test('a damaged file is named with a remedy, and nothing is overwritten', withBuild, () =>
  inLanes(DAMAGED, two, async ([name, kind, how, message]) => {
    const folder = copyOfTemplate(`damaged ${name}`);
    damageNewest(folder, kind, how);
    const before = contentsOf(folder);
    // A change that is only explained is recorded in the checkpoint, but not in one that is damaged.
    const { code, errors } = await runProgram(folder, FILTERED);
    assert.notEqual(code, 0, name);
    assert.match(errors, /CHECKPOINT_DAMAGED/, name);
    assert.match(errors, message, name);
    assert.match(errors, /Restore|Remove it/, name);
    assert.match(errors, /new checkpoint/, name);
    assert.deepEqual(contentsOf(folder), before, name);
  }),
);

test('a memory table that has lost its rows with their process is told of', withBuild, async () => {
  const sink = `format('memory').queryName('counts')`;
  const { code, errors } = await runProgram(copyOfTemplate('memory'), { sink });
  assert.equal(code, 0, errors);
  assert.match(errors, /Going on from .*the table counts/);
});

test('a folder that another engine wrote is refused', withBuild, async () => {
  const folder = copyOfTemplate('foreign');
  fs.rmSync(path.join(folder, 'checkpoint', 'state'), { recursive: true });
  const before = contentsOf(folder);
  const { code, errors } = await runProgram(folder);
  assert.notEqual(code, 0);
  assert.match(errors, /CHECKPOINT_MISMATCH.*another engine/s);
  assert.deepEqual(contentsOf(folder), before);
});
