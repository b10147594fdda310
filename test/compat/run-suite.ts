/** Runs a suite's cases in a worker process; one that hangs or dies costs the case that did it, and the rest go on in a new one. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTimeLimit } from '../support/deadline.ts';
import type { CaseHead, RunCases, WorkerMessage } from './worker.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const OPEN_MS_MAX = 300_000;
const CASE_MS_MAX = 60_000;

export interface CaseResult extends CaseHead {
  /** Absent where it passed. */
  readonly difference?: string;
}

export interface RunOptions {
  /** Which cases; all by default. */
  readonly wanted?: (test: CaseHead) => boolean;
  /** What one case may take before its process is killed. */
  readonly caseMsMax?: number;
  readonly onResult?: (result: CaseResult) => void;
}

/**
 * @param module the URL of a module that exports `suite`
 * @returns in the suite's order
 * @throws where the suite cannot be opened
 */
export async function runSuite(module: string, options: RunOptions = {}): Promise<readonly CaseResult[]> {
  const results = new Map<string, CaseResult>();
  let heads: readonly CaseHead[] | undefined;
  let left: readonly CaseHead[] | undefined;
  while (left === undefined || left.length > 0) {
    const { cases, ended } = await runWorker(module, left, options);
    heads ??= cases;
    const count = results.size;
    for (const result of ended) results.set(result.id, result);
    left = (left ?? cases.filter(options.wanted ?? (() => true))).filter(({ id }) => !results.has(id));
    if (left.length > 0 && results.size === count) throw new Error(`${module}: a worker ended before its first case`);
  }
  return (heads ?? []).flatMap(({ id }) => results.get(id) ?? []);
}

interface WorkerRun {
  readonly cases: readonly CaseHead[];
  readonly ended: readonly CaseResult[];
}

/** One process, until all is done or it died; the case that it died in is among the ended. */
function runWorker(module: string, left: readonly CaseHead[] | undefined, options: RunOptions): Promise<WorkerRun> {
  const { wanted = () => true, caseMsMax = CASE_MS_MAX, onResult = () => undefined } = options;
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, [module], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const output = tailOf(child);
    const state: { cases?: readonly CaseHead[]; running?: CaseHead; reason?: string } = {};
    const ended: CaseResult[] = [];
    const end = (result: CaseResult): void => {
      ended.push(result);
      onResult(result);
      delete state.running;
    };
    const limit = (ms: number): (() => number) =>
      startTimeLimit(ms, () => {
        state.reason = `it did not end within ${ms / 1000} s`;
        child.kill('SIGKILL');
      });
    let endLimit = limit(OPEN_MS_MAX);
    child.on('message', (message: WorkerMessage) => {
      endLimit();
      endLimit = limit(caseMsMax);
      switch (message.kind) {
        case 'opened': {
          state.cases = message.cases;
          const ids = (left ?? message.cases.filter(wanted)).map(({ id }) => id);
          child.send({ ids } satisfies RunCases);
          return;
        }
        case 'started': {
          const running = state.cases?.find(({ id }) => id === message.id);
          if (running !== undefined) state.running = running;
          return;
        }
        case 'ended':
          if (state.running !== undefined) {
            const { difference } = message;
            end({ ...state.running, ...(difference === undefined ? {} : { difference }) });
          }
          return;
        case 'done':
          return;
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      endLimit();
      if (state.cases === undefined) {
        reject(new Error(`${module} cannot be opened: ${state.reason ?? output()}`));
        return;
      }
      const reason = state.reason ?? `the process ended (${signal ?? String(code)}): ${output()}`;
      if (state.running !== undefined) end({ ...state.running, difference: reason });
      resolve({ cases: state.cases, ended });
    });
  });
}

/** The end of what a process writes. */
function tailOf(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer): void => void (text = (text + chunk.toString()).slice(-4000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text;
}
