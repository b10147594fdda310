/** A peer that lives in a Python process of its own, so that its start is not counted; see protocol.py. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PYTHON, ROOT } from '../../support/requirements.ts';

/** A question may take so long, with the first one's start of the process. */
const ANSWER_MS = 600_000;
const STDERR_CHARS = 2000;

export interface PythonPeer {
  /** @throws with what the peer says, or with the end of its standard error where it has died */
  ask(request: { readonly do: string } & Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  /** Ends the process and waits for its end. */
  close(): Promise<void>;
}

/** @param script in test/bench/peers */
export function startPythonPeer(script: string, env: Readonly<Record<string, string>>): PythonPeer {
  const child = spawn(PYTHON, [join(ROOT, 'test', 'bench', 'peers', script)], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-STDERR_CHARS)));
  const ended = once(child, 'close');
  // A process that dies is told by its missing answer, with its standard error.
  ended.catch(() => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const timer = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS);
      const line = await lines.next();
      clearTimeout(timer);
      if (line.done === true) throw new Error(`${script} has ended; its standard error: ${stderr}`);
      const answer = JSON.parse(line.value) as Readonly<Record<string, unknown>>;
      if (typeof answer['error'] === 'string') throw new Error(answer['error']);
      return answer;
    },
    async close() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
