/** Child processes of tests: stopped by process id, also when the test process ends early, with their output kept for failures. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface TestProcess {
  readonly pid: number;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves with the match once the output has it. @throws with the output, after `timeoutMs` or the process's end */
  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  /** SIGTERM, then SIGKILL after `graceMs`. @returns the exit code */
  stop(graceMs?: number): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): TestProcess {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  let text = '';
  const listeners = new Set<() => void>();
  const append = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const listener of [...listeners]) listener();
  };
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  const ended = once(child, 'exit').then(([code]): number | null => {
    running.delete(child);
    for (const listener of [...listeners]) listener();
    return typeof code === 'number' ? code : null;
  });
  return {
    pid: child.pid ?? 0,
    output: () => text,
    ended,
    async stop(graceMs = 5000) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
    waitFor: (pattern, timeoutMs) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          listeners.delete(check);
          clearTimeout(timer);
          reject(new Error(`${command} ${why} before ${String(pattern)} was seen. Its output:\n${text}`));
        };
        const check = (): void => {
          const match = pattern.exec(text);
          if (match !== null) {
            listeners.delete(check);
            clearTimeout(timer);
            resolve(match);
          } else if (child.exitCode !== null || child.signalCode !== null) {
            fail('ended');
          }
        };
        const timer = setTimeout(() => fail(`took more than ${timeoutMs} ms`), timeoutMs);
        listeners.add(check);
        check();
      }),
  };
}
