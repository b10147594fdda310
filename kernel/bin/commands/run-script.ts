/**
 * `millrace run FILE.ts`: the file as a module of its own; `import … from 'millrace'` is the running package, wherever the file
 * lies. It ends as a Node program does, when nothing is left to do, and its streams are something left to do.
 */
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../../core/errors.ts';
import { processSessions, type ParameterValue } from '../../process-session.ts';
import { ModuleLoader } from '../../session/host/module-loader.ts';
import { messageOf, StopSignals, untilStreamsEnd } from './streams.ts';
import { terminal } from './terminal.ts';

/** Frames of ours stand between an error and the user's line. */
const FRAMES_MAX = 50;
/** As Node ends a program whose top-level await is never fulfilled. */
const NEVER_FULFILLED_CODE = 13;

/** @returns the exit code */
export async function runScript(
  file: string,
  parameters: ReadonlyMap<string, ParameterValue>,
  moduleHooksUrl: URL,
): Promise<number> {
  processSessions.setParameters(parameters);
  Error.stackTraceLimit = FRAMES_MAX;
  const path = resolve(file);
  const millrace = await import('../../index.ts');
  const loader = new ModuleLoader({ cwd: dirname(path), provided: { millrace }, hooksUrl: moduleHooksUrl.href });
  const signals = new StopSignals();
  try {
    return await Promise.race([runToEnd(loader, path), signals.stopped, uncaught()]);
  } catch (error) {
    terminal.err(`${describe(error)}\n`);
    return 1;
  } finally {
    signals.close();
    await processSessions.current?.engine.shutdown();
  }
}

async function runToEnd(loader: ModuleLoader, path: string): Promise<number> {
  const idle = once(process, 'beforeExit');
  const loaded = await Promise.race([loader.load(path).then(() => true), idle.then(() => false)]);
  if (!loaded) {
    terminal.err('The program awaits something that never happens.\n');
    return NEVER_FULFILLED_CODE;
  }
  const code = await untilStreamsEnd();
  if (code !== 0) return code;
  await idle;
  // Timers may have started streams; and the program may have an exit code of its own.
  return (await untilStreamsEnd()) || Number(process.exitCode ?? 0);
}

/** Rejects with what the program throws outside of its top level. */
function uncaught(): Promise<never> {
  return new Promise((_, reject) => {
    process.once('uncaughtException', reject);
    process.once('unhandledRejection', reject);
  });
}

/** The message and the user's own lines. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `Uncaught ${String(error)}`;
  const stack = error.stack ?? '';
  const frames = stack.split('\n').filter((line) => isFrame(line) && isUsers(line));
  // Before the frames Node puts the source line of a syntax error.
  const head = stack.split('\n').findIndex(isFrame);
  const text = head < 0 ? stack : stack.split('\n').slice(0, head).join('\n');
  const message = error instanceof MillraceError ? messageOf(error) : text || messageOf(error);
  const cause = error.cause === undefined ? [] : [`Caused by: ${describe(error.cause)}`];
  return [message, ...frames, ...cause].join('\n');
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

function isUsers(frame: string): boolean {
  return !/[( ]node:|\(<anonymous>\)$/.test(frame) && !OWN_FOLDERS.some((folder) => frame.includes(folder));
}

/** dist/, and the sources that its maps name. */
const OWN_FOLDERS = [
  fileURLToPath(new URL('.', import.meta.url)),
  join(fileURLToPath(new URL('..', import.meta.url)), 'kernel/'),
];
