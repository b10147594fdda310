/** The notebooks of the repository, executed by the programs that people execute notebooks with. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { JUPYTER, needsBuild, needsPython, PYTHON, ROOT, skipWithout } from '../support/requirements.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'millrace-notebooks-'));
after(() => rmSync(folder, { recursive: true, force: true }));
cpSync(join(ROOT, 'notebooks'), folder, { recursive: true, filter: (path) => !path.includes('.checkpoints') });

interface Output {
  readonly output_type: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly outputs?: readonly Output[];
  }[];
}

function outputsOf(file: string): readonly (readonly Output[])[] {
  const notebook = JSON.parse(readFileSync(file, 'utf8')) as Notebook;
  return notebook.cells.filter((cell) => cell.cell_type === 'code').map((cell) => cell.outputs ?? []);
}

function plain(output: Output | undefined): string {
  const text = output?.text ?? output?.data?.['text/plain'] ?? '';
  return typeof text === 'string' ? text : text.join('');
}

function assertNoErrors(cells: readonly (readonly Output[])[]): void {
  const errors = cells.flat().filter((output) => output.output_type === 'error');
  assert.deepEqual(errors, []);
}

describe('executing the notebooks', { skip: skipWithout(needsPython, needsBuild), timeout: 180_000 }, () => {
  it('nbconvert executes 01-website-traffic: windows are counted', async () => {
    await run(
      JUPYTER,
      ['nbconvert', '--to', 'notebook', '--execute', '--output', 'traffic.out', '01-website-traffic.ipynb'],
      { cwd: folder },
    );
    const cells = outputsOf(join(folder, 'traffic.out.ipynb'));
    assertNoErrors(cells);
    const texts = cells.map((outputs) => outputs.map(plain).join('\n'));
    assert.match(texts[0] ?? '', /-- value: binary|-- value: string/, 'the schema of the source');
    const minutes = texts.find((text) => /minute\s*\|\s*views/.test(text)) ?? '';
    assert.match(
      minutes,
      /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:00\s*\|\s*[1-9]\d*\s*\|/,
      'views per minute, of the memory table',
    );
    assert.ok(
      texts.some((text) => text.includes('wasm:')),
      'explain names kernels',
    );
  });

  it('papermill executes 02-first-steps', async () => {
    await run(PYTHON, ['-m', 'papermill', '02-first-steps.ipynb', 'steps.out.ipynb', '--no-progress-bar'], {
      cwd: folder,
    });
    const cells = outputsOf(join(folder, 'steps.out.ipynb'));
    assertNoErrors(cells);
    const text = cells.flat().map(plain).join('\n');
    assert.match(text, /\[UNRESOLVED_COLUMN[^\n]*contry[^\n]*country/, 'a wrong column is named, with the nearest');
    assert.match(text, /US: \d+ visits, revenue \d+\.\d\d/);
    assert.match(text, /2026-01-01 12:00:00[^\n]*\|\s*\/cart\s*\|\s*1\s*\|/, 'the stream of one minute');
  });

  it('nbclient gets the error of a failing cell, with its line', async () => {
    const script = `
import nbformat, nbclient
nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("const a = 1;\\nspark.table('nowhere')")], metadata={'kernelspec': {'name': 'millrace', 'display_name': 'Millrace', 'language': 'typescript'}})
try:
    nbclient.NotebookClient(nb, timeout=60).execute()
    print('no error')
except nbclient.exceptions.CellExecutionError as error:
    print(error)
`;
    const { stdout } = await run(PYTHON, ['-c', script], { cwd: folder });
    assert.match(stdout, /TABLE_OR_VIEW_NOT_FOUND[\s\S]*nowhere/);
    assert.match(stdout, /2:\d+/, 'line 2 of the cell');
  });
});
