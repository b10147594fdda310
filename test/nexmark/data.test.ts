/** Nexmark's files: what lies in them, in which order streams read them, and the closing events. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../support/requirements.ts';
import { TEST_DATA, writeNexmarkData } from './data.ts';
import { NEXMARK_KINDS, nexmarkEvents, type NexmarkKind } from './generator.ts';

const OPTIONS = { ...TEST_DATA, events: 1000, parts: 4 };

describe('the files of Nexmark', () => {
  const work = mkdtempSync(join(tmpdir(), 'millrace-nexmark-'));
  const folder = join(work, 'data');
  before(() => writeNexmarkData(folder, OPTIONS));
  after(() => rmSync(work, { recursive: true }));

  const files = (...path: readonly string[]) =>
    readdirSync(join(folder, ...path)).map((name) => join(folder, ...path, name));
  const lines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');

  it('hold all events of a kind in the order of their arrival', () => {
    const events = [...nexmarkEvents(OPTIONS)];
    for (const kind of NEXMARK_KINDS) {
      const wanted = events.filter((event) => event.kind === kind).map(({ json }) => json);
      assert.equal(files(kind).length, OPTIONS.parts);
      assert.deepEqual(files(kind).flatMap(lines), wanted);
    }
  });

  it('hold as many events in each part, of all kinds together', () => {
    for (let part = 0; part < OPTIONS.parts; part++) {
      const counts = NEXMARK_KINDS.map((kind) => lines(files(kind)[part] ?? '').length);
      assert.equal(
        counts.reduce((sum, count) => sum + count),
        OPTIONS.events / OPTIONS.parts,
      );
    }
  });

  it('are as old as their order, a second apart', () => {
    for (const path of [['bid'], ['closed', 'bid']]) {
      const seconds = files(...path).map((file) => statSync(file).mtimeMs / 1000);
      assert.deepEqual(
        seconds,
        seconds.map((_, i) => (seconds[0] ?? 0) + i),
      );
    }
  });

  it('are closed by one event of each kind, an hour later, which no other has to do with', () => {
    const closing = (kind: NexmarkKind): Record<string, unknown> => {
      const all = files('closed', kind);
      assert.deepEqual(all.slice(0, -1).flatMap(lines), files(kind).flatMap(lines));
      return JSON.parse(readFileSync(all.at(-1) ?? '', 'utf8')) as Record<string, unknown>;
    };
    const [person, auction, bid] = [closing('person'), closing('auction'), closing('bid')];
    const ids = [person['id'], auction['id'], auction['seller'], bid['auction'], bid['bidder']];
    assert.deepEqual(ids, [-1, -1, -2, -2, -2]);
    for (const { dateTime } of [person, auction, bid]) {
      assert.equal(dateTime, new Date(OPTIONS.startMs + 5000 + 3_600_000).toISOString());
    }
  });

  it('have a side input with a row for each remainder of query 13', () => {
    const rows = lines(join(folder, 'side_input', 'side_input.csv'));
    assert.equal(rows.length, 10_000);
    assert.deepEqual([rows[0], rows[9999]], ['0,0', '9999,9999']);
  });

  it('leave nothing beside them, also where they are there already', async () => {
    await assert.rejects(writeNexmarkData(join(work, 'data', 'bid', 'part-00.json', 'x'), OPTIONS));
    await writeNexmarkData(folder, OPTIONS);
    assert.deepEqual(readdirSync(work), ['data']);
  });

  it('are written by the command, which refuses what it cannot do', () => {
    const command = (...args: readonly string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'test/nexmark/generate.ts', ...args], {
        cwd: ROOT,
        encoding: 'utf8',
      });
    const out = join(work, 'by-command');
    const done = command('--events', '1000', '--parts', '4', '--out', out);
    assert.equal(done.stdout.trim(), out, done.stderr);
    assert.deepEqual(readdirSync(join(out, 'bid')), readdirSync(join(folder, 'bid')));
    assert.deepEqual(readFileSync(join(out, 'bid', 'part-03.json')), readFileSync(join(folder, 'bid', 'part-03.json')));
    assert.match(command('--events', '1000', '--out', out).stderr, /is there already/);
    assert.match(command('--events', '0').stderr, /--events: 0 is not a whole number from 1 on/);
    assert.match(command('--start', 'soon').stderr, /--start: NaN is not a time/);
    rmSync(out, { recursive: true });
  });
});
