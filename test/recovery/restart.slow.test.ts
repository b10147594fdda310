/**
 * A stopped query is started again in a new process of the built product: by the same program, by a changed one, and from a
 * checkpoint with a damaged file, where the error names the file and what to do, and nothing is overwritten.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { DIST, inPairs } from './support.ts';

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

/** All files of a checkpoint with a digest of each. */
function contentsOf(folder: string): Readonly<Record<string, string>> {
  const checkpoint = path.join(folder, 'checkpoint');
  const entries = fs
    .readdirSync(checkpoint, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(checkpoint, file), createHash('sha1').update(fs.readFileSync(file)).digest('hex')];
    }),
  );
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

const DAMAGES: readonly (readonly [string, string, 'cut' | 'flip' | 'remove', RegExp])[] = [
  ['metadata', 'metadata', 'cut', /metadata/],
  ['a cut offset log', 'offsets/LAST', 'cut', /offsets\/\d+/],
  ['a changed offset log', 'offsets/LAST', 'flip', /offsets\/\d+/],
  ['a changed commit log', 'commits/LAST', 'flip', /commits\/\d+/],
  ['a missing offset log', 'offsets/LAST', 'remove', /(offsets|commits)\/\d+/],
  ['a changed state file', 'state/0/LAST', 'flip', /state\/0\/\d+\.delta/],
  ['a missing state file', 'state/0/LAST', 'remove', /state\/0\/\d+\.delta/],
  ['a cut log of seen files', 'sources/0/LAST', 'cut', /sources\/0\/\d+/],
  ['a changed program', 'state/program', 'flip', /state\/program/],
];

function damage(folder: string, place: string, how: 'cut' | 'flip' | 'remove'): void {
  const [parent, name] = [path.dirname(place), path.basename(place)];
  const at = path.join(folder, 'checkpoint', parent);
  const newest = (): string => {
    const names = fs.readdirSync(at).filter((entry) => !entry.startsWith('.'));
    return names.sort((a, b) => parseInt(a, 10) - parseInt(b, 10)).at(-1) ?? '';
  };
  const file = path.join(at, name === 'LAST' ? newest() : name);
  const bytes = fs.readFileSync(file);
  if (how === 'remove') fs.rmSync(file);
  else if (how === 'cut') fs.writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  else
    fs.writeFileSync(
      file,
      bytes.map((byte, index) => (index === bytes.length - 3 ? byte ^ 1 : byte)),
    );
}

test('a changed program is refused, and nothing is overwritten', withBuild, () =>
  inPairs(REFUSED, async ([name, settings, message]) => {
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
  inPairs(DAMAGES, async ([name, place, how, message]) => {
    const folder = copyOfTemplate(`damaged ${name}`);
    damage(folder, place, how);
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
