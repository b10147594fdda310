/** Runs the built command in a child process, in a folder of the test's outside the repository. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/requirements.ts';

export const MILLRACE = join(ROOT, 'dist', 'millrace.js');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Folder {
  readonly path: string;
  file(name: string): string;
  /** Writes files, relative path → text. */
  write(files: Readonly<Record<string, string>>): void;
  /** Runs `millrace ARGS` in the folder, or in `cwd`, to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  remove(): void;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called once the text stands in the standard output. */
  readonly onOutput?: { readonly text: string; readonly then: (kill: (signal: NodeJS.Signals) => void) => void };
}

export function createFolder(files: Readonly<Record<string, string>> = {}): Folder {
  const path = mkdtempSync(join(tmpdir(), 'millrace-pipelines-'));
  const folder: Folder = {
    path,
    file: (name) => join(path, name),
    write: (added) => {
      for (const [name, text] of Object.entries(added)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), text);
      }
    },
    run: (args, options = {}) => run(args, { cwd: path, ...options }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  folder.write(files);
  return folder;
}

async function run(args: readonly string[], { cwd, env, onOutput }: RunOptions): Promise<Ran> {
  const child = spawn(process.execPath, [MILLRACE, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
  });
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  let [stdout, stderr, isSeen] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (onOutput === undefined || isSeen || !stdout.includes(onOutput.text)) return;
    isSeen = true;
    onOutput.then((signal) => void child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  process.off('exit', killAtExit);
  return { code: child.exitCode, stdout, stderr };
}

/** A notebook of code cells. */
export function notebookOf(
  ...cells: readonly (string | { readonly source: string; readonly tags: readonly string[] })[]
) {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'millrace', display_name: 'Millrace', language: 'typescript' } },
    cells: cells.map((cell, index) => ({
      cell_type: 'code',
      id: `cell-${index + 1}`,
      metadata: typeof cell === 'string' ? {} : { tags: cell.tags },
      execution_count: null,
      outputs: [],
      source: typeof cell === 'string' ? cell : cell.source,
    })),
  });
}
