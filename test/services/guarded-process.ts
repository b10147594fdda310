/**
 * The one way to start a server for tests: it ends with us, however we end (see guard.ts), its output is in a file, and it counts as
 * started once a probe says so.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline, DeadlineError, within } from '../support/deadline.ts';
import { spawnGuard } from './guard.ts';
import { temporaryFolder } from './temporary-folder.ts';

const LOG_END_CHARS = 4000;
const POLL_MS = 50;
const GRACE_MS = 5000;

export interface GuardedOptions {
  /** Added to our own environment; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Where its output is appended, and then kept. Without it the log has a folder of its own, which goes when all went well. */
  readonly logFile?: string;
  /** Where its standard output is appended, if not in the log: for programs that print an answer. */
  readonly outputFile?: string;
}

export interface ReadyOptions {
  readonly timeoutMs: number;
}

export interface StopOptions {
  /** How long it may take to end in order before it is killed; 0 kills it at once. 5 s unless told. */
  readonly graceMs?: number;
  /** What asks it to end. */
  readonly signal?: 'TERM' | 'INT';
}

export interface GuardedProcess {
  readonly logFile: string;
  /** Resolves once it has ended, for whatever reason, and its children with it. It does not keep our process alive. */
  readonly ended: Promise<void>;
  isRunning(): boolean;
  /** Everything that it has written so far. */
  log(): Promise<string>;
  /**
   * Asks until the probe resolves, and gives its answer. A probe throws while the server does not answer yet.
   * @throws ServiceError with the end of the log, at once where the server ends early, else after `timeoutMs`; it is killed then
   * and the log kept
   */
  ready<T>(probe: () => Promise<T>, options: ReadyOptions): Promise<T>;
  /**
   * Waits for the end of a program that ends by itself.
   * @throws ServiceError with the end of the log where its exit status is not 0, or where it takes longer than `timeoutMs`; it is
   * killed then and the log kept
   */
  finished(options: ReadyOptions): Promise<void>;
  /** For faults: STOP and CONT, KILL, … to the server itself. */
  signal(name: 'STOP' | 'CONT' | 'KILL' | 'TERM' | 'INT' | 'HUP'): void;
  /** Ends it and all its children. Safe to call again. The log goes too, unless the server had failed. */
  stop(options?: StopOptions): Promise<void>;
}

/** A service that did not start, or failed: what happened, where its log is, and how the log ends. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}

export async function startGuarded(
  command: string,
  args: readonly string[],
  { env = {}, cwd, logFile: givenLog, outputFile }: GuardedOptions = {},
): Promise<GuardedProcess> {
  const name = path.basename(command);
  const logFolder = givenLog === undefined ? await temporaryFolder(`${name}-log`) : undefined;
  const logFile = givenLog ?? path.join(logFolder?.path ?? '', `${name}.log`);
  const guard = spawnGuard([command, ...args], { env, cwd, logFile, outputFile });
  /** `asked`: we wanted it to end; a server that ends unasked and not in order has failed. */
  const state = { running: true, asked: false, failed: false, told: false };
  const ended = new Promise<void>((resolve, reject) => {
    guard.once('error', reject);
    guard.once('exit', (code) => {
      state.running = false;
      state.failed ||= !state.asked && code !== 0;
      resolve();
    });
  });
  ended.catch(() => undefined); // a guard that could not be started is told by ready() or stop()

  const log = (): Promise<string> => readFile(logFile, 'utf8');
  const failure = async (what: string): Promise<ServiceError> => {
    state.failed = true;
    state.told = true;
    const end = (await log()).trimEnd().slice(-LOG_END_CHARS);
    return new ServiceError(`${name} ${what}. Its log, kept in ${logFile}, ends:\n${end}`);
  };
  const kill = async (): Promise<void> => {
    state.asked = true;
    guard.ref(); // nothing else may keep us alive until it is gone
    guard.stdin?.end();
    await ended;
  };

  return {
    logFile,
    ended,
    isRunning: () => state.running,
    log,
    async ready(probe, { timeoutMs }) {
      const outcome = await poll(probe, ended, timeoutMs);
      switch (outcome.kind) {
        case 'answer':
          return outcome.answer;
        case 'ended':
          throw await failure(`ended before it was ready (exit status ${guard.exitCode ?? 'unknown'})`);
        case 'late': {
          await kill();
          throw await failure(`was not ready after ${timeoutMs} ms (${outcome.reason})`);
        }
      }
    },
    async finished({ timeoutMs }) {
      await within(ended, timeoutMs);
      if (state.running) {
        await kill();
        throw await failure(`was not finished after ${timeoutMs} ms`);
      }
      if (guard.exitCode !== 0) throw await failure(`failed (exit status ${guard.exitCode ?? 'unknown'})`);
      await logFolder?.remove();
    },
    signal(signal) {
      state.asked ||= signal === 'KILL' || signal === 'TERM' || signal === 'INT' || signal === 'HUP';
      guard.stdin?.write(`${signal}\n`);
    },
    async stop({ graceMs = GRACE_MS, signal = 'TERM' } = {}) {
      if (state.running && graceMs > 0) {
        guard.ref();
        state.asked = true;
        guard.stdin?.write(`${signal}\n`);
        await within(ended, graceMs);
      }
      await kill();
      if (!state.failed) await logFolder?.remove();
      else if (!state.told) process.stderr.write(`${(await failure('had ended by itself')).message}\n`);
    },
  };
}

type Outcome<T> =
  | { readonly kind: 'answer'; readonly answer: T }
  | { readonly kind: 'ended' }
  | { readonly kind: 'late'; readonly reason: string };

async function poll<T>(probe: () => Promise<T>, ended: Promise<void>, timeoutMs: number): Promise<Outcome<T>> {
  let isOver = false;
  let reason = 'it was not asked';
  const attempts = async (): Promise<Outcome<T>> => {
    while (!isOver) {
      try {
        return { kind: 'answer', answer: await probe() };
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        await delay(POLL_MS); // a poll with its bound below
      }
    }
    return { kind: 'late', reason };
  };
  try {
    return await new Deadline(timeoutMs).bound(
      Promise.race([attempts(), ended.then((): Outcome<T> => ({ kind: 'ended' }))]),
    );
  } catch (error) {
    if (error instanceof DeadlineError) return { kind: 'late', reason };
    throw error;
  } finally {
    isOver = true;
  }
}
