/** A section in a process of its own, so that what one leaves (memory, warm caches, a peer that hangs) is not the next one's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { thisMachine } from './machine.ts';
import { readResults, type SectionResult } from './results.ts';
import type { Place, RunOptions } from './sections.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

export interface IsolatedOptions extends Pick<RunOptions, 'size' | 'rounds' | 'millrace'> {
  /** The beginning of the comparisons' names. */
  readonly comparison: string;
  /** The descriptor that takes what it prints. */
  readonly output: 1 | 2;
}

/** The section's result; one that dies has its end as failure. */
export async function runIsolated({ suite, section }: Place, options: IsolatedOptions): Promise<SectionResult> {
  const { size, rounds, millrace, comparison, output } = options;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const file = join(folder, 'results.json');
  const only = comparison === '' ? `${suite}/${section}` : `${suite}/${section}/${comparison}`;
  const args = [MAIN, '--only', only, '--size', size, '--json', file];
  if (rounds !== undefined) args.push('--rounds', String(rounds));
  try {
    const child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: ['ignore', output, 'inherit'] });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const result = existsSync(file) ? readResults(pathToFileURL(file)).suites[suite]?.[section] : undefined;
    if (result !== undefined) return result;
    const failure = `its process ended with ${signal ?? String(code)}`;
    return { size, machine: thisMachine(), millrace, engines: [], missing: [], comparisons: [], failure };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
