/** The machine of a run, and how much of it was taken by processes that are none of the run's. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem, type } from 'node:os';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly os: string;
  readonly node: string;
}

export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${distribution()} (${type()})`,
    node: process.versions.node,
  };
}

function distribution(): string {
  const text = readText('/etc/os-release') ?? '';
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? 'unknown';
}

/** Above this share of the CPUs taken by others, times are not worth keeping. */
export const OTHERS_CPU_MAX = 0.1;

export interface LoadMeter {
  /** The share of all CPUs, since the meter was made, that others took; undefined where the system does not say. */
  othersCpu(): number | undefined;
}

const SAMPLE_EVERY_MS = 1000;

/**
 * Begins to watch. What this process and its descendants use is not `others`; nor is what ended ones have used, as far as their
 * parents waited for them, or as they were seen: each second, since a peer's Python leaves its JVM to end alone.
 */
export function startLoadMeter(): LoadMeter {
  const before = readLoad();
  const seen = new Map<number, number>();
  const see = (): void => {
    for (const { pid, ticks } of ownProcesses()) seen.set(pid, ticks);
  };
  see();
  const first = new Map(seen);
  const timer = setInterval(see, SAMPLE_EVERY_MS);
  timer.unref();
  return {
    othersCpu() {
      clearInterval(timer);
      see();
      const after = readLoad();
      if (before === undefined || after === undefined) return undefined;
      const seenTicks = [...seen].reduce((sum, [pid, ticks]) => sum + ticks - (first.get(pid) ?? 0), 0);
      // Both fall short of what was used: the one of short processes that nobody saw, the other of those that nobody waited for.
      const own = Math.max(after.ownTicks - before.ownTicks, seenTicks);
      const total = after.totalTicks - before.totalTicks;
      const busy = after.busyTicks - before.busyTicks - own;
      return total <= 0 ? undefined : Math.min(1, Math.max(0, busy / total));
    },
  };
}

interface Load {
  /** Of all CPUs, idle too. */
  readonly totalTicks: number;
  readonly busyTicks: number;
  readonly ownTicks: number;
}

function readLoad(): Load | undefined {
  const [line = ''] = (readText('/proc/stat') ?? '').split('\n');
  const fields = line.split(/\s+/).slice(1, 9).map(Number);
  if (fields.length < 8) return undefined;
  const totalTicks = fields.reduce((sum, value) => sum + value, 0);
  const idleTicks = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { totalTicks, busyTicks: totalTicks - idleTicks, ownTicks: ownTicks() };
}

/** CPU time of this process and all below it, with that of children that they have waited for. */
function ownTicks(): number {
  return ownProcesses().reduce((sum, { ticks, waitedTicks }) => sum + ticks + waitedTicks, 0);
}

interface ProcessTicks {
  readonly pid: number;
  readonly ticks: number;
  readonly waitedTicks: number;
}

/** This process and all below it. */
function ownProcesses(): readonly ProcessTicks[] {
  const children = new Map<number, number[]>();
  const processes = new Map<number, ProcessTicks>();
  for (const name of readdirSync('/proc')) {
    const text = /^\d+$/.test(name) ? readText(`/proc/${name}/stat`) : undefined;
    if (text === undefined) continue;
    // The fields after the program's name: state, parent, … utime, stime, cutime, cstime.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [pid, parent] = [Number(name), Number(fields[1])];
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    const [user = 0, system = 0, waitedUser = 0, waitedSystem = 0] = fields.slice(11, 15).map(Number);
    processes.set(pid, { pid, ticks: user + system, waitedTicks: waitedUser + waitedSystem });
  }
  const own: ProcessTicks[] = [];
  const open = [process.pid];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    own.push(...[processes.get(pid)].filter((each) => each !== undefined));
    open.push(...(children.get(pid) ?? []));
  }
  return own;
}

/** A file of /proc may vanish between listing and reading. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
