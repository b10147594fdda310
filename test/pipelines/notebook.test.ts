/** `millrace run FILE.ipynb`: cells in order, parameters, what fails, and the notebook with its outputs. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { needsBuild, needsPython, PYTHON, ROOT, skipWithout } from '../support/requirements.ts';
import { createFolder, notebookOf } from './support.ts';

interface Executed {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly execution_count?: number | null;
    readonly outputs?: readonly {
      readonly output_type: string;
      readonly name?: string;
      readonly text?: string;
      readonly data?: Readonly<Record<string, unknown>>;
      readonly ename?: string;
      readonly evalue?: string;
    }[];
  }[];
}

describe('notebooks as pipelines', { skip: skipWithout(needsBuild), timeout: 90_000 }, () => {
  const folder = createFolder();
  after(() => folder.remove());

  const executed = (name: string): Executed => JSON.parse(readFileSync(folder.file(name), 'utf8')) as Executed;

  it('prints what the cells print and show, and nothing else', async () => {
    folder.write({
      'tour.ipynb': notebookOf(
        `console.log('printed'); console.error('complained');`,
        `const n = 20;\nn + 1`,
        `%%sql\nSELECT \${n} + 2 AS n`,
        `display.html('<b>x</b>'); undefined`,
      ),
    });
    const ran = await folder.run(['run', 'tour.ipynb']);
    assert.equal(ran.stderr, 'complained\n');
    assert.equal(ran.stdout, 'printed\n21\n+---+\n|  n|\n+---+\n| 22|\n+---+\n<b>x</b>\n');
    assert.equal(ran.code, 0);
  });

  it('sets parameters after the cell tagged so, or before the first', async () => {
    folder.write({
      'tagged.ipynb': notebookOf(
        { source: `const day = 'default', n = 1;`, tags: ['parameters'] },
        `console.log(day, n)`,
      ),
      'untagged.ipynb': notebookOf(
        `console.log(day)`,
        `import { parameters } from 'millrace';\nconsole.log(parameters.day)`,
      ),
    });
    const tagged = await folder.run(['run', 'tagged.ipynb', '-p', 'day=2026-01-01']);
    assert.equal(tagged.stdout, '2026-01-01 1\n');
    const untagged = await folder.run(['run', 'untagged.ipynb', '-p', 'day=2026-01-01']);
    assert.equal(untagged.stdout, '2026-01-01\n2026-01-01\n');
  });

  it('ends at a cell that fails, with condition, cell and line on standard error', async () => {
    folder.write({
      'failing.ipynb': notebookOf(
        `console.log('one')`,
        `const ids = spark.range(3);\n\nids.select('nope');`,
        `console.log('not reached')`,
      ),
    });
    const ran = await folder.run(['run', 'failing.ipynb', '--output-notebook', 'failed.ipynb']);
    assert.equal(ran.code, 1);
    assert.equal(ran.stdout, 'one\n');
    assert.match(ran.stderr, /^\[UNRESOLVED_COLUMN\] [^\n]*`nope`/);
    assert.match(ran.stderr, /at Cell \[2\]:3:5\n/);
    assert.match(ran.stderr, /Cell 2 failed/);
    assert.ok(!ran.stderr.includes('\u001b['), 'no colours in a pipe');
    const [, second, third] = executed('failed.ipynb').cells;
    assert.equal(second?.outputs?.[0]?.output_type, 'error');
    assert.deepEqual([third?.execution_count, third?.outputs], [null, []]);
  });

  it('fails where a timer or an unawaited promise fails', async () => {
    folder.write({
      'late.ipynb': notebookOf(
        `setTimeout(() => { throw new Error('late'); }, 1);`,
        `await new Promise((r) => setTimeout(r, 50));`,
      ),
    });
    const ran = await folder.run(['run', 'late.ipynb']);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /Error: late\n {4}at .*Cell \[1\]:1:/);
  });

  it('finds files beside the notebook, wherever it is run from, and writes outputs where asked', async () => {
    folder.write({
      'deep/data.jsonl': '{"a":1}\n{"a":2}\n',
      'deep/lib.ts': 'export const label: string = "rows";',
      'deep/beside.ipynb': notebookOf(
        `import { label } from './lib.ts';\nawait spark.read.schema('a INT').json('data.jsonl').count(), label`,
      ),
    });
    const ran = await folder.run(['run', 'deep/beside.ipynb', '--output-notebook', 'beside.out.ipynb']);
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, "'rows'\n", '']);
    assert.equal(executed('beside.out.ipynb').cells[0]?.outputs?.[0]?.output_type, 'execute_result');
  });

  it('writes a valid notebook', { skip: skipWithout(needsPython) }, async () => {
    folder.write({
      'all.ipynb': notebookOf(
        `console.log('a'); console.error('b'); display.html('<i>c</i>');`,
        `spark.range(2)`,
        `const h = display('first', { displayId: 'x' });`,
        `h.update('second');`,
        `throw new Error('the end')`,
      ),
    });
    await folder.run(['run', 'all.ipynb', '--output-notebook', 'all.out.ipynb']);
    const validated = spawnSync(
      PYTHON,
      [
        '-c',
        'import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))',
        folder.file('all.out.ipynb'),
      ],
      { encoding: 'utf8' },
    );
    assert.equal(validated.status, 0, validated.stderr);
    const outputs = executed('all.out.ipynb').cells.map((cell) => cell.outputs ?? []);
    assert.deepEqual(
      outputs.map((cell) => cell.map((output) => output.output_type)),
      [['stream', 'stream', 'display_data'], ['execute_result'], ['display_data'], [], ['error']],
    );
    assert.ok(typeof outputs[1]?.[0]?.data?.['text/html'] === 'string');
    assert.match(String(outputs[2]?.[0]?.data?.['text/plain']), /second/);
  });

  it('refuses what is no notebook', async () => {
    folder.write({ 'text.ipynb': 'hello', 'old.ipynb': '{"worksheets": []}' });
    for (const name of ['text.ipynb', 'old.ipynb']) {
      const ran = await folder.run(['run', name]);
      assert.equal(ran.code, 2);
      assert.match(ran.stderr, /^\[COMMAND_USAGE\] .*is no notebook/);
    }
  });
});

describe('the notebooks of the repository', { skip: skipWithout(needsBuild), timeout: 120_000 }, () => {
  const folder = createFolder();
  after(() => folder.remove());
  cpSync(join(ROOT, 'notebooks'), folder.path, { recursive: true, filter: (path) => !path.includes('.checkpoints') });

  it('are stored without outputs', () => {
    for (const name of ['01-website-traffic.ipynb', '02-first-steps.ipynb']) {
      const { cells } = JSON.parse(readFileSync(join(ROOT, 'notebooks', name), 'utf8')) as Executed;
      for (const cell of cells.filter(({ cell_type }) => cell_type === 'code'))
        assert.deepEqual([cell.execution_count, cell.outputs], [null, []], name);
    }
  });

  it('02-first-steps runs to its end', async () => {
    const ran = await folder.run(['run', '02-first-steps.ipynb']);
    assert.equal(ran.stderr, '');
    assert.equal(ran.code, 0);
    assert.match(ran.stdout, /Did you mean one of the following\? `country`/);
    assert.match(ran.stdout, /US: 149 visits, revenue 1884\.70/);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`01-website-traffic runs until ${signal}, and goes on where it was`, () => goesOnAfter(signal));
  }

  async function goesOnAfter(signal: NodeJS.Signals): Promise<void> {
    const once = await runTraffic(signal);
    const again = await runTraffic('SIGTERM');
    assert.ok(again.batchId > once.batchId, `batch ${again.batchId} after ${once.batchId}`);
    // The backlog of three minutes is read once only: what had been counted is still there, and more is on top.
    assert.ok(again.views > once.views, `${again.views} views after ${once.views}`);
    assert.ok(again.views < once.views + 60_000, `${again.views} views after ${once.views}: nothing counted twice`);
  }

  async function runTraffic(signal: NodeJS.Signals): Promise<{ readonly batchId: number; readonly views: number }> {
    const ran = await folder.run(['run', '01-website-traffic.ipynb', '--output-notebook', 'traffic.out.ipynb'], {
      env: { KAFKA_BOOTSTRAP_SERVERS: undefined },
      onOutput: { text: "[ 'traffic' ]", then: (kill) => kill(signal) },
    });
    assert.equal(ran.stderr, '');
    assert.equal(ran.code, signal === 'SIGKILL' ? null : 0);
    const views = [...ran.stdout.matchAll(/^\|\d{4}-\d\d-\d\d \d\d:\d\d:00\| *(\d+)\|/gm)].map(([, count]) =>
      Number(count),
    );
    assert.ok(views.length > 0, ran.stdout);
    return { batchId: Number(/batchId: (\d+)/.exec(ran.stdout)?.[1]), views: views.reduce((a, b) => a + b, 0) };
  }
});
