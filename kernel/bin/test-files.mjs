/** The test files that run: how long each takes, and the end of those that hang. */
import { execFileSync } from 'node:child_process';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';

/** What a killed file's guards may take to stop its servers before they are killed too. */
const GRACE_MS = 10_000;

export class TestFiles {
  /** By file, of those that ended. */
  durationsMs = new Map();
  #startedMs = Date.now();
  #limits;
  #running = new Map();
  #reasons = new Map();

  /** @param limits what one file, and what all of them together may take: `{ fileMsMax, runMsMax }` */
  constructor(limits) {
    this.#limits = limits;
  }

  started(file) {
    const { fileMsMax, runMsMax } = this.#limits;
    const leftMs = Math.max(0, this.#startedMs + runMsMax - Date.now());
    const [limitMs, reason] =
      leftMs < fileMsMax
        ? [leftMs, `the whole run did not end within ${runMsMax / 1000} s`]
        : [fileMsMax, `this file did not end within ${fileMsMax / 1000} s`];
    const timer = setTimeout(() => {
      this.#reasons.set(file, `Killed, since ${reason}.\nIts processes were:\n${endProcesses(file)}`);
    }, limitMs);
    this.#running.set(file, { timer, startedMs: Date.now() });
  }

  ended(file) {
    const { timer, startedMs } = this.#running.get(file) ?? {};
    clearTimeout(timer);
    this.durationsMs.set(file, Date.now() - startedMs);
  }

  /** Why the file was killed; undefined where it was not. */
  whyEnded(file) {
    return this.#reasons.get(file);
  }
}

/** Kills the file's process, and later what is left of its descendants. @returns their command lines */
function endProcesses(file) {
  const all = processes();
  const isTest = ({ parent, command }) => parent === process.pid && command.includes(file);
  const tests = all.filter(isTest);
  const family = descendants(all, tests);
  for (const { pid } of tests) kill(pid);
  const endMs = Date.now() + GRACE_MS;
  const timer = setInterval(() => {
    const now = new Map(processes().map(({ pid, command }) => [pid, command]));
    const left = family.filter(({ pid, command }) => now.get(pid) === command);
    const over = Date.now() >= endMs;
    if (over) for (const { pid } of left) kill(pid);
    if (over || left.length === 0) clearInterval(timer);
  }, 500);
  return family.map(({ pid, command }) => `${pid} ${command.slice(0, 300)}`).join('\n');
}

function descendants(all, roots) {
  const found = [...roots];
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

function processes() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split(
    '\n',
  );
  return lines.flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
