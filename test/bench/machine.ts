/** The machine of a run, and how much of it was taken by processes that are none of the run's. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

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
    os: `${distribution()} (${type()} ${release()})`,
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

/** Begins to watch. What this process, its descendants and its ended children use is not `others`. */
export function startLoadMeter(): LoadMeter {
  const before = readLoad();
  return {
    othersCpu() {
      const after = readLoad();
      if (before === undefined || after === undefined) return undefined;
      const total = after.totalTicks - before.totalTicks;
      const busy = after.busyTicks - before.busyTicks - (after.ownTicks - before.ownTicks);
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

/** CPU time of this process and all below it, with that of children that have ended. */
function ownTicks(): number {
  const children = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const text = /^\d+$/.test(name) ? readText(`/proc/${name}/stat`) : undefined;
    if (text === undefined) continue;
    // The fields after the program's name: state, parent, … utime, stime, cutime, cstime.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    ticks.set(
      Number(name),
      fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0),
    );
  }
  let sum = 0;
  const open = [process.pid];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    sum += ticks.get(pid) ?? 0;
    open.push(...(children.get(pid) ?? []));
  }
  return sum;
}

/** A file of /proc may vanish between listing and reading. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
